//! The record as a whole: its length, its checksums, and where its sections lie (section 0).

use super::checksum::checksum;
use crate::formats::ReadErrorKind;
use crate::formats::bytes::Bytes;

/// Checksum and length of the record.
const RECORD_HEADER_BYTES: usize = 6;
/// Checksum, number, length, versions and six reserved bytes of a section.
const SECTION_HEADER_BYTES: usize = 16;
/// Number, length and place of a section.
const POINTER_BYTES: usize = 10;
/// What section 0 has in its reserved bytes.
const SIGNATURE: &[u8] = b"SCPECG";

/// Whether a file of `file_bytes` bytes that begins with `start` is an SCP-ECG record: section 0
/// comes first, and bears its signature or (before version 1.3) belongs to a record as long as the file.
pub(in crate::formats) fn begins(start: &[u8], file_bytes: u64) -> bool {
    let mut bytes = Bytes::new(start);
    let (Some(_), Some(length)) = (bytes.u16(), bytes.u32()) else {
        return false;
    };
    let Some(section) = SectionHeader::read(bytes.rest()) else {
        return false;
    };
    section.number == 0
        && section.length as usize >= SECTION_HEADER_BYTES + POINTER_BYTES
        && (section.signed || u64::from(length) == file_bytes)
}

struct SectionHeader {
    checksum: u16,
    number: u16,
    length: u32,
    signed: bool,
}

impl SectionHeader {
    fn read(bytes: &[u8]) -> Option<SectionHeader> {
        let mut bytes = Bytes::new(bytes);
        let (checksum, number, length) = (bytes.u16()?, bytes.u16()?, bytes.u32()?);
        let _versions = bytes.u16()?;
        Some(SectionHeader {
            checksum,
            number,
            length,
            signed: bytes.take(SIGNATURE.len())? == SIGNATURE,
        })
    }
}

struct Pointer {
    section: u16,
    length: usize,
    /// First byte, counted from 0.
    start: usize,
}

/// A record that is complete and undamaged, with its sections still as bytes.
pub(super) struct Record<'a> {
    bytes: &'a [u8],
    pointers: Vec<Pointer>,
}

impl<'a> Record<'a> {
    /// Checks length and checksum of the record, and reads the pointers of section 0.
    pub(super) fn open(file: &'a [u8]) -> Result<Record<'a>, ReadErrorKind> {
        let mut start = Bytes::new(file);
        let (Some(expected), Some(length)) = (start.u16(), start.u32()) else {
            return Err(truncated(RECORD_HEADER_BYTES as u64, file));
        };
        let Some(bytes) = usize::try_from(length)
            .ok()
            .and_then(|length| file.get(..length))
        else {
            return Err(truncated(u64::from(length), file));
        };
        let Some(content) = bytes.get(2..).filter(|_| bytes.len() > RECORD_HEADER_BYTES) else {
            return Err(section_error(0, "is missing; export the recording again"));
        };
        verify("the SCP-ECG record", expected, content)?;
        let mut record = Record {
            bytes,
            pointers: Vec::new(),
        };
        // Section 0 points to itself, too, but where it lies is fixed.
        let own_length = SectionHeader::read(&bytes[RECORD_HEADER_BYTES..])
            .map_or(0, |header| header.length as usize);
        let data = record.data(&Pointer {
            section: 0,
            length: own_length,
            start: RECORD_HEADER_BYTES,
        })?;
        let mut pointers = Bytes::new(data);
        while let (Some(section), Some(length), Some(index)) =
            (pointers.u16(), pointers.u32(), pointers.u32())
        {
            // A section that is absent has length or index 0.
            let (length, index) = (length as usize, index as usize);
            if section > 0 && length > SECTION_HEADER_BYTES && index > 0 {
                record.pointers.push(Pointer {
                    section,
                    length,
                    start: index - 1,
                });
            }
        }
        Ok(record)
    }

    /// The data part of a section, if the record has that section.
    pub(super) fn section(&self, number: u16) -> Result<Option<&'a [u8]>, ReadErrorKind> {
        let pointer = self
            .pointers
            .iter()
            .find(|pointer| pointer.section == number);
        pointer.map(|pointer| self.data(pointer)).transpose()
    }

    /// The data part of a section that no recording can do without.
    pub(super) fn required(&self, number: u16) -> Result<&'a [u8], ReadErrorKind> {
        self.section(number)?.ok_or_else(|| {
            section_error(
                number,
                "is missing; export the recording again with its rhythm data",
            )
        })
    }

    fn data(&self, pointer: &Pointer) -> Result<&'a [u8], ReadErrorKind> {
        let number = pointer.section;
        let Some(section) = pointer
            .start
            .checked_add(pointer.length)
            .and_then(|end| self.bytes.get(pointer.start..end))
        else {
            return Err(section_error(number, "lies outside the record"));
        };
        let Some(header) = SectionHeader::read(section) else {
            return Err(section_error(number, "is too short"));
        };
        if header.number != number || header.length as usize != pointer.length {
            return Err(section_error(
                number,
                "is not where section 0 points to, or is of another length",
            ));
        }
        verify(
            &format!("section {number} of the SCP-ECG record"),
            header.checksum,
            section.get(2..).unwrap_or_default(),
        )?;
        Ok(section.get(SECTION_HEADER_BYTES..).unwrap_or_default())
    }
}

/// Compares a checksum; recorders that work out none leave 0.
fn verify(part: &str, expected: u16, bytes: &[u8]) -> Result<(), ReadErrorKind> {
    let found = checksum(bytes);
    if expected == 0 || expected == found {
        return Ok(());
    }
    Err(ReadErrorKind::Damaged {
        part: part.to_owned(),
        expected,
        found,
    })
}

fn truncated(expected: u64, file: &[u8]) -> ReadErrorKind {
    ReadErrorKind::Truncated {
        expected,
        found: file.len() as u64,
    }
}

/// What is wrong with a section.
pub(super) fn section_error(section: u16, problem: impl Into<String>) -> ReadErrorKind {
    ReadErrorKind::Section {
        section,
        problem: problem.into(),
    }
}
