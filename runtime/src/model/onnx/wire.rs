//! The wire format of protocol buffers (<https://protobuf.dev/programming-guides/encoding/>): a message is a row of
//! fields, each a number and a value. Read without copying, and without trust in any length.

use super::error::StructureError;

/// The value of a field, as far as the wire tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    /// An integer of any kind.
    Integer(u64),
    /// Four bytes: a 32-bit float.
    Four([u8; 4]),
    /// A text, bytes, a message within this one, or a packed list.
    Bytes(&'a [u8]),
}

/// The fields of a message, in the order of the file. After an error there are no more.
#[derive(Clone, Debug)]
pub(super) struct Fields<'a> {
    message: &'static str,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// The fields of a message whose name in `onnx.proto` is given, for what is said of it.
    pub(super) fn of(message: &'static str, bytes: &'a [u8]) -> Self {
        Self {
            message,
            rest: bytes,
        }
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.integer()?;
        let value = match key & 7 {
            0 => Value::Integer(self.integer()?),
            2 => {
                let length = usize::try_from(self.integer()?).ok()?;
                let (bytes, rest) = self.rest.split_at_checked(length)?;
                self.rest = rest;
                Value::Bytes(bytes)
            }
            5 => {
                let (four, rest) = self.rest.split_first_chunk::<4>()?;
                self.rest = rest;
                Value::Four(*four)
            }
            // Groups, which are no longer written, and eight bytes, which no field that we read has.
            _ => return None,
        };
        Some((key >> 3, value))
    }

    /// A number in base 128, the lowest digit first; ten digits at most.
    fn integer(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for place in 0..10 {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let digit = u64::from(byte & 0x7f);
            if place == 9 && digit > 1 {
                return None;
            }
            value |= digit << (7 * place);
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Value<'a>), StructureError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field().ok_or(StructureError::Protobuf {
            message: self.message,
        });
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The integers of a repeated field, packed or one by one, added to those read before; `None` where they are no
/// integers or more than `most`.
pub(super) fn extend(into: &mut Vec<i64>, value: Value<'_>, most: usize) -> Option<()> {
    let mut push = |integer: u64| {
        // Negative integers come as their two's complement.
        into.push(integer as i64);
        (into.len() <= most).then_some(())
    };
    match value {
        Value::Integer(integer) => push(integer),
        Value::Bytes(packed) => {
            let mut list = Fields::of("", packed);
            while !list.rest.is_empty() {
                push(list.integer()?)?;
            }
            Some(())
        }
        Value::Four(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_specification_are_read() {
        // From the page on encoding: 150, "testing", and a packed list of 3, 270 and 86942.
        let read = |bytes: &'static [u8]| -> Vec<(u64, Value<'static>)> {
            let fields = Fields::of("Test", bytes);
            fields.collect::<Result<_, _>>().expect("a message")
        };
        assert_eq!(read(&[0x08, 0x96, 0x01]), [(1, Value::Integer(150))]);
        let text = [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67];
        let fields: Vec<_> = Fields::of("Test", &text).collect();
        assert_eq!(fields, [Ok((2, Value::Bytes(b"testing")))]);
        let [(6, packed)] = read(&[0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05])[..] else {
            panic!("one field");
        };
        let mut list = Vec::new();
        assert_eq!(extend(&mut list, packed, 3), Some(()));
        assert_eq!(list, [3, 270, 86942]);
        assert_eq!(extend(&mut list, packed, 5), None);
        // −2 takes ten bytes.
        let minus_two = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        let mut list = Vec::new();
        assert_eq!(extend(&mut list, Value::Bytes(&minus_two), 1), Some(()));
        assert_eq!(list, [-2]);
    }

    #[test]
    fn what_breaks_off_or_is_no_field_is_an_error_and_the_end() {
        let cases: [&[u8]; 7] = [
            &[0x08],
            &[0x08, 0x96],
            &[0x12, 0x07, 0x74],
            &[0x0d, 0, 0, 0],
            &[0x09, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x0b],
            &[
                0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02,
            ],
        ];
        for bytes in cases {
            let fields: Vec<_> = Fields::of("Test", bytes).collect();
            let error = StructureError::Protobuf { message: "Test" };
            assert_eq!(fields, [Err(error)], "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_go_on_for_ever(bytes: Vec<u8>) {
            prop_assert!(Fields::of("Test", &bytes).count() <= bytes.len());
        }
    }
}
