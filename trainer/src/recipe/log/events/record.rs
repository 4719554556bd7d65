//! TFRecord framing: length, its checksum, payload, its checksum.
//!
//! Source: TensorFlow, `tensorflow/core/lib/io/record_writer.h`. Numbers are little-endian; the checksum is CRC-32C
//! (Castagnoli), rotated right by 15 bits and shifted by a constant, so that a record inside a record does not check.

use crc::{CRC_32_ISCSI, Crc};

/// CRC-32C.
static CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);
/// Added to the rotated checksum.
const MASK: u32 = 0xa282_ead8;

/// A payload as a record.
pub fn framed(payload: &[u8]) -> Vec<u8> {
    let length = (payload.len() as u64).to_le_bytes();
    let mut record = Vec::with_capacity(payload.len() + 16);
    record.extend_from_slice(&length);
    record.extend_from_slice(&masked(&length).to_le_bytes());
    record.extend_from_slice(payload);
    record.extend_from_slice(&masked(payload).to_le_bytes());
    record
}

fn masked(bytes: &[u8]) -> u32 {
    CHECKSUM.checksum(bytes).rotate_right(15).wrapping_add(MASK)
}

/// The payloads of whole records; `None` where a length or a checksum does not fit.
#[cfg(test)]
pub(super) fn payloads(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut payloads = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<8>()?;
        let (check, rest) = rest.split_first_chunk::<4>()?;
        let (payload, rest) = rest.split_at_checked(u64::from_le_bytes(*length) as usize)?;
        let (payload_check, rest) = rest.split_first_chunk::<4>()?;
        let fits = *check == masked(length).to_le_bytes()
            && *payload_check == masked(payload).to_le_bytes();
        payloads.push(fits.then_some(payload)?);
        bytes = rest;
    }
    Some(payloads)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3720, appendix B.4: 32 bytes of zeros have the CRC-32C 8a9136aa.
    #[test]
    fn the_checksum_is_castagnolis() {
        assert_eq!(CHECKSUM.checksum(&[0; 32]), 0x8a91_36aa);
    }

    #[test]
    fn damage_is_seen() {
        let two = [framed(b"one"), framed(b"")].concat();
        assert_eq!(payloads(&two), Some(vec![b"one".as_slice(), b""]));
        for index in 0..two.len() {
            let mut damaged = two.clone();
            damaged[index] ^= 1;
            assert_eq!(payloads(&damaged), None, "byte {index}");
        }
    }
}
