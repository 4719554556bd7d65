//! What a segmenter finds in the generated pictures.

use super::StudyError;
use crate::cohort::{Frames, Split, Views};
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};
use crate::segmentation::calibration::{Calibration, Quantities};
use crate::segmentation::figures::{
    AnatomyFigures, QuantitySeries, anatomy_figures, layout, measure_pictures, measure_subjects,
};
use crate::segmentation::segmenter::Segmenter;
use serde::Serialize;
use std::path::Path;

/// Subjects of the training split whose pictures the volumes are calibrated on.
const CALIBRATED_ON: usize = 1500;

/// The anatomy of the generated pictures, read in two ways.
#[derive(Debug, Serialize)]
pub struct AnatomyStudy {
    /// Training subjects that the readings were calibrated on.
    pub calibration_subjects: usize,
    /// As a reader of true pictures would read them: volumes from areas and lengths by what true pictures taught.
    pub read_as_true_pictures: AnatomyFigures,
    /// By what pictures generated for training subjects taught, who knows how far they lean to the mean or away from it.
    pub read_as_generated_pictures: AnatomyFigures,
    /// Each quantity of every subject, in the first way. Not written to files.
    #[serde(skip)]
    pub series: Vec<QuantitySeries>,
}

/// Measures the anatomy, with `learned_latents` of the whole training split's ECGs in its order; `None` where the run's pictures are not what the segmenter's calibration needs: both views at
/// end-diastole and end-systole.
///
/// # Errors
/// Where the segmenter cannot be opened, or a run fails.
pub(super) fn measure(
    measured: &mut MeasuredRun<'_>,
    folder: &Path,
    learned_latents: &[f32],
    outputs: &SplitOutputs,
    seed: u64,
) -> Result<Option<AnatomyStudy>, StudyError> {
    let choice = measured.recipe.picture;
    let dataset = measured.dataset;
    let same = dataset.header.views == choice.views && dataset.header.frames == choice.frames;
    if !same || choice.views != Views::ShortAxisAndFourChamber || choice.frames != Frames::EdEs {
        return Ok(None);
    }
    let (engine, device, threads) = measured.place();
    let mut segmenter = Segmenter::open(engine, folder, device, threads)?;
    let mut training = dataset.members(Split::Train);
    training.truncate(CALIBRATED_ON);
    let learned = Quantities::truth(dataset, &training);
    let of_true = Calibration::fit(
        &measure_subjects(&mut segmenter, dataset, &training)?,
        &learned,
    );
    let layout = layout(dataset);
    let calibrated = training.len() * outputs.latent;
    let latents = learned_latents.get(..calibrated).unwrap_or_default();
    let mut of_training = Vec::new();
    for some in latents.chunks(64 * outputs.latent) {
        let pictures = measured.networks().pictures(some)?;
        of_training.extend(measure_pictures(&mut segmenter, &pictures, &layout)?);
    }
    let of_generated = Calibration::fit(&of_training, &learned);

    let generated = measure_pictures(&mut segmenter, &outputs.generated, &layout)?;
    let true_pictures = measure_pictures(&mut segmenter, &outputs.truth, &layout)?;
    let truth = Quantities::truth(dataset, &outputs.members);
    let (as_true, series) = anatomy_figures(&generated, &true_pictures, &truth, &of_true, seed);
    let (as_generated, _) =
        anatomy_figures(&generated, &true_pictures, &truth, &of_generated, seed);
    Ok(Some(AnatomyStudy {
        calibration_subjects: training.len(),
        read_as_true_pictures: as_true,
        read_as_generated_pictures: as_generated,
        series,
    }))
}
