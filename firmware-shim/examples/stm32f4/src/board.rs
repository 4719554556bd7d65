//! The Nucleo-F429ZI: its clocks and pins (README.md has the wiring), and what of it needs `unsafe`.

use crate::link::Link;
use core::cell::RefCell;
use core::sync::atomic::{AtomicBool, Ordering};
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m::peripheral::{NVIC, SYST};
use cortex_m_rt::exception;
use critical_section::Mutex;
use ecg2mri_shim::acquisition::{Ads129xFrontEnd, Counter};
use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, Pins, Variant};
use embedded_hal::delay::DelayNs;
use embedded_hal::spi::MODE_1;
use embedded_hal_bus::spi::ExclusiveDevice;
use stm32f4xx_hal::gpio::{Edge, Input, Output, Pin, PinState, Speed};
use stm32f4xx_hal::hal_02::blocking::rng::Read as _;
use stm32f4xx_hal::pac::{self, interrupt};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc;
use stm32f4xx_hal::serial;
use stm32f4xx_hal::spi::Spi;
use stm32f4xx_hal::timer::CounterUs;

const CORE_MEGAHERTZ: u32 = 168;

/// Of SCLK. The chip takes 20 MHz; half of the 10.5 MHz that comes next suits wires on a bench.
const SPI_KILOHERTZ: u32 = 5250;

/// Of the link.
const BITS_PER_SECOND: u32 = 921_600;

/// The SPI bus with the chip's CS.
type Bus = ExclusiveDevice<Spi<pac::SPI1>, Pin<'D', 14, Output>, CoreDelay>;

type DataReady = Pin<'D', 15, Input>;
type Start = Pin<'F', 12, Output>;
type Reset = Pin<'F', 13, Output>;

/// The driver on this board, as the acquisition sees it.
pub type FrontEnd = Ads129xFrontEnd<Bus, DataReady, Reset, Start, CoreDelay>;

/// What the firmware works with.
pub struct Board {
    /// The chip.
    pub front_end: FrontEnd,
    /// A number for the session.
    pub session: u16,
    /// What counts time; kept so that nobody stops it.
    pub timer: CounterUs<pac::TIM2>,
}

/// Whether an interrupt has called for the main loop since it last slept.
static CALLED: AtomicBool = AtomicBool::new(false);

/// The link's two ends, once there are any.
static LINK: Mutex<RefCell<Option<Link>>> = Mutex::new(RefCell::new(None));

impl Board {
    /// Sets clocks, pins, bus and link up. DRDY's interrupt comes with [`serve_data_ready`].
    ///
    /// # Panics
    /// If it is called twice.
    pub fn take() -> Self {
        let mut device = pac::Peripherals::take().expect("nobody took the peripherals before");
        // The debugger gives 8 MHz from its crystal, so that the link and all times are as good as that.
        let clocks = rcc::Config::hse(8.MHz())
            .bypass_hse_oscillator()
            .require_pll48clk()
            .sysclk(CORE_MEGAHERTZ.MHz());
        let mut rcc = device.RCC.freeze(clocks);
        let gpioa = device.GPIOA.split(&mut rcc);
        let gpiod = device.GPIOD.split(&mut rcc);
        let gpiof = device.GPIOF.split(&mut rcc);

        let mut data_ready: DataReady = gpiod.pd15.into_floating_input();
        let mut configuration = device.SYSCFG.constrain(&mut rcc);
        data_ready.make_interrupt_source(&mut configuration);
        data_ready.trigger_on_edge(&mut device.EXTI, Edge::Falling);
        data_ready.enable_interrupt(&mut device.EXTI);

        let sclk = gpioa.pa5.into_alternate().speed(Speed::High);
        let dout = gpioa.pa6.into_alternate();
        let din = gpioa.pa7.into_alternate().speed(Speed::High);
        let pins = (Some(sclk), Some(dout), Some(din));
        let bus = Spi::new(device.SPI1, pins, MODE_1, SPI_KILOHERTZ.kHz(), &mut rcc);
        let select = gpiod.pd14.into_push_pull_output_in_state(PinState::High);
        let Ok(bus) = ExclusiveDevice::new(bus, select, CoreDelay);
        let pins = Pins {
            data_ready,
            reset: Some(gpiof.pf13.into_push_pull_output_in_state(PinState::High)),
            start: Some(gpiof.pf12.into_push_pull_output()),
        };
        let driver = Ads129x::new(bus, pins, CoreDelay, Clock::NOMINAL);

        let config = serial::Config::default().baudrate(BITS_PER_SECOND.bps());
        let (sender, receiver) = device
            .USART3
            .serial((gpiod.pd8, gpiod.pd9), config, &mut rcc)
            .expect("the rate can be made from the bus's clock")
            .split();
        critical_section::with(|section| {
            LINK.replace(section, Some(Link::new(sender, receiver)));
        });

        let mut timer = device.TIM2.counter_us(&mut rcc);
        timer
            .start(u32::MAX.micros())
            .expect("the longest period is one");

        let mut session = [0; 2];
        // Without it the session is 0, which a host tells from the last one by its sequence numbers only if lucky.
        let _ = device.RNG.constrain(&mut rcc).read(&mut session);

        Self {
            front_end: Ads129xFrontEnd::new(
                driver,
                Variant::Ads1298,
                Clock::NOMINAL,
                Configuration::twelve_lead(),
            ),
            session: u16::from_le_bytes(session),
            timer,
        }
    }
}

/// Does something with the link.
///
/// # Panics
/// Before [`Board::take`].
pub fn with_link<R>(action: impl FnOnce(&mut Link) -> R) -> R {
    critical_section::with(|section| {
        let mut link = LINK.borrow_ref_mut(section);
        action(link.as_mut().expect("the board was taken"))
    })
}

/// Lets the interrupts come, once what they work with is there: DRDY's; the link's before it, since a byte comes every
/// 11 microseconds and a read of the chip takes 41; and one every ten milliseconds, so that hellos go out and the chip
/// is looked after even if neither comes.
pub fn serve_interrupts(nvic: &mut NVIC, tick: &mut SYST) {
    tick.set_clock_source(SystClkSource::Core);
    tick.set_reload(CORE_MEGAHERTZ * 10_000);
    tick.clear_current();
    tick.enable_interrupt();
    tick.enable_counter();
    // SAFETY: no critical section rests on priorities: all of them mask interrupts altogether. Nor does anything of
    // this firmware rest on these interrupts being masked.
    unsafe {
        nvic.set_priority(pac::Interrupt::USART3, 0x40);
        nvic.set_priority(pac::Interrupt::EXTI15_10, 0x80);
        NVIC::unmask(pac::Interrupt::USART3);
        NVIC::unmask(pac::Interrupt::EXTI15_10);
    }
}

/// Notes that DRDY's interrupt is being served.
pub fn data_ready_served() {
    // SAFETY: ones clear the lines named in this register and zeros do nothing, so that no one else's line is touched.
    unsafe { (*pac::EXTI::ptr()).pr().write(|line| line.bits(1 << 15)) };
}

/// Microseconds since [`Board::take`], from TIM2. It skips one count of 2³² at its end, every 71 minutes.
#[derive(Clone, Copy)]
pub struct Microseconds;

impl Microseconds {
    /// Counts in a second.
    pub const HERTZ: u32 = 1_000_000;
}

impl Counter for Microseconds {
    fn count(&self) -> u32 {
        // SAFETY: reading the count has no effect on the timer, which `Board` owns and lets run.
        unsafe { (*pac::TIM2::ptr()).cnt().read().bits() }
    }
}

/// Waits by counting instructions: the waits of the driver are of two microseconds, which the timers of the HAL would
/// round up to three.
pub struct CoreDelay;

impl DelayNs for CoreDelay {
    fn delay_ns(&mut self, nanoseconds: u32) {
        let cycles = u64::from(nanoseconds) * u64::from(CORE_MEGAHERTZ) / 1000 + 1;
        // Four seconds are 700 million cycles.
        cortex_m::asm::delay(cycles as u32);
    }
}

/// Sleeps until an interrupt has called for the main loop, or not at all if one has since it last slept.
pub fn sleep() {
    while !CALLED.swap(false, Ordering::Acquire) {
        // Not WFI, which would sleep over an interrupt that came just before it.
        cortex_m::asm::wfe();
    }
}

/// Calls for the main loop.
pub fn wake() {
    CALLED.store(true, Ordering::Release);
}

/// Bytes come, or there is room for more to go.
#[interrupt]
fn USART3() {
    if with_link(Link::serve) {
        wake();
    }
}

#[exception]
fn SysTick() {
    wake();
}
