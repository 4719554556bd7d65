//! What the bus and the pins do to a chip.

use super::Chip;
use crate::ads129x::opcode::Opcode;
use crate::ads129x::registers::{Readback, Register};
use crate::ads129x::timing::{
    CHIP_SELECT_HIGH_CLOCKS, CHIP_SELECT_HOLD_CLOCKS, DECODE_CLOCKS, RESET_PULSE_CLOCKS,
    UPDATE_CLOCKS,
};
use crate::simulator::analog::Transition;
use crate::simulator::fault::SimulatedFault;
use crate::simulator::hardware::Hardware;
use crate::simulator::interface::{Action, Source};
use crate::simulator::signal::Signal;

impl<S: Signal> Chip<S> {
    fn execute(&mut self, opcode: Opcode) {
        match opcode {
            Opcode::WakeUp if self.asleep => {
                self.asleep = false;
                self.restart();
            }
            _ if self.asleep => self.ledger.ignored_commands += 1,
            Opcode::WakeUp => {}
            Opcode::Standby => {
                self.asleep = true;
                self.restart();
            }
            Opcode::Reset => self.reset(),
            Opcode::Start => {
                self.start_command = true;
                self.restart();
            }
            Opcode::Stop => {
                self.start_command = false;
                if !self.start_pin {
                    self.finish();
                }
            }
            Opcode::ReadContinuously => self.interface.set_continuous(true),
            Opcode::StopReadingContinuously => self.interface.set_continuous(false),
            Opcode::Read => self.interface.latch(self.frame),
        }
    }

    fn write(&mut self, address: u8, byte: u8) {
        let Some(register) = Register::at(address) else {
            self.ledger.ignored_commands += 1;
            return;
        };
        if self.asleep || self.faults.writes_lost {
            self.ledger.ignored_commands += u64::from(self.asleep);
            return;
        }
        let channel = Register::CHANNELS
            .iter()
            .position(|&other| other == register);
        let before = channel.and_then(|index| self.registers.channel(index));
        let buffer_was_on = self.registers.byte(Register::Config3) & 0x80 != 0;
        if !self.registers.write(register, byte) {
            return;
        }
        match register {
            // Both reset the digital filter.
            Register::Config1 | Register::Respiration if self.conversions.is_some() => {
                self.restart();
            }
            Register::Config3 if !buffer_was_on && byte & 0x80 != 0 => {
                self.reference_since = self.now;
            }
            _ => {}
        }
        if let (Some(index), Some(before), true) = (channel, before, self.conversions.is_some())
            && let Some(transition) = self.transitions.get_mut(index)
        {
            *transition = Some(Transition {
                before,
                conversions: 0,
            });
        }
    }

    /// The byte now to be clocked out.
    fn output(&mut self) -> u8 {
        let length = self.variant.frame_len();
        let config = self.registers.config1();
        let repeats = config.is_some_and(|config| config.readback == Readback::Multiple);
        let wrapped = |position: usize| {
            if repeats { position % length } else { position }
        };
        match self.interface.next_source() {
            Source::Zeros => 0,
            Source::NewestFrame(position) => {
                let frame = &self.frame[..length];
                frame.get(wrapped(position)).copied().unwrap_or(0)
            }
            Source::LatchedFrame(position) => {
                let position = wrapped(position);
                if position < length {
                    self.interface.latched_byte(position)
                } else {
                    0
                }
            }
            Source::Register(address) => {
                Register::at(address).map_or(0, |register| self.register(register))
            }
        }
    }

    /// What the host makes of a byte on the line, faults included.
    fn received(&mut self, byte: u8) -> u8 {
        if let Some(level) = self.faults.silent {
            return level;
        }
        let mut byte = byte;
        if self.faults.wrong_phase {
            let shifted = self.phase_carry << 7 | byte >> 1;
            self.phase_carry = byte & 1;
            byte = shifted;
        }
        if let Some(flip) = &mut self.faults.bit_flip
            && flip.transfers > 0
            && flip.byte == self.bytes_in_transaction
        {
            flip.transfers -= 1;
            byte ^= flip.mask;
        }
        byte
    }
}

impl<S: Signal> Hardware for Chip<S> {
    fn advance(&mut self, nanoseconds: u64) {
        self.convert_until(self.now + nanoseconds);
    }

    fn select(&mut self) -> Result<(), SimulatedFault> {
        if let Some(transactions) = &mut self.faults.spi_error_after {
            if *transactions == 0 {
                self.faults.spi_error_after = None;
                return Err(SimulatedFault);
            }
            *transactions -= 1;
        }
        let high = self.clocks(CHIP_SELECT_HIGH_CLOCKS);
        if self
            .deselected_at
            .is_some_and(|since| self.now - since < high)
        {
            self.ledger.hurried_selects += 1;
        }
        self.last_byte_end = None;
        self.bytes_in_transaction = 0;
        self.phase_carry = 0;
        self.advance(self.faults.slow_host);
        Ok(())
    }

    fn exchange(&mut self, byte: u8) -> u8 {
        if self.faults.silent.is_some() || self.now < self.busy_until {
            self.ledger.ignored_commands += u64::from(byte != 0);
            self.advance(8_000_000_000 / u64::from(self.spi_hertz));
            self.last_byte_end = Some(self.now);
            return self.received(0);
        }
        let update = self.clocks(UPDATE_CLOCKS);
        let begins_read = byte == 0 && self.interface.bytes_of_newest() == Some(0);
        let just_fell = self
            .ready_since
            .is_some_and(|since| self.now - since < update);
        let falls_soon = self
            .next_conversion()
            .is_some_and(|next| next - self.now < update);
        if begins_read && (just_fell || falls_soon) {
            self.ledger.reads_at_update += 1;
        }
        self.ready = false;
        let output = self.output();
        let output = self.received(output);
        self.bytes_in_transaction += 1;
        self.advance(8_000_000_000 / u64::from(self.spi_hertz));
        let decode = self.clocks(DECODE_CLOCKS);
        let hurried = self
            .last_byte_end
            .is_some_and(|last| self.now - last < decode);
        self.last_byte_end = Some(self.now);
        match self.interface.take(byte, hurried) {
            Action::None => {}
            Action::Execute(opcode) => self.execute(opcode),
            Action::Write { address, byte } => self.write(address, byte),
            Action::Ignored => self.ledger.ignored_commands += 1,
            Action::Hurried => self.ledger.hurried_bytes += 1,
        }
        output
    }

    fn deselect(&mut self) {
        let hold = self.clocks(CHIP_SELECT_HOLD_CLOCKS);
        if self
            .last_byte_end
            .is_some_and(|last| self.now - last < hold)
        {
            self.ledger.hurried_deselects += 1;
        }
        self.deselected_at = Some(self.now);
        self.interface.deselect();
    }

    fn set_start(&mut self, high: bool) {
        if high == self.start_pin {
            return;
        }
        self.start_pin = high;
        if high {
            self.restart();
        } else if !self.start_command {
            self.finish();
        }
    }

    fn set_reset(&mut self, high: bool) {
        match (high, self.reset_low_since) {
            (false, None) => self.reset_low_since = Some(self.now),
            (true, Some(since)) => {
                self.reset_low_since = None;
                if self.now - since >= self.clocks(RESET_PULSE_CLOCKS) {
                    self.reset();
                } else {
                    self.ledger.short_resets += 1;
                }
            }
            _ => {}
        }
    }

    fn is_data_ready(&self) -> bool {
        if let Some(high) = self.faults.stuck_data_ready {
            return !high;
        }
        // What was not read makes DRDY rise shortly before it falls again.
        let pulse = self.clocks(UPDATE_CLOCKS);
        let rises = self
            .next_conversion()
            .is_some_and(|next| next - self.now < pulse);
        self.ready && !rises
    }

    fn until_data_ready(&self) -> Option<u64> {
        self.next_conversion()
            .map(|next| next.saturating_sub(self.now))
    }
}
