//! Registers with one bit for each channel: RLD_SENSP, RLD_SENSN (SBAS459, the sections named so,
//! addresses 0Dh and 0Eh), LOFF_SENSP, LOFF_SENSN, LOFF_FLIP, LOFF_STATP (SBAS459I p. 51,
//! addresses 0Fh to 12h) and LOFF_STATN (p. 52, address 13h).

use super::Contents;

/// A set of channels; bit 0 is channel 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Channels(
    /// The bits as they stand in the register.
    pub u8,
);

impl Channels {
    /// No channel.
    pub const NONE: Self = Self(0);

    /// Whether channel `index`, counted from 0, is in the set.
    pub const fn contains(self, index: usize) -> bool {
        index < 8 && self.0 >> index & 1 != 0
    }
}

impl Contents for Channels {
    fn encode(self) -> u8 {
        self.0
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self(byte))
    }
}
