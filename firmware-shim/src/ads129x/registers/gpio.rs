//! GPIO (SBAS459I p. 52, "GPIO: General-Purpose I/O Register", address 14h).

use super::Contents;

/// The four general-purpose pins; bit 0 is GPIO1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Gpio {
    /// Register bits 7–4, GPIOD: when read, the levels of the pins; when written, the levels of
    /// those that are outputs.
    pub levels: u8,
    /// Register bits 3–0, GPIOC: a 1 makes the pin an input, as all are after a reset.
    pub inputs: u8,
}

impl Contents for Gpio {
    fn encode(self) -> u8 {
        self.levels << 4 | self.inputs & 0x0F
    }

    fn decode(byte: u8) -> Option<Self> {
        Some(Self {
            levels: byte >> 4,
            inputs: byte & 0x0F,
        })
    }
}
