//! RESP (SBAS459, "RESP: Respiration Control Register", address 16h; the modes on p. 71 and the
//! pages before it of SBAS459I).

use super::coded::coded_field;
use super::map::{Contents, bit};

coded_field! {
    /// Bits 4–2 of RESP, RESP_PH: phase of the demodulating clock against the modulating one.
    /// Code 7 is not used.
    pub enum RespirationPhase {
        /// 22.5°.
        Degrees22_5 = 0,
        /// 45°.
        Degrees45 = 1,
        /// 67.5°.
        Degrees67_5 = 2,
        /// 90°.
        Degrees90 = 3,
        /// 112.5°.
        Degrees112_5 = 4,
        /// 135°.
        Degrees135 = 5,
        /// 157.5°.
        Degrees157_5 = 6,
    }
}

coded_field! {
    /// Bits 1–0 of RESP, RESP_CTRL.
    pub enum RespirationMode {
        /// No respiration.
        Off = 0,
        /// A circuit outside; GPIO2, GPIO3 and GPIO4 become its clocks (SBAS459I p. 71).
        External = 1,
        /// The circuit inside (R variants only), with its own clock.
        Internal = 2,
        /// The circuit inside (R variants only), with clocks from outside on the GPIO pins.
        InternalUserClock = 3,
    }
}

/// RESP. Bit 5 is always 1 in R variants; after a reset it is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RespirationControl {
    /// Bit 7, RESP_DEMOD_EN1: demodulation on channel 1.
    pub demodulate: bool,
    /// Bit 6, RESP_MOD_EN1: modulation on channel 1.
    pub modulate: bool,
    /// Bits 4–2, RESP_PH.
    pub phase: RespirationPhase,
    /// Bits 1–0, RESP_CTRL.
    pub mode: RespirationMode,
}

impl Contents for RespirationControl {
    fn encode(self) -> u8 {
        bit(self.demodulate, 7)
            | bit(self.modulate, 6)
            | 0x20
            | self.phase.code() << 2
            | self.mode.code()
    }

    fn decode(byte: u8) -> Option<Self> {
        if byte & 0x20 == 0 {
            return None;
        }
        Some(Self {
            demodulate: byte & 0x80 != 0,
            modulate: byte & 0x40 != 0,
            phase: RespirationPhase::from_code(byte >> 2 & 7)?,
            mode: RespirationMode::from_code(byte & 3)?,
        })
    }
}
