//! Whether ECGs unlike those of the training are noticed, by the very gate that an export gives to the runtime.

use super::{StudyError, StudyOptions};
use crate::cohort::Split;
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};
use crate::evaluate::outliers::foreign_beats::{BEAT, Beats};
use crate::evaluate::outliers::{
    ForeignBeats, OutlierFigures, Scored, disturbed, outlier_figures, recordings_in,
};
use crate::export::statistics::{Sample, familiar};
use crate::recipe::batches::HEART_RATE;
use crate::recipe::config::Input;
use ecg2mri::model::Latent;
use ecg2mri::model::statistics::Outlier;
use serde::Serialize;

/// Test subjects whose beats are made foreign, at most.
const DISTURBED: usize = 300;

/// The figures of the gate.
#[derive(Debug, Serialize)]
pub struct OutlierStudy {
    /// The figures.
    #[serde(flatten)]
    pub figures: OutlierFigures,
    /// What the gate says of the subjects held out. Not written to files.
    #[serde(skip)]
    pub held_out: Vec<Outlier>,
    /// What it says of the foreign beats. Not written to files.
    #[serde(skip)]
    pub foreign: Vec<Scored>,
}

/// Has subjects held out and foreign beats judged by the gate of a model whose training split's ECGs have the latents
/// `learned`; `None` where the recipe's network does not take the median beat.
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
    let of = |split: Split, latents: &[f32]| Sample::read(dataset, dataset.members(split), latents);
    let held_back = measured.ecg_latents(&dataset.members(Split::Validation))?;
    let training = of(Split::Train, learned)?;
    let statistics = familiar(&training, &of(Split::Validation, &held_back)?)?;
    let judge =
        |latent: &[f32], beat: &[f32]| statistics.outlier(&Latent::new(latent.to_vec()), beat);
    let mut held_out = Vec::new();
    for (latent, &subject) in outputs
        .ecg_latents
        .chunks_exact(length)
        .zip(&outputs.members)
    {
        held_out.push(judge(latent, &dataset.median_beat(subject)?));
    }

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
    let mut scored = Vec::new();
    for kind in foreign {
        let rates: Vec<f32> = kind
            .heart_rates_bpm
            .iter()
            .map(|&rate| rate as f32)
            .collect();
        let latents = measured.latents_of_beats(&kind.beats, &rates)?;
        let pairs = latents
            .chunks_exact(length)
            .zip(kind.beats.chunks_exact(BEAT));
        scored.push(Scored {
            judged: pairs.map(|(latent, beat)| judge(latent, beat)).collect(),
            name: kind.name,
            group: kind.group,
        });
    }
    Ok(Some(OutlierStudy {
        figures: outlier_figures(&held_out, &scored),
        held_out,
        foreign: scored,
    }))
}
