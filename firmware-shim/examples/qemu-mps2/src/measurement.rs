//! Counts instructions at each rate, tells them by semihosting and ends the emulator.

use crate::meter::TOTALS;
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
            let sum = total.get();
            hprintln!("{} {} {} {}", name, sum.spans, sum.ticks, sum.most);
        }
        self.rate += 1;
        self.counting = false;
        self.next = now + SETTLING;
        match RATES.get(self.rate) {
            Some(&millihertz) => set_rate(device, millihertz, now),
            None => {
                hprintln!("stack {}", board::stack_used());
                hprintln!("lost {:?}", device.counts());
                debug::exit(debug::EXIT_SUCCESS);
            }
        }
    }
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
