//! Counts instructions at each rate, tells them by semihosting and ends the emulator.

use crate::meter::{Span, TOTALS, Total};
use crate::{LINK, board};
use cortex_m_semihosting::{debug, hprintln};
use ecg2mri_shim::acquisition::Device;
use ecg2mri_shim::wire::{Command, Frame, Header, MAX_ENCODED_LEN, encode_frame};

/// Samples per second, times 1000.
const RATES: [u32; 2] = [500_000, 1_000_000];

/// Ticks before it is counted, and while it is.
const SETTLING: u64 = board::CLOCK as u64;
const COUNTED: u64 = 4 * board::CLOCK as u64;

/// How far it is.
pub struct Measurement {
    rate: usize,
    next: u64,
    counting: bool,
}

impl Measurement {
    /// Begins at the first rate, which is the one that the device begins with.
    pub fn new() -> Self {
        calibrate();
        Self {
            rate: 0,
            next: SETTLING,
            counting: false,
        }
    }

    /// Goes on with it.
    pub fn go_on(&mut self, device: &mut Device<'_, LINK>, now: u64) {
        if now < self.next {
            return;
        }
        if !self.counting {
            for (_, total) in TOTALS {
                total.clear();
            }
            self.counting = true;
            self.next = now + COUNTED;
            return;
        }
        hprintln!("rate {}", RATES[self.rate]);
        for (name, total) in TOTALS {
            tell(name, total);
        }
        self.rate += 1;
        self.counting = false;
        self.next = now + SETTLING;
        match RATES.get(self.rate) {
            Some(&millihertz) => set_rate(device, millihertz, now),
            None => {
                hprintln!("stack {}", board::stack_used());
                let counts = device.counts();
                hprintln!("lost {}", counts.lost_in_all() + counts.instants_dropped);
                debug::exit(debug::EXIT_SUCCESS);
            }
        }
    }
}

/// Tells what the counting itself takes: an empty span, and a span around an empty one.
fn calibrate() {
    static EMPTY: Total = Total::new();
    static AROUND: Total = Total::new();
    for _ in 0..1000 {
        let around = Span::start();
        Span::start().stop(&EMPTY);
        around.stop(&AROUND);
    }
    tell("empty", &EMPTY);
    tell("around", &AROUND);
}

fn tell(name: &str, total: &Total) {
    let sum = total.get();
    hprintln!("{} {} {} {}", name, sum.spans, sum.ticks, sum.most);
}

/// As a host would.
fn set_rate(device: &mut Device<'_, LINK>, millihertz: u32, now: u64) {
    let header = Header {
        session: 1,
        sequence: 0,
        timestamp_microseconds: 0,
    };
    let body = Command::SetRate { millihertz };
    let mut bytes = [0; MAX_ENCODED_LEN];
    let length = encode_frame(&Frame { header, body }, &mut bytes).expect("a command fits");
    device.receive(&bytes[..length], now);
}
