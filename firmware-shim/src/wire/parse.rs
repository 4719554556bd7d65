//! The unstuffed bytes of one frame into a frame (spec §3 to §5).

use super::decode::Damage;
use super::frame::{CHECKSUM, CHECKSUM_LEN, Frame, HEADER_LEN, Header, MAX_CHANNELS, VERSION};
use super::hello::{Channel, DeviceKind, FirmwareVersion, Hello, HelloError, Lead};
use super::payload::Payload;
use super::samples::{LeadOff, SampleBlock, Samples, SamplesError, Status};
use heapless::Vec;

/// What an undamaged frame turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed<B> {
    /// A frame this crate knows.
    Frame(Frame<B>),
    /// A frame of a kind added after this crate.
    UnknownKind {
        header: Header,
        kind: u8,
        payload_len: usize,
    },
    /// A frame of a kind that goes the other way.
    OtherDirection { kind: u8 },
    /// A frame of another protocol version: only its first byte has a known meaning.
    UnsupportedVersion { version: u8 },
}

/// A frame whose checksum is right but whose content contradicts the specification: the sender
/// is at fault, not the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// The payload is shorter or longer than its own counts say.
    #[error("a payload of {actual} bytes where its counts say {expected}: mend the sender")]
    Length {
        /// Bytes that the kind and the counts call for.
        expected: usize,
        /// Bytes that came.
        actual: usize,
    },
    /// A hello that contradicts itself.
    #[error(transparent)]
    Hello(#[from] HelloError),
    /// Samples that contradict the format.
    #[error(transparent)]
    Samples(#[from] SamplesError),
    /// A self-test of more channels than the format allows.
    #[error("a self-test of {channels} channels: give at most {MAX_CHANNELS}")]
    SelfTestChannels {
        /// The number given.
        channels: u8,
    },
}

/// Checks and reads one frame. `raw` is the frame after unstuffing, checksum included.
pub(crate) fn parse<B: Payload>(raw: &[u8]) -> Result<Parsed<B>, Damage> {
    let too_short = Damage::TooShort { length: raw.len() };
    let (summed, sum) = raw.split_last_chunk::<CHECKSUM_LEN>().ok_or(too_short)?;
    let received = u32::from_le_bytes(*sum);
    let computed = CHECKSUM.checksum(summed);
    if computed != received {
        return Err(Damage::Checksum { computed, received });
    }
    // The version comes after the checksum and before everything else: stuffing, checksum and the
    // place of the version byte are the same in all versions.
    let &version = summed.first().ok_or(too_short)?;
    if version != VERSION {
        return Ok(Parsed::UnsupportedVersion { version });
    }
    let (head, payload) = summed.split_first_chunk::<HEADER_LEN>().ok_or(too_short)?;
    let (kind, header) = parse_header(head);
    if !B::accepts(kind) {
        return Ok(Parsed::OtherDirection { kind });
    }
    Ok(match B::parse(kind, payload)? {
        Some(body) => Parsed::Frame(Frame { header, body }),
        None => Parsed::UnknownKind {
            header,
            kind,
            payload_len: payload.len(),
        },
    })
}

fn parse_header(head: &[u8; HEADER_LEN]) -> (u8, Header) {
    let [_version, kind, s0, s1, n0, n1, n2, n3, timestamp @ ..] = *head;
    let header = Header {
        session: u16::from_le_bytes([s0, s1]),
        sequence: u32::from_le_bytes([n0, n1, n2, n3]),
        timestamp_microseconds: u64::from_le_bytes(timestamp),
    };
    (kind, header)
}

/// Reads a hello. Bytes after the channels are fields added later, and skipped.
pub(crate) fn parse_hello(payload: &[u8]) -> Result<Hello, PayloadError> {
    const FIXED_LEN: usize = 16;
    let (fixed, rest) = split::<FIXED_LEN>(payload)?;
    let [
        configuration,
        device,
        major,
        minor,
        patch,
        r0,
        r1,
        r2,
        r3,
        v0,
        v1,
        v2,
        v3,
        sensed_positive,
        sensed_negative,
        channel_count,
    ] = *fixed;
    let count = usize::from(channel_count);
    let refuse_count = HelloError::ChannelCount {
        channels: channel_count,
    };
    if count > MAX_CHANNELS {
        return Err(refuse_count.into());
    }
    let pairs = rest.get(..2 * count).ok_or(PayloadError::Length {
        expected: FIXED_LEN + 2 * count,
        actual: payload.len(),
    })?;
    let mut channels = Vec::new();
    for pair in pairs.as_chunks::<2>().0 {
        let [gain, lead] = *pair;
        let lead = Lead::from_code(lead);
        channels
            .push(Channel { gain, lead })
            .map_err(|_| refuse_count)?;
    }
    let hello = Hello {
        configuration,
        device: DeviceKind::from_code(device),
        firmware: FirmwareVersion {
            major,
            minor,
            patch,
        },
        sampling_rate_millihertz: u32::from_le_bytes([r0, r1, r2, r3]),
        reference_microvolts: u32::from_le_bytes([v0, v1, v2, v3]),
        lead_off_sensed: LeadOff {
            positive: sensed_positive,
            negative: sensed_negative,
        },
        channels,
    };
    hello.check()?;
    Ok(hello)
}

/// Reads samples. The payload must have exactly the length its counts give.
pub(crate) fn parse_samples(payload: &[u8]) -> Result<Samples, PayloadError> {
    const FIXED_LEN: usize = 11;
    let (fixed, packed) = split::<FIXED_LEN>(payload)?;
    let [
        f0,
        f1,
        f2,
        f3,
        configuration,
        s0,
        s1,
        positive,
        negative,
        channel_count,
        sample_count,
    ] = *fixed;
    let mut block = SampleBlock::new(channel_count)?;
    let row_len = 3 * usize::from(channel_count);
    let expected = FIXED_LEN + row_len * usize::from(sample_count);
    if payload.len() != expected {
        return Err(PayloadError::Length {
            expected,
            actual: payload.len(),
        });
    }
    if sample_count == 0 {
        return Err(SamplesError::SampleCount { samples: 0 }.into());
    }
    let mut row: Vec<i32, MAX_CHANNELS> = Vec::new();
    for packed_row in packed.chunks_exact(row_len) {
        row.clear();
        row.extend(packed_row.as_chunks::<3>().0.iter().map(unpack));
        block.push(&row)?;
    }
    Ok(Samples {
        first_sample: u32::from_le_bytes([f0, f1, f2, f3]),
        configuration,
        status: Status(u16::from_le_bytes([s0, s1])),
        lead_off: LeadOff { positive, negative },
        block,
    })
}

/// A 24-bit two's complement code, low byte first.
fn unpack(packed: &[u8; 3]) -> i32 {
    let [low, middle, high] = *packed;
    // Placed in the upper three bytes, the arithmetic shift repeats the sign.
    i32::from_le_bytes([0, low, middle, high]) >> 8
}

/// The first `N` bytes of a payload and the rest.
fn split<const N: usize>(payload: &[u8]) -> Result<(&[u8; N], &[u8]), PayloadError> {
    payload.split_first_chunk().ok_or(PayloadError::Length {
        expected: N,
        actual: payload.len(),
    })
}

/// The first `N` bytes of a payload to which later revisions may add.
pub(crate) fn at_least<const N: usize>(payload: &[u8]) -> Result<[u8; N], PayloadError> {
    split(payload).map(|(fixed, _)| *fixed)
}

/// A payload that is exactly `N` bytes long.
pub(crate) fn exactly<const N: usize>(payload: &[u8]) -> Result<[u8; N], PayloadError> {
    payload.try_into().map_err(|_| PayloadError::Length {
        expected: N,
        actual: payload.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_sign() {
        for (packed, code) in [
            ([0x00, 0x00, 0x00], 0),
            ([0x01, 0x00, 0x00], 1),
            ([0xFF, 0xFF, 0xFF], -1),
            ([0xFF, 0xFF, 0x7F], 8_388_607),
            ([0x00, 0x00, 0x80], -8_388_608),
            ([0x56, 0x34, 0x12], 0x12_34_56),
        ] {
            assert_eq!(unpack(&packed), code);
        }
    }
}
