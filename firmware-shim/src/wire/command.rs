//! What the host asks of the device (spec §7).

use super::encode::{EncodeError, Writer};
use super::parse::{PayloadError, exactly};
use super::samples::LeadOff;

/// What the host asks of the device. Each says what shall be, not what shall change, so that one
/// whose acknowledgement did not come can be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Sample.
    Start,
    /// Do not sample.
    Stop,
    /// Send a hello and a state at once.
    Identify,
    /// Test all channels with the front end's own square wave.
    SelfTest,
    /// Sample at this nominal rate.
    SetRate {
        /// Samples per second, times 1000.
        millihertz: u32,
    },
    /// Amplify so much.
    SetGain {
        /// Which channels.
        channels: ChannelChoice,
        /// 1, 2, 3, 4, 6, 8 or 12 in an ADS129x; 0 powers the channel down.
        gain: u8,
    },
    /// Sense in this way whether electrodes are attached.
    SetLeadOff(LeadOffSettings),
}

/// The channels that a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelChoice {
    /// All of them.
    All,
    /// One, counted from 0.
    One(u8),
}

/// How the device senses whether electrodes are attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadOffSettings {
    /// What is sent through the electrodes.
    pub mode: LeadOffMode,
    /// How much of it, in nanoamperes: 6, 12, 18 or 24 in an ADS129x; 0 for direct current through
    /// resistors to the supplies.
    pub current_nanoamperes: u8,
    /// Threshold of the comparators at positive inputs in halves of a percent of the supply: 190
    /// (95 %), 185, 180, 175, 170, 160, 150 or 140 (70 %) in an ADS129x. The threshold at negative
    /// inputs is as far from 0 % as this one is from 100 %.
    pub threshold_half_percent: u8,
    /// Electrodes to sense.
    pub sensed: LeadOff,
}

impl LeadOffSettings {
    /// No sensing.
    pub const OFF: Self = Self {
        mode: LeadOffMode::Off,
        current_nanoamperes: 6,
        threshold_half_percent: 190,
        sensed: LeadOff::NONE,
    };
}

/// What tells whether electrodes are attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadOffMode {
    /// Nothing: they are not sensed.
    Off,
    /// A direct current.
    DirectCurrent,
    /// An alternating current at a quarter of the sampling rate.
    AlternatingCurrent,
    /// A code that this revision does not know.
    Other(u8),
}

impl LeadOffMode {
    /// The mode's code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::DirectCurrent => 1,
            Self::AlternatingCurrent => 2,
            Self::Other(code) => code,
        }
    }

    /// The mode with that code on the wire.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Off,
            1 => Self::DirectCurrent,
            2 => Self::AlternatingCurrent,
            other => Self::Other(other),
        }
    }
}

/// The channel byte that says all.
const ALL_CHANNELS: u8 = 0xFF;

mod code {
    pub(super) const START: u8 = 0x80;
    pub(super) const STOP: u8 = 0x81;
    pub(super) const IDENTIFY: u8 = 0x82;
    pub(super) const SELF_TEST: u8 = 0x83;
    pub(super) const SET_RATE: u8 = 0x84;
    pub(super) const SET_GAIN: u8 = 0x85;
    pub(super) const SET_LEAD_OFF: u8 = 0x86;
}

impl Command {
    /// The command's kind byte, 0x80–0xFF, which acknowledgements repeat.
    pub fn code(&self) -> u8 {
        match self {
            Self::Start => code::START,
            Self::Stop => code::STOP,
            Self::Identify => code::IDENTIFY,
            Self::SelfTest => code::SELF_TEST,
            Self::SetRate { .. } => code::SET_RATE,
            Self::SetGain { .. } => code::SET_GAIN,
            Self::SetLeadOff(_) => code::SET_LEAD_OFF,
        }
    }

    pub(crate) fn put_fields(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        match *self {
            Self::Start | Self::Stop | Self::Identify | Self::SelfTest => Ok(()),
            Self::SetRate { millihertz } => writer.put(&millihertz.to_le_bytes()),
            Self::SetGain { channels, gain } => {
                let channel = match channels {
                    ChannelChoice::All => ALL_CHANNELS,
                    ChannelChoice::One(channel) => channel,
                };
                writer.put(&[channel, gain])
            }
            Self::SetLeadOff(settings) => settings.put(writer),
        }
    }

    pub(crate) fn parse_fields(kind: u8, payload: &[u8]) -> Result<Option<Self>, PayloadError> {
        Ok(Some(match kind {
            code::START => exactly(payload).map(|[]| Self::Start)?,
            code::STOP => exactly(payload).map(|[]| Self::Stop)?,
            code::IDENTIFY => exactly(payload).map(|[]| Self::Identify)?,
            code::SELF_TEST => exactly(payload).map(|[]| Self::SelfTest)?,
            code::SET_RATE => Self::SetRate {
                millihertz: u32::from_le_bytes(exactly(payload)?),
            },
            code::SET_GAIN => {
                let [channel, gain] = exactly(payload)?;
                let channels = match channel {
                    ALL_CHANNELS => ChannelChoice::All,
                    channel => ChannelChoice::One(channel),
                };
                Self::SetGain { channels, gain }
            }
            code::SET_LEAD_OFF => Self::SetLeadOff(LeadOffSettings::parse(exactly(payload)?)),
            _ => return Ok(None),
        }))
    }
}

impl LeadOffSettings {
    /// Bytes on the wire.
    pub(crate) const LEN: usize = 5;

    pub(crate) fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put(&[
            self.mode.code(),
            self.current_nanoamperes,
            self.threshold_half_percent,
            self.sensed.positive,
            self.sensed.negative,
        ])
    }

    pub(crate) fn parse(bytes: [u8; Self::LEN]) -> Self {
        let [
            mode,
            current_nanoamperes,
            threshold_half_percent,
            positive,
            negative,
        ] = bytes;
        Self {
            mode: LeadOffMode::from_code(mode),
            current_nanoamperes,
            threshold_half_percent,
            sensed: LeadOff { positive, negative },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mode_survives_its_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(LeadOffMode::from_code(code).code(), code);
        }
    }
}
