//! CardiologyXML: the resting ECG of UK Biobank (data field 20205) and of GE's CardioSoft.
//!
//! Read here are `StripData` (the recording), `MedianSamples` (the recorder's own median beat), the
//! diagnosis texts, and age, sex and identifier. Names and dates are never read.

mod waveform;

use std::fmt;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::ecg::{Ecg, Lead, Patient, Sex};
use crate::formats::whole_file;
use crate::formats::{ReadError, ReadErrorKind};
use waveform::Waveform;

/// A UK Biobank file has 0.5 MB, with full disclosure some 10 MB.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// A UK Biobank file has some hundred nodes.
const MAX_NODES: u32 = 1_000_000;

/// All that is read from one file.
#[derive(Clone, PartialEq)]
pub struct CardiologyXml {
    /// The recording of `StripData`.
    pub ecg: Ecg,
    /// The recorder's own median beat in millivolts, shape (12, sample), standard order,
    /// if the file has sound `MedianSamples` of all twelve leads.
    pub median: Option<Vec<Vec<f32>>>,
    /// The sampling rate of the median beat in Hz.
    pub median_sampling_rate: Option<f64>,
    /// Whether a diagnosis text says "Poor data quality".
    pub poor_data_quality: bool,
    /// The recorder's diagnosis texts.
    pub diagnosis: Vec<String>,
}

/// Shows no diagnosis text, as [`Patient`] shows no value, so that logs stay free of personal data.
impl fmt::Debug for CardiologyXml {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CardiologyXml")
            .field("ecg", &self.ecg)
            .field("has_median", &self.median.is_some())
            .field("median_sampling_rate", &self.median_sampling_rate)
            .field("poor_data_quality", &self.poor_data_quality)
            .finish_non_exhaustive()
    }
}

/// Reads the recording; a median beat in the file is not looked at.
///
/// # Errors
/// Not well-formed XML, no `StripData`, a sampling rate or resolution that is absent or no number,
/// samples that are no numbers or of another count than stated, no standard lead.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    let text = read_text(path)?;
    let document = document(&text).map_err(|kind| ReadError::new(path, kind))?;
    recording(document.root_element()).map_err(|kind| ReadError::new(path, kind))
}

/// Reads the recording with the recorder's median beat, if it is sound, and remarks.
///
/// # Errors
/// As [`read`].
pub fn read_with_median(path: &Path) -> Result<CardiologyXml, ReadError> {
    let text = read_text(path)?;
    parse(&text).map_err(|kind| ReadError::new(path, kind))
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    String::from_utf8(whole_file::read(path, MAX_FILE_BYTES)?).or_else(|error| {
        latin1(error.as_bytes()).ok_or_else(|| ReadError::new(path, ReadErrorKind::Encoding))
    })
}

/// The text of a file whose XML declaration says ISO-8859-1 (or its superset Windows-1252, whose
/// extra letters occur in no field read here).
fn latin1(bytes: &[u8]) -> Option<String> {
    let declaration = bytes
        .split(|&byte| byte == b'>')
        .next()?
        .to_ascii_lowercase();
    let declaration = String::from_utf8(declaration).ok()?;
    let declared = declaration.contains("iso-8859-1") || declaration.contains("windows-1252");
    declared.then(|| bytes.iter().copied().map(char::from).collect())
}

fn parse(text: &str) -> Result<CardiologyXml, ReadErrorKind> {
    let document = document(text)?;
    let root = document.root_element();
    let ecg = recording(root)?;
    let median = descendant(root, "MedianSamples").and_then(median);
    Ok(CardiologyXml {
        poor_data_quality: ecg.device_quality_warning(),
        ecg,
        median_sampling_rate: median.as_ref().map(Ecg::sampling_rate),
        median: median.map(|beat| beat.samples().to_vec()),
        diagnosis: diagnosis_texts(root),
    })
}

fn document(text: &str) -> Result<Document<'_>, ReadErrorKind> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let text = text.trim_start_matches('\u{feff}');
    Ok(Document::parse_with_options(text, options)?)
}

fn recording(root: Node<'_, '_>) -> Result<Ecg, ReadErrorKind> {
    let Some(strip) = descendant(root, "StripData") else {
        return Err(ReadErrorKind::ElementMissing {
            element: "StripData".to_owned(),
        });
    };
    let Waveform {
        leads,
        rows,
        skipped,
        sampling_rate,
    } = Waveform::read(strip, "StripData")?;
    let poor_data_quality = diagnosis_texts(root)
        .iter()
        .any(|text| text.to_lowercase().contains("poor data quality"));
    Ok(Ecg::new(leads, rows, sampling_rate)?
        .with_patient(patient(root))
        .with_skipped_signals(skipped)
        .with_device_quality_warning(poor_data_quality))
}

/// The recorder's median beat in standard order; a flaw in it is no flaw of the recording.
fn median(element: Node<'_, '_>) -> Option<Ecg> {
    let waveform = Waveform::read(element, "MedianSamples").ok()?;
    let measured = |lead: &Lead| waveform.leads.contains(lead);
    if !Lead::STANDARD.iter().all(measured) {
        return None;
    }
    let beat = Ecg::new(waveform.leads, waveform.rows, waveform.sampling_rate).ok()?;
    beat.twelve_leads().ok()
}

/// The first element of this local name below `node`.
fn descendant<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.descendants()
        .find(|node| node.is_element() && node.tag_name().name() == name)
}

fn diagnosis_texts(root: Node<'_, '_>) -> Vec<String> {
    root.descendants()
        .filter(|node| matches!(node.tag_name().name(), "DiagnosisText" | "ConclusionText"))
        .filter_map(|node| node.text().map(|text| text.trim().to_owned()))
        .filter(|text| !text.is_empty())
        .collect()
}

fn patient(root: Node<'_, '_>) -> Patient {
    let Some(info) = descendant(root, "PatientInfo") else {
        return Patient::default();
    };
    let text = |name: &str| {
        let text = descendant(info, name)?.text()?.trim();
        (!text.is_empty()).then_some(text)
    };
    // The recorder gives the age of infants in months, weeks or days.
    let in_years = descendant(info, "Age")
        .and_then(|age| age.attribute("units"))
        .is_none_or(|units| units.trim().eq_ignore_ascii_case("years"));
    Patient {
        id: text("PID").map(str::to_owned),
        age_years: text("Age")
            .filter(|_| in_years)
            .and_then(Patient::age_from_text),
        sex: text("Gender").and_then(Sex::from_text),
    }
}

#[cfg(test)]
mod tests;
