//! `statistics.json` of a run: how the training split's ECGs spread, the distances at which the runtime marks and
//! refuses, and what can be read from a latent.
//!
//! The spreads and the readouts are fitted on the training split; limits, penalties and intervals come from the
//! validation split, which no weight was fitted to.
//!
//! - `sample`: latents and amplitudes of a split's ECGs;
//! - `spread`: principal components of the covariance of either;
//! - `gate`: limits that few of the held-out subjects lie beyond;
//! - `readouts`: ridge regressions from latent to volumes and the like.

mod gate;
mod readouts;
mod sample;
mod spread;

use super::ExportError;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use crate::evaluate::measured_run::MeasuredRun;
use crate::recipe::RunFolder;
use ecg2mri::model::statistics::{Amplitudes, Gate, Spread, Statistics};
use ndarray::ArrayView2;
pub(crate) use sample::Sample;

/// Measures in which an ECG is compared with the training split's.
const MEASURES: u32 = 3;

/// Fits the statistics of a run on the data set it was trained on.
///
/// # Errors
/// [`ExportError::Run`] where the data set is of the run's cohort and keeps other subjects back,
/// [`ExportError::Statistics`] where a split is too small, and whatever files and graphs refuse.
pub(super) fn fit(
    engine: &Engine,
    run: &RunFolder,
    dataset: &Dataset,
    threads: usize,
) -> Result<Statistics, ExportError> {
    let mut measured = MeasuredRun::open(engine, run, dataset, Device::Cpu, threads)?;
    let mut of = |split: Split| -> Result<Sample, ExportError> {
        let subjects = dataset.members(split);
        let latents = measured.ecg_latents(&subjects)?;
        Sample::read(dataset, subjects, &latents)
    };
    let training = of(Split::Train)?;
    let validation = of(Split::Validation)?;
    let familiar = familiar(&training, &validation)?;
    Ok(Statistics {
        readouts: readouts::fit(dataset, &training, &validation),
        ..familiar
    })
}

/// The statistics by which the runtime tells ECGs unlike those of the training split; without readouts.
///
/// # Errors
/// [`ExportError::Statistics`] where a split is too small, or all its ECGs are alike.
pub(crate) fn familiar(training: &Sample, validation: &Sample) -> Result<Statistics, ExportError> {
    let (latents, gate) = measure(&training.latents.view(), &validation.latents.view())?;
    let (level, level_gate) = measure(&training.levels.view(), &validation.levels.view())?;
    let (leads, leads_gate) = measure(&training.leads.view(), &validation.leads.view())?;
    Ok(Statistics {
        latents,
        gate,
        amplitudes: Some(Amplitudes {
            level,
            level_gate,
            leads,
            leads_gate,
        }),
        readouts: Vec::new(),
    })
}

/// The spread of one measure (subject, numbers), and what is done with those far from it.
fn measure(
    training: &ArrayView2<f64>,
    validation: &ArrayView2<f64>,
) -> Result<(Spread, Gate), ExportError> {
    let spread = spread::fit(training)?;
    let rows = validation.rows().into_iter();
    let distances = rows.map(|row| {
        let numbers: Vec<f32> = row.iter().map(|&value| value as f32).collect();
        spread.distance(&numbers)
    });
    let gate = gate::fit(distances.collect(), MEASURES)?;
    Ok((spread, gate))
}
