//! Simulated subjects as files, laid out as work on UK Biobank keeps them.
//!
//! `ecg/<id>_20205_2_0.xml`, `NIFTI/<id>/` with `sa.nii.gz`, `la_4ch.nii.gz` and labels,
//! `fiducials/<id>.csv`, and rows of `subjects.csv`.
//!
//! - [`contents`]: which pictures and labels are written;
//! - `cardiology_xml`, `fiducials_csv`, `subjects_csv`: the texts;
//! - `pictures`: what is rendered for which file; `nifti`: the format; `entropy_gzip`: its packing;
//! - `synced_file`: files that are on the disk when they are said to be written.

mod cardiology_xml;
pub mod contents;
mod entropy_gzip;
mod fiducials_csv;
mod nifti;
mod pictures;
mod subjects_csv;
mod synced_file;

use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub use cardiology_xml::cardiology_xml;
pub use contents::{Labels, Pictures};
pub use pictures::write_pictures;
pub use subjects_csv::{SUBJECT_COLUMNS, subjects_csv_header, subjects_csv_row};

use super::heart::SimulatedHeart;
use super::recording::Recording;
use synced_file::write_synced;

/// Identifier of the first subject of a cohort; subject `index` has this plus `index`.
pub const FIRST_ID: u32 = 1_000_001;

/// Why a subject could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A folder could not be made.
    #[error("cannot make the folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The median beat is not twelve leads of one length.
    #[error("the median beat of subject {id} must be 12 leads of one length, but it has {found}")]
    MedianShape {
        /// Subject.
        id: u32,
        /// What it is instead.
        found: String,
    },
}

/// Where a subject's ECG lies in a cohort's folder: the resting ECG (field 20205) of the first
/// imaging visit.
pub fn ecg_path(root: &Path, id: u32) -> PathBuf {
    root.join("ecg").join(format!("{id}_20205_2_0.xml"))
}

/// Writes one subject into the cohort folder `root`: the ECG with its `median` beat (twelve leads
/// in standard order, mV at 500 Hz), the exact fiducials, and the pictures. Each file is on the
/// disk when this returns; where it fails, some may be there and the last of them in part.
pub fn write_subject(
    root: &Path,
    id: u32,
    heart: &SimulatedHeart,
    recording: &Recording,
    median: &[Vec<f32>],
    (pictures, labels): (Pictures, Labels),
) -> Result<(), WriteError> {
    let length = median.first().map_or(0, Vec::len);
    if median.len() != 12 || length == 0 || median.iter().any(|lead| lead.len() != length) {
        let lengths: Vec<usize> = median.iter().map(Vec::len).collect();
        return Err(WriteError::MedianShape {
            id,
            found: format!("{} leads of {lengths:?} samples", median.len()),
        });
    }
    let folder = root.join("NIFTI").join(id.to_string());
    write_pictures(&folder, heart, pictures, labels)?;
    let fiducials = fiducials_csv::fiducials_csv(&recording.beats);
    let fiducials_file = root.join("fiducials").join(format!("{id}.csv"));
    write_synced(&fiducials_file, |file| file.write_all(fiducials.as_bytes()))?;
    let xml = cardiology_xml(id, &heart.subject, &heart.intervals, recording, median);
    write_synced(&ecg_path(root, id), |file| file.write_all(xml.as_bytes()))
}

#[cfg(test)]
mod tests;
