//! Base64 (RFC 4648) with line breaks, and the 16-bit samples in it.

use crate::formats::ReadErrorKind;

/// The value of each letter, 255 where a byte is none.
const VALUES: [u8; 256] = {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut values = [255; 256];
    let mut value = 0;
    while value < letters.len() {
        values[letters[value] as usize] = value as u8;
        value += 1;
    }
    values
};

/// The bytes that `text` encodes; white space is passed over.
///
/// # Errors
/// A character that is no base64, or letters that make no whole number of groups of four, as where
/// the text was cut; told of `label`.
pub(in crate::formats) fn bytes_of_base64(
    text: &str,
    label: &str,
) -> Result<Vec<u8>, ReadErrorKind> {
    let wrong = |problem: String| ReadErrorKind::Element {
        element: label.to_owned(),
        problem,
    };
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut letters, mut padding) = (0_u32, 0_usize, 0_usize);
    for (place, byte) in text.bytes().enumerate() {
        if byte.is_ascii_whitespace() {
            continue;
        }
        let value = VALUES[usize::from(byte)];
        let padded = byte == b'=' && padding < 2 && letters % 4 >= 2;
        if !(padded || value < 64 && padding == 0) {
            return Err(wrong(format!(
                "has a character at place {place} that is no base64; export the recording again"
            )));
        }
        padding += usize::from(padded);
        bits = bits << 6 | u32::from(if padded { 0 } else { value });
        letters += 1;
        if letters.is_multiple_of(4) {
            let [_, group @ ..] = bits.to_be_bytes();
            bytes.extend_from_slice(&group[..3 - padding]);
        }
    }
    if !letters.is_multiple_of(4) {
        return Err(wrong(format!(
            "is cut short: its base64 has {letters} letters, which is no multiple of 4; export the recording again"
        )));
    }
    Ok(bytes)
}

/// The 16-bit little-endian samples in `bytes`.
///
/// # Errors
/// An odd number of bytes, told of `label`.
pub(in crate::formats) fn sixteen_bit_samples(
    bytes: &[u8],
    label: &str,
) -> Result<Vec<i16>, ReadErrorKind> {
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return Err(ReadErrorKind::Element {
            element: label.to_owned(),
            problem: format!("holds {} bytes, which make no 16-bit samples", bytes.len()),
        });
    };
    Ok(pairs.iter().copied().map(i16::from_le_bytes).collect())
}

/// Base64 of `bytes` in lines of 76 letters, for documents that tests write.
#[cfg(test)]
pub(in crate::formats) fn base64_of(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for (number, group) in bytes.chunks(3).enumerate() {
        if number % 19 == 0 {
            text.push('\n');
        }
        let mut four = [0; 4];
        four[1..=group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes(four);
        for letter in 0..4 {
            text.push(if letter > group.len() {
                '='
            } else {
                char::from(LETTERS[(bits >> (18 - 6 * letter)) as usize & 63])
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decodes_the_vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            (" Zm9v\r\n\tYmFy ", "foobar"),
        ] {
            assert_eq!(bytes_of_base64(text, "a").unwrap(), bytes.as_bytes());
        }
    }

    #[test]
    fn tells_what_is_cut_or_foreign() {
        let sentence = |text: &str| bytes_of_base64(text, "lead V1").unwrap_err().to_string();
        for cut in ["Z", "Zm", "Zm9", "Zm9vY", "Zg="] {
            assert!(sentence(cut).starts_with("lead V1 is cut short"), "{cut}");
        }
        for (foreign, place) in [
            ("Zm9-", 3),
            ("=m9v", 0),
            ("Z===", 1),
            ("Zg==Zg==", 4),
            ("é", 0),
        ] {
            assert!(
                sentence(foreign).contains(&format!("place {place} ")),
                "{foreign}"
            );
        }
        assert!(sixteen_bit_samples(&[1, 2, 3], "a").is_err());
        assert_eq!(
            sixteen_bit_samples(&[1, 0, 0, 128], "a").unwrap(),
            [1, -32768]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(bytes_of_base64(&base64_of(&bytes), "a").unwrap(), bytes);
        }

        #[test]
        fn any_text_may_be_asked(text in any::<String>()) {
            let _ = bytes_of_base64(&text, "a");
        }
    }
}
