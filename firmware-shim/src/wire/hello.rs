//! Who the device is and what its samples mean (spec §4).

use super::frame::MAX_CHANNELS;
use super::samples::{CODE_MAX, LeadOff, Samples};
use core::fmt;
use heapless::Vec;

/// Who the device is and all that is needed to turn its codes into microvolts of named leads.
///
/// Sent when a session begins, whenever one of its fields changes, and at least once a second, so
/// that a host which joins late soon understands the samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Number of this configuration, 0–255, wrapping: one more whenever another field below
    /// changes. Samples carry it too; see [`Hello::describes`].
    pub configuration: u8,
    /// The analogue front end.
    pub device: DeviceKind,
    /// Version of the device's firmware.
    pub firmware: FirmwareVersion,
    /// Nominal sampling rate in millihertz; never 0.
    pub sampling_rate_millihertz: u32,
    /// Reference voltage of the converter in microvolts (2,400,000 or 4,000,000 in an ADS129x with
    /// its internal reference); never 0.
    pub reference_microvolts: u32,
    /// Electrodes whose attachment the device senses. Only these can be reported off.
    pub lead_off_sensed: LeadOff,
    /// The channels in the order of the samples, 1 to [`MAX_CHANNELS`].
    pub channels: Vec<Channel, MAX_CHANNELS>,
}

impl Hello {
    /// Whether this hello gives the meaning of `samples`: same configuration number and same
    /// number of channels. A host must not scale samples that its latest hello does not describe,
    /// and must forget the hello when the session changes.
    pub fn describes(&self, samples: &Samples) -> bool {
        self.configuration == samples.configuration
            && self.channels.len() == usize::from(samples.block.channel_count())
    }

    /// Microvolts per code of channel `channel`, counted from 0: see [`microvolts_per_code`].
    /// `None` where there is no such channel or it is powered down.
    pub fn microvolts_per_code(&self, channel: usize) -> Option<f64> {
        let channel = self.channels.get(channel)?;
        microvolts_per_code(self.reference_microvolts, channel.gain)
    }

    /// Nominal sampling rate in hertz.
    pub fn sampling_rate(&self) -> f64 {
        f64::from(self.sampling_rate_millihertz) / 1000.0
    }

    /// Checks what the field types alone do not guarantee.
    pub(crate) fn check(&self) -> Result<(), HelloError> {
        if self.channels.is_empty() {
            return Err(HelloError::ChannelCount { channels: 0 });
        }
        if self.sampling_rate_millihertz == 0 {
            return Err(HelloError::NoSamplingRate);
        }
        if self.reference_microvolts == 0 {
            return Err(HelloError::NoReference);
        }
        Ok(())
    }
}

/// Size of one code in microvolts, `reference / (gain · (2²³ − 1))`: the LSB of the ADS129x family
/// (datasheet SBAS459, "Data Format"). `None` for gain 0, a channel that is powered down.
///
/// ```
/// use ecg2mri_shim::wire::microvolts_per_code;
///
/// let lsb = microvolts_per_code(2_400_000, 6).expect("the channel is on");
/// assert!((lsb - 0.047684).abs() < 1e-6);
/// ```
pub fn microvolts_per_code(reference_microvolts: u32, gain: u8) -> Option<f64> {
    (gain != 0).then(|| f64::from(reference_microvolts) / (f64::from(gain) * f64::from(CODE_MAX)))
}

/// One channel of the front end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Gain of its amplifier (1, 2, 3, 4, 6, 8 or 12 in an ADS129x); 0 when powered down.
    pub gain: u8,
    /// The ECG lead it records, if it records one.
    pub lead: Option<Lead>,
}

/// A standard ECG lead, in the standard order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// Left arm − right arm.
    I,
    /// Left leg − right arm.
    II,
    /// Left leg − left arm.
    III,
    /// Right arm against the mean of the two other limbs.
    AVR,
    /// Left arm against the mean of the two other limbs.
    AVL,
    /// Left leg against the mean of the two other limbs.
    AVF,
    /// Fourth intercostal space, right sternal border.
    V1,
    /// Fourth intercostal space, left sternal border.
    V2,
    /// Midway between V2 and V4.
    V3,
    /// Fifth intercostal space, midclavicular line.
    V4,
    /// Level with V4, anterior axillary line.
    V5,
    /// Level with V4, midaxillary line.
    V6,
}

impl Lead {
    /// All leads: the code on the wire is the position here, counted from 1.
    pub const ALL: [Self; 12] = [
        Self::I,
        Self::II,
        Self::III,
        Self::AVR,
        Self::AVL,
        Self::AVF,
        Self::V1,
        Self::V2,
        Self::V3,
        Self::V4,
        Self::V5,
        Self::V6,
    ];

    /// The lead's code on the wire, 1–12.
    pub(crate) fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The lead with that code on the wire; `None` for 0 and for reserved codes.
    pub(crate) fn from_code(code: u8) -> Option<Self> {
        let position = usize::from(code).checked_sub(1)?;
        Self::ALL.get(position).copied()
    }
}

/// The analogue front end of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceKind {
    /// Simulated or replayed, not a patient.
    Simulator,
    /// Texas Instruments ADS1294: four channels.
    Ads1294,
    /// Texas Instruments ADS1296: six channels.
    Ads1296,
    /// Texas Instruments ADS1298: eight channels.
    Ads1298,
    /// ADS1294R: four channels, with respiration impedance.
    Ads1294R,
    /// ADS1296R: six channels, with respiration impedance.
    Ads1296R,
    /// ADS1298R: eight channels, with respiration impedance.
    Ads1298R,
    /// A code that this revision does not know.
    Other(u8),
}

impl DeviceKind {
    /// The device's code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Simulator => 1,
            Self::Ads1294 => 2,
            Self::Ads1296 => 3,
            Self::Ads1298 => 4,
            Self::Ads1294R => 5,
            Self::Ads1296R => 6,
            Self::Ads1298R => 7,
            Self::Other(code) => code,
        }
    }

    /// The device with that code on the wire.
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Simulator,
            2 => Self::Ads1294,
            3 => Self::Ads1296,
            4 => Self::Ads1298,
            5 => Self::Ads1294R,
            6 => Self::Ads1296R,
            7 => Self::Ads1298R,
            other => Self::Other(other),
        }
    }
}

/// Version of the device's firmware, shown as `major.minor.patch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirmwareVersion {
    /// Changes when a host must change with it.
    pub major: u8,
    /// Changes when something was added.
    pub minor: u8,
    /// Changes when something was mended.
    pub patch: u8,
}

impl fmt::Display for FirmwareVersion {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A hello that cannot be sent, or should not have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HelloError {
    /// No channel, or more than the format allows.
    #[error("a hello lists {channels} channels: give 1 to {MAX_CHANNELS}")]
    ChannelCount {
        /// The number given.
        channels: u8,
    },
    /// The sampling rate is 0.
    #[error("a hello gives a sampling rate of 0: give the nominal rate in millihertz")]
    NoSamplingRate,
    /// The reference voltage is 0.
    #[error("a hello gives a reference of 0: give the converter's reference in microvolts")]
    NoReference,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lsb_agrees_with_the_datasheet_figures() {
        for (reference, gain, microvolts) in [
            (2_400_000, 6, 0.047684),
            (2_400_000, 1, 0.28610),
            (2_400_000, 12, 0.023842),
            (4_000_000, 6, 0.079473),
        ] {
            let lsb = microvolts_per_code(reference, gain).expect("gain is not 0");
            assert!((lsb / microvolts - 1.0).abs() < 2e-5, "{lsb} {microvolts}");
        }
        assert_eq!(microvolts_per_code(2_400_000, 0), None);
    }

    #[test]
    fn every_code_survives_its_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(DeviceKind::from_code(code).code(), code);
            let lead = Lead::from_code(code);
            assert_eq!(lead.is_some(), (1..=12).contains(&code));
            assert!(lead.is_none_or(|lead| lead.code() == code));
        }
    }
}
