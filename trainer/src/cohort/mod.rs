//! From a cohort's folders to the arrays that training reads, and cohorts of simulated hearts in the same folders.
//!
//! - [`folder`]: the UK Biobank-shaped folder: which subject has which files;
//! - [`picture`]: pictures of one subject out of its [cines](cine), at end-systole too;
//! - [`label_maps`]: what each of their pixels is, on the same grid;
//! - [`selection`]: which views and frames a data set holds;
//! - [`split`]: the seeded split by subject;
//! - [`store`]: the data set on disk, read row by row; it is made of
//!   - [`dataset_header`]: `dataset.toml`, what the arrays hold;
//!   - [`npy`], [`stored_array`], [`growing_array`]: NumPy arrays larger than the memory;
//!   - [`dataset_writer`]: a data set under way, which an interruption does not lose;
//! - [`mod@prepare`]: all of it, in parallel, with the reason for each subject [left out](left_out);
//! - [`known_anatomy`]: a data set whose ECGs tell the anatomy itself, for the ceiling of what any ECG could;
//! - [`mod@synthesise`]: a cohort of simulated hearts, by way of
//!   - [`header`]: `cohort.toml`, what the cohort is;
//!   - [`shard`] and [`shard_tables`]: parts that separate runs make;
//!   - [`mod@stored_median`]: the median beat that goes with a recording;
//!   - [`staged_subject`]: one subject's files, which appear together;
//!   - [`growing_table`]: the table of subjects while it grows;
//!   - [`annotations`]: what is true of a recording, for WFDB;
//!   - [`room`]: whether the disk has room.

pub mod annotations;
pub mod cine;
pub mod dataset_header;
pub mod dataset_writer;
mod end_systole;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod folder;
mod grid;
pub mod growing_array;
pub mod growing_table;
pub mod header;
mod journal;
pub mod known_anatomy;
pub mod label_maps;
pub mod left_out;
pub mod npy;
pub mod picture;
pub mod prepare;
pub mod room;
pub mod selection;
pub mod shard;
pub mod shard_tables;
pub mod split;
pub mod staged_subject;
pub mod store;
pub mod stored_array;
pub mod stored_median;
pub mod synthesise;

pub use header::{CohortHeader, CohortPlan};
pub use prepare::{PrepareOptions, PrepareRun, Prepared, prepare};
pub use selection::{Frames, Views};
pub use split::Split;
pub use store::Dataset;

use ecg2mri::atomic_file::AtomicFileError;
use std::path::PathBuf;

/// What can go wrong between a cohort's folder and a data set.
#[derive(Debug, thiserror::Error)]
pub enum CohortError {
    /// A file or folder could not be read or written.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was being done, as the sentence's beginning.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// A folder is not what it should be.
    #[error("{}: {problem}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it and how to mend it.
        problem: String,
    },
    /// A table or an array could not be understood.
    #[error("{} cannot be read: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The disk is too small.
    #[error(
        "{}: the subjects still to be made would take about {needed}, and {free} are free; {remedy}",
        path.display()
    )]
    NoRoom {
        /// The folder to be made.
        path: PathBuf,
        /// What is free.
        free: room::Size,
        /// What is needed.
        needed: room::Size,
        /// What to do.
        remedy: &'static str,
    },
    /// The run was told to stop.
    #[error("{}: stopped with {made} of {subjects} subjects made; go on by --resume", path.display())]
    Stopped {
        /// The folder that is being made.
        path: PathBuf,
        /// Subjects that are whole.
        made: u32,
        /// Subjects that were to be made.
        subjects: u32,
    },
    /// A cine has too few frames, or more than any cine.
    #[error("{}: it has {frames} frames and {needed} at least are needed", path.display())]
    Frames {
        /// The cine's file.
        path: PathBuf,
        /// Its frames.
        frames: usize,
        /// The fewest that show what is wanted.
        needed: usize,
    },
    /// A pixel size that makes no sense.
    #[error("pixels of {0} mm make no picture of a heart; give a size from 0.1 to 10 mm")]
    PixelSize(f64),
    /// No subject is left.
    #[error(
        "{}: of {found} subjects none could be used; the first reason: {first_reason}",
        path.display()
    )]
    NobodyLeft {
        /// The cohort's folder.
        path: PathBuf,
        /// How many subjects there were.
        found: usize,
        /// Why the first of them was left out.
        first_reason: String,
    },
}

impl CohortError {
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> CohortError {
        let path = path.into();
        move |source| CohortError::Io {
            doing,
            path,
            source,
        }
    }

    pub(crate) fn unreadable(path: impl Into<PathBuf>, problem: impl ToString) -> CohortError {
        CohortError::Unreadable {
            path: path.into(),
            problem: problem.to_string(),
        }
    }
}
