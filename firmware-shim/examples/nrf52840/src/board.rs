//! The nRF52840-DK: its clocks and pins (README.md has the wiring).

use ecg2mri_shim::acquisition::{Ads129xFrontEnd, Counter};
use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, NoPin, Pins, Variant};
use embassy_nrf::buffered_uarte::{self, BufferedUarte, BufferedUarteRx, BufferedUarteTx};
use embassy_nrf::config::{Config, HfclkSource};
use embassy_nrf::gpio::{Level, Output, OutputDrive, Pull};
use embassy_nrf::gpiote::{InputChannel, InputChannelPolarity};
use embassy_nrf::rng::Rng;
use embassy_nrf::spim::{self, Spim};
use embassy_nrf::timer::{self, Timer};
use embassy_nrf::{bind_interrupts, peripherals, uarte};
use embedded_hal::delay::DelayNs;
use embedded_hal_bus::spi::ExclusiveDevice;
use static_cell::{ConstStaticCell, StaticCell};

const CORE_MEGAHERTZ: u32 = 64;

bind_interrupts!(struct Interrupts {
    SPI2 => spim::InterruptHandler<peripherals::SPI2>;
    UARTE0 => buffered_uarte::InterruptHandler<peripherals::UARTE0>;
});

/// The SPI bus with the chip's CS.
type Bus = ExclusiveDevice<Spim<'static>, Output<'static>, CoreDelay>;

/// The driver on this board, as the acquisition sees it.
pub type FrontEnd = Ads129xFrontEnd<Bus, NoPin, Output<'static>, Output<'static>, CoreDelay>;

/// What the firmware works with.
pub struct Board {
    /// The chip.
    pub front_end: FrontEnd,
    /// The falling edge of DRDY.
    pub data_ready: InputChannel<'static>,
    /// From the host.
    pub receiver: BufferedUarteRx<'static>,
    /// To the host.
    pub sender: BufferedUarteTx<'static>,
    /// What counts time.
    pub timer: &'static Timer<'static>,
    /// A number for the session.
    pub session: u16,
}

impl Board {
    /// Sets clocks, pins, bus and link up.
    ///
    /// # Panics
    /// If it is called twice.
    pub fn take() -> Self {
        static RECEIVED: ConstStaticCell<[u8; 256]> = ConstStaticCell::new([0; 256]);
        static OUTGOING: ConstStaticCell<[u8; 1024]> = ConstStaticCell::new([0; 1024]);
        static TIMER: StaticCell<Timer<'static>> = StaticCell::new();

        let mut config = Config::default();
        // The crystal: the link's rate and all times are as good as that.
        config.hfclk_source = HfclkSource::ExternalXtal;
        let peripherals = embassy_nrf::init(config);

        let mut config = spim::Config::default();
        config.mode = spim::MODE_1;
        config.frequency = spim::Frequency::M8;
        let bus = Spim::new(
            peripherals.SPI2,
            Interrupts,
            peripherals.P1_15,
            peripherals.P1_14,
            peripherals.P1_13,
            config,
        );
        let select = Output::new(peripherals.P1_12, Level::High, OutputDrive::Standard);
        let Ok(bus) = ExclusiveDevice::new(bus, select, CoreDelay);
        let pins = Pins {
            // The edges are watched by GPIOTE, which has the pin.
            data_ready: NoPin,
            reset: Some(Output::new(
                peripherals.P1_08,
                Level::High,
                OutputDrive::Standard,
            )),
            start: Some(Output::new(
                peripherals.P1_10,
                Level::Low,
                OutputDrive::Standard,
            )),
        };
        let driver = Ads129x::new(bus, pins, CoreDelay, Clock::NOMINAL);
        let data_ready = InputChannel::new(
            peripherals.GPIOTE_CH0,
            peripherals.P1_11,
            Pull::None,
            InputChannelPolarity::HiToLo,
        );

        let mut config = uarte::Config::default();
        config.baudrate = uarte::Baudrate::Baud460800;
        let (receiver, sender) = BufferedUarte::new(
            peripherals.UARTE0,
            peripherals.TIMER1,
            peripherals.PPI_CH0,
            peripherals.PPI_CH1,
            peripherals.PPI_GROUP0,
            peripherals.P0_08,
            peripherals.P0_06,
            Interrupts,
            config,
            RECEIVED.take(),
            OUTGOING.take(),
        )
        .split();

        let timer = TIMER.init(Timer::new(peripherals.TIMER2));
        timer.set_frequency(timer::Frequency::F1MHz);
        timer.start();

        let mut session = [0; 2];
        Rng::new_blocking(peripherals.RNG).blocking_fill_bytes(&mut session);

        Self {
            front_end: Ads129xFrontEnd::new(
                driver,
                Variant::Ads1298,
                Clock::NOMINAL,
                Configuration::twelve_lead(),
            ),
            data_ready,
            receiver,
            sender,
            timer,
            session: u16::from_le_bytes(session),
        }
    }
}

/// Microseconds since [`Board::take`], from TIMER2.
#[derive(Clone, Copy)]
pub struct Microseconds {
    timer: &'static Timer<'static>,
    capture: usize,
}

impl Microseconds {
    /// Counts in a second.
    pub const HERTZ: u32 = 1_000_000;

    /// The timer through one of its capture registers, 0 to 3: interrupt and main loop each need their own, or one
    /// would read what the other captured.
    pub fn new(timer: &'static Timer<'static>, capture: usize) -> Self {
        Self { timer, capture }
    }
}

impl Counter for Microseconds {
    fn count(&self) -> u32 {
        self.timer.cc(self.capture).capture()
    }
}

/// Waits by counting instructions: the waits of the driver are of two microseconds, and the clock of embassy-time ticks
/// every thirty.
pub struct CoreDelay;

impl DelayNs for CoreDelay {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let cycles = u64::from(nanoseconds) * u64::from(CORE_MEGAHERTZ) / 1000 + 1;
        // Four seconds are 280 million cycles.
        cortex_m::asm::delay(cycles as u32);
    }
}
