#![no_std]
#![no_main]
//! The acquisition firmware on an nRF52840-DK with an ADS1298: README.md has the wiring.
//!
//! A task at the priority of an interrupt reads the chip at each edge of DRDY and queues what it read; the main task
//! packs, reports, obeys the host and sleeps.
//!
//! | module | says |
//! |---|---|
//! | `board` | clocks, pins, bus, link |

mod board;

use board::{Board, Microseconds};
use core::cell::RefCell;
use critical_section::Mutex;
use ecg2mri_shim::acquisition::{Clock, Device, Item, Timebase};
use ecg2mri_shim::ads129x::TWELVE_LEAD_CHANNELS;
use ecg2mri_shim::wire::FirmwareVersion;
use embassy_executor::{InterruptExecutor, Spawner};
use embassy_futures::select::{Either, select};
use embassy_nrf::gpiote::InputChannel;
use embassy_nrf::interrupt;
use embassy_nrf::interrupt::{InterruptExt, Priority};
use embassy_time::Timer;
use heapless::spsc::Queue;
use panic_halt as _;
use static_cell::{ConstStaticCell, StaticCell};

const FIRMWARE: FirmwareVersion = FirmwareVersion {
    major: 0,
    minor: 1,
    patch: 0,
};

/// Sampling instants per frame.
const SAMPLES_PER_FRAME: u8 = 10;

/// Instants between the two tasks.
const QUEUE: usize = 32;

/// How often the main task looks at the queue: it is full after 32 ms at 1000 samples per second.
const TURN_MILLISECONDS: u64 = 5;

/// Bytes kept for the link.
const LINK: usize = 2048;

type Sampler = ecg2mri_shim::acquisition::Sampler<'static, board::FrontEnd, Microseconds>;

/// What the sampling task works with, when neither it nor the main task has it in hand. Passed from hand to hand so
/// that no interrupt is held off while the chip is read or set.
static SAMPLER: Mutex<RefCell<Option<&'static mut Sampler>>> = Mutex::new(RefCell::new(None));

/// Runs the sampling task.
static SAMPLING: InterruptExecutor = InterruptExecutor::new();

#[embassy_executor::main]
async fn main(_spawner: Spawner) {
    static INSTANTS: ConstStaticCell<Queue<Item, QUEUE>> = ConstStaticCell::new(Queue::new());
    static STORED: StaticCell<Sampler> = StaticCell::new();
    static DEVICE: StaticCell<Device<'static, LINK>> = StaticCell::new();

    let Board {
        front_end,
        data_ready,
        mut receiver,
        mut sender,
        timer,
        session,
    } = Board::take();
    let timebase = Timebase::new(Microseconds::HERTZ);
    let leads = TWELVE_LEAD_CHANNELS.map(Some);
    let profile = front_end.profile(session, FIRMWARE, leads, SAMPLES_PER_FRAME, timebase);
    let settings = front_end.settings(true);
    let (producer, consumer) = INSTANTS.take().split();
    let counter = Microseconds::new(timer, 0);
    give_back(STORED.init(Sampler::new(front_end, counter, timebase, producer)));
    let device = DEVICE.init(Device::new(profile, settings, consumer));
    let mut clock = Clock::new(Microseconds::new(timer, 1));

    interrupt::EGU0_SWI0.set_priority(Priority::P2);
    let spawner = SAMPLING.start(interrupt::EGU0_SWI0);
    spawner.spawn(sample(data_ready).expect("one such task"));

    let mut bytes = [0; 64];
    loop {
        let turn = Timer::after_millis(TURN_MILLISECONDS);
        let received = match select(receiver.read(&mut bytes), turn).await {
            Either::First(Ok(count)) => count,
            // Bytes that did not arrive whole break their frame's checksum, which is counted.
            Either::First(Err(_)) | Either::Second(()) => 0,
        };
        let now = clock.now();
        device.receive(&bytes[..received], now);
        device.poll(now);
        if let Some(change) = device.change() {
            // The sampling task finds nothing to work with meanwhile.
            if let Some(sampler) = take() {
                let applied = sampler.apply(&change);
                give_back(sampler);
                device.applied(applied, clock.now());
            }
        }
        // It takes what it has room for, and fails only where it was given up.
        let sent = sender.try_write(device.outgoing()).unwrap_or(0);
        device.sent(sent);
    }
}

/// Takes an instant at each edge of DRDY.
#[embassy_executor::task]
async fn sample(mut data_ready: InputChannel<'static>) {
    loop {
        data_ready.wait().await;
        if let Some(sampler) = take() {
            sampler.on_data_ready();
            give_back(sampler);
        }
    }
}

fn take() -> Option<&'static mut Sampler> {
    critical_section::with(|section| SAMPLER.take(section))
}

fn give_back(sampler: &'static mut Sampler) {
    critical_section::with(|section| SAMPLER.replace(section, Some(sampler)));
}

/// What the sampling task runs in: no device of the chip, only its priority.
#[cortex_m_rt::interrupt]
fn EGU0_SWI0() {
    // SAFETY: this is the interrupt that `main` starts the executor with.
    unsafe { SAMPLING.on_interrupt() }
}
