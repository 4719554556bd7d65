//! A recipe: one TOML file that says everything a run needs besides the data.

use super::{RecipeError, check};
use ecg2mri::model::manifest::{Preprocessing, PreprocessingKind};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A recipe, as its TOML file has it. Unknown keys are errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The recipe's name; the exported model carries it.
    pub name: String,
    /// The seed of every random choice in the run.
    pub seed: u64,
    /// How the ECG becomes the network's input.
    pub input: Input,
    /// Changes made to each training ECG, anew in every epoch.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// The networks.
    pub architecture: Architecture,
    /// The optimiser.
    pub optimiser: Optimiser,
    /// The stages, in the order in which they run; each begins with the parameters the one before it ended with.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
}

/// How the ECG becomes the network's input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The input is millivolts divided by this.
    pub scale_mv: f32,
    /// The scaled input is cut off at ± this.
    pub clip: f32,
}

impl Input {
    /// The same as the runtime's manifest says it.
    pub fn preprocessing(&self) -> Preprocessing {
        Preprocessing {
            kind: PreprocessingKind::MedianBeat12x600,
            sampling_rate_hz: 500.0,
            scale_mv: self.scale_mv,
            clip: self.clip,
        }
    }
}

/// Changes made to each training ECG.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Standard deviation of white noise added to each sample, in millivolts.
    pub noise_mv: f32,
    /// Standard deviation of the logarithm of one factor for the whole recording.
    pub gain: f32,
    /// Largest shift in time, in samples to either side.
    pub shift_samples: usize,
}

/// The networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Architecture {
    /// Length of the latent vector that both modalities share.
    pub latent: usize,
    /// The ECG autoencoder.
    pub ecg: FullyConnected,
    /// The MRI autoencoder.
    pub mri: Convolutional,
}

/// A fully connected autoencoder of the median beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullyConnected {
    /// Each run of this many samples is averaged into one before the first layer; a divisor of 600.
    pub average: usize,
    /// Widths of the hidden layers, from the ECG inwards; the decoder mirrors them.
    pub widths: Vec<usize>,
}

/// A convolutional autoencoder of the 128 × 128 picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convolutional {
    /// Channels after each halving of the picture, from 64 × 64 down; five numbers end at 4 × 4.
    pub encoder: Vec<usize>,
    /// Channels at 4 × 4 and after each doubling; the last doubling reaches 128 × 128, so six numbers.
    pub decoder: Vec<usize>,
}

/// AdamW's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Optimiser {
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub epsilon: f64,
    /// Decoupled weight decay; biases and normalisation parameters are spared.
    pub weight_decay: f64,
    /// The gradient's global norm is cut off here; 0 leaves it alone.
    pub clip_norm: f32,
}

impl Default for Optimiser {
    fn default() -> Self {
        Optimiser {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 1e-2,
            clip_norm: 1.0,
        }
    }
}

/// One stage of training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// The stage's name, for logs.
    pub name: String,
    /// How often each training subject is seen.
    pub epochs: usize,
    /// Subjects in a batch.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f32,
    /// The course of the learning rate.
    #[serde(default)]
    pub schedule: Schedule,
    /// Steps over which the learning rate climbs to its highest.
    #[serde(default)]
    pub warm_up_steps: usize,
    /// The weights of the losses; a loss of weight 0 is not computed.
    pub weights: Weights,
    /// The contrastive loss' temperature.
    #[serde(default = "default_temperature")]
    pub temperature: f32,
}

fn default_temperature() -> f32 {
    0.1
}

/// The course of the learning rate after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// It stays.
    #[default]
    Constant,
    /// It falls to zero along half a cosine.
    Cosine,
}

/// The weights of the losses.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Mean squared error of the ECG rebuilt from its own latent.
    pub ecg_reconstruction: f32,
    /// Mean absolute error of the picture rebuilt from its own latent.
    pub mri_reconstruction: f32,
    /// Mean absolute error of the picture made from the ECG's latent.
    pub cross_modal: f32,
    /// InfoNCE, ECG to MRI and MRI to ECG.
    pub contrastive: f32,
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// [`RecipeError::Unreadable`] where there is no such file or it is no recipe (the unknown key is named, with
    /// those that are known); [`RecipeError::Impossible`] where a value makes no sense.
    pub fn read(path: &Path) -> Result<Recipe, RecipeError> {
        let unreadable = |problem: String| RecipeError::Unreadable {
            path: path.to_owned(),
            problem,
        };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let recipe: Recipe = toml::from_str(&text).map_err(|error| {
            let place = error
                .span()
                .and_then(|span| text.get(..span.start))
                .map_or_else(String::new, |before| {
                    format!("line {}: ", before.matches('\n').count() + 1)
                });
            unreadable(format!("{place}{}", error.message()))
        })?;
        check::check(&recipe)?;
        Ok(recipe)
    }

    /// The recipe as TOML, for the run's folder.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

impl Stage {
    /// The learning rate of step `step` (from 0) of `total`.
    pub fn learning_rate_at(&self, step: usize, total: usize) -> f32 {
        if step < self.warm_up_steps {
            return self.learning_rate * (step + 1) as f32 / self.warm_up_steps as f32;
        }
        match self.schedule {
            Schedule::Constant => self.learning_rate,
            Schedule::Cosine => {
                let span = total.saturating_sub(self.warm_up_steps).max(1) as f32;
                let done = (step - self.warm_up_steps) as f32 / span;
                self.learning_rate * 0.5 * (1.0 + (std::f32::consts::PI * done).cos())
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::recipe) fn smoke() -> String {
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml")).unwrap()
    }

    pub(in crate::recipe) fn read(text: &str) -> Result<Recipe, RecipeError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recipe.toml");
        std::fs::write(&path, text).unwrap();
        Recipe::read(&path)
    }

    #[test]
    fn shipped_recipes_read_and_read_back() {
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes")).unwrap() {
            let recipe = Recipe::read(&entry.unwrap().path()).unwrap();
            assert_eq!(read(&recipe.to_toml()).unwrap(), recipe);
        }
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let text = smoke().replacen("epochs =", "epoch =", 1);
        let line = 1 + text
            .lines()
            .position(|line| line.starts_with("epoch ="))
            .unwrap();
        let message = read(&text).unwrap_err().to_string();
        assert!(message.contains(&format!("line {line}: ")), "{message}");
        assert!(message.contains("`epoch`"), "{message}");
    }

    #[test]
    fn learning_rate_climbs_then_falls() {
        let mut stage = read(&smoke()).unwrap().stages[0].clone();
        stage.learning_rate = 1.0;
        stage.warm_up_steps = 4;
        stage.schedule = Schedule::Cosine;
        let course: Vec<f32> = (0..12)
            .map(|step| stage.learning_rate_at(step, 12))
            .collect();
        assert_eq!(course[..5], [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert!(course[4..].windows(2).all(|pair| pair[1] < pair[0]));
        assert!((course[8] - 0.5).abs() < 1e-6);
    }
}
