//! WCT1 and WCT2 (SBAS459, "WCT1: Wilson Central Terminal and Augmented Lead Control Register" and
//! "WCT2: Wilson Central Terminal Control Register", addresses 18h and 19h; the circuit on p. 59
//! of SBAS459I).

use super::coded::coded_field;
use super::map::{Contents, bit};

coded_field! {
    /// Bits 2–0 or 5–3 of WCT1 and WCT2: the input that an amplifier follows.
    pub enum TerminalInput {
        /// Positive input of channel 1.
        In1P = 0,
        /// Negative input of channel 1.
        In1N = 1,
        /// Positive input of channel 2.
        In2P = 2,
        /// Negative input of channel 2.
        In2N = 3,
        /// Positive input of channel 3.
        In3P = 4,
        /// Negative input of channel 3.
        In3N = 5,
        /// Positive input of channel 4.
        In4P = 6,
        /// Negative input of channel 4.
        In4N = 7,
    }
}

/// WCT1: amplifier A, and the Goldberger terminals led to negative inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Wct1 {
    /// Bit 7, aVF_CH6: (A + B) / 2 to the negative input of channel 6.
    pub avf_channel6: bool,
    /// Bit 6, aVL_CH5: (A + C) / 2 to the negative input of channel 5.
    pub avl_channel5: bool,
    /// Bit 5, aVR_CH7: (B + C) / 2 to the negative input of channel 7.
    pub avr_channel7: bool,
    /// Bit 4, aVR_CH4: (B + C) / 2 to the negative input of channel 4.
    pub avr_channel4: bool,
    /// Bit 3, PD_WCTA (1 is on): amplifier A.
    pub amplifier_a: bool,
    /// Bits 2–0, WCTA: what amplifier A follows.
    pub input_a: TerminalInput,
}

impl Contents for Wct1 {
    fn encode(self) -> u8 {
        bit(self.avf_channel6, 7)
            | bit(self.avl_channel5, 6)
            | bit(self.avr_channel7, 5)
            | bit(self.avr_channel4, 4)
            | bit(self.amplifier_a, 3)
            | self.input_a.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self {
            avf_channel6: byte & 0x80 != 0,
            avl_channel5: byte & 0x40 != 0,
            avr_channel7: byte & 0x20 != 0,
            avr_channel4: byte & 0x10 != 0,
            amplifier_a: byte & 0x08 != 0,
            input_a: TerminalInput::from_code(byte & 7)?,
        })
    }
}

/// WCT2: amplifiers B and C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Wct2 {
    /// Bit 7, PD_WCTC (1 is on): amplifier C.
    pub amplifier_c: bool,
    /// Bit 6, PD_WCTB (1 is on): amplifier B.
    pub amplifier_b: bool,
    /// Bits 5–3, WCTB: what amplifier B follows.
    pub input_b: TerminalInput,
    /// Bits 2–0, WCTC: what amplifier C follows.
    pub input_c: TerminalInput,
}

impl Contents for Wct2 {
    fn encode(self) -> u8 {
        bit(self.amplifier_c, 7)
            | bit(self.amplifier_b, 6)
            | self.input_b.code() << 3
            | self.input_c.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self {
            amplifier_c: byte & 0x80 != 0,
            amplifier_b: byte & 0x40 != 0,
            input_b: TerminalInput::from_code(byte >> 3 & 7)?,
            input_c: TerminalInput::from_code(byte & 7)?,
        })
    }
}
