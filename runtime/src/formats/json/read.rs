//! From the schema to an [`Ecg`].

use std::path::Path;

use serde::Deserialize;
use serde_json::error::Category;

use super::bounded::Bounded;
use super::rate::Rate;
use crate::ecg::{Ecg, Patient, Sex};
use crate::formats::abridged::abridged;
use crate::formats::text::{self, line_error};
use crate::formats::{ReadError, ReadErrorKind};

/// Whether a file begins like a JSON object.
pub(in crate::formats) fn begins(start: &[u8]) -> bool {
    let text = text::beginning(start).map(str::trim_start);
    let inside = text
        .and_then(|text| text.strip_prefix('{'))
        .map(str::trim_start);
    inside.is_some_and(|inside| inside.starts_with(['"', '}']))
}

/// Reads the recording.
///
/// # Errors
/// Text that is no JSON or not of the schema, a field that is missing, as many leads as no rows, and
/// samples that are not finite numbers.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    parse(&text::read(path)?).map_err(|kind| ReadError::new(path, kind))
}

#[derive(Deserialize)]
struct Recording {
    sampling_rate_hz: Option<Rate>,
    leads: Option<Bounded<String>>,
    samples_mv: Option<Bounded<Vec<f32>>>,
    #[serde(default)]
    patient: Option<Person>,
    #[serde(default)]
    device_quality_warning: bool,
}

#[derive(Deserialize)]
struct Person {
    #[serde(default)]
    age_years: Option<f32>,
    #[serde(default)]
    sex: Option<String>,
}

pub(super) fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    let recording: Recording = serde_json::from_str(text).map_err(|error| refused(&error))?;
    let sampling_rate = match recording
        .sampling_rate_hz
        .ok_or_else(|| missing("sampling_rate_hz"))?
    {
        Rate::Number(rate) => rate,
        Rate::Text(text) => text.parse().map_err(|_| ReadErrorKind::Element {
            element: "sampling_rate_hz".to_owned(),
            problem: format!("is \"{}\", which is no number", abridged(&text)),
        })?,
    };
    let Bounded(names) = recording.leads.ok_or_else(|| missing("leads"))?;
    let Bounded(samples) = recording.samples_mv.ok_or_else(|| missing("samples_mv"))?;
    if names.len() != samples.len() {
        return Err(ReadErrorKind::Element {
            element: "samples_mv".to_owned(),
            problem: format!(
                "has {} rows where there are {} leads; give one row per lead",
                samples.len(),
                names.len()
            ),
        });
    }
    let (mut leads, mut rows, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
    for (name, row) in names.into_iter().zip(samples) {
        match name.parse() {
            Ok(lead) => {
                leads.push(lead);
                rows.push(row);
            }
            Err(_) => skipped.push(name),
        }
    }
    if leads.is_empty() {
        return Err(ReadErrorKind::NoStandardLead { found: skipped });
    }
    let patient = recording
        .patient
        .map_or_else(Patient::default, |person| Patient {
            id: None,
            age_years: person.age_years.filter(|age| (0.0..=125.0).contains(age)),
            sex: person.sex.as_deref().and_then(Sex::from_text),
        });
    Ok(Ecg::new(leads, rows, sampling_rate)?
        .with_patient(patient)
        .with_skipped_signals(skipped)
        .with_device_quality_warning(recording.device_quality_warning))
}

fn missing(field: &str) -> ReadErrorKind {
    ReadErrorKind::ElementMissing {
        element: field.to_owned(),
    }
}

/// What the parser found, without its own words, which repeat those of the file.
fn refused(error: &serde_json::Error) -> ReadErrorKind {
    let column = error.column();
    let problem = match error.classify() {
        Category::Eof => "ends before the JSON does; copy the file again".to_owned(),
        Category::Data => {
            format!("has at column {column} something else than the schema of recordings asks for")
        }
        Category::Syntax | Category::Io => format!("is no JSON from column {column} on"),
    };
    line_error(error.line(), problem)
}
