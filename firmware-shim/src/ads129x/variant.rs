//! The members of the family.

use crate::wire::DeviceKind;

/// Channels of the largest members, the ADS1298 and ADS1298R.
pub const MAX_CHANNELS: usize = crate::wire::MAX_CHANNELS;

/// A member of the family (SBAS459, "Family and ordering information").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Variant {
    /// Four channels.
    Ads1294,
    /// Six channels.
    Ads1296,
    /// Eight channels.
    Ads1298,
    /// Four channels, with respiration impedance on channel 1.
    Ads1294R,
    /// Six channels, with respiration impedance on channel 1.
    Ads1296R,
    /// Eight channels, with respiration impedance on channel 1.
    Ads1298R,
}

impl Variant {
    /// All members.
    pub const ALL: [Self; 6] = [
        Self::Ads1294,
        Self::Ads1296,
        Self::Ads1298,
        Self::Ads1294R,
        Self::Ads1296R,
        Self::Ads1298R,
    ];

    /// Number of channels: 4, 6 or 8.
    pub const fn channel_count(self) -> usize {
        match self {
            Self::Ads1294 | Self::Ads1294R => 4,
            Self::Ads1296 | Self::Ads1296R => 6,
            Self::Ads1298 | Self::Ads1298R => 8,
        }
    }

    /// Whether it has the circuit for respiration impedance.
    pub const fn has_respiration(self) -> bool {
        matches!(self, Self::Ads1294R | Self::Ads1296R | Self::Ads1298R)
    }

    /// Bytes of one data frame: 3 of status and 3 for each channel (SBAS459I p. 32, "Data
    /// Retrieval"; p. 38, figure 46 shows an ADS1294 send 120 bits).
    pub const fn frame_len(self) -> usize {
        3 + 3 * self.channel_count()
    }

    /// One bit for each channel there is; bit 0 is channel 1.
    pub const fn channel_mask(self) -> u8 {
        match self.channel_count() {
            4 => 0x0F,
            6 => 0x3F,
            _ => 0xFF,
        }
    }

    /// What the wire format calls it.
    pub const fn device_kind(self) -> DeviceKind {
        match self {
            Self::Ads1294 => DeviceKind::Ads1294,
            Self::Ads1296 => DeviceKind::Ads1296,
            Self::Ads1298 => DeviceKind::Ads1298,
            Self::Ads1294R => DeviceKind::Ads1294R,
            Self::Ads1296R => DeviceKind::Ads1296R,
            Self::Ads1298R => DeviceKind::Ads1298R,
        }
    }
}
