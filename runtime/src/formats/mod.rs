//! Reading recordings from files: one module per format, chosen by content.
//!
//! | format | module | read from |
//! |---|---|---|
//! | WFDB (PhysioNet) | [`wfdb`] | `record`, `record.hea` or a signal file beside its header |
//! | CardiologyXML (UK Biobank 20205) | [`cardiology_xml`] | one `.xml` |
//! | GE MUSE XML | [`muse_xml`] | one `.xml` |
//! | Philips Sierra XML 1.03, 1.04 | [`philips_xml`] | one `.xml` |
//! | HL7 aECG | [`hl7_aecg`] | one `.xml` |
//! | SCP-ECG (EN 1064) | [`scp`] | one `.scp` |
//! | DICOM 12-lead and general ECG waveform | [`dicom`] | one `.dcm` |
//! | EDF, EDF+ and BDF | [`edf`] | one `.edf` or `.bdf` |
//! | MATLAB (China Physiological Signal Challenge 2018) | [`matlab`] | one `.mat` |
//! | CSV | [`csv`] | one text file with lead names in its first line |
//! | JSON | [`json`] | one text file after a schema of our own |
//! | `.asc` of deepfake-ecg | [`asc`] | one text file of eight columns |
//!
//! WFDB, CSV and JSON are written as well.

mod abridged;
mod age;
pub mod asc;
mod bytes;
pub mod cardiology_xml;
pub mod csv;
mod detect;
pub mod dicom;
pub mod edf;
mod error;
#[cfg(test)]
mod fixtures;
pub mod hl7_aecg;
pub mod json;
mod lead_rows;
pub mod matlab;
pub mod muse_xml;
pub mod philips_xml;
pub mod scp;
mod text;
mod units;
pub mod wfdb;
mod whole_file;
mod xml;

use std::path::Path;

use crate::ecg::Ecg;

pub use detect::{Format, detect};
pub use error::{ReadError, ReadErrorKind, WriteError};

/// Reads a recording, whatever its format.
///
/// # Errors
/// [`ReadError`] names the file, what is wrong with it and how to mend it.
pub fn read(path: &Path) -> Result<Ecg, ReadError> {
    read_as(path, detect(path)?)
}

/// Reads a recording of a known format, for one that [`detect`] found.
///
/// # Errors
/// As [`read`].
pub fn read_as(path: &Path, format: Format) -> Result<Ecg, ReadError> {
    match format {
        Format::Wfdb => wfdb::read(path),
        Format::CardiologyXml => cardiology_xml::read(path),
        Format::MuseXml => muse_xml::read(path),
        Format::PhilipsXml => philips_xml::read(path),
        Format::Hl7Aecg => hl7_aecg::read(path),
        Format::ScpEcg => scp::read(path),
        Format::Dicom => dicom::read(path),
        Format::Edf => edf::read(path),
        Format::Matlab => matlab::read(path),
        Format::Csv => csv::read(path),
        Format::Json => json::read(path),
        Format::Asc => asc::read(path),
    }
}
