//! The latents on a plane, before and after training.

use super::StudyError;
use crate::evaluate::html::Section;
use crate::evaluate::maps::latent_map::MapFigures;
use crate::evaluate::maps::{EmbeddingSettings, LatentMap, colourings, section};
use crate::evaluate::measured_run::{MeasuredRun, SplitOutputs};
use crate::recipe::batches::Batches;
use serde::Serialize;

/// Subjects of a map at most, two points each.
const SUBJECTS: usize = 700;

/// The maps and their figures.
#[derive(Debug, Serialize)]
pub struct MapStudy {
    /// Of the latents with the first parameters.
    pub before_training: MapFigures,
    /// Of the latents of the trained run.
    pub after_training: MapFigures,
    /// Both maps, drawn. Not written to files.
    #[serde(skip)]
    pub section: Section,
}

/// Makes both maps of the same subjects.
///
/// # Errors
/// Where a run fails, or a subject has no row in the data set's table.
pub(super) fn make(
    measured: &MeasuredRun<'_>,
    outputs: &SplitOutputs,
    seed: u64,
) -> Result<MapStudy, StudyError> {
    let dataset = measured.dataset;
    let count = outputs.members.len().min(SUBJECTS);
    let (members, length) = (&outputs.members[..count], outputs.latent);
    let settings = EmbeddingSettings {
        seed,
        ..EmbeddingSettings::default()
    };
    let mut untrained = measured.untrained()?;
    let batches = Batches::new(dataset, &measured.recipe);
    let (mut ecg, mut mri) = (Vec::new(), Vec::new());
    for chunk in members.chunks(256) {
        let batch = batches.unchanged(chunk)?;
        ecg.extend(untrained.ecg_latents(&batch.ecg, &batch.heart_rate)?);
        mri.extend(untrained.mri_latents(&batch.picture)?);
    }
    let before = LatentMap::make(&ecg, &mri, length, &settings)?;
    let after = LatentMap::make(
        &outputs.ecg_latents[..count * length],
        &outputs.mri_latents[..count * length],
        length,
        &settings,
    )?;
    let ids: Vec<String> = members
        .iter()
        .map(|&subject| dataset.ids[subject].clone())
        .collect();
    let colours = colourings(&ids, &dataset.columns, &dataset.ids, &dataset.rows)?;
    Ok(MapStudy {
        before_training: before.figures,
        after_training: after.figures,
        section: section::section(Some(&before), &after, &colours, &settings),
    })
}
