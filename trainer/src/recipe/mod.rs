//! Running a recipe.
//!
//! - [`config`]: the TOML file;
//! - `check`: what its values must be;
//! - [`batches`]: which subjects are seen when, and the changes made to their ECGs; `prefetch`: made ahead;
//! - [`step`]: one training step as a graph; `step_inputs`: what is fed to it, `step_state`: what it
//!   carries, `mixed_precision`: its products in float16;
//! - [`fit`]: the stages in order; `stage`: the epochs and steps of one;
//! - `validation`: a look at the validation split after an epoch;
//! - `parameters`: the parameters between stages;
//! - [`checkpoint`]: the state on disk, whole at any moment;
//! - [`run_folder`]: what a run leaves behind;
//! - [`environment`], [`log`]: what it ran on, and what it says of itself while it runs; `machine`: the processors' names.

pub mod batches;
mod check;
pub mod checkpoint;
pub mod config;
pub mod environment;
pub mod fit;
pub mod log;
mod machine;
mod mixed_precision;
mod parameters;
mod prefetch;
pub mod run_folder;
mod stage;
pub mod step;
mod step_inputs;
mod step_state;
mod validation;

pub use config::Recipe;
pub use environment::RunEnvironment;
pub use fit::FitOptions;
pub use run_folder::RunFolder;

use crate::cohort::CohortError;
use crate::engine::EngineError;
use crate::graph::GraphError;
use ecg2mri::atomic_file::AtomicFileError;
use std::path::PathBuf;

/// What can go wrong while a recipe runs.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The recipe's file cannot be read.
    #[error("recipe {}: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A value in the recipe makes no sense.
    #[error("recipe `{recipe}`, {key}: {problem}")]
    Impossible {
        /// The recipe's name.
        recipe: String,
        /// The key.
        key: String,
        /// What is wrong with its value.
        problem: String,
    },
    /// The data do not suffice for the recipe.
    #[error("{0}")]
    Data(String),
    /// A run's folder or a file in it cannot be used.
    #[error("{}: {problem}", path.display())]
    Run {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// A loss or a parameter is no number any more.
    #[error(
        "`{what}` became {value} in stage `{stage}`, epoch {epoch}, step {step} (subjects {subjects}); {kept}; lower the \
         learning rate or look at these subjects"
    )]
    Diverged {
        /// The loss' or the parameter's name.
        what: String,
        /// What it became.
        value: f32,
        /// The stage's name.
        stage: String,
        /// The epoch, from 1.
        epoch: usize,
        /// The step within the epoch, from 1.
        step: usize,
        /// The ids of the batch.
        subjects: String,
        /// The last good checkpoint, or that there is none, as a phrase.
        kept: String,
    },
    /// A checkpoint cannot be written, most likely because the disk is full.
    #[error(
        "{}: the checkpoint cannot be written: {cause}; the one before it is kept as it was: make room and go on with \
         `fit --resume`",
        path.display()
    )]
    CheckpointUnwritten {
        /// The checkpoint.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The run stopped because it was asked to, and can go on.
    #[error(
        "stopped as asked in stage `{stage}`, epoch {epoch}, after step {step}; {} is saved: go on with `fit --resume`",
        path.display()
    )]
    Stopped {
        /// The checkpoint.
        path: PathBuf,
        /// The stage's name.
        stage: String,
        /// The epoch, from 1.
        epoch: usize,
        /// Steps of the stage done.
        step: usize,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// The data set cannot be read.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// A graph cannot be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A step's graph does not read back.
    #[error("a step that was just built is no ONNX model: {0}; please report this")]
    Encoding(#[from] prost::DecodeError),
    /// A graph cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}
