//! When a chip converts, and what becomes of the codes.

use super::Chip;
use crate::ads129x::registers::Register;
use crate::ads129x::timing::RESET_CLOCKS;
use crate::ads129x::{MARKER, MAX_CHANNELS};
use crate::simulator::analog::Conditions;
use crate::simulator::interface::Interface;
use crate::simulator::register_file::RegisterFile;
use crate::simulator::signal::Signal;

/// Conversions in progress.
#[derive(Debug, Clone, Copy)]
pub(super) struct Conversions {
    /// Clock of the first one.
    first: u64,
    /// Clocks between two.
    period: u64,
    /// Conversions made.
    made: u64,
    /// Whether the next is the last.
    last: bool,
}

impl Conversions {
    fn next(&self) -> u64 {
        self.first + self.period * self.made
    }

    /// What is left to do after the next one; `None` if it was the last.
    fn after_one_more(self) -> Option<Self> {
        let made = self.made + 1;
        (!self.last).then_some(Self { made, ..self })
    }
}

impl<S: Signal> Chip<S> {
    /// Begins conversions anew; the first comes when the filter has settled.
    pub(super) fn restart(&mut self) {
        self.conversions = None;
        self.ready = false;
        let wanted = self.start_pin || self.start_command;
        let Some(config) = self.registers.config1().filter(|_| wanted && !self.asleep) else {
            return;
        };
        let rate = config.data_rate;
        let begin = self.oscillator.clocks(self.now.max(self.busy_until));
        self.conversions = Some(Conversions {
            first: begin + u64::from(rate.settling_clocks()),
            period: rate.period_clocks().into(),
            made: 0,
            last: self.registers.byte(Register::Config4) & 0x08 != 0,
        });
        self.transitions = [None; MAX_CHANNELS];
    }

    /// The conversion in progress completes; no other follows.
    pub(super) fn finish(&mut self) {
        if let Some(conversions) = &mut self.conversions {
            conversions.last = true;
        }
    }

    pub(super) fn reset(&mut self) {
        self.registers = RegisterFile::new(self.variant);
        self.interface = Interface::new();
        self.asleep = false;
        self.start_command = false;
        self.busy_until = self.busy_until.max(self.now + self.clocks(RESET_CLOCKS));
        self.restart();
    }

    /// Makes the conversions that are due until `end`, in nanoseconds, which it then is.
    pub(super) fn convert_until(&mut self, end: u64) {
        while let Some(next) = self.next_conversion().filter(|&next| next <= end) {
            self.now = self.now.max(next);
            self.convert();
            self.conversions = self.conversions.and_then(Conversions::after_one_more);
        }
        self.now = end;
    }

    fn convert(&mut self) {
        let mut codes = [0; MAX_CHANNELS];
        // Resolution of 17 and 19 bits at the two fastest rates: the rest means nothing.
        let rate = self.registers.config1().map(|config| config.data_rate);
        let bits = rate.map_or(24, |rate| rate.resolution_bits());
        let conditions = Conditions {
            registers: &self.registers,
            at: self.circumstances(),
        };
        for (index, (code, transition)) in codes.iter_mut().zip(&mut self.transitions).enumerate() {
            let converted = conditions.convert(&mut self.signal, index, transition);
            *code = converted >> (24 - bits) << (24 - bits);
        }
        let positive = self.register(Register::LeadOffStatusP);
        let negative = self.register(Register::LeadOffStatusN);
        let gpio = self.register(Register::Gpio) >> 4;
        let (status, channels) = self.frame.split_at_mut(3);
        status.copy_from_slice(&[
            MARKER << 4 | positive >> 4,
            positive << 4 | negative >> 4,
            negative << 4 | gpio,
        ]);
        for (bytes, code) in channels.chunks_exact_mut(3).zip(codes) {
            bytes.copy_from_slice(&code.to_be_bytes()[1..]);
        }
        self.ledger.unread += u64::from(self.ready);
        self.ledger.conversions += 1;
        self.ready = true;
        self.ready_since = Some(self.now);
        let length = self.variant.frame_len();
        let clocked = self.interface.bytes_of_newest();
        if clocked.is_some_and(|bytes| (1..length).contains(&bytes)) {
            self.ledger.spliced += 1;
        }
    }

    pub(super) fn next_conversion(&self) -> Option<u64> {
        let conversions = self.conversions.as_ref()?;
        Some(self.oscillator.nanoseconds(conversions.next()))
    }
}
