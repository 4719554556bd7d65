//! What a run leaves behind.
//!
//! ```text
//! RUN/
//!   recipe.toml               the recipe as run, with the seed
//!   environment.toml          data set; for each start: program and git revision, ONNX Runtime, device, threads
//!   losses.csv                a row an epoch: means, and errors on the validation split
//!   losses.png                the same as curves
//!   steps.csv                 a row a step
//!   tensorboard/              the same for TensorBoard, an event file for each start
//!   samples/                  after each epoch: truth, rebuilt, from the ECG, for a few validation subjects
//!   last.safetensors          the newest checkpoint, with the optimiser's state
//!   best.safetensors          the checkpoint of the last stage with the lowest validation loss
//!   latents.toml              norms of the training split's ECG latents, once the run has ended
//!   evaluation-SPLIT/         figures and pictures, where the run was evaluated
//! ```

use super::RecipeError;
use super::checkpoint::Checkpoint;
use super::config::Recipe;
use super::environment::RunEnvironment;
use super::log::row::{self, LogRow};
use crate::architecture::{ParameterTable, all_parameters};
use crate::cohort::{Dataset, Split};
use ecg2mri::atomic_file::AtomicFile;
use ecg2mri::model::manifest::LatentStatistics;
use ecg2mri::model::verify::sha256_hex;
use serde::de::DeserializeOwned;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// A run's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFolder {
    root: PathBuf,
}

/// A run's folder while a program trains in it.
#[derive(Debug)]
pub struct RunLock {
    _folder: File,
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
        let _lock = run.lock()?;
        // The best is written before the last, so a run killed between the two leaves one that belongs to nothing.
        if run.best_path().exists() {
            std::fs::remove_file(run.best_path())
                .map_err(|error| run.problem(&run.best_path(), &error.to_string()))?;
        }
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

    /// The parameters of the best checkpoint (else of the last); their moving averages where the recipe keeps them.
    ///
    /// # Errors
    /// Where the run has no checkpoint yet, or the checkpoint lacks a parameter of the recipe's networks.
    pub fn trained_parameters(&self, recipe: &Recipe) -> Result<ParameterTable, RecipeError> {
        let path = self.trained_path()?;
        let checkpoint = Checkpoint::read(&path, recipe)?;
        let mut table = all_parameters(recipe)?;
        checkpoint.fill_served(&path, &mut table)?;
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

    /// Reads `losses.csv`; empty where there is none.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn losses(&self) -> Result<Vec<LogRow>, RecipeError> {
        self.log(&self.losses_path())
    }

    /// `losses.csv` as it is; `None` where there is none.
    pub fn losses_file(&self) -> Option<Vec<u8>> {
        std::fs::read(self.losses_path()).ok()
    }

    /// Reads `steps.csv`; empty where there is none.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn steps(&self) -> Result<Vec<LogRow>, RecipeError> {
        self.log(&self.steps_path())
    }

    fn log(&self, path: &Path) -> Result<Vec<LogRow>, RecipeError> {
        match path.exists() {
            true => row::from_csv(path, usize::MAX),
            false => Ok(Vec::new()),
        }
    }

    /// Keeps the folder for this program until the lock is dropped or the program ends, however it ends.
    ///
    /// # Errors
    /// Where another program trains in it.
    pub fn lock(&self) -> Result<RunLock, RecipeError> {
        let folder =
            File::open(&self.root).map_err(|error| self.problem(&self.root, &error.to_string()))?;
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => Err(self.problem(
                &self.root,
                "another ecg2mri-train is running in it; wait until that ends, or give another folder",
            )),
            // Some file systems have no locks; training goes on without one there.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(RunLock { _folder: folder }),
        }
    }

    /// Removes the unfinished files that a killed program left behind.
    pub(super) fn remove_partial_files(&self) {
        for folder in [self.root.clone(), self.samples_path()] {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with(".ecg2mri-") && name.ends_with(".partial") {
                    // It is in nobody's way where it cannot be removed.
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        }
    }

    /// What is kept when a run stops early, as a phrase.
    pub(super) fn newest_kept(&self, recipe: &Recipe) -> String {
        match self.last(recipe) {
            Ok(Some(Checkpoint { position, .. })) => format!(
                "the last good checkpoint is {} (stage `{}`, after step {})",
                self.last_path().display(),
                recipe
                    .stages
                    .get(position.stage)
                    .map_or("?", |stage| &stage.name),
                position.steps_done
            ),
            _ => "no checkpoint had been written".to_owned(),
        }
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

    /// `losses.csv`.
    pub(super) fn losses_path(&self) -> PathBuf {
        self.root.join("losses.csv")
    }

    /// `steps.csv`.
    pub(super) fn steps_path(&self) -> PathBuf {
        self.root.join("steps.csv")
    }

    /// The folder of TensorBoard's event files.
    pub(super) fn events_path(&self) -> PathBuf {
        self.root.join("tensorboard")
    }

    /// The loss curves.
    pub(super) fn chart_path(&self) -> PathBuf {
        self.root.join("losses.png")
    }

    /// The folder of the sample sheets.
    pub(super) fn samples_path(&self) -> PathBuf {
        self.root.join("samples")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_leaves_is_cleared_away() {
        let recipe = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml");
        let recipe = Recipe::read(Path::new(recipe)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("run");
        let run = RunFolder::create(&root, &recipe).unwrap();
        assert_eq!(run.newest_kept(&recipe), "no checkpoint had been written");
        std::fs::create_dir(run.samples_path()).unwrap();
        let left = [
            root.join(".ecg2mri-a1B2c3.partial"),
            run.samples_path().join(".ecg2mri-d4E5f6.partial"),
        ];
        let kept = [run.recipe_path(), root.join("notes.partial")];
        for path in left.iter().chain(&kept[1..]) {
            std::fs::write(path, "x").unwrap();
        }
        run.remove_partial_files();
        assert!(left.iter().all(|path| !path.exists()));
        assert!(kept.iter().all(|path| path.exists()));

        // A best without a last is of a run that was killed between the two.
        std::fs::write(run.best_path(), "x").unwrap();
        let run = RunFolder::resume(&root, &recipe).unwrap();
        assert!(!run.best_path().exists());
    }

    #[test]
    fn a_folder_in_use_is_not_begun_in() {
        let recipe = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml");
        let recipe = Recipe::read(Path::new(recipe)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let run = RunFolder::create(folder.path(), &recipe).unwrap();
        let lock = run.lock().unwrap();
        let message = RunFolder::create(folder.path(), &recipe)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("another ecg2mri-train is running in it"),
            "{message}"
        );
        drop(lock);
        RunFolder::create(folder.path(), &recipe).unwrap();
    }
}
