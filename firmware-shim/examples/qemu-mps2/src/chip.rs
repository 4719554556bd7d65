//! A simulated ADS1298 in the place of a real one: its bus, its pins and its interrupt.
//!
//! The chip's time is the board's: it is told what passed whenever it is looked at, and SysTick stands for the falling
//! edge of DRDY, set each time to when that will come.

use crate::meter::{SIMULATION, Span, WAITING};
use crate::{board, ecg};
use core::cell::RefCell;
use core::convert::Infallible;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use critical_section::Mutex;
use ecg2mri_shim::acquisition::Ads129xFrontEnd;
use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, Pins, Variant};
use ecg2mri_shim::simulator::{Chip, Hardware, Moment, SimulatedFault, Simulator};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::spi::{self, Operation, SpiDevice};

/// The driver on this chip, as the acquisition sees it.
pub type FrontEnd = Ads129xFrontEnd<Bus, DataReady, Line, Line, BoardDelay>;

/// How often an idle chip is looked at, in ticks.
const IDLE: u32 = board::CLOCK / 1000;

const NANOSECONDS_PER_TICK: u64 = 1_000_000_000 / board::CLOCK as u64;

/// Nanovolts at the inputs of a channel at a moment.
type Played = fn(usize, Moment) -> i64;

/// The chip, and how much of the board's time it has heard of.
struct Bench {
    simulator: Simulator<Chip<Played>>,
    ticks: u32,
    nanoseconds: u64,
}

static BENCH: Mutex<RefCell<Option<Bench>>> = Mutex::new(RefCell::new(None));

/// Powers the chip up and gives its driver.
pub fn front_end() -> FrontEnd {
    let chip = Chip::new(Variant::Ads1298, played as Played);
    let bench = Bench {
        simulator: Simulator::new(chip),
        ticks: board::ticks(),
        nanoseconds: 0,
    };
    critical_section::with(|section| BENCH.replace(section, Some(bench)));
    let pins = Pins {
        data_ready: DataReady,
        reset: Some(Line::Reset),
        start: Some(Line::Start),
    };
    let driver = Ads129x::new(Bus, pins, BoardDelay, Clock::NOMINAL);
    Ads129xFrontEnd::new(
        driver,
        Variant::Ads1298,
        Clock::NOMINAL,
        Configuration::twelve_lead(),
    )
}

/// The nanovolts at a channel's inputs.
fn played(channel: usize, moment: Moment) -> i64 {
    const NANOSECONDS_PER_INSTANT: u64 = 1_000_000_000 / ecg::SAMPLES_PER_SECOND as u64;
    ecg::nanovolts(channel, moment.nanoseconds / NANOSECONDS_PER_INSTANT)
}

/// Does something to the chip, after it has heard of the time that passed.
fn at_the_bench<R>(action: impl FnOnce(&mut Bench) -> R) -> R {
    critical_section::with(|section| {
        let span = Span::start();
        let mut bench = BENCH.borrow_ref_mut(section);
        let bench = bench
            .as_mut()
            .expect("the chip is powered before its driver is made");
        bench.catch_up();
        let result = action(bench);
        span.stop(&SIMULATION);
        result
    })
}

impl Bench {
    fn catch_up(&mut self) {
        let ticks = board::ticks();
        self.nanoseconds += u64::from(ticks.wrapping_sub(self.ticks)) * NANOSECONDS_PER_TICK;
        self.ticks = ticks;
        // The bytes of the last transfer may have taken more of the chip's time than of the board's.
        self.simulator.with(|chip| {
            let passed = self.nanoseconds.saturating_sub(chip.now());
            chip.advance(passed);
        });
    }
}

/// Sets SysTick to the chip's next falling edge of DRDY. To be called after each, and after the chip was set.
pub fn expect_data_ready(timer: &mut SYST) {
    let nanoseconds = at_the_bench(|bench| bench.simulator.with(|chip| chip.until_data_ready()));
    let ticks = nanoseconds.map_or(IDLE, |nanoseconds| {
        u32::try_from(nanoseconds.div_ceil(NANOSECONDS_PER_TICK)).unwrap_or(IDLE)
    });
    timer.set_clock_source(SystClkSource::Core);
    timer.set_reload(ticks.max(1));
    timer.clear_current();
    timer.enable_interrupt();
    timer.enable_counter();
}

/// Whether DRDY is low.
pub fn is_data_ready() -> bool {
    at_the_bench(|bench| bench.simulator.with(|chip| chip.is_data_ready()))
}

/// The SPI bus with the chip's CS.
pub struct Bus;

impl spi::ErrorType for Bus {
    type Error = SimulatedFault;
}

impl SpiDevice for Bus {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SimulatedFault> {
        at_the_bench(|bench| bench.simulator.spi().transaction(operations))
    }
}

/// The pin DRDY.
pub struct DataReady;

impl digital::ErrorType for DataReady {
    type Error = Infallible;
}

impl InputPin for DataReady {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(!is_data_ready())
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(is_data_ready())
    }
}

/// A pin of the chip that the board drives.
#[derive(Clone, Copy)]
pub enum Line {
    /// RESET.
    Reset,
    /// START.
    Start,
}

impl Line {
    fn set(self, high: bool) {
        at_the_bench(|bench| {
            bench.simulator.with(|chip| match self {
                Self::Reset => chip.set_reset(high),
                Self::Start => chip.set_start(high),
            });
        });
    }
}

impl digital::ErrorType for Line {
    type Error = Infallible;
}

impl OutputPin for Line {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.set(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.set(true);
        Ok(())
    }
}

/// Waits on the board's timer.
pub struct BoardDelay;

impl DelayNs for BoardDelay {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let span = Span::start();
        let start = board::ticks();
        let ticks = u64::from(nanoseconds).div_ceil(NANOSECONDS_PER_TICK);
        while u64::from(board::ticks().wrapping_sub(start)) < ticks {}
        span.stop(&WAITING);
    }
}
