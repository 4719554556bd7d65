//! A recipe: one TOML file that says everything a run needs besides the data.
//!
//! - [`input`]: how the ECG becomes the network's input;
//! - [`picture`]: which pictures the networks see and make;
//! - [`architecture`]: the networks;
//! - [`stage`]: what is trained when, and by which losses;
//! - `reading`, `overrides`: from its text, and with values from the command line.

pub mod architecture;
pub mod input;
mod overrides;
pub mod picture;
mod reading;
pub mod stage;

pub use architecture::{
    Architecture, Convolutional, DoubleConvolution, EcgNetwork, FirstValues, FullyConnected,
    MriNetwork, Residual, ResidualBeat, Squash,
};
pub use input::Input;
pub use picture::PictureChoice;
pub use stage::{Contrast, Reconstruction, Schedule, Stage, Weights};

use super::{RecipeError, check};
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
    /// The pictures that the networks see and make.
    #[serde(default, skip_serializing_if = "PictureChoice::is_default")]
    pub picture: PictureChoice,
    /// Columns of the subjects' table that a stage may teach the latents to tell (weight `phenotypes`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phenotypes: Vec<String>,
    /// Validation subjects looked at after an epoch, evenly spread; all where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_subjects: Option<usize>,
    /// Changes made to each training ECG, anew in every epoch.
    #[serde(default)]
    pub augmentation: Augmentation,
    /// Faults of the seed thesis, so that what each does can be measured.
    #[serde(default, skip_serializing_if = "Faults::none")]
    pub faults: Faults,
    /// The networks.
    pub architecture: Architecture,
    /// The optimiser.
    pub optimiser: Optimiser,
    /// The stages, in the order in which they run; each begins with the parameters the one before it ended with.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
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

/// Faults of the seed thesis that are no matter of networks or losses. Evaluation sees none of them: it takes true pairs,
/// and compares pictures in 0..1. A run with a fault is not exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// In training each ECG goes with the picture of another training subject, the same one throughout: what becomes of
    /// pairs where two folders are listed in different orders.
    pub shuffle_pairs: bool,
    /// Networks are trained on greys of 0..255 instead of 0..1.
    pub raw_images: bool,
}

impl Faults {
    /// Whether there is none.
    pub fn none(&self) -> bool {
        *self == Faults::default()
    }

    /// What the networks' pictures are multiples of: the grey that stands for white.
    pub fn white(&self) -> f32 {
        match self.raw_images {
            true => 255.0,
            false => 1.0,
        }
    }
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
    /// Decay of a moving average of the weights, below 1; 0 keeps none. Where there is one, it is what validation,
    /// evaluation and export see and what the next stage begins with; the running statistics of batch normalisation are
    /// averaged with it, as they belong to the weights that they were taken under.
    #[serde(skip_serializing_if = "is_zero")]
    pub moving_average: f64,
    /// What products of matrices and convolutions are computed in.
    #[serde(skip_serializing_if = "Precision::is_full")]
    pub precision: Precision,
}

/// What products of matrices and convolutions are computed in; everything else is f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// f32.
    #[default]
    Full,
    /// float16, with a scale of the loss that follows from what overflows; on CUDA alone.
    Mixed,
}

impl Precision {
    fn is_full(&self) -> bool {
        *self == Precision::Full
    }
}

fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

impl Default for Optimiser {
    fn default() -> Self {
        Optimiser {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 1e-2,
            clip_norm: 1.0,
            moving_average: 0.0,
            precision: Precision::Full,
        }
    }
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    /// [`RecipeError::Unreadable`] where there is no such file or it is no recipe (an unknown key or value is named,
    /// with the known one that is most like it); [`RecipeError::Impossible`] where a value makes no sense.
    pub fn read(path: &Path) -> Result<Recipe, RecipeError> {
        Recipe::read_with(path, &[])
    }

    /// Reads a recipe and replaces values in it, each given as `PATH=VALUE`: `seed=3`, `stage.joint.epochs=5`, or
    /// `architecture.mri.double_convolution.encoder=[16, 32, 64, 256]`. PATH is TOML's dotted keys, with a stage by
    /// its name, VALUE is as TOML has it; a string may be one bare word.
    ///
    /// # Errors
    /// As [`Recipe::read`]; also where a path leads nowhere.
    pub fn read_with(path: &Path, replacements: &[String]) -> Result<Recipe, RecipeError> {
        let unreadable = |problem: String| RecipeError::Unreadable {
            path: path.to_owned(),
            problem,
        };
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        let mut recipe = reading::recipe_of(&text).map_err(|(line, problem)| {
            let place = line.map(|line| format!("line {line}: "));
            unreadable(place.unwrap_or_default() + &problem)
        })?;
        for replacement in replacements {
            recipe = overrides::overridden(&recipe, replacement).map_err(unreadable)?;
        }
        check::check(&recipe)?;
        Ok(recipe)
    }

    /// The recipe as TOML, for the run's folder.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
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
    fn the_page_on_recipes_shows_every_key_as_it_is() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recipes.md");
        let page = std::fs::read_to_string(page).unwrap();
        let example = page
            .split("```toml\n")
            .nth(1)
            .and_then(|rest| rest.split("```").next());
        let example = example.unwrap();
        let recipe = read(example).unwrap();
        let key_of = |line: &str| {
            let words = line.split(['=', '#']).next();
            words.unwrap_or_default().trim().to_owned()
        };
        let shown: Vec<String> = example.lines().map(key_of).collect();
        let mut whole = recipe.clone();
        // What is left out of a run's own recipe where nothing asks for it.
        whole.faults.raw_images = true;
        for line in whole.to_toml().lines() {
            let key = key_of(line);
            assert!(shown.contains(&key), "`{key}` is not shown");
        }
        assert_eq!(recipe.stages[0].contrast, Contrast::default());
        assert_eq!(recipe.faults, Faults::default());
        let all = [
            recipe.optimiser.moving_average,
            recipe.stages[0].accumulate as f64,
            recipe.stages[0].modality_dropout.into(),
        ];
        assert_eq!(all.map(|value| value > 0.0), [true; 3]);
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
        assert!(message.contains("did you mean `epochs`?"), "{message}");
    }

    #[test]
    fn values_that_belong_together_may_be_replaced_one_by_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/thesis.toml");
        let encoder = "architecture.mri.double_convolution.encoder=[4, 8]".to_owned();
        let latent = "architecture.latent=8".to_owned();
        let both = Recipe::read_with(Path::new(path), &[encoder.clone(), latent]).unwrap();
        assert_eq!(both.architecture.latent, 8);
        // Each by itself makes no sense.
        let alone = Recipe::read_with(Path::new(path), &[encoder]).unwrap_err();
        assert!(alone.to_string().contains("the latent's length"), "{alone}");
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
