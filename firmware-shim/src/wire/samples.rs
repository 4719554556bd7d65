//! The samples, their status and which electrodes are off (spec §5).

use super::frame::{MAX_CHANNELS, MAX_SAMPLES};
use heapless::Vec;

/// Largest code of the 24-bit converter.
pub const CODE_MAX: i32 = (1 << 23) - 1;

/// Smallest code of the 24-bit converter.
pub const CODE_MIN: i32 = -(1 << 23);

/// A run of consecutive samples of all channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Samples {
    /// Number of the first sampling instant: counts the instants since the session began, from 0,
    /// those the device itself lost included; wraps from 2³² − 1 to 0.
    pub first_sample: u32,
    /// Number of the configuration these samples were taken under: see
    /// [`Hello::describes`](super::Hello::describes).
    pub configuration: u8,
    /// What the device knows against these samples; holds if it held for any of them.
    pub status: Status,
    /// Electrodes off during any of these samples.
    pub lead_off: LeadOff,
    /// The codes.
    pub block: SampleBlock,
}

/// Flags of a samples frame: bits 0–7 say what the device knows against the samples, bits 12–15
/// are its four general-purpose inputs, the rest is reserved (0 when sent, ignored when received).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Status(
    /// The bits as they stand in the frame.
    pub u16,
);

impl Status {
    /// Nothing to report.
    pub const NONE: Self = Self(0);
    /// The amplifiers have not settled after a change of gain, rate or input.
    pub const SETTLING: Self = Self(1);
    /// The device lost samples before the first of this frame, because its queue was full.
    pub const OVERRUN: Self = Self(1 << 1);
    /// The device lost samples before the first of this frame, because it missed a data-ready edge.
    pub const MISSED_DATA_READY: Self = Self(1 << 2);
    /// The device dropped samples before the first of this frame, because they came without the
    /// front end's `1100` marker.
    pub const BAD_SYNC: Self = Self(1 << 3);
    /// The device lost samples before the first of this frame, because an SPI transfer failed.
    pub const SPI_ERROR: Self = Self(1 << 4);
    /// The inputs are connected to a test signal or shorted: this is no ECG.
    pub const TEST_SIGNAL: Self = Self(1 << 5);

    /// Whether all flags of `other` are set here.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flags of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The four general-purpose inputs of the front end, GPIO1 in bit 0.
    pub fn general_purpose_inputs(self) -> u8 {
        // Four bits remain after the shift, so the conversion keeps them all.
        (self.0 >> 12) as u8
    }
}

/// One bit for each electrode input; bit 0 is the first channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeadOff {
    /// Positive inputs.
    pub positive: u8,
    /// Negative inputs.
    pub negative: u8,
}

impl LeadOff {
    /// No electrode.
    pub const NONE: Self = Self {
        positive: 0,
        negative: 0,
    };
}

/// Up to [`MAX_SAMPLES`] sampling instants of up to [`MAX_CHANNELS`] channels: every code within
/// 24 bits, every row complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleBlock {
    channel_count: u8,
    codes: Vec<i32, { MAX_SAMPLES * MAX_CHANNELS }>,
}

impl SampleBlock {
    /// An empty block for `channel_count` channels, 1 to [`MAX_CHANNELS`].
    pub fn new(channel_count: u8) -> Result<Self, SamplesError> {
        if channel_count == 0 || usize::from(channel_count) > MAX_CHANNELS {
            return Err(SamplesError::ChannelCount {
                channels: channel_count,
            });
        }
        Ok(Self {
            channel_count,
            codes: Vec::new(),
        })
    }

    /// Adds one sampling instant: one code for each channel, [`CODE_MIN`] to [`CODE_MAX`]. On an
    /// error the block is unchanged.
    pub fn push(&mut self, row: &[i32]) -> Result<(), SamplesError> {
        if row.len() != usize::from(self.channel_count) {
            return Err(SamplesError::RowLength {
                expected: self.channel_count,
                actual: row.len(),
            });
        }
        if self.sample_count() >= MAX_SAMPLES {
            return Err(SamplesError::SampleCount {
                samples: MAX_SAMPLES + 1,
            });
        }
        for (channel, &code) in row.iter().enumerate() {
            if !(CODE_MIN..=CODE_MAX).contains(&code) {
                return Err(SamplesError::OutOfRange {
                    sample: self.sample_count(),
                    channel,
                    code,
                });
            }
        }
        self.codes
            .extend_from_slice(row)
            .map_err(|_| SamplesError::SampleCount {
                samples: MAX_SAMPLES + 1,
            })
    }

    /// Number of channels.
    pub fn channel_count(&self) -> u8 {
        self.channel_count
    }

    /// Number of sampling instants.
    pub fn sample_count(&self) -> usize {
        self.codes.len() / usize::from(self.channel_count)
    }

    /// Whether there is no sampling instant yet.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The sampling instants in order, each a code for each channel.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[i32]> {
        self.codes.chunks_exact(usize::from(self.channel_count))
    }

    /// All codes, sampling instant after sampling instant.
    pub(crate) fn codes(&self) -> &[i32] {
        &self.codes
    }
}

/// Samples that cannot be sent, or should not have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SamplesError {
    /// No channel, or more than the format allows.
    #[error("a block of {channels} channels: give 1 to {MAX_CHANNELS}")]
    ChannelCount {
        /// The number given.
        channels: u8,
    },
    /// No sampling instant, or more than the format allows.
    #[error("{samples} samples in one frame: give 1 to {MAX_SAMPLES}")]
    SampleCount {
        /// The number given.
        samples: usize,
    },
    /// A row with too few or too many codes.
    #[error("a row of {actual} codes in a block of {expected} channels: give one per channel")]
    RowLength {
        /// Channels of the block.
        expected: u8,
        /// Codes of the row.
        actual: usize,
    },
    /// A code that 24 bits cannot hold.
    #[error("sample {sample}, channel {channel}: {code} does not fit 24 bits")]
    OutOfRange {
        /// Sampling instant within the block, from 0.
        sample: usize,
        /// Channel, from 0.
        channel: usize,
        /// The code given.
        code: i32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_refuses_what_the_wire_cannot_carry() {
        for channels in [0, 9, 255] {
            let refused = SampleBlock::new(channels);
            assert_eq!(refused, Err(SamplesError::ChannelCount { channels }));
        }
        let mut block = SampleBlock::new(2).expect("two channels");
        assert_eq!(
            block.push(&[1]),
            Err(SamplesError::RowLength {
                expected: 2,
                actual: 1
            })
        );
        for code in [CODE_MAX + 1, CODE_MIN - 1, i32::MAX, i32::MIN] {
            assert_eq!(
                block.push(&[0, code]),
                Err(SamplesError::OutOfRange {
                    sample: 0,
                    channel: 1,
                    code
                })
            );
        }
        assert!(block.is_empty(), "a refused row leaves nothing behind");
        for _ in 0..MAX_SAMPLES {
            block
                .push(&[CODE_MIN, CODE_MAX])
                .expect("the range's ends fit");
        }
        assert_eq!(
            block.push(&[0, 0]),
            Err(SamplesError::SampleCount { samples: 21 })
        );
        assert_eq!(block.rows().len(), MAX_SAMPLES);
    }

    #[test]
    fn status_flags_are_separate() {
        let status = Status(0xA000)
            .with(Status::SETTLING)
            .with(Status::SPI_ERROR);
        assert!(status.contains(Status::SPI_ERROR));
        assert!(!status.contains(Status::SPI_ERROR.with(Status::OVERRUN)));
        assert_eq!(status.general_purpose_inputs(), 0b1010);
    }
}
