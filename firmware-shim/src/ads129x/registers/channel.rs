//! CH1SET to CH8SET (SBAS459, "CHnSET: Individual Channel Settings", addresses 05h to 0Ch).

use super::coded::coded_field;
use super::map::{Contents, bit};

coded_field! {
    /// Bits 6–4 of CHnSET, GAIN. Code 7 is reserved.
    pub enum Gain {
        /// 6, the default.
        X6 = 0,
        /// 1.
        X1 = 1,
        /// 2.
        X2 = 2,
        /// 3.
        X3 = 3,
        /// 4.
        X4 = 4,
        /// 8.
        X8 = 5,
        /// 12.
        X12 = 6,
    }
}

impl Gain {
    /// The factor: 1, 2, 3, 4, 6, 8 or 12.
    pub const fn factor(self) -> u8 {
        match self {
            Self::X6 => 6,
            Self::X1 => 1,
            Self::X2 => 2,
            Self::X3 => 3,
            Self::X4 => 4,
            Self::X8 => 8,
            Self::X12 => 12,
        }
    }

    /// The gain with that factor; `None` if there is none.
    pub fn from_factor(factor: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|gain| gain.factor() == factor)
    }
}

coded_field! {
    /// Bits 2–0 of CHnSET, MUX: what the channel measures.
    pub enum Input {
        /// Its electrodes.
        Electrodes = 0,
        /// Both inputs shorted, for offset and noise.
        Shorted = 1,
        /// The right leg drive's input, with RLD_MEAS in CONFIG3.
        RightLeg = 2,
        /// A supply: of the analogue part, on channels 3 and 4 of the digital part.
        Supply = 3,
        /// The temperature sensor: see [`celsius`](crate::ads129x::celsius).
        Temperature = 4,
        /// The test signal of CONFIG2.
        TestSignal = 5,
        /// Its electrodes; the positive one is driven by the right leg drive.
        RightLegDrivesPositive = 6,
        /// Its electrodes; the negative one is driven by the right leg drive.
        RightLegDrivesNegative = 7,
    }
}

/// One channel's register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChannelSet {
    /// Bit 7, PD: the channel is off, and its codes are 0.
    pub powered_down: bool,
    /// Bits 6–4, GAIN.
    pub gain: Gain,
    /// Bits 2–0, MUX.
    pub input: Input,
}

impl Contents for ChannelSet {
    fn encode(self) -> u8 {
        bit(self.powered_down, 7) | self.gain.code() << 4 | self.input.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0x08 != 0 {
            return None;
        }
        Some(Self {
            powered_down: byte & 0x80 != 0,
            gain: Gain::from_code(byte >> 4 & 7)?,
            input: Input::from_code(byte & 7)?,
        })
    }
}
