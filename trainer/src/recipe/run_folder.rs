//! What a run leaves behind.
//!
//! ```text
//! RUN/
//!   recipe.toml               the recipe as run
//!   environment.toml          program, ONNX Runtime, device, data set
//!   losses.csv                a row an epoch
//!   last.safetensors          the newest checkpoint, with the optimiser's state
//!   best.safetensors          the checkpoint of the last stage with the lowest validation loss
//!   latents.toml              norms of the training split's ECG latents, once the run has ended
//!   evaluation-SPLIT/         figures and pictures, where the run was evaluated
//! ```

use super::RecipeError;
use super::checkpoint::Checkpoint;
use super::config::Recipe;
use crate::architecture::{ParameterTable, all_parameters};
use crate::cohort::{Dataset, Split};
use ecg2mri::atomic_file::AtomicFile;
use ecg2mri::model::manifest::LatentStatistics;
use ecg2mri::model::verify::sha256_hex;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    root: PathBuf,
}

/// `environment.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEnvironment {
    /// The program and its version.
    pub created_by: String,
    /// ONNX Runtime's version.
    pub onnx_runtime: String,
    /// The device that trained.
    pub device: String,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
    /// The data set's cohort.
    pub cohort: String,
    /// Whether the cohort is simulated.
    pub simulated: bool,
    /// Which subjects of the data set are trained on and which are kept back.
    pub split_fingerprint: String,
    /// Subjects trained on.
    pub training_subjects: usize,
    /// The seed of the data set's split.
    pub split_seed: u64,
    /// Pixel size of the data set's pictures, in millimetres.
    pub pixel_mm: f64,
}

/// A row of `losses.csv`: means over one epoch. A loss that the stage does not compute is NaN.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochLosses {
    /// The stage's name.
    pub stage: String,
    /// The epoch, from 1.
    pub epoch: usize,
    /// Steps of the stage done at its end.
    pub steps: usize,
    /// The learning rate of its last step.
    pub learning_rate: f32,
    /// The weighted sum.
    pub loss: f32,
    /// Of the ECG rebuilt from its own latent.
    pub ecg_reconstruction: f32,
    /// Of the picture rebuilt from its own latent.
    pub mri_reconstruction: f32,
    /// Of the picture made from the ECG.
    pub cross_modal: f32,
    /// InfoNCE.
    pub contrastive: f32,
    /// The gradient's norm before it is cut off.
    pub gradient_norm: f32,
    /// On the validation split, of the picture rebuilt from its own latent.
    pub validation_mri_reconstruction: f32,
    /// On the validation split, of the picture made from the ECG.
    pub validation_cross_modal: f32,
    /// Wall-clock time of the epoch, in seconds.
    pub seconds: f64,
}

impl RunFolder {
    /// A new run: the folder is made, the recipe written into it. A run that ended before its first checkpoint is
    /// begun anew.
    ///
    /// # Errors
    /// Where the folder holds a run with a checkpoint or cannot be written.
    pub fn create(root: &Path, recipe: &Recipe) -> Result<RunFolder, RecipeError> {
        let run = RunFolder {
            root: root.to_owned(),
        };
        if run.last_path().exists() {
            return Err(run.problem(
                root,
                "holds a run already; go on with --resume, or give another folder",
            ));
        }
        std::fs::create_dir_all(root).map_err(|error| run.problem(root, &error.to_string()))?;
        AtomicFile::write(&run.recipe_path(), recipe.to_toml().as_bytes())?;
        Ok(run)
    }

    /// Goes on with a run, or begins it where it has no checkpoint yet.
    ///
    /// # Errors
    /// Where the run was begun with another recipe, or the folder cannot be written.
    pub fn resume(root: &Path, recipe: &Recipe) -> Result<RunFolder, RecipeError> {
        let run = RunFolder {
            root: root.to_owned(),
        };
        if !run.last_path().exists() {
            return RunFolder::create(root, recipe);
        }
        if run.recipe()? != *recipe {
            return Err(run.problem(
                root,
                "was begun with another recipe; go on with the recipe.toml in it, or begin another run",
            ));
        }
        Ok(run)
    }

    /// A run that is there.
    ///
    /// # Errors
    /// Where the folder holds no run.
    pub fn open(root: &Path) -> Result<RunFolder, RecipeError> {
        let run = RunFolder {
            root: root.to_owned(),
        };
        if !run.recipe_path().is_file() {
            return Err(run.problem(
                root,
                "is no run's folder (it has no recipe.toml); make one with `ecg2mri-train fit`",
            ));
        }
        Ok(run)
    }

    /// The recipe as run.
    ///
    /// # Errors
    /// As [`Recipe::read`].
    pub fn recipe(&self) -> Result<Recipe, RecipeError> {
        Recipe::read(&self.recipe_path())
    }

    /// The newest checkpoint, where there is one.
    ///
    /// # Errors
    /// As [`Checkpoint::read`].
    pub fn last(&self, recipe: &Recipe) -> Result<Option<Checkpoint>, RecipeError> {
        let path = self.last_path();
        if !path.exists() {
            return Ok(None);
        }
        Checkpoint::read(&path, recipe).map(Some)
    }

    /// The parameters of the best checkpoint (else of the last).
    ///
    /// # Errors
    /// Where the run has no checkpoint yet, or the checkpoint lacks a parameter of the recipe's networks.
    pub fn trained_parameters(&self, recipe: &Recipe) -> Result<ParameterTable, RecipeError> {
        let path = self.trained_path()?;
        let checkpoint = Checkpoint::read(&path, recipe)?;
        let mut table = all_parameters(recipe)?;
        let expected = table.iter().count();
        let replaced = checkpoint
            .state
            .iter()
            .filter(|tensor| table.replace(tensor))
            .count();
        if replaced != expected {
            return Err(self.problem(
                &path,
                &format!("holds {replaced} of the recipe's {expected} parameters"),
            ));
        }
        Ok(table)
    }

    /// SHA-256 of the checkpoint that [`RunFolder::trained_parameters`] reads.
    ///
    /// # Errors
    /// Where the run has no checkpoint yet or it cannot be read.
    pub fn trained_sha256(&self) -> Result<String, RecipeError> {
        let path = self.trained_path()?;
        let bytes =
            std::fs::read(&path).map_err(|error| self.problem(&path, &error.to_string()))?;
        Ok(sha256_hex(&bytes))
    }

    fn trained_path(&self) -> Result<PathBuf, RecipeError> {
        [self.best_path(), self.last_path()]
            .into_iter()
            .find(|path| path.exists())
            .ok_or_else(|| self.problem(&self.root, "has no checkpoint yet; run `fit` to its end"))
    }

    /// Writes `environment.toml`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_environment(&self, environment: &RunEnvironment) -> Result<(), RecipeError> {
        let text = toml::to_string(environment).unwrap_or_default();
        Ok(AtomicFile::write(
            &self.root.join("environment.toml"),
            text.as_bytes(),
        )?)
    }

    /// Reads `environment.toml`.
    ///
    /// # Errors
    /// Where it is missing or damaged.
    pub fn environment(&self) -> Result<RunEnvironment, RecipeError> {
        self.read_toml("environment.toml")
    }

    /// Checks that a data set keeps back the subjects that the run's own data set kept back.
    ///
    /// # Errors
    /// Where it is of the run's cohort and keeps others back: subjects of its test split may have been trained on.
    pub fn check_split(&self, dataset: &Dataset) -> Result<(), RecipeError> {
        let trained_on = self.environment()?;
        let same_split = trained_on.split_fingerprint == dataset.split_fingerprint();
        if trained_on.cohort == dataset.header.cohort && !same_split {
            return Err(self.problem(
                &self.root,
                "was trained on a data set of the same cohort that keeps other subjects back; give that data set, or \
                 prepare the cohort again with the same number of subjects and the same seed",
            ));
        }
        Ok(())
    }

    /// Writes `latents.toml`.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_latents(&self, latents: &LatentStatistics) -> Result<(), RecipeError> {
        let text = toml::to_string(latents).unwrap_or_default();
        Ok(AtomicFile::write(
            &self.root.join("latents.toml"),
            text.as_bytes(),
        )?)
    }

    /// Reads `latents.toml`.
    ///
    /// # Errors
    /// Where it is missing (the run has not ended) or damaged.
    pub fn latents(&self) -> Result<LatentStatistics, RecipeError> {
        self.read_toml("latents.toml")
    }

    /// The folder of the figures on one split.
    pub fn evaluation(&self, split: Split) -> PathBuf {
        self.root.join(format!("evaluation-{split}"))
    }

    /// Writes `losses.csv` anew.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write_losses(&self, losses: &[EpochLosses]) -> Result<(), RecipeError> {
        let path = self.losses_path();
        let mut table = csv::Writer::from_writer(Vec::new());
        for row in losses {
            table
                .serialize(row)
                .map_err(|error| self.problem(&path, &error.to_string()))?;
        }
        let text = table
            .into_inner()
            .map_err(|error| self.problem(&path, &error.to_string()))?;
        Ok(AtomicFile::write(&path, &text)?)
    }

    /// Reads `losses.csv`; empty where there is none.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn losses(&self) -> Result<Vec<EpochLosses>, RecipeError> {
        let path = self.losses_path();
        if !path.exists() {
            return Ok(Vec::new());
        }
        csv::Reader::from_path(&path)
            .and_then(|mut reader| reader.deserialize().collect())
            .map_err(|error: csv::Error| self.problem(&path, &error.to_string()))
    }

    /// Where the newest checkpoint lies.
    pub fn last_path(&self) -> PathBuf {
        self.root.join("last.safetensors")
    }

    /// Where the best checkpoint lies.
    pub fn best_path(&self) -> PathBuf {
        self.root.join("best.safetensors")
    }

    fn recipe_path(&self) -> PathBuf {
        self.root.join("recipe.toml")
    }

    fn losses_path(&self) -> PathBuf {
        self.root.join("losses.csv")
    }

    fn read_toml<T: DeserializeOwned>(&self, name: &str) -> Result<T, RecipeError> {
        let path = self.root.join(name);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            self.problem(
                &path,
                &format!("{error}; has the run ended? go on with `fit --resume`"),
            )
        })?;
        toml::from_str(&text).map_err(|error| self.problem(&path, error.message()))
    }

    fn problem(&self, path: &Path, problem: &str) -> RecipeError {
        RecipeError::Run {
            path: path.to_owned(),
            problem: problem.to_owned(),
        }
    }
}
