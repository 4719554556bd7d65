//! CardiologyXML: the resting ECG of UK Biobank (data field 20205) and of GE's CardioSoft.
//!
//! Read here are `StripData` (the recording), `MedianSamples` (the recorder's own median beat), the
//! recorder's measurements and diagnosis texts, and age, sex and identifier. Names and dates are
//! never read.

mod reading;
mod waveform;

use std::path::Path;

use roxmltree::Node;

use super::xml::{self, attribute, child, content, descendant};
use super::{ReadError, ReadErrorKind};
use crate::ecg::{Ecg, Patient, Sex};

/// Reads the recording, with the recorder's own median beat if it is sound, measurements and
/// statements as its [`device_reading`](Ecg::device_reading).
///
/// # Errors
/// Not well-formed XML, no `StripData`, a sampling rate or resolution that is absent or no number,
/// samples that are no numbers or of another count than stated, no standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    xml::read(path, recording)
}

fn recording(root: Node<'_, '_>) -> Result<Ecg, ReadErrorKind> {
    let Some(strip) = descendant(root, "StripData") else {
        return Err(ReadErrorKind::ElementMissing {
            element: "StripData".to_owned(),
        });
    };
    let (rows, sampling_rate) = waveform::waveform(strip, "StripData")?;
    let reading = reading::reading(root);
    Ok(rows
        .into_ecg(sampling_rate, "StripData/WaveformData")?
        .with_patient(patient(root))
        .with_device_reading(reading))
}

fn patient(root: Node<'_, '_>) -> Patient {
    let Some(info) = descendant(root, "PatientInfo") else {
        return Patient::default();
    };
    let text = |name: &str| content(descendant(info, name)?);
    // The recorder gives the age of infants in months, weeks or days.
    let in_years = child(info, "Age")
        .and_then(|age| attribute(age, "units"))
        .is_none_or(|units| units.trim().eq_ignore_ascii_case("years"));
    Patient {
        id: text("PID"),
        age_years: text("Age")
            .filter(|_| in_years)
            .and_then(|age| Patient::age_from_text(&age)),
        sex: text("Gender").and_then(|sex| Sex::from_text(&sex)),
    }
}

#[cfg(test)]
mod tests;
