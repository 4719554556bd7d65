//! Why a recording stopped.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::atomic_file::AtomicFileError;
use crate::formats::ReadError;

/// Why a recording could not begin or go on; each names the file or the folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The system refused to make, write or flush a file.
    #[error("{}: cannot be written: {source}; what was recorded before is kept", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A header could not be written.
    #[error(transparent)]
    Header(#[from] AtomicFileError),
    /// A header of an earlier recording cannot be read.
    #[error("an earlier recording cannot be completed: {0}")]
    Earlier(#[from] ReadError),
    /// There are as many records as names.
    #[error("{}: there are 9999 records already; give an empty folder", folder.display())]
    Full {
        /// The folder.
        folder: PathBuf,
    },
    /// The thread that writes is gone.
    #[error("the recording has stopped")]
    Stopped,
}

impl RecordingError {
    pub(super) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
