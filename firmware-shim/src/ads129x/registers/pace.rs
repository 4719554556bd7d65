//! PACE (SBAS459I p. 52, "PACE: PACE Detect Register", address 15h).

use super::coded::coded_field;
use super::map::{Contents, bit};

coded_field! {
    /// Bits 4–3 of PACE, PACEE: the even channel led to a detector.
    pub enum EvenPaceChannel {
        /// Channel 2.
        Channel2 = 0,
        /// Channel 4.
        Channel4 = 1,
        /// Channel 6.
        Channel6 = 2,
        /// Channel 8.
        Channel8 = 3,
    }
}

coded_field! {
    /// Bits 2–1 of PACE, PACEO: the odd channel led to a detector.
    pub enum OddPaceChannel {
        /// Channel 1.
        Channel1 = 0,
        /// Channel 3.
        Channel3 = 1,
        /// Channel 5.
        Channel5 = 2,
        /// Channel 7.
        Channel7 = 3,
    }
}

impl EvenPaceChannel {
    /// The channel, counted from 0.
    pub const fn index(self) -> usize {
        2 * self.code() as usize + 1
    }
}

impl OddPaceChannel {
    /// The channel, counted from 0.
    pub const fn index(self) -> usize {
        2 * self.code() as usize
    }
}

/// Which channels an external pacemaker detector sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Pace {
    /// Bits 4–3, PACEE.
    pub even: EvenPaceChannel,
    /// Bits 2–1, PACEO.
    pub odd: OddPaceChannel,
    /// Bit 0, PD_PACE (1 is on): the buffers.
    pub buffers: bool,
}

impl Contents for Pace {
    fn encode(self) -> u8 {
        self.even.code() << 3 | self.odd.code() << 1 | bit(self.buffers, 0)
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0xE0 != 0 {
            return None;
        }
        Some(Self {
            even: EvenPaceChannel::from_code(byte >> 3 & 3)?,
            odd: OddPaceChannel::from_code(byte >> 1 & 3)?,
            buffers: byte & 1 != 0,
        })
    }
}
