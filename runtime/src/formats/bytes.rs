//! Little-endian numbers, pieces and words taken off a binary file, never past its end.

/// What is left of a piece of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes { rest: bytes }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is left, without taking it.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes; nothing is taken where fewer are left.
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn i16(&mut self) -> Option<i16> {
        self.array().map(i16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
}

/// A word or line of a binary file, up to the first NUL and without blanks around it: UTF-8 where it
/// is that, otherwise Latin-1, whose letters the older formats hold.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    match str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => {
            let text: String = bytes.iter().copied().map(char::from).collect();
            text.trim().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_there_and_no_more() {
        let mut bytes = Bytes::new(&[1, 2, 3, 0xff, 0xff, 4, 0, 0, 0, 9]);
        assert_eq!(bytes.u8(), Some(1));
        assert_eq!(bytes.u16(), Some(0x302));
        assert_eq!(bytes.i16(), Some(-1));
        assert_eq!(bytes.u32(), Some(4));
        assert_eq!((bytes.u16(), bytes.take(2)), (None, None));
        assert_eq!(bytes.rest(), [9]);
        assert_eq!(bytes.take(1), Some(&[9][..]));
        assert!(bytes.is_empty());
        assert_eq!((bytes.u8(), bytes.take(0)), (None, Some(&[][..])));
    }

    #[test]
    fn words_end_at_the_first_nul() {
        assert_eq!(text(b" Sinus rhythm \0junk"), "Sinus rhythm");
        assert_eq!(text("größer".as_bytes()), "größer");
        assert_eq!(text(b"gr\xf6\xdfer"), "größer");
        assert_eq!(text(b""), "");
    }
}
