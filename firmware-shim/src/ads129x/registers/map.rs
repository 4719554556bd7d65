//! Which registers there are.

/// Number of registers.
pub const REGISTER_COUNT: usize = 26;

/// A register (SBAS459, "Register map", table of register assignments).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Register {
    /// ID: which chip this is.
    Id = 0x00,
    /// CONFIG1: data rate, power mode, daisy chain, clock output.
    Config1 = 0x01,
    /// CONFIG2: test signal, chopping of the terminals' amplifiers.
    Config2 = 0x02,
    /// CONFIG3: reference and right leg drive.
    Config3 = 0x03,
    /// LOFF: how lead-off is detected.
    LeadOff = 0x04,
    /// CH1SET: power, gain and input of channel 1.
    Channel1 = 0x05,
    /// CH2SET.
    Channel2 = 0x06,
    /// CH3SET.
    Channel3 = 0x07,
    /// CH4SET.
    Channel4 = 0x08,
    /// CH5SET.
    Channel5 = 0x09,
    /// CH6SET.
    Channel6 = 0x0A,
    /// CH7SET.
    Channel7 = 0x0B,
    /// CH8SET.
    Channel8 = 0x0C,
    /// RLD_SENSP: positive inputs that the right leg drive follows.
    RldSenseP = 0x0D,
    /// RLD_SENSN: negative inputs that it follows.
    RldSenseN = 0x0E,
    /// LOFF_SENSP: positive inputs sensed for lead-off.
    LeadOffSenseP = 0x0F,
    /// LOFF_SENSN: negative inputs sensed.
    LeadOffSenseN = 0x10,
    /// LOFF_FLIP: channels whose currents run the other way.
    LeadOffFlip = 0x11,
    /// LOFF_STATP: positive inputs whose electrode is off.
    LeadOffStatusP = 0x12,
    /// LOFF_STATN: negative inputs whose electrode is off.
    LeadOffStatusN = 0x13,
    /// GPIO: general-purpose pins.
    Gpio = 0x14,
    /// PACE: channels led to the pins for an external pacemaker detector.
    Pace = 0x15,
    /// RESP: respiration.
    Respiration = 0x16,
    /// CONFIG4: single shot, lead-off comparators, respiration frequency.
    Config4 = 0x17,
    /// WCT1: amplifier A of the Wilson terminal, Goldberger terminals.
    Wct1 = 0x18,
    /// WCT2: amplifiers B and C.
    Wct2 = 0x19,
}

impl Register {
    /// All registers in the order of their addresses.
    pub const ALL: [Self; REGISTER_COUNT] = [
        Self::Id,
        Self::Config1,
        Self::Config2,
        Self::Config3,
        Self::LeadOff,
        Self::Channel1,
        Self::Channel2,
        Self::Channel3,
        Self::Channel4,
        Self::Channel5,
        Self::Channel6,
        Self::Channel7,
        Self::Channel8,
        Self::RldSenseP,
        Self::RldSenseN,
        Self::LeadOffSenseP,
        Self::LeadOffSenseN,
        Self::LeadOffFlip,
        Self::LeadOffStatusP,
        Self::LeadOffStatusN,
        Self::Gpio,
        Self::Pace,
        Self::Respiration,
        Self::Config4,
        Self::Wct1,
        Self::Wct2,
    ];

    /// The registers of the eight channels.
    pub const CHANNELS: [Self; 8] = [
        Self::Channel1,
        Self::Channel2,
        Self::Channel3,
        Self::Channel4,
        Self::Channel5,
        Self::Channel6,
        Self::Channel7,
        Self::Channel8,
    ];

    /// Its address, 0x00 to 0x19.
    pub const fn address(self) -> u8 {
        self as u8
    }

    /// The register at that address.
    pub fn at(address: u8) -> Option<Self> {
        Self::ALL.get(usize::from(address)).copied()
    }

    /// What it holds after a reset; `None` for ID, which depends on the chip.
    ///
    /// CONFIG2: the register map says 0x40, the register's own figure has 0 in that bit, and a
    /// chip on the bench answered 0x00: what the chip is asked to hold is never taken from here.
    pub const fn reset_value(self) -> Option<u8> {
        match self {
            Self::Id => None,
            Self::Config1 => Some(0x06),
            Self::Config2 | Self::Config3 => Some(0x40),
            Self::Gpio => Some(0x0F),
            _ => Some(0x00),
        }
    }

    /// Whether a write changes nothing.
    pub const fn is_read_only(self) -> bool {
        matches!(self, Self::Id | Self::LeadOffStatusP | Self::LeadOffStatusN)
    }

    /// Bits that read back as they were written. The others are status (CONFIG3 bit 0, the levels
    /// of pins that are inputs), or the sources disagree on them (CONFIG2 bit 6; RESP bit 5 where
    /// respiration is absent).
    pub const fn verifiable_bits(self) -> u8 {
        match self {
            Self::Id | Self::LeadOffStatusP | Self::LeadOffStatusN => 0,
            Self::Config2 => 0xBF,
            Self::Config3 => 0xFE,
            Self::Gpio => 0x0F,
            Self::Respiration => 0xDF,
            _ => 0xFF,
        }
    }
}

/// The contents of a register as typed fields.
pub trait Contents: Sized {
    /// The byte that the register is to hold; reserved bits have the value the datasheet demands.
    fn encode(self) -> u8;

    /// The fields of that byte; `None` if it holds a reserved code or a reserved bit has another
    /// value than the datasheet demands. Whatever is decoded encodes to the same byte.
    fn decode(byte: u8) -> Option<Self>;
}

/// A bit if `set`.
pub(super) const fn bit(set: bool, position: u8) -> u8 {
    (set as u8) << position
}
