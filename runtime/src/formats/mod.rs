//! Reading recordings from files: one module per format, chosen by content.
//!
//! | format | module | read from |
//! |---|---|---|
//! | WFDB (PhysioNet) | [`wfdb`] | `record`, `record.hea` or a signal file beside its header |
//! | CardiologyXML (UK Biobank 20205) | [`cardiology_xml`] | one `.xml` |
//! | SCP-ECG (EN 1064) | [`scp`] | one `.scp` |
//! | DICOM 12-lead and general ECG waveform | [`dicom`] | one `.dcm` |
//! | EDF, EDF+ and BDF | [`edf`] | one `.edf` or `.bdf` |

mod abridged;
mod age;
mod bytes;
pub mod cardiology_xml;
mod detect;
pub mod dicom;
pub mod edf;
mod error;
pub mod scp;
mod units;
pub mod wfdb;
mod whole_file;

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
        Format::ScpEcg => scp::read(path),
        Format::Dicom => dicom::read(path),
        Format::Edf => edf::read(path),
    }
}
