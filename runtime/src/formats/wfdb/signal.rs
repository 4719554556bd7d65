//! The binary sample formats of signal(5), WFDB Applications Guide.

mod flac;
mod packed;

use flac::FlacError;
use packed::{decode_212, decode_310, decode_311};

/// How a signal file holds its samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Numbers of a fixed width.
    Binary(SampleFormat),
    /// A FLAC stream of samples of at most so many bits (formats 508, 516 and 524).
    Flac {
        /// The most bits a sample may have.
        most_bits: u32,
    },
}

impl Encoding {
    /// The encoding with this format number, if there is one.
    pub(super) fn from_number(number: u16) -> Option<Encoding> {
        Some(match number {
            508 => Encoding::Flac { most_bits: 8 },
            516 => Encoding::Flac { most_bits: 16 },
            524 => Encoding::Flac { most_bits: 24 },
            _ => Encoding::Binary(SampleFormat::from_number(number)?),
        })
    }

    /// The value that stands for "no sample here", where the encoding has one.
    pub(super) fn missing(self) -> Option<i32> {
        match self {
            Encoding::Binary(format) => format.missing(),
            Encoding::Flac { most_bits } => Some(-1 << (most_bits - 1)),
        }
    }

    /// Whether the file holds differences between neighbouring samples.
    pub(super) fn is_differences(self) -> bool {
        self == Encoding::Binary(SampleFormat::Eight)
    }
}

/// Decodes at most `most` samples per channel of a FLAC stream of `channels` channels: sample by sample,
/// channel by channel. Resolution and number of channels must be those the header implies.
pub(super) fn decode_flac(
    bytes: &[u8],
    most_bits: u32,
    channels: usize,
    most: Option<u64>,
) -> Result<Vec<i32>, FlacError> {
    flac::decode(bytes, most_bits, channels, most)
}

/// A sample format of fixed width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleFormat {
    /// 8-bit first differences.
    Eight,
    /// 16-bit two's complement, least significant byte first.
    Sixteen,
    /// 24-bit two's complement, least significant byte first.
    TwentyFour,
    /// 32-bit two's complement, least significant byte first.
    ThirtyTwo,
    /// 16-bit two's complement, most significant byte first.
    SixtyOne,
    /// 8-bit offset binary: 128 stands for 0.
    Eighty,
    /// 16-bit offset binary, least significant byte first: 32768 stands for 0.
    OneSixty,
    /// 12-bit two's complement, two samples in three bytes.
    TwoTwelve,
    /// 10-bit two's complement, three samples in four bytes, the third split between the two words.
    ThreeTen,
    /// 10-bit two's complement, three samples in four bytes, one after the other.
    ThreeEleven,
}

impl SampleFormat {
    /// The format with this number, if there is one.
    pub(super) fn from_number(number: u16) -> Option<SampleFormat> {
        Some(match number {
            8 => SampleFormat::Eight,
            16 => SampleFormat::Sixteen,
            24 => SampleFormat::TwentyFour,
            32 => SampleFormat::ThirtyTwo,
            61 => SampleFormat::SixtyOne,
            80 => SampleFormat::Eighty,
            160 => SampleFormat::OneSixty,
            212 => SampleFormat::TwoTwelve,
            310 => SampleFormat::ThreeTen,
            311 => SampleFormat::ThreeEleven,
            _ => return None,
        })
    }

    /// The number of signal(5).
    pub(super) fn number(self) -> u16 {
        match self {
            SampleFormat::Eight => 8,
            SampleFormat::Sixteen => 16,
            SampleFormat::TwentyFour => 24,
            SampleFormat::ThirtyTwo => 32,
            SampleFormat::SixtyOne => 61,
            SampleFormat::Eighty => 80,
            SampleFormat::OneSixty => 160,
            SampleFormat::TwoTwelve => 212,
            SampleFormat::ThreeTen => 310,
            SampleFormat::ThreeEleven => 311,
        }
    }

    /// The value that stands for "no sample here": the most negative one, which differences have not.
    pub(super) fn missing(self) -> Option<i32> {
        match self {
            SampleFormat::Eight => None,
            SampleFormat::Eighty => Some(-1 << 7),
            SampleFormat::ThreeTen | SampleFormat::ThreeEleven => Some(-1 << 9),
            SampleFormat::TwoTwelve => Some(-1 << 11),
            SampleFormat::Sixteen | SampleFormat::SixtyOne | SampleFormat::OneSixty => {
                Some(-1 << 15)
            }
            SampleFormat::TwentyFour => Some(-1 << 23),
            SampleFormat::ThirtyTwo => Some(i32::MIN),
        }
    }

    /// Bytes of a group of samples, after each of its samples: formats that pack samples may end within
    /// a group, with fewer bytes.
    fn group(self) -> &'static [u64] {
        match self {
            SampleFormat::Eight | SampleFormat::Eighty => &[1],
            SampleFormat::Sixteen | SampleFormat::SixtyOne | SampleFormat::OneSixty => &[2],
            SampleFormat::TwentyFour => &[3],
            SampleFormat::ThirtyTwo => &[4],
            SampleFormat::TwoTwelve => &[2, 3],
            SampleFormat::ThreeTen => &[2, 4, 4],
            SampleFormat::ThreeEleven => &[2, 3, 4],
        }
    }

    /// Samples and bytes of a whole group.
    fn group_size(self) -> (u64, u64) {
        let group = self.group();
        (group.len() as u64, group.last().copied().unwrap_or(1))
    }

    /// Bytes that `samples` samples take, or `None` beyond any file's size.
    pub(super) fn bytes(self, samples: u64) -> Option<u64> {
        let (group_samples, group_bytes) = self.group_size();
        let rest = match samples % group_samples {
            0 => 0,
            rest => self.group().get(rest as usize - 1).copied().unwrap_or(0),
        };
        (samples / group_samples)
            .checked_mul(group_bytes)?
            .checked_add(rest)
    }

    /// Whole samples that `bytes` bytes hold.
    pub(super) fn samples(self, bytes: u64) -> u64 {
        let (group_samples, group_bytes) = self.group_size();
        let rest = bytes % group_bytes;
        let ended = self.group().iter().filter(|&&end| end <= rest).count();
        (bytes / group_bytes).saturating_mul(group_samples) + ended as u64
    }

    /// The samples in `bytes`, in file order; those of [`Eight`](Self::Eight) are differences.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<i32> {
        match self {
            SampleFormat::Eight => bytes.iter().map(|&byte| i32::from(byte as i8)).collect(),
            SampleFormat::Eighty => bytes.iter().map(|&byte| i32::from(byte) - 128).collect(),
            SampleFormat::Sixteen => each(bytes, |pair| i16::from_le_bytes(pair).into()),
            SampleFormat::SixtyOne => each(bytes, |pair| i16::from_be_bytes(pair).into()),
            SampleFormat::OneSixty => {
                each(bytes, |pair| i32::from(u16::from_le_bytes(pair)) - 32768)
            }
            SampleFormat::TwentyFour => each(bytes, |[low, middle, high]| {
                i32::from_le_bytes([0, low, middle, high]) >> 8
            }),
            SampleFormat::ThirtyTwo => each(bytes, i32::from_le_bytes),
            SampleFormat::TwoTwelve => decode_212(bytes),
            SampleFormat::ThreeTen => decode_310(bytes),
            SampleFormat::ThreeEleven => decode_311(bytes),
        }
    }
}

/// One number of every `N` bytes.
fn each<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> i32) -> Vec<i32> {
    let (groups, _) = bytes.as_chunks::<N>();
    groups.iter().map(|&group| number(group)).collect()
}

/// The 16-bit checksum of header(5): the sum of all samples modulo 2¹⁶.
pub(super) fn checksum(samples: impl IntoIterator<Item = i32>) -> i16 {
    samples
        .into_iter()
        .fold(0_i16, |sum, sample| sum.wrapping_add(sample as i16))
}

#[cfg(test)]
mod tests;
