//! `dataset.toml`: what a data set is and what its arrays hold.

use super::CohortError;
use super::selection::{Frames, Views};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The version of the layout that [`super::store`] describes; a data set of another version is refused.
pub const FORMAT_VERSION: u32 = 2;

/// The name of the file.
pub const DATASET_FILE: &str = "dataset.toml";

/// What the grey of a picture means.
pub const GREY: &str = "0 to 255 between the 0.5th and 99.5th percentile of the subject's end-diastolic picture of \
                        that view; all its frames are scaled alike";

/// `dataset.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetHeader {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u32,
    /// The program that wrote it.
    pub created_by: String,
    /// The cohort's name: its folder's, with the profile and seed where the cohort says them.
    pub cohort: String,
    /// Whether the cohort is simulated; a data set of people must not be said to be.
    pub simulated: bool,
    /// How many subjects it holds.
    pub subjects: usize,
    /// How many subjects of the cohort were left out.
    pub left_out: usize,
    /// The seed of the split.
    pub split_seed: u64,
    /// Pixel size of the pictures, in millimetres.
    pub pixel_mm: f64,
    /// The frames of the pictures.
    pub frames: Frames,
    /// The views of the pictures.
    pub views: Views,
    /// What the grey of the pictures means.
    pub grey: String,
    /// The arrays, in the order of their names.
    #[serde(rename = "array")]
    pub arrays: Vec<ArrayDescription>,
}

/// One array of a data set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArrayDescription {
    /// Its file.
    pub file: String,
    /// The type of its numbers, as NumPy writes it.
    pub numbers: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// What its axes count.
    pub axes: Vec<String>,
    /// What it holds.
    pub holds: String,
}

impl DatasetHeader {
    /// Reads `dataset.toml`.
    ///
    /// # Errors
    /// [`CohortError::Folder`] where there is none or it is of another version, [`CohortError::Unreadable`] where it is
    /// damaged.
    pub fn read(folder: &Path) -> Result<DatasetHeader, CohortError> {
        let path = folder.join(DATASET_FILE);
        if !path.is_file() {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem:
                    "is no data set (it has no dataset.toml); make one with `ecg2mri-train prepare`"
                        .into(),
            });
        }
        let text = std::fs::read_to_string(&path).map_err(CohortError::io("reading", &path))?;
        // The version is looked at first: another layout may well have fields that this program does not know.
        let version = text
            .parse::<toml::Table>()
            .map_err(|error| CohortError::unreadable(&path, error.message()))?
            .get("format_version")
            .and_then(toml::Value::as_integer);
        if version != Some(i64::from(FORMAT_VERSION)) {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: format!(
                    "was written in format version {}, this program reads version {FORMAT_VERSION}; run `prepare` \
                     again",
                    version.map_or_else(|| "unknown".to_owned(), |version| version.to_string())
                ),
            });
        }
        toml::from_str(&text).map_err(|error| CohortError::unreadable(&path, error.message()))
    }
}
