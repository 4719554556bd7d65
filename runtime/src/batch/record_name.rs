//! The name under which a file stands in the index.

use std::fmt::Write;
use std::path::Path;

/// The name of the file at `path`, relative to the folder given: its folders and itself with `/` between,
/// a backslash doubled, and control characters and bytes that are no UTF-8 as `\xNN`. Two files never have
/// one name, and a name is always one printable line.
pub fn record_name(path: &Path) -> String {
    let mut name = String::new();
    for component in path.components() {
        if !name.is_empty() {
            name.push('/');
        }
        for chunk in component.as_os_str().as_encoded_bytes().utf8_chunks() {
            for letter in chunk.valid().chars() {
                match letter {
                    '\\' => name.push_str(r"\\"),
                    // Line and paragraph separators end a line for some readers.
                    '\u{2028}' | '\u{2029}' => push_bytes(&mut name, letter),
                    _ if letter.is_control() => push_bytes(&mut name, letter),
                    _ => name.push(letter),
                }
            }
            for &byte in chunk.invalid() {
                push_byte(&mut name, byte);
            }
        }
    }
    name
}

fn push_bytes(name: &mut String, letter: char) {
    for byte in letter.encode_utf8(&mut [0; 4]).bytes() {
        push_byte(name, byte);
    }
}

fn push_byte(name: &mut String, byte: u8) {
    write!(name, "\\x{byte:02x}").expect("a string takes any text");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_readable() {
        for (path, expected) in [
            ("rec.hea", "rec.hea"),
            ("a/b c/Ä,\".xml", "a/b c/Ä,\".xml"),
            ("a\\x41\n\u{1b}\u{85}", r"a\\x41\x0a\x1b\xc2\x85"),
            ("a//b/", "a/b"),
        ] {
            assert_eq!(record_name(Path::new(path)), expected);
        }
    }

    #[cfg(unix)]
    mod of_any_bytes {
        use super::*;
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        /// The bytes that `name` stands for.
        fn bytes_of(name: &str) -> Vec<u8> {
            let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
            while let Some((&first, after)) = rest.split_first() {
                rest = match (first, after) {
                    (b'\\', [b'\\', after @ ..]) => {
                        bytes.push(b'\\');
                        after
                    }
                    (b'\\', [b'x', high, low, after @ ..]) => {
                        let digits = [*high, *low];
                        let digits = std::str::from_utf8(&digits).expect("two digits");
                        bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal"));
                        after
                    }
                    _ => {
                        bytes.push(first);
                        after
                    }
                };
            }
            bytes
        }

        proptest! {
            #[test]
            fn the_name_tells_the_bytes(bytes in prop::collection::vec(1_u8..=255, 1..40)) {
                let bytes: Vec<u8> = bytes.into_iter().map(|byte| if byte == b'/' { b'_' } else { byte }).collect();
                prop_assume!(bytes != b".");
                let name = record_name(Path::new(OsStr::from_bytes(&bytes)));
                prop_assert!(!name.contains(char::is_control));
                prop_assert_eq!(bytes_of(&name), bytes);
            }
        }
    }
}
