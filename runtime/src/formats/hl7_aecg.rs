//! HL7's annotated ECG (aECG, `AnnotatedECG`), as sponsors send recordings to the FDA.
//!
//! Read here are the rhythm series (the recording), the representative beat derived from it, the
//! measurements and statements among the annotations (codes of ISO/IEEE 11073-10102, `MDC_ECG_…`), and
//! age, sex and identifier. Names and dates are never read.

mod annotations;
mod sequences;

use std::path::Path;

use roxmltree::Node;

use super::xml::{self, at, attribute, child, children, descendant, descendants};
use super::{ReadError, ReadErrorKind};
use crate::ecg::{Ecg, Patient, Sex};

/// LOINC's codes of an age: as reported, and as measured.
const AGE_CODES: [&str; 2] = ["21612-7", "30525-0"];

/// Reads the recording, with the representative beat if it is sound, measurements and statements as
/// its [`device_reading`](Ecg::device_reading).
///
/// # Errors
/// Not well-formed XML, no series or several rhythm series, a time increment, origin or scale that is
/// absent, impossible or in foreign units, samples that are no whole numbers, sequences that are not
/// simultaneous, no standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    xml::read(path, recording)
}

fn recording(root: Node<'_, '_>) -> Result<Ecg, ReadErrorKind> {
    let series = rhythm(root)?;
    let (rows, sampling_rate) = sequences::waveform(series, "series")?;
    let beat = children(series, "derivation")
        .filter_map(|derivation| child(derivation, "derivedSeries"))
        .find(|series| code(*series) == Some("REPRESENTATIVE_BEAT"));
    let mut reading = annotations::reading(series, beat);
    reading.median_beat = beat.and_then(|beat| {
        let (rows, sampling_rate) = sequences::waveform(beat, "derivedSeries").ok()?;
        rows.into_median_beat(sampling_rate)
    });
    Ok(rows
        .into_ecg(sampling_rate, "series/component/sequenceSet")?
        .with_patient(patient(root))
        .with_device_reading(reading))
}

/// The series of the rhythm, or the only one.
fn rhythm<'a, 'input>(root: Node<'a, 'input>) -> Result<Node<'a, 'input>, ReadErrorKind> {
    let all = || children(root, "component").filter_map(|component| child(component, "series"));
    let mut rhythms = all().filter(|series| code(*series) == Some("RHYTHM"));
    if let Some(series) = rhythms.next().or_else(|| all().next()) {
        match rhythms.count() {
            0 => Ok(series),
            more => Err(ReadErrorKind::Element {
                element: "component/series".to_owned(),
                problem: format!(
                    "occurs {} times with rhythm; export each recording to a file of its own",
                    more + 1
                ),
            }),
        }
    } else {
        Err(ReadErrorKind::ElementMissing {
            element: "component/series".to_owned(),
        })
    }
}

/// The `code` attribute of an element's `code`.
fn code<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    attribute(child(node, "code")?, "code").map(str::trim)
}

fn patient(root: Node<'_, '_>) -> Patient {
    let subject = descendant(root, "trialSubject");
    let in_subject = |path: &[&str], name: &str| attribute(at(subject?, path)?, name);
    let age = descendants(root, "relatedObservation")
        .filter(|observation| code(*observation).is_some_and(|code| AGE_CODES.contains(&code)))
        .filter_map(|observation| child(observation, "value"))
        // UCUM's year.
        .find(|value| attribute(*value, "unit").is_some_and(|unit| unit.trim() == "a"))
        .and_then(|value| attribute(value, "value"));
    let sex = in_subject(
        &["subjectDemographicPerson", "administrativeGenderCode"],
        "code",
    );
    Patient {
        id: in_subject(&["id"], "extension").map(|id| id.trim().to_owned()),
        age_years: age.and_then(Patient::age_from_text),
        sex: sex.and_then(Sex::from_text),
    }
}

#[cfg(test)]
mod tests;
