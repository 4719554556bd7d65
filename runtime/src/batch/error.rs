//! Why a batch stops before its end. What is wrong with one recording is not among it: that is a row in the
//! index.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::shard::Shard;
use crate::atomic_file::AtomicFileError;

/// Why a batch stops; each names the file or folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The folder of recordings cannot be read.
    #[error("{path}: the folder of recordings cannot be read: {source}")]
    Input {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The output folder cannot be made.
    #[error("{path}: the output folder cannot be made: {source}")]
    Output {
        /// The folder.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The recordings lie in the output folder, so that outputs would lie among them.
    #[error(
        "{path}: the recordings lie in this output folder; give another one (it may lie in theirs)"
    )]
    OutputHoldsInput {
        /// The output folder.
        path: PathBuf,
    },
    /// Another process is at work on the same shard.
    #[error(
        "{path}: another process is at work on shard {shard} with this output folder; wait for it, or give each process a \
        shard of its own"
    )]
    Busy {
        /// The shard.
        shard: Shard,
        /// The lock file.
        path: PathBuf,
    },
    /// The lock file cannot be made.
    #[error("{path}: the lock file cannot be made: {source}")]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The index cannot be read or written.
    #[error(
        "{path}: the index cannot be {task}: {source}; what was written so far is whole, and the same command goes on"
    )]
    Index {
        /// The index.
        path: PathBuf,
        /// `read` or `written`.
        task: &'static str,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The file exists, but is no index of a batch.
    #[error(
        "{path}: this file is no index that a batch wrote; move it away, or give another output folder"
    )]
    ForeignIndex {
        /// The file.
        path: PathBuf,
    },
    /// Outputs cannot be written any more: the disk is full, or may not be written to.
    #[error("{0}; what was written so far is whole, and the same command goes on")]
    Write(AtomicFileError),
}
