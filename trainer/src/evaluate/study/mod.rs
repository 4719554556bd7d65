//! The whole study of a run on one split: every figure, picture and map, as `metrics.json`, PNGs and one `report.html`.
//!
//! - [`Study`]: all figures; [`study`]: measuring them;
//! - `anatomy_part`: what a segmenter finds in the generated pictures;
//! - `outlier_part`: whether foreign ECGs are noticed;
//! - `uncertainty_part`, `map_part`: whether the expected errors are right, and the latents on a plane;
//! - `subgroup_part`: the chief figures by sex, age, body mass and condition;
//! - [`summary`]: the few numbers that tell a model from another;
//! - [`gallery`]: true and generated pictures of many subjects;
//! - `document`: the report; `card_tables`: the tables of the model card.
//!
//! Parts that need more subjects than a split has, or a segmenter or recordings that were not given, are left out, and the
//! report says so.

mod anatomy_part;
mod card_tables;
mod document;
pub mod gallery;
mod map_part;
mod outlier_part;
mod subgroup_part;
pub mod summary;
mod uncertainty_part;

pub use anatomy_part::AnatomyStudy;
pub use map_part::MapStudy;
pub use outlier_part::OutlierStudy;
pub use summary::Summary;

use super::calibration::{CalibrationError, CalibrationFigures};
use super::ceiling::{Ceiling, EcgTable, Effort, Parts};
use super::diversity::{Diversity, Generated};
use super::image::{ImageComparison, ImageErrors};
use super::known::Known;
use super::maps::MapError;
use super::measured_run::{MeasuredRun, SplitOutputs};
use super::nearest::nearest_by_cosine;
use super::outliers::OutlierError;
use super::phenotype::{Latents, Phenotypes};
use super::report::{METRICS_FILE, Metrics, SHEET_FILE, metrics, sheet_of};
use super::retrieval::Retrieval;
use super::subgroups::SubgroupFigures;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use crate::information::table_of_subjects::TableOfSubjects;
use crate::recipe::batches::HEART_RATE;
use crate::recipe::{RecipeError, RunFolder};
use crate::segmentation::SegmentationError;
use ecg2mri::atomic_file::{AtomicFile, AtomicFileError};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The report's file.
pub const REPORT_FILE: &str = "report.html";
/// The model card's tables.
const TABLES_FILE: &str = "model_card_tables.md";
/// Below so many subjects, figures that are learned or drawn say nothing and are left out.
const LEAST_SUBJECTS: usize = 60;

/// Parts of a study that take time and may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// What plain learners get from the same ECGs.
    Ceiling,
    /// What a segmenter reads off the pictures.
    Anatomy,
    /// Whether foreign ECGs are noticed.
    Foreign,
    /// The latents on a plane.
    Maps,
    /// The chief figures by subgroup.
    Subgroups,
}

/// What a study needs besides the run.
#[derive(Debug, Clone)]
pub struct StudyOptions {
    /// The split that is measured.
    pub split: Split,
    /// Where the networks run.
    pub device: Device,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
    /// Seed of intervals, maps and draws.
    pub seed: u64,
    /// Folder of a segmenter, for the anatomy of pictures.
    pub segmenter: Option<PathBuf>,
    /// Folders of recordings that are foreign to the training.
    pub foreign: Vec<PathBuf>,
    /// Parts to leave out.
    pub skip: Vec<Part>,
}

/// What can go wrong in a study.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// The run, the data set or a network.
    #[error(transparent)]
    Run(#[from] RecipeError),
    /// The segmenter.
    #[error(transparent)]
    Segmentation(#[from] SegmentationError),
    /// The predicted uncertainty.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// The maps.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Foreign recordings.
    #[error(transparent)]
    Outlier(#[from] OutlierError),
    /// The spread of the latents.
    #[error(transparent)]
    Statistics(#[from] crate::export::ExportError),
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
    /// A drawing cannot be encoded.
    #[error("a picture of the report cannot be encoded: {0}")]
    Picture(#[from] png::EncodingError),
    /// Figures cannot be written as JSON.
    #[error("the figures cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<crate::cohort::CohortError> for StudyError {
    fn from(error: crate::cohort::CohortError) -> Self {
        StudyError::Run(error.into())
    }
}

/// All figures of a run on one split.
#[derive(Debug, Serialize)]
pub struct Study {
    /// The chief figures, at the top level of the file.
    #[serde(flatten)]
    pub metrics: Metrics,
    /// The few that tell a model from another.
    pub summary: Summary,
    /// Errors of pictures, beside guesses.
    pub image: ImageComparison,
    /// How far pictures and latents differ.
    pub diversity: Diversity,
    /// Whose MRI an ECG points to.
    pub retrieval: Retrieval,
    /// What latents tell; `None` where the splits are too small.
    pub phenotypes: Option<Phenotypes>,
    /// What plain learners get from the same ECGs.
    pub ceiling: Option<Ceiling>,
    /// What a segmenter finds in the pictures; `None` without one.
    pub anatomy: Option<AnatomyStudy>,
    /// Whether the expected errors are right; `None` where the decoder gives none.
    pub uncertainty: Option<CalibrationFigures>,
    /// Whether foreign ECGs are noticed.
    pub outliers: Option<OutlierStudy>,
    /// The latents on a plane.
    pub maps: Option<MapStudy>,
    /// The chief figures by subgroup.
    pub subgroups: Option<SubgroupFigures>,
    /// Parts that were left out, and why.
    pub left_out: Vec<String>,
}

/// Measures everything and writes it into `output`; `progress` is told what comes next.
///
/// # Errors
/// [`StudyError`], naming the part that failed; nothing is half written.
pub fn study(
    engine: &Engine,
    run: &RunFolder,
    dataset: &Dataset,
    options: &StudyOptions,
    output: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Study, StudyError> {
    let (device, threads) = (options.device, options.threads);
    let mut measured = MeasuredRun::open(engine, run, dataset, device, threads)?;
    let training = dataset.members(Split::Train);
    let validation = dataset.members(Split::Validation);
    let members = dataset.members(options.split);
    let enough = training.len().min(validation.len()).min(members.len()) >= LEAST_SUBJECTS;
    let mut left_out = Vec::new();
    if !enough {
        left_out.push(format!(
            "phenotypes, ceiling, foreign ECGs, maps and subgroups: each split must have {LEAST_SUBJECTS} subjects or more"
        ));
    }

    progress("pictures");
    let outputs = measured.outputs(&members)?;
    let guesses = measured.guesses()?;
    let metrics = metrics(&measured, options.split, &outputs, &guesses)?;
    let image = image_part(&mut measured, &outputs, &guesses, &training)?;
    progress("diversity and retrieval");
    let diversity = Diversity::measure(&Generated {
        pictures: &outputs.generated,
        truth: &outputs.truth,
        values: outputs.values,
        channels: outputs.channels,
        ecg_latents: &outputs.ecg_latents,
        mri_latents: &outputs.mri_latents,
        latent: outputs.latent,
    });
    let retrieval = Retrieval::measure(
        &outputs.ecg_latents,
        &outputs.mri_latents,
        outputs.latent,
        options.seed,
    );

    let known = Known::of(&TableOfSubjects::new(
        &dataset.columns,
        dataset.rows.clone(),
    ));
    let learned = measured.ecg_latents(&training)?;
    let (mut phenotypes, mut ceiling) = (None, None);
    let skipped = |part: Part| options.skip.contains(&part);
    for part in &options.skip {
        left_out.push(format!("{part:?}: as asked").to_lowercase());
    }
    if enough {
        progress("phenotypes");
        phenotypes = Some(Phenotypes::measure(
            &known,
            Latents {
                subjects: &training,
                values: &learned,
                length: outputs.latent,
            },
            Latents {
                subjects: &members,
                values: &outputs.ecg_latents,
                length: outputs.latent,
            },
            options.seed,
        ));
    }
    if enough && !skipped(Part::Ceiling) {
        progress("the ceiling that plain learners set");
        ceiling = Some(ceiling_part(dataset, &known, options, &members)?);
    }

    let anatomy = match &options.segmenter {
        Some(folder) if !skipped(Part::Anatomy) => {
            progress("anatomy in the pictures");
            anatomy_part::measure(&mut measured, folder, &learned, &outputs, options.seed)?
        }
        _ => None,
    };
    if anatomy.is_none() && !skipped(Part::Anatomy) {
        left_out.push(
            "anatomy: give --segmenter, and a data set with both views at end-diastole and end-systole"
                .to_owned(),
        );
    }
    progress("uncertainty");
    let uncertainty = uncertainty_part::measure(&mut measured, &outputs)?;
    if uncertainty.is_none() {
        left_out.push("uncertainty: the decoder gives none".to_owned());
    }
    let (mut outliers, mut maps, mut subgroups) = (None, None, None);
    if enough && !skipped(Part::Foreign) {
        progress("foreign ECGs");
        outliers = outlier_part::measure(&mut measured, options, &learned, &outputs)?;
    }
    if enough && !skipped(Part::Maps) {
        progress("maps");
        maps = Some(map_part::make(&measured, &outputs, options.seed)?);
    }
    if enough && !skipped(Part::Subgroups) {
        progress("subgroups");
        subgroups = Some(subgroup_part::measure(&subgroup_part::Measured {
            known: &known,
            outputs: &outputs,
            image: &image,
            diversity: &diversity,
            retrieval: &retrieval,
            phenotypes: phenotypes.as_ref(),
            anatomy: anatomy.as_ref(),
            seed: options.seed,
        }));
    }
    let summary = Summary::of(&summary::Parts {
        metrics: &metrics,
        image: &image,
        diversity: &diversity,
        retrieval: &retrieval,
        phenotypes: phenotypes.as_ref(),
        ceiling: ceiling.as_ref(),
        anatomy: anatomy.as_ref(),
        uncertainty: uncertainty.as_ref(),
        outliers: outliers.as_ref(),
    });
    let study = Study {
        metrics,
        summary,
        image,
        diversity,
        retrieval,
        phenotypes,
        ceiling,
        anatomy,
        uncertainty,
        outliers,
        maps,
        subgroups,
        left_out,
    };
    progress("report");
    write(&study, &measured, &outputs, options, output)?;
    Ok(study)
}

fn write(
    study: &Study,
    measured: &MeasuredRun<'_>,
    outputs: &SplitOutputs,
    options: &StudyOptions,
    output: &Path,
) -> Result<(), StudyError> {
    std::fs::create_dir_all(output).map_err(|error| RecipeError::Run {
        path: output.to_owned(),
        problem: error.to_string(),
    })?;
    let conditions = gallery::conditions(measured.dataset, &outputs.members);
    let galleries = gallery::galleries(measured, outputs, &conditions)?;
    for (name, png) in &galleries {
        AtomicFile::write(&output.join(name), png)?;
    }
    let report = document::report(study, measured, options, &galleries)?;
    AtomicFile::write(&output.join(REPORT_FILE), report.as_bytes())?;
    AtomicFile::write(&output.join(SHEET_FILE), &sheet_of(outputs)?)?;
    let tables = card_tables::tables(study, measured);
    AtomicFile::write(&output.join(TABLES_FILE), tables.as_bytes())?;
    let json = serde_json::to_string_pretty(study)? + "\n";
    AtomicFile::write(&output.join(METRICS_FILE), json.as_bytes())?;
    Ok(())
}

/// Errors of pictures beside those of guesses and of the training subject whose MRI's latent is nearest to the ECG's.
fn image_part(
    measured: &mut MeasuredRun<'_>,
    outputs: &SplitOutputs,
    guesses: &super::constant_guess::ConstantGuesses,
    training: &[usize],
) -> Result<ImageComparison, StudyError> {
    let SplitOutputs {
        values, channels, ..
    } = *outputs;
    let known = measured.mri_latents(training)?;
    let nearest = nearest_by_cosine(&outputs.ecg_latents, &known, outputs.latent);
    let choice = measured.recipe.picture;
    let dataset = measured.dataset;
    let fetch = |subject: usize| -> Result<Vec<f32>, StudyError> {
        let place = nearest.get(subject).copied().unwrap_or(0);
        let grey = dataset.pictures(training[place], choice.views, choice.frames)?;
        Ok(grey.iter().map(|&grey| f32::from(grey) / 255.0).collect())
    };
    Ok(ImageComparison {
        channel_names: channel_names(measured),
        generated: ImageErrors::of(&outputs.generated, &outputs.truth, values, channels),
        mean_image: ImageErrors::of_guess(&guesses.mean, &outputs.truth, channels),
        median_image: ImageErrors::of_guess(&guesses.median, &outputs.truth, channels),
        nearest_neighbour: ImageErrors::of_fetched(fetch, &outputs.truth, values, channels)?,
    })
}

fn ceiling_part(
    dataset: &Dataset,
    known: &Known,
    options: &StudyOptions,
    members: &[usize],
) -> Result<Ceiling, StudyError> {
    let rates = dataset.numbers(HEART_RATE).unwrap_or_default();
    let ecgs = EcgTable::read(dataset.ids.len(), |subject| {
        let rate = rates.get(subject).copied().unwrap_or(f64::NAN);
        Ok::<_, StudyError>((dataset.median_beat(subject)?, rate))
    })?;
    let parts = Parts {
        training: &dataset.members(Split::Train),
        validation: &dataset.members(Split::Validation),
        unseen: members,
    };
    Ok(Ceiling::measure(
        known,
        &ecgs,
        parts,
        &Effort::default(),
        options.seed,
        &|_| {},
    ))
}

/// What each channel of a run's pictures shows.
fn channel_names(measured: &MeasuredRun<'_>) -> Vec<String> {
    let choice = &measured.recipe.picture;
    let phases = choice.phase_names();
    choice
        .view_names()
        .iter()
        .flat_map(|view| phases.iter().map(move |phase| format!("{view}, {phase}")))
        .collect()
}
