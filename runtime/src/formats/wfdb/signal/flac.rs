//! FLAC streams as signal formats 508, 516 and 524 hold them, after RFC 9639: every kind of subframe,
//! 4 to 24 bits, up to eight channels. The checksums of headers and frames are verified; the stream's
//! MD5 is not, since the WFDB header has a checksum of every signal.

mod bits;
mod frame;
mod subframe;

use bits::BitReader;

/// Samples decoded whatever the size of the file.
const LEAST_ROOM: usize = 4 << 20;
/// Samples decoded per byte of the file; a resting ECG takes a byte or more for one.
const SAMPLES_PER_BYTE: usize = 4;

/// Why bytes are no FLAC stream that is read here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::formats::wfdb) enum FlacError {
    #[error("it does not begin with fLaC and its stream information")]
    NotFlac,
    #[error("it ends in the middle")]
    Truncated,
    #[error("it holds {0}")]
    Damaged(&'static str),
    #[error("it has {found} channels where the header has {expected} signals")]
    Channels { found: usize, expected: usize },
    #[error("it has samples of {found} bits where the format allows 4 to {most}")]
    Width { found: u32, most: u32 },
    #[error("it decodes to more samples than a file of its size may hold")]
    TooLarge,
}

/// What the stream says of itself.
struct StreamInformation {
    channels: usize,
    bits: u32,
}

/// The samples of a stream: sample by sample, channel by channel, at most `most` per channel.
pub(super) fn decode(
    bytes: &[u8],
    most_bits: u32,
    channels: usize,
    most: Option<u64>,
) -> Result<Vec<i32>, FlacError> {
    let (stream, mut rest) = stream_information(bytes)?;
    if stream.channels != channels {
        return Err(FlacError::Channels {
            found: stream.channels,
            expected: channels,
        });
    }
    if !(4..=most_bits).contains(&stream.bits) {
        return Err(FlacError::Width {
            found: stream.bits,
            most: most_bits,
        });
    }
    let most = most
        .and_then(|most| usize::try_from(most).ok())
        .map_or(usize::MAX, |most| most.saturating_mul(channels));
    let room = bytes.len().saturating_mul(SAMPLES_PER_BYTE).max(LEAST_ROOM);
    let mut samples = Vec::new();
    while !rest.is_empty() && samples.len() < most {
        let (block, length) = frame::decode(rest, &stream)?;
        let in_block = block.first().map_or(0, Vec::len);
        if samples.len() + in_block * channels > room {
            return Err(FlacError::TooLarge);
        }
        for place in 0..in_block {
            // No sample has more than 24 bits.
            samples.extend(block.iter().map(|channel| channel[place] as i32));
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    samples.truncate(most);
    Ok(samples)
}

/// Reads the metadata; gives what the first block says, and the bytes behind the last.
fn stream_information(bytes: &[u8]) -> Result<(StreamInformation, &[u8]), FlacError> {
    let mut rest = bytes.strip_prefix(b"fLaC").ok_or(FlacError::NotFlac)?;
    let mut stream = None;
    loop {
        let (&[kind, high, middle, low], after) =
            rest.split_first_chunk().ok_or(FlacError::Truncated)?;
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        let (content, after) = after.split_at_checked(length).ok_or(FlacError::Truncated)?;
        if stream.is_none() {
            stream = Some(first_block(kind, content)?);
        }
        rest = after;
        // The highest bit marks the last block.
        if kind & 0x80 != 0 {
            break;
        }
    }
    Ok((stream.ok_or(FlacError::NotFlac)?, rest))
}

fn first_block(kind: u8, content: &[u8]) -> Result<StreamInformation, FlacError> {
    if kind & 0x7f != 0 || content.len() != 34 {
        return Err(FlacError::NotFlac);
    }
    let mut reader = BitReader::new(content.get(10..).unwrap_or_default());
    // Samples per second: the WFDB header has the true rate.
    reader.take(20)?;
    Ok(StreamInformation {
        channels: reader.take(3)? as usize + 1,
        bits: reader.take(5)? as u32 + 1,
    })
}
