//! MATLAB files of the China Physiological Signal Challenge 2018: a struct `ECG` with the fields `data`
//! (twelve rows in standard order, millivolts), `sex` and `age`. The file does not say its sampling
//! rate, which is 500 Hz throughout the collection (Liu et al., J Med Imaging Health Inform 2018).
//!
//! After *MAT-File Format*, The MathWorks: level 5, little-endian, whole or compressed. Files of level 4
//! belong to PhysioNet's challenges, where a WFDB header gives the matrix `val` its leads and its gain;
//! with the header beside them they are read as WFDB, without it they are refused.

mod element;

use std::path::Path;

use super::{ReadError, ReadErrorKind, whole_file};
use crate::ecg::{Ecg, Lead, Patient, Sex};
use element::{Array, Content};

/// Half an hour of twelve doubles at 500 Hz.
const MAX_FILE_BYTES: u64 = 96 << 20;
const LEVEL_5: &[u8] = b"MATLAB 5.0 MAT-file";
/// Text, an offset of subsystem data, version and byte order.
const LEVEL_5_HEADER_BYTES: usize = 128;
/// In Hz.
const SAMPLING_RATE: f64 = 500.0;

/// Whether a file begins like one of level 5, or like the matrix of level 4 that PhysioNet's challenges
/// use.
pub(super) fn begins(start: &[u8]) -> bool {
    start.starts_with(LEVEL_5) || is_challenge_matrix(start)
}

/// Level 4: type, rows, columns, whether complex, length of the name, and the name `val`.
fn is_challenge_matrix(start: &[u8]) -> bool {
    let Some((numbers, rest)) = start.split_first_chunk::<20>() else {
        return false;
    };
    let (numbers, _) = numbers.as_chunks::<4>();
    let numbers: Vec<u32> = numbers
        .iter()
        .map(|&four| u32::from_le_bytes(four))
        .collect();
    let real_and_named = |numbers: &[u32]| match numbers {
        &[kind, rows, columns, 0, 4] => kind <= 52 && rows > 0 && columns > 0,
        _ => false,
    };
    real_and_named(&numbers) && rest.starts_with(b"val\0")
}

/// Reads the recording.
///
/// # Errors
/// A matrix of level 4 without its WFDB header; a damaged file; no struct `ECG`; a field `data` that has
/// not twelve rows of finite numbers.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    parse(&whole_file::read(path, MAX_FILE_BYTES)?).map_err(|kind| ReadError::new(path, kind))
}

fn parse(bytes: &[u8]) -> Result<Ecg, ReadErrorKind> {
    if is_challenge_matrix(bytes) {
        return Err(wrong(
            "matrix val",
            "has samples but neither gain nor leads; copy the WFDB header (.hea) that belongs to it beside it",
        ));
    }
    if !bytes.starts_with(LEVEL_5) {
        return Err(wrong("header", "is none of MATLAB's level 5"));
    }
    let elements = bytes.get(LEVEL_5_HEADER_BYTES..).unwrap_or_default();
    if bytes.get(LEVEL_5_HEADER_BYTES - 2..LEVEL_5_HEADER_BYTES) != Some(b"IM") {
        return Err(wrong(
            "header",
            "has not the byte order of a PC; save the file again on one",
        ));
    }
    let ecg = element::top_level(elements, "ECG").map_err(damaged)?;
    let Some(Array {
        content: Content::Struct(mut fields),
        ..
    }) = ecg
    else {
        return Err(ReadErrorKind::ElementMissing {
            element: "struct ECG".to_owned(),
        });
    };
    let mut field = |name: &str| fields.remove(name);
    let patient = Patient {
        id: None,
        age_years: field("age")
            .and_then(|age| age.text_or_number())
            .as_deref()
            .and_then(Patient::age_from_text),
        sex: field("sex")
            .and_then(|sex| sex.text_or_number())
            .as_deref()
            .and_then(Sex::from_text),
    };
    let data = field("data").ok_or_else(|| ReadErrorKind::ElementMissing {
        element: "ECG.data".to_owned(),
    })?;
    let leads = Lead::STANDARD;
    let Content::Numbers(values) = data.content else {
        return Err(wrong("ECG.data", "holds no numbers"));
    };
    if data.rows != leads.len() || values.len() % leads.len() != 0 {
        let problem = format!(
            "has {} rows where the {} leads belong",
            data.rows,
            leads.len()
        );
        return Err(wrong("ECG.data", &problem));
    }
    // Column by column: all leads of the first sample come first.
    let rows = (0..leads.len())
        .map(|lead| {
            values
                .iter()
                .skip(lead)
                .step_by(leads.len())
                .copied()
                .collect()
        })
        .collect();
    Ok(Ecg::new(leads.to_vec(), rows, SAMPLING_RATE)?.with_patient(patient))
}

fn wrong(element: &str, problem: &str) -> ReadErrorKind {
    ReadErrorKind::Element {
        element: element.to_owned(),
        problem: problem.to_owned(),
    }
}

fn damaged(element::Damaged: element::Damaged) -> ReadErrorKind {
    wrong("MATLAB file", "is damaged or cut off; copy it again")
}

#[cfg(test)]
mod tests;
