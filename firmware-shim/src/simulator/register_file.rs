//! Which bits of the registers can be written.

use crate::ads129x::Variant;
use crate::ads129x::registers::{
    ChannelSet, Config1, Contents, Identity, REGISTER_COUNT, Register,
};

/// The registers of a chip.
#[derive(Debug, Clone)]
pub(super) struct RegisterFile {
    bytes: [u8; REGISTER_COUNT],
    variant: Variant,
}

impl RegisterFile {
    /// The registers after a reset.
    pub(super) fn new(variant: Variant) -> Self {
        let mut bytes = Register::ALL.map(|register| register.reset_value().unwrap_or(0));
        bytes[0] = Identity(variant).encode();
        // Kept apart: what it reads depends on the chip at hand.
        bytes[usize::from(Register::Config2.address())] = 0;
        Self { bytes, variant }
    }

    /// The byte, without what is status.
    pub(super) fn byte(&self, register: Register) -> u8 {
        self.bytes[usize::from(register.address())]
    }

    /// Writes the bits that can be written; returns whether any changed.
    pub(super) fn write(&mut self, register: Register, byte: u8) -> bool {
        let mask = self.writable_bits(register);
        let old = self.byte(register);
        let new = old & !mask | byte & mask;
        self.bytes[usize::from(register.address())] = new;
        new != old
    }

    /// CONFIG1; `None` while it holds the reserved data rate.
    pub(super) fn config1(&self) -> Option<Config1> {
        Config1::decode(self.byte(Register::Config1))
    }

    /// The settings of a channel; `None` if it does not exist or holds the reserved gain.
    pub(super) fn channel(&self, index: usize) -> Option<ChannelSet> {
        if index >= self.variant.channel_count() {
            return None;
        }
        let register = *Register::CHANNELS.get(index)?;
        ChannelSet::decode(self.byte(register))
    }

    fn writable_bits(&self, register: Register) -> u8 {
        let channels = self.variant.channel_mask();
        match register {
            Register::Id | Register::LeadOffStatusP | Register::LeadOffStatusN => 0,
            Register::Config1 => 0xE7,
            Register::Config2 => 0x37,
            Register::Config3 => 0xBE,
            Register::RldSenseP
            | Register::RldSenseN
            | Register::LeadOffSenseP
            | Register::LeadOffSenseN
            | Register::LeadOffFlip => channels,
            Register::LeadOff | Register::Gpio | Register::Wct1 | Register::Wct2 => 0xFF,
            Register::Pace => 0x1F,
            Register::Respiration => 0xFF,
            Register::Config4 => 0xEE,
            channel => {
                let index = channel.address() - Register::Channel1.address();
                if channels >> index & 1 != 0 { 0xF7 } else { 0 }
            }
        }
    }
}
