//! Annotations: marks on samples of a record, in the MIT format of annot(5), WFDB Applications Guide.
//!
//! A file is a row of 16-bit words, least significant byte first: a code in the upper six bits and the
//! samples since the last annotation in the lower ten. Codes from 59 on are no annotations but say more
//! about the one before or after; the word 0 ends the file.

use std::path::Path;

use crate::atomic_file::AtomicFile;
use crate::formats::{ReadError, WriteError, whole_file};

/// An hour has some 5000 beats; in memory one takes thirty times the two bytes it has in a file.
const MAX_FILE_BYTES: u64 = 2 << 20;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Sample number, counted from 0.
    pub sample: u64,
    /// What is there.
    pub code: AnnotationCode,
    /// The file's `num` field: of wave onsets and ends 0 for P, 1 for QRS, 2 for T; else 0.
    pub number: i8,
    /// The file's `subtyp` field: of noise marks the signals concerned, of others a matter of the
    /// database; else 0.
    pub subtype: i8,
    /// The signal marked, counted from 0.
    pub channel: u8,
    /// The text that goes with it, as `(AFIB` of a change of rhythm; else empty.
    pub text: String,
}

impl Annotation {
    /// A mark of signal 0 without subtype and text.
    pub fn new(sample: u64, code: AnnotationCode, number: i8) -> Annotation {
        Annotation {
            sample,
            code,
            number,
            subtype: 0,
            channel: 0,
            text: String::new(),
        }
    }
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
/// Bytes of a text; the ten bits of its length allow more than the single byte of old programs.
const LONGEST_TEXT: usize = 255;

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
    let put = |bytes: &mut Vec<u8>, code: u16, low: u16| {
        bytes.extend((code << 10 | low).to_le_bytes());
    };
    let (mut sample, mut number, mut channel) = (0, 0, 0);
    for annotation in &ordered {
        let mut interval = annotation.sample - sample;
        while interval > LONGEST_SHORT_INTERVAL {
            let part = interval.min(LONGEST_INTERVAL);
            put(&mut bytes, SKIP, 0);
            // The half with the higher bits comes first.
            put(&mut bytes, (part >> 26) as u16, (part >> 16 & 0x3ff) as u16);
            put(
                &mut bytes,
                (part >> 10 & 0x3f) as u16,
                (part & 0x3ff) as u16,
            );
            interval -= part;
        }
        put(&mut bytes, annotation.code.0.into(), interval as u16);
        if annotation.number != number {
            number = annotation.number;
            put(&mut bytes, NUMBER, u16::from(number as u8));
        }
        if annotation.subtype != 0 {
            put(&mut bytes, SUBTYPE, u16::from(annotation.subtype as u8));
        }
        if annotation.channel != channel {
            channel = annotation.channel;
            put(&mut bytes, CHANNEL, channel.into());
        }
        let text = annotation.text.as_bytes();
        let text = text.get(..LONGEST_TEXT).unwrap_or(text);
        if !text.is_empty() {
            put(&mut bytes, AUXILIARY, text.len() as u16);
            bytes.extend(text);
            // Whole words only.
            bytes.resize(bytes.len().next_multiple_of(2), 0);
        }
        sample = annotation.sample;
    }
    put(&mut bytes, 0, 0);
    bytes
}

/// Reads the annotation file at `path`.
///
/// # Errors
/// No such file, an empty one, or one larger than any annotator fills.
pub fn read_annotations(path: &Path) -> Result<Vec<Annotation>, ReadError> {
    Ok(decode_annotations(&whole_file::read(path, MAX_FILE_BYTES)?))
}

/// The annotations of a file's content, up to its end mark or, where that is missing, to the last whole
/// word. Codes that annot(5) does not know are passed over.
pub fn decode_annotations(bytes: &[u8]) -> Vec<Annotation> {
    let (words, _) = bytes.as_chunks::<2>();
    let mut words = words.iter();
    let mut annotations: Vec<Annotation> = Vec::new();
    let (mut sample, mut number, mut channel) = (0u64, 0, 0);
    while let Some(word) = next_word(&mut words).filter(|&word| word != 0) {
        let (code, low) = (word >> 10, word & 0x3ff);
        match code {
            SKIP => {
                let (Some(high), Some(low)) = (next_word(&mut words), next_word(&mut words)) else {
                    break;
                };
                let interval = (u32::from(high) << 16 | u32::from(low)) as i32;
                sample = sample.saturating_add_signed(interval.into());
            }
            // Number and channel hold for what follows, too; subtype and text do not.
            NUMBER => {
                number = low as u8 as i8;
                if let Some(last) = annotations.last_mut() {
                    last.number = number;
                }
            }
            CHANNEL => {
                channel = low as u8;
                if let Some(last) = annotations.last_mut() {
                    last.channel = channel;
                }
            }
            SUBTYPE => {
                if let Some(last) = annotations.last_mut() {
                    last.subtype = low as u8 as i8;
                }
            }
            AUXILIARY => {
                let content = words.by_ref().take(low.div_ceil(2).into()).flatten();
                let text: Vec<u8> = content.copied().take(low.into()).collect();
                let text = String::from_utf8_lossy(&text);
                if let Some(last) = annotations.last_mut() {
                    last.text = text.trim_end_matches('\0').to_owned();
                }
            }
            _ => {
                sample = sample.saturating_add(low.into());
                if let Some(code) = AnnotationCode::from_number(code as u8) {
                    annotations.push(Annotation {
                        channel,
                        ..Annotation::new(sample, code, number)
                    });
                }
            }
        }
    }
    annotations
}

fn next_word(words: &mut std::slice::Iter<'_, [u8; 2]>) -> Option<u16> {
    words.next().map(|&word| u16::from_le_bytes(word))
}

#[cfg(test)]
mod tests;
