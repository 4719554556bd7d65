//! Annotations: marks on samples of a record, in the MIT format of annot(5), WFDB Applications Guide.
//!
//! A file is a row of 16-bit words, least significant byte first: a code in the upper six bits and the
//! samples since the last annotation in the lower ten. Codes from 59 on are no annotations but say more
//! about the one before or after; the word 0 ends the file.

use std::path::Path;

use crate::atomic_file::AtomicFile;
use crate::formats::WriteError;

/// What an annotation says: a code of annot(5), from 1 to 49.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AnnotationCode(u8);

impl AnnotationCode {
    /// `N`: a beat that is conducted normally, or the peak of any QRS complex among wave marks.
    pub const NORMAL_BEAT: Self = Self(1);
    /// `V`: a premature ventricular beat.
    pub const VENTRICULAR_BEAT: Self = Self(5);
    /// `p`: the peak of a P wave.
    pub const P_WAVE_PEAK: Self = Self(24);
    /// `t`: the peak of a T wave.
    pub const T_WAVE_PEAK: Self = Self(27);
    /// `(`: a wave begins.
    pub const WAVE_ONSET: Self = Self(39);
    /// `)`: a wave ends.
    pub const WAVE_END: Self = Self(40);

    /// The code with this number, if it is one of an annotation.
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=49).contains(&number).then_some(Self(number))
    }

    /// The number of annot(5).
    pub fn number(self) -> u8 {
        self.0
    }
}

/// A mark on one sample of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Sample number, counted from 0.
    pub sample: u64,
    /// What is there.
    pub code: AnnotationCode,
    /// The file's `num` field: of wave onsets and ends 0 for P, 1 for QRS, 2 for T; else 0.
    pub number: i8,
}

/// The intervals of one word.
const LONGEST_SHORT_INTERVAL: u64 = 0x3ff;
/// The intervals of the two words after [`SKIP`], which are signed.
const LONGEST_INTERVAL: u64 = i32::MAX as u64;
const SKIP: u16 = 59;
const NUMBER: u16 = 60;
const SUBTYPE: u16 = 61;
const CHANNEL: u16 = 62;
const AUXILIARY: u16 = 63;

/// Writes annotations as the file `path`, in order of their samples; those of one sample stay in the
/// order given. `<record>.<annotator>` is the name that WFDB programs look for, `atr` for the reference.
/// The file appears whole or not at all.
///
/// # Errors
/// What the operating system refuses.
pub fn write_annotations(path: &Path, annotations: &[Annotation]) -> Result<(), WriteError> {
    Ok(AtomicFile::write(path, &encode_annotations(annotations))?)
}

/// The content of an annotation file.
pub fn encode_annotations(annotations: &[Annotation]) -> Vec<u8> {
    let mut ordered = annotations.to_vec();
    ordered.sort_by_key(|annotation| annotation.sample);
    let mut bytes = Vec::with_capacity(2 * annotations.len() + 2);
    let mut put = |code: u16, low: u16| bytes.extend((code << 10 | low).to_le_bytes());
    let (mut sample, mut number) = (0, 0);
    for annotation in &ordered {
        let mut interval = annotation.sample - sample;
        while interval > LONGEST_SHORT_INTERVAL {
            let part = interval.min(LONGEST_INTERVAL);
            put(SKIP, 0);
            // The half with the higher bits comes first.
            put((part >> 26) as u16, (part >> 16 & 0x3ff) as u16);
            put((part >> 10 & 0x3f) as u16, (part & 0x3ff) as u16);
            interval -= part;
        }
        put(annotation.code.0.into(), interval as u16);
        if annotation.number != number {
            number = annotation.number;
            put(NUMBER, u16::from(number as u8));
        }
        sample = annotation.sample;
    }
    put(0, 0);
    bytes
}

/// The annotations of a file's content, up to its end mark or, where that is missing, to the last whole
/// word. Subtypes, channels and texts are passed over, and so are codes that annot(5) does not know.
pub fn decode_annotations(bytes: &[u8]) -> Vec<Annotation> {
    let (words, _) = bytes.as_chunks::<2>();
    let mut words = words.iter().map(|&word| u16::from_le_bytes(word));
    let mut annotations: Vec<Annotation> = Vec::new();
    let (mut sample, mut number) = (0u64, 0);
    while let Some(word) = words.next().filter(|&word| word != 0) {
        let (code, low) = (word >> 10, word & 0x3ff);
        match code {
            SKIP => {
                let (Some(high), Some(low)) = (words.next(), words.next()) else {
                    break;
                };
                let interval = (u32::from(high) << 16 | u32::from(low)) as i32;
                sample = sample.saturating_add_signed(interval.into());
            }
            NUMBER => {
                number = low as u8 as i8;
                if let Some(last) = annotations.last_mut() {
                    last.number = number;
                }
            }
            SUBTYPE | CHANNEL => {}
            AUXILIARY => {
                for _ in 0..low.div_ceil(2) {
                    words.next();
                }
            }
            _ => {
                sample = sample.saturating_add(low.into());
                if let Some(code) = AnnotationCode::from_number(code as u8) {
                    annotations.push(Annotation {
                        sample,
                        code,
                        number,
                    });
                }
            }
        }
    }
    annotations
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn annotation() -> impl Strategy<Value = Annotation> {
        let sample = prop_oneof![0u64..5000, 0u64..1 << 40, Just(1023), Just(1024)];
        (sample, 1u8..=49, prop_oneof![Just(0i8), any::<i8>()]).prop_map(
            |(sample, code, number)| Annotation {
                sample,
                code: AnnotationCode(code),
                number,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            mut annotations in prop::collection::vec(annotation(), 0..40)
        ) {
            let bytes = encode_annotations(&annotations);
            annotations.sort_by_key(|annotation| annotation.sample);
            prop_assert_eq!(decode_annotations(&bytes), annotations);
        }

        #[test]
        fn any_bytes_are_decoded_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            decode_annotations(&bytes);
        }
    }

    #[test]
    fn known_bytes() {
        let at = |sample, code, number| Annotation {
            sample,
            code,
            number,
        };
        let annotations = [
            at(5, AnnotationCode::WAVE_ONSET, 1),
            at(18, AnnotationCode::NORMAL_BEAT, 1),
            at(70_018, AnnotationCode::VENTRICULAR_BEAT, 0),
        ];
        let bytes = [
            0x05, 0x9c, // code 39, 5 samples
            0x01, 0xf0, // num 1
            0x0d, 0x04, // code 1, 13 samples
            0x00, 0xec, 0x01, 0x00, 0x70, 0x11, // skip 70,000 = 0x11170 samples
            0x00, 0x14, // code 5
            0x00, 0xf0, // num 0
            0x00, 0x00,
        ];
        assert_eq!(encode_annotations(&annotations), bytes);
        assert_eq!(decode_annotations(&bytes), annotations);
        // A text and a channel in between change nothing.
        let mut with_text = bytes.to_vec();
        with_text.splice(4..4, [0x03, 0xfc, b'a', b'b', b'c', 0, 0x02, 0xf8]);
        assert_eq!(decode_annotations(&with_text), annotations);
    }
}
