//! The header: fields of fixed width in ASCII, one set for the file and one for each signal.

use crate::ecg::{Patient, Sex};
use crate::formats::ReadErrorKind;
use crate::formats::abridged::abridged;
use crate::formats::bytes::{Bytes, text};

/// Bytes of the file's own fields, and of the fields of each signal.
pub(super) const FIELDS_BYTES: usize = 256;
const EDF_VERSION: &[u8; 8] = b"0       ";
const BDF_VERSION: &[u8; 8] = b"\xffBIOSEMI";

/// What the header says.
pub(super) struct Header {
    /// Bytes of a sample: 2 in EDF, 3 in BDF.
    pub(super) sample_bytes: usize,
    /// Whether data records need not follow one another in time (EDF+D).
    pub(super) discontinuous: bool,
    /// Number of data records; `None` where the recorder did not know it.
    pub(super) records: Option<usize>,
    /// Duration of a data record in seconds.
    pub(super) record_seconds: f64,
    pub(super) signals: Vec<Signal>,
    pub(super) patient: Patient,
}

/// What the header says of one signal.
#[derive(Default)]
pub(super) struct Signal {
    pub(super) label: String,
    pub(super) units: String,
    physical_minimum: String,
    physical_maximum: String,
    digital_minimum: String,
    digital_maximum: String,
    pub(super) samples_per_record: usize,
}

impl Signal {
    pub(super) fn is_annotations(&self) -> bool {
        matches!(self.label.as_str(), "EDF Annotations" | "BDF Annotations")
    }

    /// Physical units of one digital step, and of the digital value 0; `number` counts from 0.
    pub(super) fn scale(&self, number: usize) -> Result<(f64, f64), ReadErrorKind> {
        let field = |name: &str| format!("{name} of signal {number}");
        let value = |name: &str, text: &str| number_of(&field(name), text);
        let physical_minimum = value("physical minimum", &self.physical_minimum)?;
        let physical_maximum = value("physical maximum", &self.physical_maximum)?;
        let digital_minimum = value("digital minimum", &self.digital_minimum)?;
        let digital_maximum = value("digital maximum", &self.digital_maximum)?;
        if digital_maximum <= digital_minimum {
            let problem = "is not above the digital minimum";
            return Err(field_error(field("digital maximum"), problem));
        }
        if physical_maximum == physical_minimum {
            let problem = "equals the physical minimum, which is a gain of 0";
            return Err(field_error(field("physical maximum"), problem));
        }
        let per_step = (physical_maximum - physical_minimum) / (digital_maximum - digital_minimum);
        Ok((per_step, physical_minimum - digital_minimum * per_step))
    }
}

/// Bytes of a sample, if a file that begins with `start` is EDF or BDF.
pub(super) fn sample_bytes(start: &[u8]) -> Option<usize> {
    match start.first_chunk::<8>()? {
        EDF_VERSION => Some(2),
        BDF_VERSION => Some(3),
        _ => None,
    }
}

impl Header {
    /// Reads the header off the beginning of `bytes`.
    pub(super) fn read(bytes: &mut Bytes<'_>) -> Result<Header, ReadErrorKind> {
        let file = bytes.rest();
        let Some(sample_bytes) = sample_bytes(file) else {
            return Err(ReadErrorKind::UnknownFormat {
                what: "is no EDF file".to_owned(),
            });
        };
        let truncated = |expected: usize| ReadErrorKind::Truncated {
            expected: expected as u64,
            found: file.len() as u64,
        };
        let own = bytes.take(FIELDS_BYTES);
        let mut own = Bytes::new(own.ok_or_else(|| truncated(FIELDS_BYTES))?);
        let mut field = |width: usize| own.take(width).map(text).unwrap_or_default();
        let _version = field(8);
        let patient = field(80);
        let _recording = field(80);
        let _start = field(16);
        let header_bytes = whole_number("number of bytes in header record", &field(8))?;
        let kind = field(44);
        let is_plus = kind.starts_with("EDF+") || kind.starts_with("BDF+");
        let records = field(8);
        let record_seconds = number_of("duration of a data record", &field(8))?;
        let count = whole_number("number of signals", &field(4))?;
        let records = match records.as_str() {
            "-1" => None,
            records => Some(whole_number("number of data records", records)?),
        };
        if record_seconds < 0.0 {
            return Err(field_error("duration of a data record", "is negative"));
        }
        if header_bytes != (count + 1) * FIELDS_BYTES {
            let problem = format!("is {header_bytes}, which does not fit {count} signals");
            return Err(field_error("number of bytes in header record", &problem));
        }
        let fields = bytes.take(count * FIELDS_BYTES);
        let fields = fields.ok_or_else(|| truncated(header_bytes))?;
        Ok(Header {
            sample_bytes,
            discontinuous: is_plus && kind.get(4..5) == Some("D"),
            records,
            record_seconds,
            signals: signals(fields, count)?,
            patient: if is_plus {
                plus_patient(&patient)
            } else {
                Patient::default()
            },
        })
    }
}

/// The signals' fields, of which each kind comes for all signals in turn.
fn signals(fields: &[u8], count: usize) -> Result<Vec<Signal>, ReadErrorKind> {
    let mut fields = Bytes::new(fields);
    let mut column = |width: usize| -> Vec<String> {
        let mut field = || fields.take(width).map(text).unwrap_or_default();
        (0..count).map(|_| field()).collect()
    };
    let labels = column(16);
    let _transducers = column(80);
    let mut units = column(8).into_iter();
    let mut physical_minima = column(8).into_iter();
    let mut physical_maxima = column(8).into_iter();
    let mut digital_minima = column(8).into_iter();
    let mut digital_maxima = column(8).into_iter();
    let _prefilters = column(80);
    let samples = column(8);
    let numbered = labels.into_iter().zip(samples).enumerate();
    numbered
        .map(|(number, (label, samples))| {
            let name = format!("number of samples in each data record of signal {number}");
            Ok(Signal {
                label,
                units: units.next().unwrap_or_default(),
                physical_minimum: physical_minima.next().unwrap_or_default(),
                physical_maximum: physical_maxima.next().unwrap_or_default(),
                digital_minimum: digital_minima.next().unwrap_or_default(),
                digital_maximum: digital_maxima.next().unwrap_or_default(),
                samples_per_record: whole_number(&name, &samples)?,
            })
        })
        .collect()
}

/// EDF+ divides the field: identifier, sex, date of birth, name, of which the first two are read. The
/// field of plain EDF is free text, that may be a name, and is not read.
fn plus_patient(field: &str) -> Patient {
    let mut parts = field.split_whitespace();
    let mut known = || parts.next().filter(|&part| part != "X");
    Patient {
        id: known().map(str::to_owned),
        sex: known().and_then(Sex::from_text),
        age_years: None,
    }
}

fn number_of(field: &str, text: &str) -> Result<f64, ReadErrorKind> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| {
        let problem = format!("is \"{}\", not a number", abridged(text));
        field_error(field, &problem)
    })
}

fn whole_number(field: &str, text: &str) -> Result<usize, ReadErrorKind> {
    // A field has eight digits at most, so that products of two fit 64 bits.
    let number = text.parse::<u32>().ok();
    number.map(|number| number as usize).ok_or_else(|| {
        let problem = format!("is \"{}\", not a whole number", abridged(text));
        field_error(field, &problem)
    })
}

/// What is wrong with a field.
pub(super) fn field_error(field: impl Into<String>, problem: &str) -> ReadErrorKind {
    ReadErrorKind::HeaderField {
        field: field.into(),
        problem: problem.to_owned(),
    }
}
