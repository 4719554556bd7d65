//! The checksum of EN 1064: CRC-CCITT, polynomial x¹⁶ + x¹² + x⁵ + 1, beginning with all ones.

const TABLE: [u16; 256] = table();

const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut remainder = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 0x8000 == 0 {
                remainder << 1
            } else {
                (remainder << 1) ^ 0x1021
            };
            bit += 1;
        }
        table[byte] = remainder;
        byte += 1;
    }
    table
}

pub(super) fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |sum, &byte| {
        let [high, _] = sum.to_be_bytes();
        (sum << 8) ^ TABLE[usize::from(high ^ byte)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of CRC-16/IBM-3740, as this code is catalogued.
    #[test]
    fn the_check_value_is_right() {
        assert_eq!(checksum(b"123456789"), 0x29b1);
        assert_eq!(checksum(b""), 0xffff);
    }
}
