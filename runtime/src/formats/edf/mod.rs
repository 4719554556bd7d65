//! EDF, EDF+ and BDF: the European Data Format (Kemp et al. 1992, Kemp and Olivan 2003) and its form
//! with 24 bits.
//!
//! Signals called like a lead, with or without `ECG` or `EKG` before it, are read; of EDF+ also the
//! patient's identifier and sex. Names and dates never are, nor are annotations, which are events and
//! not the recorder's statements on the ECG.

mod header;
mod records;

use std::path::Path;

use crate::ecg::{Ecg, Lead};
use crate::formats::bytes::Bytes;
use crate::formats::{ReadError, ReadErrorKind, whole_file};
use header::{Header, field_error};
use records::Records;

/// Three hours of twelve leads at 1 kHz; in memory the samples take three times as much.
const MAX_FILE_BYTES: u64 = 256 << 20;

/// Whether a file that begins with `start` is EDF, EDF+ or BDF: it has the version, and digits where
/// the header's length and the number of signals begin.
pub(super) fn begins(start: &[u8]) -> bool {
    let digit = |place: usize| start.get(place).is_some_and(u8::is_ascii_digit);
    header::sample_bytes(start).is_some() && digit(184) && digit(252)
}

/// Reads the recording at `path`.
///
/// Signals that are no standard lead are left out and listed in [`Ecg::skipped_signals`].
///
/// # Errors
/// Header fields that are no numbers or do not fit one another, named; fewer data records than
/// declared; a gap in a discontinuous file; leads of different rates, not in volts, or of gain 0; no
/// standard lead; annotations alone.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let bytes = whole_file::read(path, MAX_FILE_BYTES)?;
    parse(&bytes).map_err(|kind| ReadError::new(path, kind))
}

fn parse(file: &[u8]) -> Result<Ecg, ReadErrorKind> {
    let mut bytes = Bytes::new(file);
    let header = Header::read(&mut bytes)?;
    let mut kept = Vec::new();
    let mut skipped = Vec::new();
    let signals = header.signals.iter().enumerate();
    for (number, signal) in signals.filter(|(_, signal)| !signal.is_annotations()) {
        match lead_of_label(&signal.label) {
            Some(lead) => kept.push((number, lead)),
            None if signal.label.is_empty() => skipped.push("(unnamed)".to_owned()),
            None => skipped.push(signal.label.clone()),
        }
    }
    let Some(&(first, _)) = kept.first() else {
        return Err(if skipped.is_empty() {
            ReadErrorKind::AnnotationsOnly
        } else {
            ReadErrorKind::NoStandardLead { found: skipped }
        });
    };
    let samples_per_record = header.signals[first].samples_per_record;
    if samples_per_record == 0 {
        let field = format!("number of samples in each data record of signal {first}");
        return Err(field_error(field, "is 0"));
    }
    if header.record_seconds == 0.0 {
        return Err(field_error("duration of a data record", "is 0"));
    }
    let records = Records::new(&header, bytes.rest())?;
    let sampling_rate = samples_per_record as f64 / header.record_seconds;
    if header.discontinuous {
        records.check_continuous(0.5 / sampling_rate)?;
    }
    let mut leads = Vec::new();
    let mut rows = Vec::new();
    // Of more than twelve, one occurs twice; nothing more needs to be decoded to say so.
    for (number, lead) in kept.into_iter().take(Lead::STANDARD.len() + 1) {
        if header.signals[number].samples_per_record != samples_per_record {
            return Err(ReadErrorKind::MixedRates {
                signal: lead.to_string(),
            });
        }
        rows.push(records.millivolts(number, lead.name())?);
        leads.push(lead);
    }
    let ecg = Ecg::new(leads, rows, sampling_rate)?;
    Ok(ecg
        .with_patient(header.patient)
        .with_skipped_signals(skipped))
}

/// `ECG V1`, `EKG II`, `ECG-aVR`, `Lead I`, `V6`; a plain `ECG` may be any lead.
fn lead_of_label(label: &str) -> Option<Lead> {
    let mut name = label.trim();
    for prefix in ["ecg", "ekg", "lead"] {
        let start = name.get(..prefix.len());
        if start.is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            name = name[prefix.len()..].trim_start_matches([' ', '-', '_', ':', '.']);
        }
    }
    name.parse().ok()
}

#[cfg(test)]
mod tests;
