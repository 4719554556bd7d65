//! The commands (SBAS459I p. 40, table 11).

use super::registers::Register;

/// A command of one byte. Registers are read and written by [`read_register`] and
/// [`write_register`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Opcode {
    /// WAKEUP: leaves standby.
    WakeUp = 0x02,
    /// STANDBY: all but the reference is switched off; only WAKEUP may follow.
    Standby = 0x04,
    /// RESET: registers to their defaults, conversions off, continuous reading on.
    Reset = 0x06,
    /// START: begins conversions, or begins them anew.
    Start = 0x08,
    /// STOP: ends conversions after the one in progress.
    Stop = 0x0A,
    /// RDATAC: each conversion can be clocked out without a command. The mode after a reset, in
    /// which registers cannot be read.
    ReadContinuously = 0x10,
    /// SDATAC: ends that mode.
    StopReadingContinuously = 0x11,
    /// RDATA: clocks out the last conversion, even while the next one completes.
    Read = 0x12,
}

impl Opcode {
    /// All commands of one byte.
    pub const ALL: [Self; 8] = [
        Self::WakeUp,
        Self::Standby,
        Self::Reset,
        Self::Start,
        Self::Stop,
        Self::ReadContinuously,
        Self::StopReadingContinuously,
        Self::Read,
    ];

    /// The byte on the wire.
    pub const fn byte(self) -> u8 {
        self as u8
    }

    /// The command with that byte.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|opcode| opcode.byte() == byte)
    }
}

/// First bits of RREG.
pub const READ_REGISTERS: u8 = 0x20;

/// First bits of WREG.
pub const WRITE_REGISTERS: u8 = 0x40;

/// Bits of RREG and WREG that hold the first register's address.
pub const ADDRESS_BITS: u8 = 0x1F;

/// RREG: the two bytes that read `count` registers from `first` on, 1 to 26 (SBAS459I p. 43).
pub const fn read_register(first: Register, count: u8) -> [u8; 2] {
    [READ_REGISTERS | first.address(), count.saturating_sub(1)]
}

/// WREG: the three bytes that write `value` into `register` (SBAS459I p. 43).
pub const fn write_register(register: Register, value: u8) -> [u8; 3] {
    [WRITE_REGISTERS | register.address(), 0, value]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_eight_commands_are_commands() {
        for byte in 0..=u8::MAX {
            let known = [0x02, 0x04, 0x06, 0x08, 0x0A, 0x10, 0x11, 0x12].contains(&byte);
            let opcode = Opcode::from_byte(byte);
            assert_eq!(opcode.is_some(), known, "{byte:#04x}");
            assert!(opcode.is_none_or(|opcode| opcode.byte() == byte));
        }
    }

    #[test]
    fn register_commands_are_those_of_the_datasheet_figures() {
        // Figure 49: two registers from ID on.
        assert_eq!(read_register(Register::Id, 2), [0b0010_0000, 0b0000_0001]);
        assert_eq!(
            write_register(Register::Config1, 0x86),
            [0b0100_0001, 0, 0x86]
        );
        assert_eq!(write_register(Register::Wct2, 3), [0x59, 0, 3]);
    }
}
