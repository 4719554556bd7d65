//! The data records: each has some samples of every signal, one signal after another.

use std::ops::Range;

use super::header::{Header, field_error};
use crate::formats::ReadErrorKind;
use crate::formats::units::millivolts_per_unit;

/// The data records of a file, all of them there.
pub(super) struct Records<'a> {
    header: &'a Header,
    /// All records, of `record_bytes` each.
    data: &'a [u8],
    record_bytes: usize,
    /// The bytes of each signal within a record.
    ranges: Vec<Range<usize>>,
}

impl<'a> Records<'a> {
    /// Divides what follows the header.
    pub(super) fn new(header: &'a Header, data: &'a [u8]) -> Result<Records<'a>, ReadErrorKind> {
        let mut size = 0u64;
        let mut ends = Vec::with_capacity(header.signals.len());
        for signal in &header.signals {
            size += signal.samples_per_record as u64 * header.sample_bytes as u64;
            ends.push(size);
        }
        let there = (data.len() as u64).checked_div(size).unwrap_or(0);
        let count = header.records.map_or(there, |records| records as u64);
        if count == 0 {
            let problem = "is 0, or there is not even one";
            return Err(field_error("number of data records", problem));
        }
        if count > there {
            return Err(ReadErrorKind::Truncated {
                expected: count.saturating_mul(size),
                found: data.len() as u64,
            });
        }
        // There is at least one record, so that all sizes are within the file's.
        let (record_bytes, count) = (size as usize, count as usize);
        let starts = [0].into_iter().chain(ends.iter().copied());
        Ok(Records {
            header,
            data: &data[..record_bytes * count],
            record_bytes,
            ranges: starts
                .zip(&ends)
                .map(|(start, &end)| start as usize..end as usize)
                .collect(),
        })
    }

    /// The bytes of one signal, record by record.
    fn signal(&self, number: usize) -> impl Iterator<Item = &'a [u8]> {
        let range = self.ranges.get(number).cloned().unwrap_or(0..0);
        let records = self.data.chunks_exact(self.record_bytes);
        records.map(move |record| record.get(range.clone()).unwrap_or_default())
    }

    /// The samples of the signal with this number, called `name` in errors, in millivolts.
    pub(super) fn millivolts(&self, number: usize, name: &str) -> Result<Vec<f32>, ReadErrorKind> {
        let signal = &self.header.signals[number];
        let Some(unit) = millivolts_per_unit(&signal.units) else {
            return Err(ReadErrorKind::Units {
                signal: name.to_owned(),
                units: signal.units.clone(),
            });
        };
        let (per_step, at_zero) = signal.scale(number)?;
        let records = self.data.len() / self.record_bytes;
        let mut row = Vec::with_capacity(records * signal.samples_per_record);
        for bytes in self.signal(number) {
            row.extend(bytes.chunks_exact(self.header.sample_bytes).map(|sample| {
                let digital = f64::from(little_endian(sample));
                ((digital * per_step + at_zero) * unit) as f32
            }));
        }
        Ok(row)
    }

    /// Checks that the records of a discontinuous file follow one another after all: their beginnings,
    /// as the annotations give them, are within `tolerance_seconds` of where they must be.
    pub(super) fn check_continuous(&self, tolerance_seconds: f64) -> Result<(), ReadErrorKind> {
        let signals = &self.header.signals;
        let Some(annotations) = signals.iter().position(|signal| signal.is_annotations()) else {
            return Ok(());
        };
        let mut first = None;
        for (record, annotations) in self.signal(annotations).enumerate() {
            let Some(onset) = onset(annotations) else {
                let field = format!("EDF Annotations of data record {record}");
                return Err(field_error(field, "does not begin with the record's time"));
            };
            let first = *first.get_or_insert(onset);
            let expected = first + record as f64 * self.header.record_seconds;
            if (onset - expected).abs() > tolerance_seconds {
                return Err(ReadErrorKind::Gap { record });
            }
        }
        Ok(())
    }
}

/// A number in two's complement of two or three bytes.
fn little_endian(bytes: &[u8]) -> i32 {
    let from_the_highest = bytes.iter().rev();
    let number = from_the_highest.fold(0i32, |number, &byte| number << 8 | i32::from(byte));
    let unused = i32::BITS - 8 * bytes.len() as u32;
    number << unused >> unused
}

/// The time in seconds with which the annotations of a record begin: `+12.5`, ended by byte 20 (or 21,
/// where a duration follows).
fn onset(annotations: &[u8]) -> Option<f64> {
    let end = annotations
        .iter()
        .position(|&byte| matches!(byte, 20 | 21))?;
    let text = str::from_utf8(&annotations[..end]).ok()?;
    text.parse().ok().filter(|onset: &f64| onset.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_signs() {
        assert_eq!(little_endian(&[0xfe, 0xff]), -2);
        assert_eq!(little_endian(&[0, 0x80]), -32768);
        assert_eq!(little_endian(&[0xff, 0x7f]), 32767);
        assert_eq!(little_endian(&[0xfe, 0xff, 0xff]), -2);
        assert_eq!(little_endian(&[0, 0, 0x80]), -(1 << 23));
        assert_eq!(little_endian(&[1, 2, 3]), 0x30201);
    }

    #[test]
    fn records_tell_when_they_begin() {
        assert_eq!(onset(b"+12.5\x14\x14\0"), Some(12.5));
        assert_eq!(onset(b"-3\x150.5\x14Lights off\x14\0"), Some(-3.0));
        for none in [&b""[..], b"+12", b"\x14", b"now\x14", b"+inf\x14"] {
            assert_eq!(onset(none), None);
        }
    }
}
