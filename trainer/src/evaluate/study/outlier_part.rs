//! Whether ECGs unlike those of the training are noticed, by the very gate that an export gives to the runtime.

use super::{StudyError, StudyOptions};
use crate::cohort::Split;
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};
use crate::evaluate::outliers::foreign_beats::Beats;
use crate::evaluate::outliers::{
    ForeignBeats, OutlierFigures, Scored, Thresholds, disturbed, measure as score_all,
    outlier_figures, recordings_in,
};
use crate::export::statistics::spread_of;
use crate::recipe::batches::HEART_RATE;
use crate::recipe::config::Input;
use serde::Serialize;

/// Test subjects whose beats are made foreign, at most.
const DISTURBED: usize = 300;

/// The figures of the gate.
#[derive(Debug, Serialize)]
pub struct OutlierStudy {
    /// The figures.
    #[serde(flatten)]
    pub figures: OutlierFigures,
    /// Distances of the subjects held out. Not written to files.
    #[serde(skip)]
    pub held_out: Vec<f64>,
    /// Distances of the foreign beats. Not written to files.
    #[serde(skip)]
    pub foreign: Vec<Scored>,
}

/// Scores subjects held out and foreign beats by their distance from `learned`, the latents of the training split's ECGs; `None` where the recipe's network does not take the median beat.
///
/// # Errors
/// Where a folder of recordings cannot be read, or a run fails.
pub(super) fn measure(
    measured: &mut MeasuredRun<'_>,
    options: &StudyOptions,
    learned: &[f32],
    outputs: &SplitOutputs,
) -> Result<Option<OutlierStudy>, StudyError> {
    if !matches!(measured.recipe.input, Input::MedianBeat(_)) {
        return Ok(None);
    }
    let (dataset, length) = (measured.dataset, outputs.latent);
    let spread = spread_of(learned, length)?;
    let validation = measured.ecg_latents(&dataset.members(Split::Validation))?;
    let score = |latent: &[f32]| spread.distance(latent);
    let scores =
        |latents: &[f32]| -> Vec<f64> { latents.chunks_exact(length).map(score).collect() };
    let thresholds = Thresholds::of_validation(&scores(&validation));
    let held_out = scores(&outputs.ecg_latents);

    let rates = dataset.numbers(HEART_RATE).unwrap_or_default();
    let (mut samples, mut heart_rates) = (Vec::new(), Vec::new());
    for &subject in outputs.members.iter().take(DISTURBED) {
        samples.extend(dataset.median_beat(subject)?);
        heart_rates.push(rates.get(subject).copied().unwrap_or(f64::NAN));
    }
    let mut foreign: Vec<ForeignBeats> = Vec::new();
    for folder in &options.foreign {
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        let name = format!("real recordings, {}", name.display());
        foreign.push(recordings_in(folder, &name)?.foreign);
    }
    foreign.extend(disturbed(
        &Beats::new(&samples, &heart_rates)?,
        options.seed,
    )?);
    let encode = |beats: &ForeignBeats| -> Result<Vec<f32>, StudyError> {
        let rates: Vec<f32> = beats
            .heart_rates_bpm
            .iter()
            .map(|&rate| rate as f32)
            .collect();
        Ok(measured.latents_of_beats(&beats.beats, &rates)?)
    };
    let foreign = score_all(&foreign, length, encode, score)?;
    Ok(Some(OutlierStudy {
        figures: outlier_figures(&held_out, &foreign, thresholds),
        held_out,
        foreign,
    }))
}
