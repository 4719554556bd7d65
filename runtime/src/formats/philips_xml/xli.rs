//! XLI compression: per channel a header of eight bytes, then [LZW](super::lzw) over all high bytes
//! and then all low bytes of second differences.
//!
//! The header is the number of compressed bytes (32 bits), a 16-bit word that is 1, and the first
//! correction (16 bits), all little-endian. Of the 16-bit words the first two are samples as they
//! are; each later sample continues the line through the two before it, less a correction, and the
//! correction is the word before it less 64 (for the third sample, the header's).

use super::lzw::{LzwError, decompress};
use crate::formats::ReadErrorKind;

const HEADER_BYTES: usize = 8;
/// What is added to each correction, so that small ones have a high byte of 0.
const CORRECTION_OFFSET: i32 = 64;

/// The first `count` channels in `data`, of `samples` samples each; a file may hold more than are
/// in use.
///
/// # Errors
/// Fewer channels, codes that are no LZW, another number of samples, samples that leave 16 bits.
pub(super) fn channels(
    mut data: &[u8],
    count: usize,
    samples: usize,
) -> Result<Vec<Vec<i32>>, ReadErrorKind> {
    let mut channels = Vec::new();
    for number in 1..=count {
        let wrong = |problem: String| ReadErrorKind::Element {
            element: format!("channel {number} of parsedwaveforms"),
            problem: format!("{problem}; export the recording again"),
        };
        let Some((&[a, b, c, d, _, _, e, f], rest)) = data.split_first_chunk::<HEADER_BYTES>()
        else {
            return Err(wrong("is missing from the compressed data".to_owned()));
        };
        let size = usize::try_from(u32::from_le_bytes([a, b, c, d])).unwrap_or(usize::MAX);
        let Some((compressed, rest)) = rest.split_at_checked(size) else {
            return Err(wrong(format!(
                "is cut short: {size} compressed bytes are stated and {} are there",
                rest.len()
            )));
        };
        data = rest;
        let bytes = decompress(compressed, 2 * samples).map_err(|error| {
            wrong(match error {
                LzwError::UnknownCode => "is damaged: it is no LZW code".to_owned(),
                LzwError::TooLong => format!("is longer than the {samples} samples stated"),
            })
        })?;
        if bytes.len() != 2 * samples {
            return Err(wrong(format!(
                "has {} samples where the file states {samples}",
                bytes.len() / 2
            )));
        }
        let first = i16::from_le_bytes([e, f]);
        channels.push(undo_differences(&bytes, first).map_err(|sample| {
            wrong(format!("is damaged: it leaves 16 bits at sample {sample}"))
        })?);
    }
    Ok(channels)
}

/// The samples from high bytes followed by low bytes, or the number of the one that leaves 16 bits.
fn undo_differences(bytes: &[u8], first_correction: i16) -> Result<Vec<i32>, usize> {
    let (high, low) = bytes.split_at(bytes.len() / 2);
    let words = high
        .iter()
        .zip(low)
        .map(|(&high, &low)| i32::from(i16::from_be_bytes([high, low])));
    let mut samples: Vec<i32> = Vec::with_capacity(high.len());
    let mut correction = i32::from(first_correction);
    for word in words {
        let sample = match samples.as_slice() {
            [.., before, last] => {
                let next = 2 * last - before - correction;
                correction = word - CORRECTION_OFFSET;
                next
            }
            _ => word,
        };
        if i16::try_from(sample).is_err() {
            return Err(samples.len());
        }
        samples.push(sample);
    }
    Ok(samples)
}

/// One channel as the recorders write it, for documents that tests write.
#[cfg(test)]
pub(super) fn compressed_channel(samples: &[i32]) -> Vec<u8> {
    let correction = |n: usize| match samples.get(n.wrapping_sub(2)..=n) {
        Some([before, last, next]) => 2 * last - before - next,
        _ => 0,
    };
    let words: Vec<[u8; 2]> = (0..samples.len())
        .map(|n| match n {
            0 | 1 => samples[n],
            _ => correction(n + 1) + CORRECTION_OFFSET,
        })
        .map(|word| i16::try_from(word).unwrap().to_be_bytes())
        .collect();
    let bytes: Vec<u8> = (0..2)
        .flat_map(|half| words.iter().map(move |word| word[half]))
        .collect();
    let codes = super::lzw::compress(&bytes);
    let mut channel = u32::try_from(codes.len()).unwrap().to_le_bytes().to_vec();
    channel.extend(1_i16.to_le_bytes());
    channel.extend(i16::try_from(correction(2)).unwrap().to_le_bytes());
    channel.extend(codes);
    channel
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn says_what_is_wrong_with_which_channel() {
        let whole = [
            compressed_channel(&[1, 2, 4]),
            compressed_channel(&[5, 5, 5]),
        ]
        .concat();
        assert_eq!(channels(&whole, 2, 3).unwrap(), [[1, 2, 4], [5, 5, 5]]);
        assert_eq!(channels(&whole, 1, 3).unwrap(), [[1, 2, 4]]);
        let sentence =
            |data: &[u8], count, samples| channels(data, count, samples).unwrap_err().to_string();
        assert!(sentence(&whole, 3, 3).contains("channel 3 of parsedwaveforms is missing"));
        assert!(
            sentence(&whole[..whole.len() - 1], 2, 3)
                .contains("channel 2 of parsedwaveforms is cut short")
        );
        assert!(sentence(&whole, 2, 4).contains("has 3 samples where the file states 4"));
        assert!(sentence(&whole, 2, 2).contains("longer than the 2 samples"));
        let huge = [&u32::MAX.to_le_bytes()[..], &[1, 0, 0, 0, 7]].concat();
        assert!(sentence(&huge, 1, 3).contains("is cut short"));
        let mut damaged = whole.clone();
        damaged[8] = 0xff;
        damaged[9] = 0x80;
        assert!(sentence(&damaged, 1, 3).contains("no LZW code"));
        let mut steep = compressed_channel(&[-30_000, 0, 30_000, 30_000]);
        assert!(channels(&steep, 1, 4).is_ok());
        steep[6..8].copy_from_slice(&i16::MIN.to_le_bytes());
        assert!(sentence(&steep, 1, 4).contains("leaves 16 bits at sample 2"));
    }

    proptest! {
        #[test]
        fn any_samples_come_back(samples in proptest::collection::vec(-4000_i32..4000, 0..300)) {
            let data = compressed_channel(&samples);
            prop_assert_eq!(channels(&data, 1, samples.len()).unwrap(), [samples]);
        }

        #[test]
        fn any_bytes_may_be_asked(data in proptest::collection::vec(any::<u8>(), 0..300), samples in 0_usize..200) {
            let _ = channels(&data, 3, samples);
        }
    }
}
