//! Why foreign beats could not be made.

use ecg2mri::ecg::EcgError;
use std::path::PathBuf;
use thiserror::Error;

/// Why foreign beats could not be made.
#[derive(Debug, Error)]
pub enum OutlierError {
    /// The folder of recordings cannot be listed.
    #[error("the folder {path} of recordings cannot be listed: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder has no recording that gives a median beat.
    #[error(
        "the folder {path} holds {files} recordings, of which none gives a median beat: name a folder of 12-lead \
         recordings of 3 s and more"
    )]
    NoRecording {
        /// The folder.
        path: PathBuf,
        /// Files that look like recordings.
        files: usize,
    },
    /// Beats and heart rates do not belong together.
    #[error(
        "{samples} samples and {heart_rates} heart rates do not belong together: give 12 leads of 600 samples and one \
         heart rate for each subject"
    )]
    Shape {
        /// Samples given.
        samples: usize,
        /// Heart rates given.
        heart_rates: usize,
    },
    /// A beat that is no ECG.
    #[error("the median beat of subject {subject} is no ECG: {source}")]
    Beat {
        /// The subject's place, from 0.
        subject: usize,
        /// What is wrong with it.
        source: EcgError,
    },
}
