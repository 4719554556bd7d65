//! What a picture shows, measured: a segmenter, and the anatomy of the hearts that it finds.
//!
//! A generated picture is worth as much as the heart in it. So a small network, trained on the cohort's labels, finds
//! cavity, muscle and right ventricle in true and generated pictures alike, and both are measured the same way.
//!
//! - [`network`] and [`loss`]: the segmenter and what it is trained by;
//! - [`augmentation`]: the changes that its pictures are shown with;
//! - [`examples`]: a data set's pictures with their labels;
//! - [`fit`]: its training, a `training_step` at a time;
//! - [`folder`]: the trained segmenter on the disk;
//! - [`segmenter`]: pictures into labels;
//! - [`dice`]: how well labels agree;
//! - [`component`]: the largest connected part of a label;
//! - [`anatomy`]: lengths, areas and positions of one heart;
//! - [`calibration`]: from these to volumes and mass;
//! - [`agreement`]: how well two methods agree, after Bland and Altman;
//! - [`figures`]: all of it for generated pictures beside true ones.

pub mod agreement;
pub mod anatomy;
pub mod augmentation;
pub mod calibration;
pub mod component;
pub mod dice;
pub mod examples;
pub mod figures;
pub mod fit;
pub mod folder;
pub mod loss;
pub mod network;
#[cfg(test)]
mod real_hearts_tests;
pub mod segmenter;
mod training_step;

pub use anatomy::{HeartMeasures, Layout, Measure};
pub use calibration::{Calibration, Quantities, Quantity};
pub use figures::{anatomy_figures, measure_pictures, measure_subjects};
pub use fit::{FitSegmenter, FittedSegmenter, fit_segmenter};
pub use folder::SegmenterFolder;
pub use segmenter::Segmenter;

use crate::cohort::CohortError;
use crate::engine::EngineError;
use crate::graph::GraphError;
use ecg2mri::atomic_file::AtomicFileError;
use std::path::PathBuf;

/// What can go wrong with a segmenter.
#[derive(Debug, thiserror::Error)]
pub enum SegmentationError {
    /// The data set has no labels to learn from.
    #[error("the data set has no labels; make it anew with `ecg2mri-train prepare --labels`")]
    NoLabels,
    /// The data set has too few subjects.
    #[error(
        "{training} training and {validation} validation subjects are too few; a segmenter needs {needed} and one"
    )]
    TooFew {
        /// Subjects of the training split.
        training: usize,
        /// Subjects of the validation split.
        validation: usize,
        /// The fewest that fill a batch.
        needed: usize,
    },
    /// The loss is no number any more.
    #[error("the loss became {loss} in epoch {epoch}; give a lower --learning-rate")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss.
        loss: f32,
    },
    /// The run was told to stop.
    #[error("stopped in epoch {epoch} of {epochs}; nothing was written")]
    Stopped {
        /// The epoch under way, from 1.
        epoch: usize,
        /// How many were to be done.
        epochs: usize,
    },
    /// A folder is no segmenter, or not a whole one.
    #[error("{}: {problem}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it and how to mend it.
        problem: String,
    },
    /// Values that are not whole pictures.
    #[error("{values} values are not whole pictures of 128 × 128")]
    NoPictures {
        /// How many values were given.
        values: usize,
    },
    /// The data set cannot be read.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// ONNX Runtime refused.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The graph could not be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A file could not be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
}
