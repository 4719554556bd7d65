//! What is trained when, and by which losses.

use crate::architecture::Network;
use serde::{Deserialize, Serialize};

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
    /// Batches whose mean gradient makes one step of the optimiser. Batch normalisation and the contrastive loss see
    /// each batch by itself.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub accumulate: usize,
    /// The highest learning rate.
    pub learning_rate: f32,
    /// The course of the learning rate.
    #[serde(default)]
    pub schedule: Schedule,
    /// Steps over which the learning rate climbs to its highest.
    #[serde(default)]
    pub warm_up_steps: usize,
    /// At most this many training subjects are used, the same ones in every epoch; all where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<usize>,
    /// Networks that keep the values they begin the stage with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frozen: Vec<Network>,
    /// After every how many epochs the validation split is looked at; after the last always.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub validate_every: usize,
    /// The weights of the losses; a loss of weight 0 is not computed.
    pub weights: Weights,
    /// How a rebuilt ECG is compared with the true one.
    #[serde(default = "squared")]
    pub ecg_loss: Reconstruction,
    /// How a rebuilt picture is compared with the true one.
    #[serde(default)]
    pub mri_loss: Reconstruction,
    /// Of each pair, the chance that one modality is kept from the `fused` loss; which one is even odds.
    #[serde(default)]
    pub modality_dropout: f32,
    /// The share of the true pictures' variance that the `variety` loss asks for.
    #[serde(default = "half", skip_serializing_if = "is_half")]
    pub variety_share: f32,
    /// The contrastive loss.
    #[serde(default)]
    pub contrast: Contrast,
}

fn one() -> usize {
    1
}

fn is_one(number: &usize) -> bool {
    *number == 1
}

fn half() -> f32 {
    0.5
}

fn is_half(share: &f32) -> bool {
    *share == half()
}

fn squared() -> Reconstruction {
    Reconstruction::Squared
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

/// How something rebuilt is compared with the true one; both are means over all elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reconstruction {
    /// Mean absolute error (L1).
    #[default]
    Absolute,
    /// Mean squared error (L2).
    Squared,
}

/// The contrastive losses: `[stage.contrast.info_nce]` and so on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Contrast {
    /// InfoNCE both ways at a fixed temperature.
    InfoNce {
        /// The temperature.
        temperature: f32,
    },
    /// InfoNCE both ways at a temperature that is trained, and never falls below 0.01.
    LearnedInfoNce {
        /// The temperature at the beginning.
        first_temperature: f32,
    },
    /// The thesis' own: 1 − cosine of a pair's latents, and of strangers' what their cosine exceeds `margin` by.
    MarginCosine {
        /// The margin, −1..1.
        margin: f32,
    },
}

impl Default for Contrast {
    fn default() -> Self {
        Contrast::InfoNce { temperature: 0.1 }
    }
}

/// The weights of the losses.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// Error of the ECG rebuilt from its own latent.
    pub ecg_reconstruction: f32,
    /// Error of the picture rebuilt from its own latent.
    pub mri_reconstruction: f32,
    /// Error of the picture made from the ECG's latent.
    pub cross_modal: f32,
    /// Error of the picture made from the mean of those latents of a pair that `modality_dropout` leaves.
    pub fused: f32,
    /// The contrastive loss.
    pub contrastive: f32,
    /// Mean squared difference between the two latents of a pair.
    pub latent: f32,
    /// Error of the differences between neighbouring pixels of the picture made from the ECG's latent: sharpness.
    pub edges: f32,
    /// One less the structural similarity of the picture made from the ECG's latent.
    pub structure: f32,
    /// Error of the recipe's `phenotypes`, standardised, as linear functions of either latent.
    pub phenotypes: f32,
    /// How badly the deviation that the decoder expects fits the error of the picture made from the ECG's latent.
    pub deviation: f32,
    /// How much the pictures made from a batch's ECGs vary less than `variety_share` of what the true ones do.
    pub variety: f32,
}

impl Weights {
    /// All of them.
    pub fn all(&self) -> [f32; 11] {
        [
            self.ecg_reconstruction,
            self.mri_reconstruction,
            self.cross_modal,
            self.fused,
            self.contrastive,
            self.latent,
            self.edges,
            self.structure,
            self.phenotypes,
            self.deviation,
            self.variety,
        ]
    }

    /// Whether a loss looks at the picture made from the ECG's latent.
    pub fn decode_ecg(&self) -> bool {
        [
            self.cross_modal,
            self.edges,
            self.structure,
            self.deviation,
            self.variety,
        ]
        .iter()
        .any(|&weight| weight > 0.0)
    }

    /// Whether a loss compares the two latents of a pair.
    pub fn compare_latents(&self) -> bool {
        self.contrastive > 0.0 || self.latent > 0.0
    }
}

impl Stage {
    /// Whether the MRI's latents are the same in every epoch and serve as they are: the encoder keeps its values and no
    /// loss needs more of it. They are then computed once, as the encoder serves, by its running statistics.
    pub fn keeps_mri_latents(&self) -> bool {
        let weights = &self.weights;
        self.frozen.contains(&Network::MriEncoder)
            && weights.compare_latents()
            && weights.mri_reconstruction == 0.0
            && weights.fused == 0.0
    }

    /// Subjects that one step of the optimiser sees.
    pub fn subjects_per_step(&self) -> usize {
        self.batch.saturating_mul(self.accumulate)
    }

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
