//! CardiologyXML: the resting ECG of UK Biobank (data field 20205) and of GE's CardioSoft.
//!
//! Read here are `StripData` (the recording), `MedianSamples` (the recorder's own median beat), the
//! diagnosis texts, and age, sex and identifier. Names and dates are never read.

mod waveform;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::ecg::{Ecg, Lead, Patient, Sex};
use crate::formats::{ReadError, ReadErrorKind};
use waveform::Waveform;

/// A UK Biobank file has 0.5 MB, with full disclosure some 10 MB.
const MAX_FILE_BYTES: u64 = 64 << 20;
/// A UK Biobank file has some hundred nodes.
const MAX_NODES: u32 = 1_000_000;

/// All that is read from one file.
#[derive(Clone, Debug, PartialEq)]
pub struct CardiologyXml {
    /// The recording of `StripData`.
    pub ecg: Ecg,
    /// The recorder's own median beat in millivolts, shape (12, sample), standard order,
    /// if the file has `MedianSamples` of all twelve leads.
    pub median: Option<Vec<Vec<f32>>>,
    /// The sampling rate of the median beat in Hz.
    pub median_sampling_rate: Option<f64>,
    /// Whether a diagnosis text says "Poor data quality".
    pub poor_data_quality: bool,
    /// The recorder's diagnosis texts.
    pub diagnosis: Vec<String>,
}

/// Reads the recording.
///
/// # Errors
/// As [`read_with_median`].
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    read_with_median(path).map(|file| file.ecg)
}

/// Reads the recording with the recorder's median beat and remarks.
///
/// # Errors
/// Not well-formed XML, no `StripData`, a sampling rate or resolution that is absent or no number,
/// samples that are no numbers or of another count than stated, no standard lead.
pub fn read_with_median(path: &Path) -> Result<CardiologyXml, ReadError> {
    let text = read_text(path)?;
    parse(&text).map_err(|kind| ReadError::new(path, kind))
}

fn read_text(path: &Path) -> Result<String, ReadError> {
    let in_file = |kind: ReadErrorKind| ReadError::new(path, kind);
    let file = File::open(path).map_err(|error| in_file(error.into()))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| in_file(error.into()))?;
    if bytes.is_empty() {
        return Err(in_file(ReadErrorKind::Empty));
    }
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(in_file(ReadErrorKind::TooLarge {
            bytes: bytes.len() as u64,
            limit: MAX_FILE_BYTES,
        }));
    }
    String::from_utf8(bytes)
        .or_else(|error| latin1(error.as_bytes()).ok_or_else(|| in_file(ReadErrorKind::Encoding)))
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
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    let text = text.trim_start_matches('\u{feff}');
    let document = Document::parse_with_options(text, options)?;
    let root = document.root_element();
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
    let diagnosis = diagnosis_texts(root);
    let poor_data_quality = diagnosis
        .iter()
        .any(|text| text.to_lowercase().contains("poor data quality"));
    let ecg = Ecg::new(leads, rows, sampling_rate)?
        .with_patient(patient(root))
        .with_skipped_signals(skipped)
        .with_device_quality_warning(poor_data_quality);
    let (median, median_sampling_rate) = match descendant(root, "MedianSamples") {
        Some(element) => median(element)?,
        None => (None, None),
    };
    Ok(CardiologyXml {
        ecg,
        median,
        median_sampling_rate,
        poor_data_quality,
        diagnosis,
    })
}

type Median = (Option<Vec<Vec<f32>>>, Option<f64>);

fn median(element: Node<'_, '_>) -> Result<Median, ReadErrorKind> {
    let waveform = Waveform::read(element, "MedianSamples")?;
    if !Lead::STANDARD
        .iter()
        .all(|lead| waveform.leads.contains(lead))
    {
        return Ok((None, None));
    }
    let rate = waveform.sampling_rate;
    let beat = Ecg::new(waveform.leads, waveform.rows, rate)?.twelve_leads()?;
    Ok((Some(beat.samples().to_vec()), Some(rate)))
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
    Patient {
        id: text("PID").map(str::to_owned),
        age_years: text("Age")
            .and_then(|age| age.parse().ok())
            .filter(|age| (0.0..=125.0).contains(age)),
        sex: text("Gender").and_then(Sex::from_text),
    }
}

#[cfg(test)]
mod tests;
