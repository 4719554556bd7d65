//! LOFF (SBAS459I p. 49, "LOFF: Lead-Off Control Register", address 04h).

use super::coded::coded_field;
use super::map::{Contents, bit};

coded_field! {
    /// Bits 7–5 of LOFF, COMP_TH: how near the supplies an input must come to count as off; the
    /// threshold of positive inputs, that of negative ones is 100 % less this.
    pub enum LeadOffThreshold {
        /// 95 % and 5 % of the supply.
        Percent95 = 0,
        /// 92.5 % and 7.5 %.
        Percent92_5 = 1,
        /// 90 % and 10 %.
        Percent90 = 2,
        /// 87.5 % and 12.5 %.
        Percent87_5 = 3,
        /// 85 % and 15 %.
        Percent85 = 4,
        /// 80 % and 20 %.
        Percent80 = 5,
        /// 75 % and 25 %.
        Percent75 = 6,
        /// 70 % and 30 %.
        Percent70 = 7,
    }
}

impl LeadOffThreshold {
    /// The threshold of positive inputs in tenths of a percent of the supply.
    pub const fn permille(self) -> u16 {
        match self {
            Self::Percent95 => 950,
            Self::Percent92_5 => 925,
            Self::Percent90 => 900,
            Self::Percent87_5 => 875,
            Self::Percent85 => 850,
            Self::Percent80 => 800,
            Self::Percent75 => 750,
            Self::Percent70 => 700,
        }
    }
}

coded_field! {
    /// Bits 3–2 of LOFF, ILEAD_OFF: the current.
    pub enum LeadOffCurrent {
        /// 6 nA.
        Nanoamperes6 = 0,
        /// 12 nA.
        Nanoamperes12 = 1,
        /// 18 nA.
        Nanoamperes18 = 2,
        /// 24 nA.
        Nanoamperes24 = 3,
    }
}

impl LeadOffCurrent {
    /// The current in nanoamperes.
    pub const fn nanoamperes(self) -> u8 {
        6 * (self.code() + 1)
    }
}

coded_field! {
    /// Bits 1–0 of LOFF, FLEAD_OFF: the excitation. Code 2 must not be used.
    pub enum LeadOffExcitation {
        /// None; invalid while any electrode is sensed.
        None = 0,
        /// A quarter of the data rate. The comparators do not see it: the host looks for it in the
        /// samples.
        QuarterRate = 1,
        /// Direct current, which the comparators judge.
        Direct = 3,
    }
}

/// LOFF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeadOffControl {
    /// Bits 7–5, COMP_TH.
    pub threshold: LeadOffThreshold,
    /// Bit 4, VLEAD_OFF_EN: resistors to the supplies instead of currents.
    pub pull_resistors: bool,
    /// Bits 3–2, ILEAD_OFF.
    pub current: LeadOffCurrent,
    /// Bits 1–0, FLEAD_OFF.
    pub excitation: LeadOffExcitation,
}

impl Contents for LeadOffControl {
    fn encode(self) -> u8 {
        self.threshold.code() << 5
            | bit(self.pull_resistors, 4)
            | self.current.code() << 2
            | self.excitation.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self {
            threshold: LeadOffThreshold::from_code(byte >> 5)?,
            pull_resistors: byte & 0x10 != 0,
            current: LeadOffCurrent::from_code(byte >> 2 & 3)?,
            excitation: LeadOffExcitation::from_code(byte & 3)?,
        })
    }
}
