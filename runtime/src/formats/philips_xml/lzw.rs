//! Lempel–Ziv–Welch with codes of ten bits, most significant bit first: 0 to 255 are bytes, 1023 is
//! the end, and the dictionary is frozen when the codes between are used up.

const CODE_BITS: u32 = 10;
const END: usize = (1 << CODE_BITS) - 1;

/// Why a code stream is no such data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum LzwError {
    /// A code that the dictionary does not have yet.
    UnknownCode,
    /// More bytes than were expected.
    TooLong,
}

/// A string of the dictionary: another one and a byte more.
#[derive(Clone, Copy)]
struct Entry {
    prefix: usize,
    last: u8,
    /// Of the whole string.
    first: u8,
    length: usize,
}

/// The bytes that `compressed` stands for, at most `limit`.
pub(super) fn decompress(compressed: &[u8], limit: usize) -> Result<Vec<u8>, LzwError> {
    let mut strings: Vec<Entry> = (0..=u8::MAX)
        .map(|byte| Entry {
            prefix: 0,
            last: byte,
            first: byte,
            length: 1,
        })
        .collect();
    let mut bytes = Vec::new();
    let mut previous: Option<usize> = None;
    for code in codes(compressed) {
        if code == END {
            break;
        }
        let known = strings.get(code).copied();
        if let Some(prefix) = previous
            && strings.len() < END
        {
            // The one code that may be unknown is the next: it then begins with its own prefix.
            let first = strings[prefix].first;
            strings.push(Entry {
                prefix,
                last: known.map_or(first, |entry| entry.first),
                first,
                length: strings[prefix].length + 1,
            });
        }
        let entry = *strings.get(code).ok_or(LzwError::UnknownCode)?;
        if bytes.len() + entry.length > limit {
            return Err(LzwError::TooLong);
        }
        append(&mut bytes, &strings, entry);
        previous = Some(code);
    }
    Ok(bytes)
}

/// Writes the string of `entry` from its end.
fn append(bytes: &mut Vec<u8>, strings: &[Entry], entry: Entry) {
    let mut place = bytes.len() + entry.length;
    bytes.resize(place, 0);
    let mut entry = entry;
    loop {
        place -= 1;
        bytes[place] = entry.last;
        if entry.length == 1 {
            break;
        }
        entry = strings[entry.prefix];
    }
}

fn codes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let mut bytes = bytes.iter();
    let (mut bits, mut held) = (0_u32, 0_u32);
    std::iter::from_fn(move || {
        while held < CODE_BITS {
            bits = bits << 8 | u32::from(*bytes.next()?);
            held += 8;
        }
        held -= CODE_BITS;
        let code = bits >> held;
        bits &= (1 << held) - 1;
        Some(code as usize)
    })
}

/// The same codes from bytes, for documents that tests write.
#[cfg(test)]
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    use std::collections::HashMap;

    let mut strings: HashMap<Vec<u8>, usize> = (0..=u8::MAX)
        .map(|byte| (vec![byte], usize::from(byte)))
        .collect();
    let mut codes = Vec::new();
    let mut string: Vec<u8> = Vec::new();
    for &byte in bytes {
        let mut longer = string.clone();
        longer.push(byte);
        if !strings.contains_key(&longer) {
            codes.push(strings[&string]);
            let next = strings.len();
            if next < END {
                strings.insert(longer, next);
            }
            longer = vec![byte];
        }
        string = longer;
    }
    codes.extend(strings.get(&string));
    codes.push(END);
    let bits: Vec<bool> = codes
        .iter()
        .flat_map(|code| (0..CODE_BITS).rev().map(move |bit| code >> bit & 1 == 1))
        .collect();
    bits.chunks(8)
        .map(|byte| {
            (0..8).fold(0, |value, bit| {
                value << 1 | u8::from(byte.get(bit) == Some(&true))
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_what_was_worked_out_by_hand() {
        // a (97), then "aa" (256, not known yet), then "b" (98), the end: ten bits each.
        let bits = format!("{:010b}{:010b}{:010b}{:010b}", 97, 256, 98, 1023);
        let bytes: Vec<u8> = bits
            .as_bytes()
            .chunks(8)
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        assert_eq!(decompress(&bytes, 4).unwrap(), b"aaab");
        assert_eq!(decompress(&bytes, 3), Err(LzwError::TooLong));
        assert_eq!(compress(b"aaab"), bytes);
        // Without the end mark, what is there counts.
        assert_eq!(decompress(&bytes[..4], 4).unwrap(), b"aaab");
        assert_eq!(decompress(&[], 4).unwrap(), b"");
        // 512 as the first or second code.
        assert_eq!(decompress(&[0x80, 0x00], 4), Err(LzwError::UnknownCode));
        assert_eq!(
            decompress(&[0x18, 0x60, 0x00], 4),
            Err(LzwError::UnknownCode)
        );
    }

    proptest! {
        #[test]
        fn comes_back_as_it_was(bytes in proptest::collection::vec(0_u8..4, 0..6000)) {
            prop_assert_eq!(decompress(&compress(&bytes), bytes.len()).unwrap(), bytes);
        }

        #[test]
        fn any_codes_may_be_asked(codes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(bytes) = decompress(&codes, 5000) {
                prop_assert!(bytes.len() <= 5000);
            }
        }
    }
}
