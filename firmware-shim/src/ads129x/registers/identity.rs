//! ID (SBAS459, "ID: ID Control Register", address 00h, read-only, factory-programmed).

use super::Contents;
use crate::ads129x::variant::Variant;

/// Which chip this is: bits 7–5 the family (100 ADS129x, 110 ADS129xR), bits 4–3 always 10, bits
/// 2–0 the channels (000 four, 001 six, 010 eight).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Identity(
    /// The chip.
    pub Variant,
);

impl Contents for Identity {
    fn encode(self) -> u8 {
        let family = if self.0.has_respiration() { 0xD0 } else { 0x90 };
        let channels = match self.0.channel_count() {
            4 => 0,
            6 => 1,
            _ => 2,
        };
        family | channels
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self(match byte {
            0x90 => Variant::Ads1294,
            0x91 => Variant::Ads1296,
            0x92 => Variant::Ads1298,
            0xD0 => Variant::Ads1294R,
            0xD1 => Variant::Ads1296R,
            0xD2 => Variant::Ads1298R,
            _ => return None,
        }))
    }
}
