//! Philips' recorders and monitors: Sierra ECG and Philips ECG documents, versions 1.03 and 1.04.
//!
//! Read here are `parsedwaveforms` (the recording, plain or XLI-compressed, without the calibration
//! pulse at its end), `repbeats` (the median beat), measurements and statements, and age, sex and
//! identifier. Names and dates are never read.
//!
//! Philips has not published the compression; what is known of it was found by the Sierra ECG
//! Tools (C. Watford, github.com/sixlettervariables/sierra-ecg-tools) and from the files at hand.

mod calibration;
mod limb_leads;
mod lzw;
mod median_beat;
mod parsed_waveforms;
mod reading;
mod xli;

use std::path::Path;

use roxmltree::Node;

use super::lead_rows::LeadRows;
use super::xml::{self, at, content};
use super::{ReadError, ReadErrorKind};
use crate::ecg::{Ecg, Patient, Sex};
use parsed_waveforms::ParsedWaveforms;

/// Reads the recording, with the recorder's own median beat if it is sound, measurements and
/// statements as its [`device_reading`](Ecg::device_reading).
///
/// # Errors
/// Not well-formed XML, no `parsedwaveforms`, an encoding or compression that is not known, a rate or
/// resolution that is absent or impossible, damaged samples or another number of them than stated, no
/// standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    xml::read(path, recording)
}

fn recording(root: Node<'_, '_>) -> Result<Ecg, ReadErrorKind> {
    let ParsedWaveforms {
        names,
        mut channels,
        millivolts_per_step,
        sampling_rate,
    } = parsed_waveforms::parsed_waveforms(root)?;
    calibration::cut(&mut channels, millivolts_per_step, sampling_rate);
    let mut rows = LeadRows::default();
    for (name, channel) in names.iter().zip(channels) {
        if let Some(lead) = rows.lead_or_skip(name) {
            rows.push_steps(lead, channel, millivolts_per_step)?;
        }
    }
    let mut reading = reading::reading(root);
    reading.median_beat = median_beat::median_beat(root);
    Ok(rows
        .into_ecg(sampling_rate, "parsedwaveforms")?
        .with_patient(patient(root))
        .with_device_quality_warning(reading::says_poor_quality(root))
        .with_device_reading(reading))
}

fn patient(root: Node<'_, '_>) -> Patient {
    let Some(info) = at(root, &["patient", "generalpatientdata"]) else {
        return Patient::default();
    };
    let text = |path: &[&str]| content(at(info, path)?);
    Patient {
        id: text(&["patientid"]),
        age_years: text(&["age", "years"]).and_then(|age| Patient::age_from_text(&age)),
        sex: text(&["sex"]).and_then(|sex| Sex::from_text(&sex)),
    }
}

#[cfg(test)]
mod tests;
