#![no_std]
#![no_main]
//! The firmware on a Cortex-M4F that QEMU emulates (`qemu-system-arm -M mps2-an386`): a simulated ADS1298 that plays an
//! ECG, behind the driver and the acquisition as on a real board; the board's UART0 is the link.
//!
//! | module | says |
//! |---|---|
//! | `board` | timer and UART of the board |
//! | `chip` | the simulated front end in the place of a real one |
//! | `ecg` | what it plays |

mod board;
mod chip;
mod ecg;

use core::cell::RefCell;
use cortex_m_rt::{entry, exception};
use critical_section::Mutex;
use ecg2mri_shim::acquisition::{
    Clock, Counter, Device, Input, Item, Profile, Sampler, Settings, TestSignal, Timebase,
};
use ecg2mri_shim::wire::{DeviceKind, FirmwareVersion, Lead, LeadOffSettings};
use heapless::spsc::Queue;
use panic_semihosting as _;

/// Bits per second of the link.
const LINK_RATE: u32 = 921_600;

/// Instants between interrupt and main loop.
const QUEUE: usize = 32;

/// Bytes kept for the link.
const LINK: usize = 2048;

/// What counts time: the board's timer.
struct Ticks;

impl Counter for Ticks {
    fn count(&self) -> u32 {
        board::ticks()
    }
}

/// The interrupt side, once there is one.
static SAMPLER: Mutex<RefCell<Option<Sampler<'static, chip::FrontEnd, Ticks>>>> =
    Mutex::new(RefCell::new(None));

#[entry]
fn main() -> ! {
    static mut INSTANTS: Queue<Item, QUEUE> = Queue::new();

    board::start(LINK_RATE);
    let mut core = cortex_m::Peripherals::take().expect("taken once");
    let timebase = Timebase::new(board::CLOCK);
    let (producer, consumer) = INSTANTS.split();
    let sampler = Sampler::new(chip::FrontEnd::new(), Ticks, timebase, producer);
    critical_section::with(|section| SAMPLER.replace(section, Some(sampler)));
    let mut device = Device::<LINK>::new(profile(timebase), settings(), consumer);
    let mut clock = Clock::new(Ticks);
    chip::start(&mut core.SYST);

    loop {
        let now = clock.now();
        while let Some(byte) = board::receive() {
            device.receive(&[byte], now);
        }
        device.poll(now);
        if let Some(change) = device.change() {
            let applied = with_sampler(|sampler| sampler.apply(&change));
            device.applied(applied, clock.now());
        }
        let sent = device
            .outgoing()
            .iter()
            .take_while(|byte| board::send(**byte))
            .count();
        device.sent(sent);
        if device.outgoing().is_empty() {
            cortex_m::asm::wfe();
        }
    }
}

/// Does something to the interrupt side with the interrupt held off.
fn with_sampler<R>(action: impl FnOnce(&mut Sampler<'static, chip::FrontEnd, Ticks>) -> R) -> R {
    critical_section::with(|section| {
        let mut sampler = SAMPLER.borrow_ref_mut(section);
        action(
            sampler
                .as_mut()
                .expect("it is put there before anything asks for it"),
        )
    })
}

/// Stands for the falling edge of DRDY.
#[exception]
fn SysTick() {
    with_sampler(Sampler::on_data_ready);
}

fn profile(timebase: Timebase) -> Profile {
    Profile {
        // Each run of the emulator is a device of its own.
        session: 1,
        kind: DeviceKind::Simulator,
        firmware: FirmwareVersion {
            major: 0,
            minor: 1,
            patch: 0,
        },
        reference_microvolts: 2_400_000,
        leads: [
            Lead::V6,
            Lead::I,
            Lead::II,
            Lead::V2,
            Lead::V3,
            Lead::V4,
            Lead::V5,
            Lead::V1,
        ]
        .map(Some),
        test_signal: TestSignal {
            step_microvolts: 2000,
            period_microseconds: 1_024_000,
        },
        samples_per_frame: 10,
        timebase,
    }
}

fn settings() -> Settings {
    Settings {
        running: true,
        rate_millihertz: 500_000,
        gains: [6; ecg::CHANNELS].into(),
        lead_off: LeadOffSettings::OFF,
        input: Input::Electrodes,
    }
}
