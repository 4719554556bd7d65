//! `statistics.json` of a run: how the latents of the training split's ECGs spread, the distances at which the runtime
//! marks and refuses, and what can be read from a latent.
//!
//! The spread and the readouts are fitted on the training split; limits, penalties and intervals come from the
//! validation split, which no weight was fitted to.
//!
//! - `spread`: principal components of the latents' covariance;
//! - `gate`: limits that few of the held-out subjects lie beyond;
//! - `readouts`: ridge regressions from latent to volumes and the like.

mod gate;
mod readouts;
mod spread;

use super::ExportError;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use crate::evaluate::networks::ServedNetworks;
use crate::recipe::batches::Batches;
use crate::recipe::{Recipe, RunFolder};
use ecg2mri::model::statistics::Statistics;
use ndarray::{Array2, ArrayView2};

/// Subjects whose ECGs are read at once.
const AT_ONCE: usize = 256;

/// The latents of one split's ECGs with its subjects.
struct Latents {
    /// The subjects, as positions in the data set.
    subjects: Vec<usize>,
    /// (subject, latent).
    values: Array2<f64>,
}

/// Fits the statistics of a run on the data set it was trained on.
///
/// # Errors
/// [`ExportError::Run`] where the data set is of the run's cohort and keeps other subjects back,
/// [`ExportError::Statistics`] where a split is too small, and whatever files and graphs refuse.
pub(super) fn fit(
    engine: &Engine,
    run: &RunFolder,
    recipe: &Recipe,
    dataset: &Dataset,
    threads: usize,
) -> Result<Statistics, ExportError> {
    run.check_split(dataset)?;
    let mut table = run.trained_parameters(recipe)?;
    let mut networks = ServedNetworks::open(engine, recipe, &mut table, Device::Cpu, threads)?;
    let batches = Batches::new(dataset, recipe);
    let mut of = |split: Split| -> Result<Latents, ExportError> {
        let subjects = dataset.members(split);
        let mut values = Vec::new();
        for chunk in subjects.chunks(AT_ONCE) {
            let batch = batches
                .ecgs(chunk)
                .map_err(crate::recipe::RecipeError::from)?;
            let latents = networks.ecg_latents(&batch.ecg, &batch.heart_rate)?;
            values.extend(latents.into_iter().map(f64::from));
        }
        let shape = (subjects.len(), recipe.architecture.latent);
        let values = Array2::from_shape_vec(shape, values)
            .map_err(|error| ExportError::Statistics(error.to_string()))?;
        Ok(Latents { subjects, values })
    };
    let training = of(Split::Train)?;
    let validation = of(Split::Validation)?;
    from_latents(dataset, &training, &validation)
}

/// The spread of latents (subject, `length`), as the runtime measures distances from it.
///
/// # Errors
/// [`ExportError::Statistics`] where they do not vary.
pub(crate) fn spread_of(
    latents: &[f32],
    length: usize,
) -> Result<ecg2mri::model::statistics::Spread, ExportError> {
    let subjects = latents.len() / length.max(1);
    let values = latents.iter().map(|&value| f64::from(value)).collect();
    let values = Array2::from_shape_vec((subjects, length), values)
        .map_err(|error| ExportError::Statistics(error.to_string()))?;
    spread::fit(&values.view())
}

fn from_latents(
    dataset: &Dataset,
    training: &Latents,
    validation: &Latents,
) -> Result<Statistics, ExportError> {
    let spread = spread::fit(&training.values.view())?;
    let distances = distances(&spread, &validation.values.view());
    Ok(Statistics {
        gate: gate::fit(distances)?,
        latents: spread,
        readouts: readouts::fit(dataset, training, validation),
    })
}

fn distances(spread: &ecg2mri::model::statistics::Spread, latents: &ArrayView2<f64>) -> Vec<f64> {
    let rows = latents.rows().into_iter();
    rows.map(|row| {
        let latent: Vec<f32> = row.iter().map(|&value| value as f32).collect();
        spread.distance(&latent)
    })
    .collect()
}
