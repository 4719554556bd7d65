//! A data set as it is written (PS3.5, chapter 7): elements with explicit value representation in little endian.

use std::collections::BTreeMap;

/// How the value of an element is represented (PS3.5, 6.2): those that are written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vr {
    /// Tag of another element.
    AT,
    /// Code of capital letters.
    CS,
    /// Date.
    DA,
    /// Decimal number as text.
    DS,
    /// Whole number as text.
    IS,
    /// Text of at most 64 letters.
    LO,
    /// Long text.
    LT,
    /// Bytes.
    OB,
    /// Name of a person.
    PN,
    /// Text of at most 16 letters.
    SH,
    /// Text of at most 1024 letters.
    ST,
    /// Time.
    TM,
    /// Unique identifier.
    UI,
    /// Number of 32 bits.
    UL,
    /// Number of 16 bits.
    US,
}

impl Vr {
    fn name(self) -> [u8; 2] {
        match self {
            Self::AT => *b"AT",
            Self::CS => *b"CS",
            Self::DA => *b"DA",
            Self::DS => *b"DS",
            Self::IS => *b"IS",
            Self::LO => *b"LO",
            Self::LT => *b"LT",
            Self::OB => *b"OB",
            Self::PN => *b"PN",
            Self::SH => *b"SH",
            Self::ST => *b"ST",
            Self::TM => *b"TM",
            Self::UI => *b"UI",
            Self::UL => *b"UL",
            Self::US => *b"US",
        }
    }

    /// Most letters of one value of text, where texts of any length are given.
    fn most_letters(self) -> usize {
        match self {
            Self::SH => 16,
            Self::LO => 64,
            Self::ST => 1024,
            Self::LT => 10_240,
            _ => usize::MAX,
        }
    }
}

/// Elements in the order of their tags.
#[derive(Clone, Debug, Default)]
pub(super) struct DataSet(BTreeMap<u32, (Vr, Vec<u8>)>);

impl DataSet {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Sets an element to a value of an even number of bytes.
    pub(super) fn put(&mut self, tag: u32, vr: Vr, value: Vec<u8>) {
        debug_assert!(value.len().is_multiple_of(2));
        self.0.insert(tag, (vr, value));
    }

    /// Sets an element to text, filled up to an even number of bytes. What is longer than its representation
    /// allows is cut off; a letter that is not ASCII, which no character set is declared for, becomes `?`.
    pub(super) fn text(&mut self, tag: u32, vr: Vr, text: &str) {
        let letters = text.chars().take(vr.most_letters());
        let ascii = letters.map(|letter| {
            if letter.is_ascii() {
                letter as u8
            } else {
                b'?'
            }
        });
        let mut value: Vec<u8> = ascii.collect();
        if value.len() % 2 == 1 {
            value.push(if vr == Vr::UI { 0 } else { b' ' });
        }
        self.put(tag, vr, value);
    }

    pub(super) fn short(&mut self, tag: u32, value: u16) {
        self.put(tag, Vr::US, value.to_le_bytes().to_vec());
    }

    /// All elements as they stand in a file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (tag, (vr, value)) in &self.0 {
            let (group, element) = ((tag >> 16) as u16, *tag as u16);
            bytes.extend(group.to_le_bytes());
            bytes.extend(element.to_le_bytes());
            bytes.extend(vr.name());
            if *vr == Vr::OB {
                bytes.extend([0, 0]);
                let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
                bytes.extend(length.to_le_bytes());
            } else {
                let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
                bytes.extend(length.to_le_bytes());
            }
            bytes.extend_from_slice(value);
        }
        bytes
    }
}

/// A decimal string (DS) of at most 16 letters.
pub(super) fn decimal(value: f64) -> String {
    let text = format!("{value}");
    if text.len() <= 16 {
        text
    } else {
        format!("{value:.8e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_short_enough() {
        for (value, text) in [
            (0.35, "0.35"),
            (1.4 / 3.0, "4.66666667e-1"),
            (1e300, "1.00000000e300"),
        ] {
            assert_eq!(decimal(value), text);
            assert!(text.len() <= 16);
        }
    }
}
