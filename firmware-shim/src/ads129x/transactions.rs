//! The transactions on the bus, with the waits that the datasheet demands inside them.

use super::opcode::Opcode;
use super::timing::{
    CHIP_SELECT_HIGH_CLOCKS, CHIP_SELECT_HOLD_CLOCKS, Clock, DECODE_CLOCKS, RESET_CLOCKS,
    RESET_PULSE_CLOCKS, UPDATE_CLOCKS,
};
use embedded_hal::spi::Operation;

/// The waits of one clock, in nanoseconds: worked out once, because reads are in a hurry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waits {
    decode: u32,
    hold: u32,
    update: u32,
    /// CS must be high for so long before a transaction that may follow on another.
    pub(super) high: u32,
    /// RESET must be low for so long.
    pub(super) reset_pulse: u32,
    /// After a reset the chip needs so long.
    pub(super) reset: u32,
}

impl Waits {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            decode: clock.wait_nanoseconds(DECODE_CLOCKS),
            hold: clock.wait_nanoseconds(CHIP_SELECT_HOLD_CLOCKS),
            update: clock.wait_nanoseconds(UPDATE_CLOCKS),
            high: clock.wait_nanoseconds(CHIP_SELECT_HIGH_CLOCKS),
            reset_pulse: clock.wait_nanoseconds(RESET_PULSE_CLOCKS),
            reset: clock.wait_nanoseconds(RESET_CLOCKS),
        }
    }

    /// A command of one byte. CS is held as long as the command takes.
    pub(super) fn command(self, byte: &[u8; 1]) -> [Operation<'_, u8>; 2] {
        let hold = self.hold.max(self.decode);
        [Operation::Write(byte), Operation::DelayNs(hold)]
    }

    /// RREG: as many registers as `bytes` has room for.
    pub(super) fn register_read<'a>(
        self,
        command: &'a [u8; 2],
        bytes: &'a mut [u8],
    ) -> [Operation<'a, u8>; 6] {
        let [opcode, count] = command.each_ref().map(core::slice::from_ref);
        bytes.fill(0);
        [
            Operation::Write(opcode),
            Operation::DelayNs(self.decode),
            Operation::Write(count),
            Operation::DelayNs(self.decode),
            Operation::TransferInPlace(bytes),
            Operation::DelayNs(self.hold),
        ]
    }

    /// WREG: one register.
    pub(super) fn register_write(self, command: &[u8; 3]) -> [Operation<'_, u8>; 6] {
        let [opcode, count, value] = command.each_ref().map(core::slice::from_ref);
        [
            Operation::Write(opcode),
            Operation::DelayNs(self.decode),
            Operation::Write(count),
            Operation::DelayNs(self.decode),
            Operation::Write(value),
            Operation::DelayNs(self.hold),
        ]
    }

    /// A frame while reading continuously. Zeros go out while it comes in: DIN must be low, or the
    /// chip takes it for a command, and a plain read of the bus may send anything.
    pub(super) fn frame(self, bytes: &mut [u8]) -> [Operation<'_, u8>; 3] {
        bytes.fill(0);
        [
            Operation::DelayNs(self.update),
            Operation::TransferInPlace(bytes),
            Operation::DelayNs(self.hold),
        ]
    }

    /// RDATA and the frame that it brings.
    pub(super) fn frame_on_command(self, bytes: &mut [u8]) -> [Operation<'_, u8>; 5] {
        const RDATA: &[u8; 1] = &[Opcode::Read.byte()];
        bytes.fill(0);
        [
            Operation::DelayNs(self.update),
            Operation::Write(RDATA),
            Operation::DelayNs(self.decode),
            Operation::TransferInPlace(bytes),
            Operation::DelayNs(self.hold),
        ]
    }
}
