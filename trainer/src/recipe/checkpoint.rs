//! The state on disk, in safetensors, whole at any moment.
//!
//! The file's metadata say which recipe and data set it is of and where in the recipe it was taken, so that a checkpoint
//! of another is refused and training goes on with the very next step. The same state gives the same bytes.

use super::RecipeError;
use super::config::Recipe;
use super::step_state::averaged_parameter;
use crate::architecture::ParameterTable;
use crate::cohort::Dataset;
use crate::engine::StateTensor;
use ecg2mri::atomic_file::AtomicFile;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The key of the file's metadata under which [`Origin`] stands, as TOML. There is one key only, because safetensors
/// writes several in no fixed order.
const METADATA: &str = "ecg2mri_train";

/// Where in a recipe a state was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Index of the stage.
    pub stage: usize,
    /// Epochs of that stage that are done.
    pub epochs_done: usize,
    /// Steps of that stage that are done, those of the epoch under way among them.
    pub steps_done: usize,
    /// The lowest validation loss of that stage so far; none where no epoch had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_validation: Option<f32>,
    /// The epoch under way.
    pub epoch: EpochSums,
}

/// The epoch under way: what its row in the log will be made of.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EpochSums {
    /// Steps of the epoch that are done; 0 between epochs.
    pub steps: usize,
    /// Sums over these steps of what each reported (losses, gradient norm), by name.
    pub sums: BTreeMap<String, f64>,
}

impl Position {
    /// The beginning of a stage.
    pub fn beginning_of(stage: usize) -> Position {
        Position {
            stage,
            epochs_done: 0,
            steps_done: 0,
            best_validation: None,
            epoch: EpochSums::default(),
        }
    }
}

impl EpochSums {
    /// Adds one step's reports.
    pub fn add<'a>(&mut self, reports: impl IntoIterator<Item = (&'a str, f32)>) {
        self.steps += 1;
        for (name, value) in reports {
            *self.sums.entry(name.to_owned()).or_default() += f64::from(value);
        }
    }

    /// The mean of one report over the steps done; NaN where there is none of this name.
    pub fn mean(&self, name: &str) -> f32 {
        let sum = self.sums.get(name).copied().unwrap_or(f64::NAN);
        (sum / self.steps as f64) as f32
    }
}

/// A state and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Where it was taken.
    pub position: Position,
    /// What identifies the data set that it was trained on: [`dataset_fingerprint`].
    pub dataset: String,
    /// Parameters, statistics, moments and, where the recipe keeps them, moving averages.
    pub state: Vec<StateTensor>,
}

/// The metadata of the file.
#[derive(Serialize, Deserialize)]
struct Origin {
    recipe: String,
    architecture: String,
    dataset: String,
    position: Position,
}

/// What identifies a recipe to its checkpoints.
pub fn fingerprint(recipe: &Recipe) -> String {
    crate::fingerprint(&recipe.to_toml())
}

fn architecture_fingerprint(recipe: &Recipe) -> String {
    crate::fingerprint(&toml::to_string(&recipe.architecture).unwrap_or_default())
}

/// What identifies a data set to the checkpoints trained on it: its cohort, its subjects and their split, the size of
/// its pixels.
pub fn dataset_fingerprint(dataset: &Dataset) -> String {
    let header = &dataset.header;
    crate::fingerprint(&format!(
        "{}\n{}\n{}\n",
        header.cohort,
        dataset.split_fingerprint(),
        header.pixel_mm
    ))
}

impl Checkpoint {
    /// Writes the checkpoint; a file of this name is replaced only by a whole one.
    ///
    /// # Errors
    /// [`RecipeError::CheckpointUnwritten`] where the disk is full or the folder cannot be written; the checkpoint before
    /// stays as it was.
    pub fn write(&self, path: &Path, recipe: &Recipe) -> Result<(), RecipeError> {
        let failed = |cause: String| RecipeError::CheckpointUnwritten {
            path: path.to_owned(),
            cause,
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
        let origin = toml::to_string(&Origin {
            recipe: fingerprint(recipe),
            architecture: architecture_fingerprint(recipe),
            dataset: self.dataset.clone(),
            position: self.position.clone(),
        })
        .map_err(|error| failed(error.to_string()))?;
        let metadata = HashMap::from([(METADATA.to_owned(), origin)]);
        let file = safetensors::serialize(views, Some(metadata))
            .map_err(|error| failed(error.to_string()))?;
        AtomicFile::write(path, &file).map_err(|error| {
            failed(match error {
                ecg2mri::atomic_file::AtomicFileError::Io { source, .. } => source.to_string(),
                other => other.to_string(),
            })
        })
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
            failed(format!(
                "is no checkpoint of this program or is damaged: {error}; begin a new run in another folder"
            ))
        };
        let (_, header) = SafeTensors::read_metadata(&file).map_err(|error| damaged(&error))?;
        let origin = header
            .metadata()
            .as_ref()
            .and_then(|metadata| metadata.get(METADATA))
            .ok_or_else(|| damaged(&"it does not say where it was taken"))?;
        let origin: Origin = toml::from_str(origin).map_err(|error| damaged(&error.message()))?;
        if origin.architecture != architecture_fingerprint(recipe) {
            return Err(failed(format!(
                "holds networks of another architecture than recipe `{}` describes; go on with the recipe in the run's \
                 folder, or begin a new run",
                recipe.name
            )));
        }
        if origin.recipe != fingerprint(recipe) {
            return Err(failed(format!(
                "was made by another recipe than `{}` as it stands now; go on with the recipe in the run's folder, or \
                 begin a new run",
                recipe.name
            )));
        }
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
        Ok(Checkpoint {
            position: origin.position,
            dataset: origin.dataset,
            state,
        })
    }

    /// Checks that the checkpoint was trained on `dataset`.
    ///
    /// # Errors
    /// Where it was trained on another.
    pub fn check_dataset(&self, path: &Path, dataset: &Dataset) -> Result<(), RecipeError> {
        if self.dataset == dataset_fingerprint(dataset) {
            return Ok(());
        }
        Err(RecipeError::Run {
            path: path.to_owned(),
            problem: "was trained on another data set (another cohort, other subjects, another split or another pixel \
                      size); go on with that one, or begin a new run in another folder"
                .to_owned(),
        })
    }

    /// Puts the parameters that the checkpoint serves with in the place of the table's: those of its moving average where
    /// it has one.
    ///
    /// # Errors
    /// As [`Checkpoint::fill`].
    pub fn fill_served(&self, path: &Path, table: &mut ParameterTable) -> Result<(), RecipeError> {
        self.fill(path, table)?;
        fill_averages(&self.state, table);
        Ok(())
    }

    /// Puts the checkpoint's parameters, as the optimiser left them, in the place of the table's.
    ///
    /// # Errors
    /// Where the table has a parameter that the checkpoint lacks or has in another shape.
    pub fn fill(&self, path: &Path, table: &mut ParameterTable) -> Result<(), RecipeError> {
        let missing = {
            let mut wanted: BTreeMap<&str, &[usize]> = table
                .iter()
                .map(|(name, parameter)| (name, parameter.shape.as_slice()))
                .collect();
            for tensor in &self.state {
                if wanted.get(tensor.name.as_str()) == Some(&tensor.shape.as_slice()) {
                    wanted.remove(tensor.name.as_str());
                }
            }
            let first = wanted.first_key_value();
            first.map(|(name, shape)| format!("`{name}` of shape {shape:?}"))
        };
        if let Some(missing) = missing {
            return Err(RecipeError::Run {
                path: path.to_owned(),
                problem: format!(
                    "lacks the parameter {missing} that the recipe's networks have; it was made by another version of \
                     the program: use that one, or begin a new run"
                ),
            });
        }
        for tensor in &self.state {
            table.replace(tensor);
        }
        Ok(())
    }
}

/// Puts the moving averages of a state in the place of the table's parameters and statistics.
pub(super) fn fill_averages(state: &[StateTensor], table: &mut ParameterTable) {
    for tensor in state {
        if let Some(name) = averaged_parameter(&tensor.name) {
            table.replace(&StateTensor {
                name: name.to_owned(),
                ..tensor.clone()
            });
        }
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
                steps_done: 14,
                best_validation: Some(0.1),
                epoch: EpochSums {
                    steps: 2,
                    sums: BTreeMap::from([("loss".into(), 0.1 + 0.2), ("norm".into(), 1e300)]),
                },
            },
            dataset: "0123".into(),
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
        let bytes = std::fs::read(&path).unwrap();
        for _ in 0..4 {
            checkpoint().write(&path, &recipe()).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), bytes, "the same bytes");
        }
        let first = Checkpoint {
            position: Position::beginning_of(0),
            ..checkpoint()
        };
        first.write(&path, &recipe()).unwrap();
        assert_eq!(Checkpoint::read(&path, &recipe()).unwrap(), first);
    }

    #[test]
    fn means_over_the_steps_done() {
        let mut sums = EpochSums::default();
        sums.add([("loss", 1.0), ("norm", 4.0)]);
        sums.add([("loss", 2.0), ("norm", 4.0)]);
        assert_eq!((sums.mean("loss"), sums.mean("norm")), (1.5, 4.0));
        assert!(sums.mean("contrastive").is_nan());
    }

    #[test]
    fn a_parameter_that_is_missing_or_of_another_shape_is_named() {
        use crate::architecture::parameters::{Initialisation, Kind};
        let path = Path::new("last.safetensors");
        let mut table = ParameterTable::new(1);
        let zero = Initialisation::Constant(0.0);
        table.declare("a/bias", Kind::Offset, &[2], zero);
        checkpoint().fill(path, &mut table).unwrap();
        assert_eq!(table.get("a/bias").unwrap().values, [1.5, -0.25]);
        table.declare("b/weight", Kind::Weight, &[3, 2], zero);
        let message = checkpoint().fill(path, &mut table).unwrap_err().to_string();
        assert!(message.contains("`b/weight` of shape [3, 2]"), "{message}");
        assert_eq!(table.get("b/weight").unwrap().values, [0.0; 6]);
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
        let mut wider = recipe();
        wider.architecture.latent *= 2;
        let message = Checkpoint::read(&path, &wider).unwrap_err().to_string();
        assert!(message.contains("another architecture"), "{message}");

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
