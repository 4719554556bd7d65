//! What a self-test found (spec §6).

use super::encode::{EncodeError, Writer};
use super::frame::MAX_CHANNELS;
use super::parse::{PayloadError, at_least};
use heapless::Vec;

/// What a self-test found: each channel's answer to the front end's own square wave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfTest {
    /// What it comes to.
    pub verdict: Verdict,
    /// Number of the first sampling instant measured.
    pub first_sample: u32,
    /// Sampling instants measured.
    pub samples: u16,
    /// Period that the square wave should have, in microseconds.
    pub expected_period_microseconds: u32,
    /// By how much an amplitude may differ from what is expected, in percent.
    pub amplitude_tolerance_percent: u8,
    /// By how much a period may differ from what is expected, in percent.
    pub period_tolerance_percent: u8,
    /// The channels in the order of the samples.
    pub channels: Vec<ChannelTest, MAX_CHANNELS>,
}

/// What a self-test comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every channel that is on answered as it should.
    Passed,
    /// A channel did not.
    Failed,
    /// There were not enough samples in a row to tell: the front end stopped, or too many were lost.
    Inconclusive,
    /// A code that this revision does not know.
    Other(u8),
}

/// What one channel made of the square wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelTest {
    /// What is wrong with it.
    pub faults: Faults,
    /// Upper level less lower level, in codes.
    pub amplitude: i32,
    /// What that should have been, in codes.
    pub expected_amplitude: i32,
    /// Period in microseconds of the device's clock; 0 if it could not be measured.
    pub period_microseconds: u32,
}

/// What is wrong with a channel under test: bits, of which those not named are reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults(
    /// The bits as they stand in the frame.
    pub u8,
);

impl Faults {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The amplitude is out of tolerance.
    pub const AMPLITUDE: Self = Self(1);
    /// The period is out of tolerance, or there were too few edges to measure it.
    pub const PERIOD: Self = Self(1 << 1);
    /// The channel is powered down and was not tested.
    pub const NOT_TESTED: Self = Self(1 << 7);

    /// Whether all bits of `other` are set here.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Verdict {
    /// The verdict's code on the wire.
    pub fn code(self) -> u8 {
        match self {
            Self::Failed => 0,
            Self::Passed => 1,
            Self::Inconclusive => 2,
            Self::Other(code) => code,
        }
    }

    /// The verdict with that code on the wire.
    pub fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Failed,
            1 => Self::Passed,
            2 => Self::Inconclusive,
            other => Self::Other(other),
        }
    }
}

/// Bytes before the channels.
const FIXED_LEN: usize = 14;

/// Bytes of one channel.
const CHANNEL_LEN: usize = 13;

impl SelfTest {
    pub(crate) fn put(&self, writer: &mut Writer<'_>) -> Result<(), EncodeError> {
        writer.put(&[self.verdict.code()])?;
        writer.put(&self.first_sample.to_le_bytes())?;
        writer.put(&self.samples.to_le_bytes())?;
        writer.put(&self.expected_period_microseconds.to_le_bytes())?;
        writer.put(&[
            self.amplitude_tolerance_percent,
            self.period_tolerance_percent,
            // The vector holds at most MAX_CHANNELS, so the count fits a byte.
            self.channels.len() as u8,
        ])?;
        for channel in &self.channels {
            writer.put(&[channel.faults.0])?;
            writer.put(&channel.amplitude.to_le_bytes())?;
            writer.put(&channel.expected_amplitude.to_le_bytes())?;
            writer.put(&channel.period_microseconds.to_le_bytes())?;
        }
        Ok(())
    }

    pub(crate) fn parse(payload: &[u8]) -> Result<Self, PayloadError> {
        let fixed: [u8; FIXED_LEN] = at_least(payload)?;
        let [
            verdict,
            f0,
            f1,
            f2,
            f3,
            n0,
            n1,
            p0,
            p1,
            p2,
            p3,
            amplitude,
            period,
            count,
        ] = fixed;
        if usize::from(count) > MAX_CHANNELS {
            return Err(PayloadError::SelfTestChannels { channels: count });
        }
        let expected = FIXED_LEN + CHANNEL_LEN * usize::from(count);
        let rest = payload
            .get(FIXED_LEN..expected)
            .ok_or(PayloadError::Length {
                expected,
                actual: payload.len(),
            })?;
        Ok(Self {
            verdict: Verdict::from_code(verdict),
            first_sample: u32::from_le_bytes([f0, f1, f2, f3]),
            samples: u16::from_le_bytes([n0, n1]),
            expected_period_microseconds: u32::from_le_bytes([p0, p1, p2, p3]),
            amplitude_tolerance_percent: amplitude,
            period_tolerance_percent: period,
            // At most MAX_CHANNELS, as checked.
            channels: rest
                .as_chunks::<CHANNEL_LEN>()
                .0
                .iter()
                .map(ChannelTest::parse)
                .collect(),
        })
    }
}

impl ChannelTest {
    fn parse(bytes: &[u8; CHANNEL_LEN]) -> Self {
        let [faults, a0, a1, a2, a3, e0, e1, e2, e3, p0, p1, p2, p3] = *bytes;
        Self {
            faults: Faults(faults),
            amplitude: i32::from_le_bytes([a0, a1, a2, a3]),
            expected_amplitude: i32::from_le_bytes([e0, e1, e2, e3]),
            period_microseconds: u32::from_le_bytes([p0, p1, p2, p3]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verdict_survives_its_round_trip() {
        for code in 0..=u8::MAX {
            assert_eq!(Verdict::from_code(code).code(), code);
        }
    }
}
