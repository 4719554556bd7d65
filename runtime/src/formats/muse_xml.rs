//! GE's MUSE and MAC recorders: `RestingECG` documents.
//!
//! Read here are the `Waveform` of type Rhythm (the recording, mostly eight leads, from which
//! [`twelve_leads`](Ecg::twelve_leads) derives the rest), the one of type Median, the recorder's
//! measurements and statements, and age, sex and identifier. Names and dates are never read.

mod lead_data;
mod reading;

use std::path::Path;

use roxmltree::Node;

use super::xml::{self, child, children, content};
use super::{ReadError, ReadErrorKind};
use crate::ecg::{Ecg, Patient, Sex};

/// Reads the recording, with the recorder's own median beat if it is sound, measurements and
/// statements as its [`device_reading`](Ecg::device_reading). Where a reader of the ECG has
/// changed them, the recorder's original ones count.
///
/// # Errors
/// Not well-formed XML, no `Waveform` of type Rhythm, a rate, resolution or unit that is absent or
/// impossible, samples whose base64, number or CRC-32 is wrong, leads that do not begin together, no
/// standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    xml::read(path, recording)
}

fn recording(root: Node<'_, '_>) -> Result<Ecg, ReadErrorKind> {
    let rhythm = waveform_of_type(root, "Rhythm").or_else(|| {
        // Some exports hold the recording alone and do not say what it is.
        child(root, "Waveform").filter(|waveform| child(*waveform, "WaveformType").is_none())
    });
    let Some(rhythm) = rhythm else {
        return Err(ReadErrorKind::ElementMissing {
            element: "Waveform of type Rhythm".to_owned(),
        });
    };
    let waveform = lead_data::waveform(rhythm, "Rhythm")?;
    let mut reading = reading::reading(root);
    reading.median_beat = waveform_of_type(root, "Median").and_then(|median| {
        let waveform = lead_data::waveform(median, "Median").ok()?;
        waveform.rows.into_median_beat(waveform.sampling_rate)
    });
    Ok(waveform
        .rows
        .into_ecg(waveform.sampling_rate, "Waveform/LeadData")?
        .with_patient(patient(root))
        .with_device_quality_warning(waveform.lead_off)
        .with_device_reading(reading))
}

fn waveform_of_type<'a, 'input>(root: Node<'a, 'input>, wanted: &str) -> Option<Node<'a, 'input>> {
    children(root, "Waveform").find(|waveform| {
        child(*waveform, "WaveformType")
            .and_then(content)
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    })
}

fn patient(root: Node<'_, '_>) -> Patient {
    let Some(info) = child(root, "PatientDemographics") else {
        return Patient::default();
    };
    let text = |name: &str| content(child(info, name)?);
    let in_years = text("AgeUnits").is_none_or(|units| units.eq_ignore_ascii_case("years"));
    Patient {
        id: text("PatientID"),
        age_years: text("PatientAge")
            .filter(|_| in_years)
            .and_then(|age| Patient::age_from_text(&age)),
        sex: text("Gender").and_then(|sex| Sex::from_text(&sex)),
    }
}

#[cfg(test)]
mod tests;
