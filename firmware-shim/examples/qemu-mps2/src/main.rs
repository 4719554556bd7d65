#![no_std]
#![no_main]
//! The firmware on a Cortex-M4F that QEMU emulates (`qemu-system-arm -M mps2-an386`): driver and acquisition as on a
//! real board, before them a simulated ADS1298 that plays an ECG; UART0 is the link.
//!
//! | module | says |
//! |---|---|
//! | `board` | timer and UART of the board |
//! | `chip` | the simulated front end in the place of a real one |
//! | `ecg` | what it plays |
//! | `meter` | where the instructions go |
//! | `measurement` | how they are counted and told |

mod board;
mod chip;
mod ecg;
#[cfg(feature = "measure")]
mod measurement;
mod meter;

use core::cell::RefCell;
use cortex_m::peripheral::SYST;
use cortex_m_rt::{entry, exception};
use critical_section::Mutex;
use ecg2mri_shim::acquisition::{Clock, Counter, Device, Item, Timebase};
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::wire::{DeviceKind, FirmwareVersion};
use heapless::spsc::Queue;
use meter::{BOARD, PACKING, SAMPLING, SENDING, Span};
use panic_semihosting as _;

const FIRMWARE: FirmwareVersion = FirmwareVersion {
    major: 0,
    minor: 1,
    patch: 0,
};

/// Each run of the emulator is a device of its own.
const SESSION: u16 = 1;

/// Bits per second of the link.
const LINK_RATE: u32 = 921_600;

/// Sampling instants per frame.
const SAMPLES_PER_FRAME: u8 = 10;

/// Instants between interrupt and main loop.
const QUEUE: usize = 32;

/// Bytes kept for the link.
const LINK: usize = 2048;

type Sampler = ecg2mri_shim::acquisition::Sampler<'static, chip::FrontEnd, Ticks>;

/// What counts time: the board's timer.
struct Ticks;

impl Counter for Ticks {
    fn count(&self) -> u32 {
        board::ticks()
    }
}

/// What the interrupt works with.
struct InterruptSide {
    sampler: &'static mut Sampler,
    timer: SYST,
}

/// Where it lies when neither the interrupt nor the main loop has it in hand.
static INTERRUPT_SIDE: Mutex<RefCell<Option<InterruptSide>>> = Mutex::new(RefCell::new(None));

#[entry]
fn main() -> ! {
    static mut INSTANTS: Queue<Item, QUEUE> = Queue::new();
    static mut SAMPLER: Option<Sampler> = None;

    board::start(LINK_RATE);
    let core = cortex_m::Peripherals::take().expect("nobody took them before");
    let timebase = Timebase::new(board::CLOCK);
    let front_end = chip::front_end();
    let mut profile = front_end.profile(
        SESSION,
        FIRMWARE,
        TWELVE_LEAD_CHANNELS.map(Some),
        SAMPLES_PER_FRAME,
        timebase,
    );
    // No one shall take it for a patient's.
    profile.kind = DeviceKind::Simulator;
    let settings = front_end.settings(true);
    let (producer, consumer) = INSTANTS.split();
    give_back(InterruptSide {
        sampler: SAMPLER.insert(Sampler::new(front_end, Ticks, timebase, producer)),
        timer: core.SYST,
    });
    let mut device = Device::<LINK>::new(profile, settings, consumer);
    let mut clock = Clock::new(Ticks);
    #[cfg(feature = "measure")]
    let mut measurement = measurement::Measurement::new();

    loop {
        let span = Span::start();
        let now = clock.now();
        while let Some(byte) = board::receive() {
            device.receive(&[byte], now);
        }
        device.poll(now);
        span.stop(&PACKING);
        meter::turn();

        if let Some(change) = device.change() {
            // The interrupt finds nothing to work with meanwhile.
            if let Some(mut side) = take() {
                let applied = side.sampler.apply(&change);
                chip::expect_data_ready(&mut side.timer);
                give_back(side);
                device.applied(applied, clock.now());
            }
        }

        let span = Span::start();
        let outgoing = device.outgoing().iter();
        let sent = outgoing.take_while(|byte| board::send(**byte)).count();
        device.sent(sent);
        span.stop(&SENDING);

        #[cfg(feature = "measure")]
        measurement.go_on(&mut device, now);
        if device.outgoing().is_empty() {
            board::sleep();
        }
    }
}

fn take() -> Option<InterruptSide> {
    critical_section::with(|section| INTERRUPT_SIDE.take(section))
}

fn give_back(side: InterruptSide) {
    critical_section::with(|section| INTERRUPT_SIDE.replace(section, Some(side)));
}

/// Stands for the falling edge of DRDY.
#[exception]
fn SysTick() {
    let span = Span::start();
    board::wake();
    if let Some(mut side) = take() {
        if chip::is_data_ready() {
            meter::edge();
            let span = Span::start();
            side.sampler.on_data_ready();
            span.stop(&SAMPLING);
        }
        chip::expect_data_ready(&mut side.timer);
        give_back(side);
    }
    span.stop(&BOARD);
}
