//! A look at the validation split after an epoch.

use super::RecipeError;
use super::batches::Batches;
use super::log::samples::{Samples, chosen};
use crate::evaluate::measures::picture_error;
use crate::evaluate::networks::ServedNetworks;

/// Subjects whose pictures are in memory at once.
const CHUNK: usize = 256;

/// What the networks make of the validation split.
pub(super) struct Validation {
    /// Mean absolute error of the picture from its own latent; NaN where the split is empty.
    pub(super) own: f32,
    /// Mean absolute error of the picture from the ECG; NaN where the split is empty.
    pub(super) across: f32,
    /// The pictures of a few subjects, always the same.
    pub(super) samples: Samples,
}

impl Validation {
    /// That of an epoch after which nobody looked.
    pub(super) fn none() -> Validation {
        Validation {
            own: f32::NAN,
            across: f32::NAN,
            samples: Samples::default(),
        }
    }
}

/// Runs the networks over the subjects `members`.
///
/// # Errors
/// Where a run fails.
pub(super) fn validate(
    networks: &mut ServedNetworks,
    batches: &Batches<'_>,
    members: &[usize],
) -> Result<Validation, RecipeError> {
    let pixels = batches.pixels();
    let shown = chosen(members);
    let mut samples = Samples::of(batches.channels());
    let (mut own, mut across) = (0.0, 0.0);
    for chunk in members.chunks(CHUNK) {
        let batch = batches.unchanged(chunk)?;
        let own_latents = networks.mri_latents(&batch.picture)?;
        let rebuilt = networks.pictures(&own_latents)?;
        let ecg_latents = networks.ecg_latents(&batch.ecg, &batch.heart_rate)?;
        let from_ecg = networks.pictures(&ecg_latents)?;
        let share = chunk.len() as f64 / members.len() as f64;
        own += share * picture_error(&rebuilt, &batch.picture);
        across += share * picture_error(&from_ecg, &batch.picture);
        for (index, subject) in chunk.iter().enumerate() {
            if shown.contains(subject) {
                let range = index * pixels..(index + 1) * pixels;
                samples.truth.extend(&batch.picture[range.clone()]);
                samples.rebuilt.extend(&rebuilt[range.clone()]);
                samples.from_ecg.extend(&from_ecg[range]);
            }
        }
    }
    let or_none = |error: f64| match members {
        [] => f32::NAN,
        _ => error as f32,
    };
    Ok(Validation {
        own: or_none(own),
        across: or_none(across),
        samples,
    })
}
