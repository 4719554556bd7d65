//! The text of a file, whichever of the encodings that recorders use it is in.

/// What Windows-1252 has at 0x80 to 0x9F, where ISO-8859-1 has control characters that no
/// recorder writes; so both are read by this table, as the WHATWG Encoding Standard does.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// An XML declaration is shorter.
const DECLARATION_BYTES: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Utf16 {
    LittleEndian,
    BigEndian,
}

/// The text of a whole file, without byte order mark: UTF-16 by its mark or by how `<` looks in
/// it, UTF-8 where the bytes are such, else ISO-8859-1 or Windows-1252 if the XML declaration
/// says so; `None` if it is none of these.
pub(super) fn text_of(bytes: Vec<u8>) -> Option<String> {
    if let Some((order, units)) = utf16(&bytes) {
        if !units.len().is_multiple_of(2) {
            return None;
        }
        return char::decode_utf16(code_units(order, units))
            .collect::<Result<String, _>>()
            .ok();
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Some(text)
        }
        Err(error) => {
            let bytes = error.as_bytes();
            let one_byte = ["iso88591", "latin1", "windows1252", "cp1252"];
            one_byte
                .contains(&declared(bytes)?.as_str())
                .then(|| bytes.iter().copied().map(of_windows_1252).collect())
        }
    }
}

/// The text of a file's beginning, which may be cut within a character; what is no text is
/// replaced, so that any bytes can be looked at.
pub(in crate::formats) fn start_of_text(bytes: &[u8]) -> String {
    match utf16(bytes) {
        Some((order, units)) => char::decode_utf16(code_units(order, units))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
        None => String::from_utf8_lossy(bytes)
            .trim_start_matches('\u{feff}')
            .to_owned(),
    }
}

/// The byte order of UTF-16 and the bytes behind the mark, if `bytes` begin like it.
fn utf16(bytes: &[u8]) -> Option<(Utf16, &[u8])> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some((Utf16::LittleEndian, rest)),
        [0xfe, 0xff, rest @ ..] => Some((Utf16::BigEndian, rest)),
        [b'<', 0, ..] => Some((Utf16::LittleEndian, bytes)),
        [0, b'<', ..] => Some((Utf16::BigEndian, bytes)),
        _ => None,
    }
}

fn code_units(order: Utf16, bytes: &[u8]) -> impl Iterator<Item = u16> {
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(move |&pair| match order {
        Utf16::LittleEndian => u16::from_le_bytes(pair),
        Utf16::BigEndian => u16::from_be_bytes(pair),
    })
}

fn of_windows_1252(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|above| WINDOWS_1252.get(usize::from(above)).copied())
        .unwrap_or(char::from(byte))
}

/// The encoding that the XML declaration names, in small letters and digits alone: recorders
/// write `ISO-8859-1` and `ISO8859-1`.
fn declared(bytes: &[u8]) -> Option<String> {
    let declaration = bytes
        .iter()
        .take(DECLARATION_BYTES)
        .take_while(|&&byte| byte != b'>');
    let text: String = declaration
        .map(|&byte| char::from(byte.to_ascii_lowercase()))
        .collect();
    let value = text
        .split_once("encoding")?
        .1
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let quote = value.chars().next().filter(|c| ['"', '\''].contains(c))?;
    let name = value.trim_start_matches(quote).split(quote).next()?;
    Some(name.chars().filter(char::is_ascii_alphanumeric).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf16_bytes(text: &str, order: Utf16) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| match order {
                Utf16::LittleEndian => unit.to_le_bytes(),
                Utf16::BigEndian => unit.to_be_bytes(),
            })
            .collect()
    }

    #[test]
    fn one_byte_encodings_only_where_declared() {
        let bytes =
            |declaration: &str| [declaration.as_bytes(), b"<a>na\xefve \x80 \x99</a>"].concat();
        for name in [
            "ISO-8859-1",
            "iso8859-1",
            "latin1",
            "Windows-1252",
            "cp1252",
        ] {
            for declaration in [
                format!("<?xml version=\"1.0\" encoding=\"{name}\"?>"),
                format!("<?xml version='1.0' encoding = '{name}' ?>"),
            ] {
                let text = text_of(bytes(&declaration)).unwrap();
                assert!(text.ends_with("<a>naïve € ™</a>"), "{text}");
            }
        }
        for declaration in [
            "",
            "<?xml version=\"1.0\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<?xml encoding=",
            "<?xml version=\"1.0\"?><encoding a=\"latin1\">",
        ] {
            assert_eq!(text_of(bytes(declaration)), None, "{declaration}");
        }
    }

    #[test]
    fn utf16_by_mark_or_by_its_first_letter() {
        let text = "<a>Ω 𝄞</a>";
        for order in [Utf16::LittleEndian, Utf16::BigEndian] {
            for marked in ["", "\u{feff}"] {
                let bytes = utf16_bytes(&format!("{marked}{text}"), order);
                assert_eq!(start_of_text(&bytes), text);
                assert_eq!(text_of(bytes.clone()).as_deref(), Some(text));
                // Cut within a letter: no text, but its beginning can be told.
                let cut = &bytes[..bytes.len() - 1];
                assert_eq!(text_of(cut.to_vec()), None);
                assert!(start_of_text(cut).starts_with("<a>Ω"));
            }
            // Half of a pair of surrogates.
            let half = [
                utf16_bytes("<", order),
                utf16_bytes("𝄞", order)[..2].to_vec(),
            ]
            .concat();
            assert_eq!(text_of(half), None);
        }
        assert_eq!(
            text_of(b"\xef\xbb\xbf<a/>".to_vec()).as_deref(),
            Some("<a/>")
        );
        assert_eq!(start_of_text(b"\xef\xbb\xbf<a/>"), "<a/>");
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_any_encoding(text in "<\\PC{0,40}") {
            prop_assert_eq!(text_of(text.clone().into_bytes()), Some(text.clone()));
            let little = utf16_bytes(&format!("\u{feff}{text}"), Utf16::LittleEndian);
            prop_assert_eq!(text_of(little), Some(text));
        }

        #[test]
        fn any_bytes_have_a_start(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = start_of_text(&bytes);
            let _ = text_of(bytes);
        }
    }
}
