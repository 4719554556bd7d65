#![no_std]
#![no_main]
//! The acquisition firmware on a Nucleo-F429ZI with an ADS1298: README.md has the wiring.
//!
//! DRDY's interrupt reads the chip and queues what it read; the main loop packs, reports, obeys the host and sleeps.
//!
//! | module | says |
//! |---|---|
//! | `board` | clocks, pins, interrupts |
//! | `link` | the UART, buffered both ways |

mod board;
mod link;

use board::{Board, Microseconds};
use core::cell::RefCell;
use cortex_m_rt::entry;
use critical_section::Mutex;
use ecg2mri_shim::acquisition::{Clock, Device, Item, Timebase};
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::wire::FirmwareVersion;
use heapless::spsc::Queue;
use panic_halt as _;
use stm32f4xx_hal::pac::interrupt;

const FIRMWARE: FirmwareVersion = FirmwareVersion {
    major: 0,
    minor: 1,
    patch: 0,
};

/// Sampling instants per frame.
const SAMPLES_PER_FRAME: u8 = 10;

/// Instants between interrupt and main loop.
const QUEUE: usize = 32;

/// Bytes kept for the link.
const LINK: usize = 2048;

type Sampler = ecg2mri_shim::acquisition::Sampler<'static, board::FrontEnd, Microseconds>;

/// What the interrupt works with, when neither it nor the main loop has it in hand. Passed from hand to hand so that no
/// other interrupt is held off while the chip is read or set.
static SAMPLER: Mutex<RefCell<Option<&'static mut Sampler>>> = Mutex::new(RefCell::new(None));

#[entry]
fn main() -> ! {
    static mut INSTANTS: Queue<Item, QUEUE> = Queue::new();
    static mut STORED: Option<Sampler> = None;

    let Board {
        front_end,
        session,
        timer: _timer,
    } = Board::take();
    let mut core = cortex_m::Peripherals::take().expect("nobody took the core before");
    let timebase = Timebase::new(Microseconds::HERTZ);
    let leads = TWELVE_LEAD_CHANNELS.map(Some);
    let profile = front_end.profile(session, FIRMWARE, leads, SAMPLES_PER_FRAME, timebase);
    let settings = front_end.settings(true);
    let (producer, consumer) = INSTANTS.split();
    give_back(STORED.insert(Sampler::new(front_end, Microseconds, timebase, producer)));
    let mut device = Device::<LINK>::new(profile, settings, consumer);
    let mut clock = Clock::new(Microseconds);
    board::serve_interrupts(&mut core.NVIC, &mut core.SYST);

    loop {
        let now = clock.now();
        while let Some(byte) = board::with_link(link::Link::receive) {
            device.receive(&[byte], now);
        }
        device.poll(now);
        if let Some(change) = device.change() {
            // The interrupt finds nothing to work with meanwhile.
            if let Some(sampler) = take() {
                let applied = sampler.apply(&change);
                give_back(sampler);
                device.applied(applied, clock.now());
            }
        }
        let sent = board::with_link(|link| link.send(device.outgoing()));
        device.sent(sent);
        board::sleep();
    }
}

fn take() -> Option<&'static mut Sampler> {
    critical_section::with(|section| SAMPLER.take(section))
}

fn give_back(sampler: &'static mut Sampler) {
    critical_section::with(|section| SAMPLER.replace(section, Some(sampler)));
}

/// The falling edge of DRDY.
#[interrupt]
fn EXTI15_10() {
    board::data_ready_served();
    board::wake();
    if let Some(sampler) = take() {
        sampler.on_data_ready();
        give_back(sampler);
    }
}
