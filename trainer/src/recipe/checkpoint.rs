//! The state on disk, in safetensors, whole at any moment.
//!
//! The file's metadata say where in the recipe it was taken; a checkpoint of another recipe is refused.

use super::RecipeError;
use super::config::Recipe;
use crate::engine::StateTensor;
use ecg2mri::atomic_file::AtomicFile;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use std::collections::HashMap;
use std::path::Path;

/// Where in a recipe a state was taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Index of the stage.
    pub stage: usize,
    /// Epochs of that stage that are done.
    pub epochs_done: usize,
    /// Steps of that stage that are done.
    pub steps_done: usize,
    /// The best validation loss of that stage so far.
    pub best_validation: f32,
}

/// A state and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Where it was taken.
    pub position: Position,
    /// Parameters, statistics and moments.
    pub state: Vec<StateTensor>,
}

/// What identifies a recipe to its checkpoints.
pub fn fingerprint(recipe: &Recipe) -> String {
    crate::fingerprint(&recipe.to_toml())
}

impl Checkpoint {
    /// Writes the checkpoint; a file of this name is replaced only by a whole one.
    ///
    /// # Errors
    /// Where the disk is full or the folder cannot be written; the checkpoint before stays as it was.
    pub fn write(&self, path: &Path, recipe: &Recipe) -> Result<(), RecipeError> {
        let failed = |problem: String| RecipeError::Run {
            path: path.to_owned(),
            problem: format!("the checkpoint cannot be written: {problem}"),
        };
        let bytes: Vec<Vec<u8>> = self
            .state
            .iter()
            .map(|tensor| tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect())
            .collect();
        let mut views = Vec::new();
        for (tensor, bytes) in self.state.iter().zip(&bytes) {
            let view = TensorView::new(Dtype::F32, tensor.shape.clone(), bytes)
                .map_err(|error| failed(error.to_string()))?;
            views.push((tensor.name.as_str(), view));
        }
        let metadata = HashMap::from([
            ("recipe".to_owned(), fingerprint(recipe)),
            ("stage".to_owned(), self.position.stage.to_string()),
            (
                "epochs_done".to_owned(),
                self.position.epochs_done.to_string(),
            ),
            (
                "steps_done".to_owned(),
                self.position.steps_done.to_string(),
            ),
            (
                "best_validation".to_owned(),
                self.position.best_validation.to_string(),
            ),
        ]);
        let file = safetensors::serialize(views, Some(metadata))
            .map_err(|error| failed(error.to_string()))?;
        AtomicFile::write(path, &file).map_err(|error| failed(error.to_string()))
    }

    /// Reads a checkpoint of `recipe`.
    ///
    /// # Errors
    /// Where the file is missing, damaged, or was made by another recipe.
    pub fn read(path: &Path, recipe: &Recipe) -> Result<Checkpoint, RecipeError> {
        let failed = |problem: String| RecipeError::Run {
            path: path.to_owned(),
            problem,
        };
        let file = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
        let damaged = |error: &dyn std::fmt::Display| {
            failed(format!("is no checkpoint or is damaged: {error}"))
        };
        let (_, header) = SafeTensors::read_metadata(&file).map_err(|error| damaged(&error))?;
        let metadata = header.metadata().clone().unwrap_or_default();
        if metadata.get("recipe") != Some(&fingerprint(recipe)) {
            return Err(failed(format!(
                "was made by another recipe than `{}` as it stands now; resume with the recipe in the run's folder, or \
                 start a new run",
                recipe.name
            )));
        }
        fn number<T: std::str::FromStr>(
            metadata: &HashMap<String, String>,
            key: &str,
        ) -> Option<T> {
            metadata.get(key)?.parse().ok()
        }
        let position = || -> Option<Position> {
            Some(Position {
                stage: number(&metadata, "stage")?,
                epochs_done: number(&metadata, "epochs_done")?,
                steps_done: number(&metadata, "steps_done")?,
                best_validation: number(&metadata, "best_validation")?,
            })
        };
        let position = position().ok_or_else(|| damaged(&"it does not say where it was taken"))?;
        let tensors = SafeTensors::deserialize(&file).map_err(|error| damaged(&error))?;
        let mut state = Vec::new();
        for (name, view) in tensors.iter() {
            if view.dtype() != Dtype::F32 {
                return Err(damaged(&format!("tensor `{name}` is no f32")));
            }
            state.push(StateTensor {
                name: name.to_owned(),
                shape: view.shape().to_vec(),
                values: view
                    .data()
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|bytes| f32::from_le_bytes(*bytes))
                    .collect(),
            });
        }
        state.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Checkpoint { position, state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe() -> Recipe {
        Recipe::read(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/recipes/smoke.toml"
        )))
        .unwrap()
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            position: Position {
                stage: 1,
                epochs_done: 3,
                steps_done: 12,
                best_validation: f32::INFINITY,
            },
            state: vec![
                StateTensor {
                    name: "a/bias".into(),
                    shape: vec![2],
                    values: vec![1.5, -0.25],
                },
                StateTensor {
                    name: "b/weight".into(),
                    shape: vec![2, 3],
                    values: vec![f32::MIN_POSITIVE; 6],
                },
            ],
        }
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("last.safetensors");
        checkpoint().write(&path, &recipe()).unwrap();
        assert_eq!(Checkpoint::read(&path, &recipe()).unwrap(), checkpoint());
    }

    #[test]
    fn refuses_another_recipe_and_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("last.safetensors");
        checkpoint().write(&path, &recipe()).unwrap();
        let mut other = recipe();
        other.seed += 1;
        let message = Checkpoint::read(&path, &other).unwrap_err().to_string();
        assert!(message.contains("another recipe"), "{message}");

        let whole = std::fs::read(&path).unwrap();
        for length in [0, 5, 40, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert!(
                Checkpoint::read(&path, &recipe()).is_err(),
                "{length} bytes"
            );
        }
    }
}
