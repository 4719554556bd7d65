//! SCP-ECG, the Standard Communications Protocol for computer-assisted electrocardiography (EN 1064,
//! ISO 11073-91064).
//!
//! Read are the record's checksums and sections 0 to 8: the rhythm of all leads with whatever
//! compression it has (Huffman codes, differences, reference beat subtraction, bimodal thinning), the
//! reference beat, the recorder's measurements and statements, and the patient's identifier, age and
//! sex. Names and dates are never read.

mod beats;
mod checksum;
mod encoded;
mod header_tags;
mod huffman;
mod lead_definition;
mod measurements;
mod reconstruct;
mod record;
mod waveform;

use std::path::Path;

use crate::ecg::{DeviceReading, Ecg};
use crate::formats::{ReadError, ReadErrorKind, whole_file};
use encoded::Encoded;
use huffman::Coding;
use record::Record;
pub(super) use record::begins;
use waveform::{Rhythm, Source};

/// Ten seconds of twelve leads have some 30 kB; one lead can have no more than 64 kB in section 6.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Reads the record at `path`.
///
/// Leads other than the twelve standard ones are left out and listed in [`Ecg::skipped_signals`].
/// Where leads begin or end at different times, the time that all of them have is read. The reference
/// beat, measurements and statements are in [`Ecg::device_reading`].
///
/// # Errors
/// A record or section that is damaged (by its checksum; 0 stands for none), missing, cut off or in
/// conflict with EN 1064; leads recorded one after another; no standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let bytes = whole_file::read(path, MAX_FILE_BYTES)?;
    parse(&bytes).map_err(|kind| ReadError::new(path, kind))
}

fn parse(bytes: &[u8]) -> Result<Ecg, ReadErrorKind> {
    let record = Record::open(bytes)?;
    let leads = lead_definition::read(record.required(3)?)?;
    let count = leads.leads.len();
    let rhythm = Encoded::read(6, record.required(6)?, count)?;
    let (beats, reference) = (record.section(4)?, record.section(5)?);
    let beats = beats.map(beats::read).transpose();
    let reference = reference.map(|data| Encoded::read(5, data, count));
    let reference = reference.transpose();
    // A flaw in the reference beat is no flaw of a rhythm that was compressed without it.
    let compressed = leads.beats_subtracted || rhythm.bimodal;
    let source = Source {
        coding: Coding::read(record.section(2)?)?,
        beats: if compressed {
            beats?
        } else {
            beats.unwrap_or_default()
        },
        reference: if compressed {
            reference?
        } else {
            reference.unwrap_or_default()
        },
        rhythm,
        leads,
    };
    let Rhythm {
        leads,
        rows,
        sampling_rate,
        skipped,
    } = source.rhythm()?;
    let mut ecg = Ecg::new(leads, rows, sampling_rate)?.with_skipped_signals(skipped);
    if let Some(header) = record.section(1)? {
        ecg = ecg.with_patient(header_tags::patient(header));
    }
    let mut reading = DeviceReading {
        median_beat: source.median_beat(),
        ..DeviceReading::default()
    };
    if let Some(section) = record.section(7)? {
        measurements::global(section, &mut reading);
    }
    if let Some(section) = record.section(8)? {
        reading.statements = measurements::statements(section);
    }
    Ok(ecg.with_device_reading(reading))
}

#[cfg(test)]
mod tests;
