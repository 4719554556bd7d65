//! A frame: header, one subframe per channel, and checksums (RFC 9639, section 9).

use super::bits::BitReader;
use super::{FlacError, StreamInformation, subframe};

/// The sixteen ways in which two channels, or up to eight, share a frame.
#[derive(Clone, Copy)]
enum Channels {
    Independent(usize),
    LeftSide,
    SideRight,
    MidSide,
}

/// Decodes the frame at the start of `bytes`. Gives its samples, shape (channel, sample), and its length
/// in bytes.
pub(super) fn decode(
    bytes: &[u8],
    stream: &StreamInformation,
) -> Result<(Vec<Vec<i64>>, usize), FlacError> {
    let mut reader = BitReader::new(bytes);
    let (block, channels) = header(&mut reader, stream)?;
    let header_bytes = reader.bytes_read();
    let covered = bytes.get(..header_bytes).unwrap_or_default();
    if reader.take(8)? != u64::from(crc_8(covered)) {
        return Err(FlacError::Damaged("a frame header whose checksum is wrong"));
    }
    let samples = subframes(&mut reader, block, channels, stream.bits)?;
    reader.align()?;
    let covered = bytes.get(..reader.bytes_read()).unwrap_or_default();
    if reader.take(16)? != u64::from(crc_16(covered)) {
        return Err(FlacError::Damaged("a frame whose checksum is wrong"));
    }
    Ok((samples, reader.bytes_read()))
}

/// Reads the frame header up to its checksum: samples in the block, and the channels.
fn header(
    reader: &mut BitReader<'_>,
    stream: &StreamInformation,
) -> Result<(usize, Channels), FlacError> {
    // Fourteen bits of synchronisation and a reserved 0; then whether blocks vary in length.
    if reader.take(15)? != 0b111_1111_1111_1100 {
        return Err(FlacError::Damaged("no frame where one must begin"));
    }
    reader.take(1)?;
    let block_code = reader.take(4)?;
    let rate_code = reader.take(4)?;
    let channels = match reader.take(4)? as usize {
        code @ 0..=7 => Channels::Independent(code + 1),
        8 => Channels::LeftSide,
        9 => Channels::SideRight,
        10 => Channels::MidSide,
        _ => return Err(FlacError::Damaged("channels of an unknown kind")),
    };
    let bits = match reader.take(3)? {
        0 => stream.bits,
        1 => 8,
        2 => 12,
        4 => 16,
        5 => 20,
        6 => 24,
        _ => return Err(FlacError::Damaged("samples of an unknown width")),
    };
    let found = match channels {
        Channels::Independent(channels) => channels,
        _ => 2,
    };
    if found != stream.channels || bits != stream.bits || reader.take(1)? != 0 {
        return Err(FlacError::Damaged("a frame unlike the stream it is in"));
    }
    skip_number(reader)?;
    let block = match block_code {
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => reader.take(8)? as usize + 1,
        7 => reader.take(16)? as usize + 1,
        code @ 8..=15 => 1 << code,
        _ => return Err(FlacError::Damaged("a block of unknown length")),
    };
    match rate_code {
        12 => reader.take(8)?,
        13 | 14 => reader.take(16)?,
        _ => 0,
    };
    Ok((block, channels))
}

/// Passes over the frame's number, which is written as UTF-8 writes a character, with up to 36 bits.
fn skip_number(reader: &mut BitReader<'_>) -> Result<(), FlacError> {
    let more = match (reader.take(8)? as u8).leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones - 1,
        _ => return Err(FlacError::Damaged("a frame without a number")),
    };
    for _ in 0..more {
        reader.take(8)?;
    }
    Ok(())
}

fn subframes(
    reader: &mut BitReader<'_>,
    block: usize,
    channels: Channels,
    bits: u32,
) -> Result<Vec<Vec<i64>>, FlacError> {
    let widths = match channels {
        Channels::Independent(channels) => vec![bits; channels],
        Channels::LeftSide | Channels::MidSide => vec![bits, bits + 1],
        Channels::SideRight => vec![bits + 1, bits],
    };
    let mut samples = widths
        .into_iter()
        .map(|width| subframe::decode(reader, block, width))
        .collect::<Result<Vec<_>, _>>()?;
    if let [first, second] = samples.as_mut_slice() {
        for (one, other) in first.iter_mut().zip(second) {
            (*one, *other) = match channels {
                Channels::Independent(_) => (*one, *other),
                Channels::LeftSide => (*one, *one - *other),
                Channels::SideRight => (*one + *other, *other),
                Channels::MidSide => {
                    // The sum's last bit is the difference's, and was left out.
                    let sum = *one << 1 | *other & 1;
                    ((sum + *other) >> 1, (sum - *other) >> 1)
                }
            };
        }
    }
    Ok(samples)
}

/// The polynomial x⁸ + x² + x + 1.
fn crc_8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| {
            crc << 1 ^ if crc & 0x80 == 0 { 0 } else { 0x07 }
        })
    })
}

/// The polynomial x¹⁶ + x¹⁵ + x² + 1.
fn crc_16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc: u16, _| {
            crc << 1 ^ if crc & 0x8000 == 0 { 0 } else { 0x8005 }
        })
    })
}
