//! A cohort's folder into a data set, in parallel.
//!
//! Subjects are read in groups by all threads and written in the cohort's order, so the data set does not depend on the
//! threads, memory does not grow with the cohort, and an interrupted run loses one group at most.

use super::CohortError;
use super::dataset_writer::{DatasetPlan, DatasetWriter, Sample};
use super::folder::{CohortFolder, CohortSubject};
use super::header::CohortHeader;
use super::label_maps::{four_chamber_labels, short_axis_labels};
use super::left_out::{LeftOut, Reason, ReasonKind};
use super::picture::{SIDE, four_chamber_pictures, short_axis_pictures};
use super::room::{Size, check_size};
use super::selection::{Frames, Views};
use super::store::Dataset;
use crate::synthesis::PictureSettings;
use ecg2mri::ecg::Lead;
use ecg2mri::model::network_input::{LEADS, SAMPLES};
use ecg2mri::signal::first_samples::first_samples;
use ecg2mri::signal::{self, MedianBeat};
use ecg2mri::{Ecg, formats};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Subjects in memory at once, for each thread.
const GROUP_PER_THREAD: usize = 8;
/// Bounds of a group: enough that the disk is not waited for at every turn, and below half a gigabyte.
const GROUP: [usize; 2] = [64, 512];

/// How a cohort is prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareOptions {
    /// The seed of the split.
    pub seed: u64,
    /// Pixel size of the pictures, in millimetres.
    pub pixel_mm: f64,
    /// The frames of the pictures.
    pub frames: Frames,
    /// The views of the pictures.
    pub views: Views,
    /// Whether the data set is to hold the pictures' labels.
    pub labels: bool,
}

impl Default for PrepareOptions {
    fn default() -> Self {
        PrepareOptions {
            seed: 1,
            pixel_mm: PictureSettings::default().pixel_mm,
            frames: Frames::default(),
            views: Views::default(),
            labels: false,
        }
    }
}

/// How one run goes about it.
#[derive(Clone, Copy)]
pub struct PrepareRun<'a> {
    /// Whether to go on where an interrupted run stopped.
    pub resume: bool,
    /// Set from outside to stop: the group in hand is finished, no other is begun.
    pub stop: &'a AtomicBool,
    /// Called once a subject, from any thread.
    pub progress: &'a (dyn Fn() + Sync),
}

/// A prepared cohort.
#[derive(Debug)]
pub struct Prepared {
    /// The data set.
    pub dataset: Dataset,
    /// The subjects that are not in it, and why.
    pub left_out: Vec<LeftOut>,
}

/// Makes the data set `output` of every subject of a cohort that has both an ECG and an MRI, on the threads of the
/// current rayon pool.
///
/// # Errors
/// [`CohortError::NobodyLeft`] where no subject could be used, [`CohortError::Folder`] where a simulated cohort is not
/// finished or `output` may not be made, [`CohortError::Stopped`] where the run was told to stop, and where the disk has
/// no room or refuses. A subject that cannot be read is left out with its reason, not an error.
pub fn prepare(
    cohort: &CohortFolder,
    output: &Path,
    options: &PrepareOptions,
    run: PrepareRun<'_>,
) -> Result<Prepared, CohortError> {
    if !(0.1..=10.0).contains(&options.pixel_mm) {
        return Err(CohortError::PixelSize(options.pixel_mm));
    }
    if options.labels && options.frames == Frames::All {
        return Err(CohortError::Folder {
            path: cohort.root.clone(),
            problem: "labels are of end-diastole and end-systole only; give --frames ed or ed-es, or leave out \
                      --labels"
                .into(),
        });
    }
    let plan = plan(cohort, options)?;
    let subjects = &cohort.subjects;
    let mut writer = DatasetWriter::open(output, &plan, run.resume)?;
    let decided = writer.decided().len();
    let same = subjects.iter().map(|subject| subject.id.as_str());
    if decided > subjects.len() || !writer.decided().eq(same.take(decided)) {
        return Err(CohortError::Folder {
            path: output.to_owned(),
            problem: "was begun with other subjects in the cohort; remove what was begun (its name ends in \
                      .unfinished) and begin anew"
                .into(),
        });
    }
    for _ in 0..decided {
        (run.progress)();
    }
    let complete = |subject: &&CohortSubject| subject.ecg.is_some() && subject.short_axis.is_some();
    let to_come = subjects.iter().skip(decided).filter(complete).count();
    check_size(
        output,
        Size(to_come as f64 * bytes_a_subject(options)),
        "give --frames ed or another disk",
    )?;

    let [least, most] = GROUP;
    let group = (GROUP_PER_THREAD * rayon::current_num_threads()).clamp(least, most);
    for group in subjects[decided..].chunks(group) {
        if run.stop.load(Ordering::Relaxed) {
            return Err(CohortError::Stopped {
                path: output.to_owned(),
                made: count(writer.decided().len()),
                subjects: count(subjects.len()),
            });
        }
        let read = |subject: &CohortSubject| {
            let read = read_subject(subject, options);
            (run.progress)();
            read
        };
        let read: Vec<Result<(f64, Sample), Reason>> = group.par_iter().map(read).collect();
        write_group(&mut writer, group, read).map_err(|error| CohortError::Folder {
            path: output.to_owned(),
            problem: format!("is not finished: {error}; mend that and go on by --resume"),
        })?;
    }
    let left_out = writer.left_out();
    if writer.kept() == 0 {
        writer.discard();
        return Err(CohortError::NobodyLeft {
            path: cohort.root.clone(),
            found: subjects.len(),
            first_reason: left_out
                .first()
                .map_or_else(String::new, |subject| subject.reason.to_string()),
        });
    }
    Ok(Prepared {
        dataset: writer.finish()?,
        left_out,
    })
}

/// Writes what was read of the next subjects.
fn write_group(
    writer: &mut DatasetWriter,
    group: &[CohortSubject],
    read: Vec<Result<(f64, Sample), Reason>>,
) -> Result<(), CohortError> {
    for (subject, read) in group.iter().zip(read) {
        match read {
            Ok((heart_rate_bpm, sample)) => {
                let mut row = vec![format!("{heart_rate_bpm:.2}")];
                row.extend(subject.row.iter().cloned());
                writer.keep(&subject.id, row, &sample)?;
            }
            Err(reason) => writer.leave_out(&subject.id, reason),
        }
    }
    writer.sync()
}

fn count(subjects: usize) -> u32 {
    u32::try_from(subjects).unwrap_or(u32::MAX)
}

/// Bytes that one subject takes in the arrays.
fn bytes_a_subject(options: &PrepareOptions) -> f64 {
    let maps = if options.labels { 2 } else { 1 };
    let pictures = maps * options.views.count() * options.frames.count() * SIDE * SIDE;
    (2 * LEADS * SAMPLES * size_of::<f32>() + pictures) as f64
}

fn plan(cohort: &CohortFolder, options: &PrepareOptions) -> Result<DatasetPlan, CohortError> {
    let root = cohort.root.as_path();
    let simulated = CohortHeader::read(root)?;
    if let Some(header) = &simulated
        && (cohort.columns.is_empty() || cohort.subjects.len() != header.subjects as usize)
    {
        return Err(CohortError::Folder {
            path: root.to_owned(),
            problem: format!(
                "is not finished: {} of {} subjects are there; go on with `synthesise --resume`",
                cohort.subjects.len(),
                header.subjects
            ),
        });
    }
    let mut columns = vec!["measured_heart_rate_bpm".to_owned()];
    columns.extend(cohort.columns.iter().cloned());
    Ok(DatasetPlan {
        cohort: match &simulated {
            Some(header) => header.description(),
            None => folder_name(root),
        },
        simulated: simulated.is_some(),
        split_seed: options.seed,
        pixel_mm: options.pixel_mm,
        frames: options.frames,
        views: options.views,
        labels: options.labels,
        columns,
    })
}

/// Heart rate in beats a minute, signals and pictures of one subject.
fn read_subject(
    subject: &CohortSubject,
    options: &PrepareOptions,
) -> Result<(f64, Sample), Reason> {
    let missing = |kind: ReasonKind, file: &str| Reason::new(kind, format!("it has no {file}"));
    let stack = subject.short_axis.as_ref().ok_or_else(|| {
        missing(
            ReasonKind::NoShortAxis,
            "short-axis stack (NIFTI/<id>/sa.nii.gz)",
        )
    })?;
    let four_chamber = match (options.views.has_four_chamber(), &subject.four_chamber) {
        (false, _) => None,
        (true, Some(path)) => Some(path),
        (true, None) => {
            let file = "four-chamber cine (NIFTI/<id>/la_4ch.nii.gz)";
            return Err(missing(ReasonKind::NoFourChamber, file));
        }
    };
    let recording = read_recording(subject)?;
    let beat = median_beat(&recording)?;
    let strip = first_strip(&recording)?;
    let of_picture = |error: CohortError| Reason::of_picture(&error);
    let short_axis = short_axis_pictures(
        stack,
        subject.label_end_diastole.as_deref(),
        subject.label_end_systole.as_deref(),
        options.pixel_mm,
        options.frames,
    )
    .map_err(of_picture)?;
    let four_chamber = match four_chamber {
        Some(path) => {
            let (pixel_mm, frames) = (options.pixel_mm, options.frames);
            let end_systole = short_axis.end_systole;
            four_chamber_pictures(path, pixel_mm, frames, end_systole)
                .map_err(of_picture)?
                .grey
        }
        None => Vec::new(),
    };
    let sample = Sample {
        ecg: beat.as_slice().to_vec(),
        strip,
        mri: short_axis.grey,
        four_chamber,
        labels: read_labels(subject, options)?,
    };
    Ok((beat.heart_rate_bpm(), sample))
}

/// The labels of one subject's pictures, (view · frames + frame, 128, 128); empty where they are not wanted.
fn read_labels(subject: &CohortSubject, options: &PrepareOptions) -> Result<Vec<u8>, Reason> {
    if !options.labels {
        return Ok(Vec::new());
    }
    let frames = options.frames.count();
    let files =
        |end_diastole: &'static str, end_systole: &'static str, paths: [&Option<PathBuf>; 2]| {
            let names = [end_diastole, end_systole];
            let wanted = names.into_iter().zip(paths).take(frames);
            wanted
                .map(|(name, path)| {
                    path.clone().ok_or_else(|| {
                        let sentence = format!("it has no labels (NIFTI/<id>/{name})");
                        Reason::new(ReasonKind::NoLabels, sentence)
                    })
                })
                .collect::<Result<Vec<PathBuf>, Reason>>()
        };
    let of_picture = |error: CohortError| Reason::of_picture(&error);
    let short_axis = files(
        "label_sa_ED.nii.gz",
        "label_sa_ES.nii.gz",
        [&subject.label_end_diastole, &subject.label_end_systole],
    )?;
    let paths: Vec<&Path> = short_axis.iter().map(PathBuf::as_path).collect();
    let mut labels = short_axis_labels(&paths, options.pixel_mm).map_err(of_picture)?;
    if options.views.has_four_chamber() {
        let four_chamber = files(
            "label_la_4ch_ED.nii.gz",
            "label_la_4ch_ES.nii.gz",
            [
                &subject.four_chamber_label_end_diastole,
                &subject.four_chamber_label_end_systole,
            ],
        )?;
        let paths: Vec<&Path> = four_chamber.iter().map(PathBuf::as_path).collect();
        labels.extend(four_chamber_labels(&paths, options.pixel_mm).map_err(of_picture)?);
    }
    Ok(labels)
}

/// The median beat of a subject's recording, or the reason why there is none.
pub(crate) fn read_median_beat(subject: &CohortSubject) -> Result<MedianBeat, String> {
    read_recording(subject)
        .and_then(|recording| median_beat(&recording))
        .map_err(|reason| reason.to_string())
}

fn read_recording(subject: &CohortSubject) -> Result<Ecg, Reason> {
    let path = subject
        .ecg
        .as_ref()
        .ok_or_else(|| Reason::new(ReasonKind::NoEcg, "it has no ECG"))?;
    let recording =
        formats::read(path).map_err(|error| Reason::new(ReasonKind::UnreadableEcg, error))?;
    if recording.device_quality_warning() {
        let sentence = "its recorder says \"Poor data quality\"";
        return Err(Reason::new(ReasonKind::PoorQuality, sentence));
    }
    Ok(recording)
}

fn median_beat(recording: &Ecg) -> Result<MedianBeat, Reason> {
    signal::median_beat(recording).map_err(|error| Reason::new(ReasonKind::NoMedianBeat, error))
}

/// The first 1.2 s of all leads in mV, (12, 600).
fn first_strip(recording: &Ecg) -> Result<Vec<f32>, Reason> {
    let mut strip = Vec::with_capacity(LEADS * SAMPLES);
    for lead in Lead::STANDARD {
        let samples = first_samples(recording, lead)
            .map_err(|error| Reason::new(ReasonKind::UnreadableEcg, error))?;
        strip.extend(samples);
    }
    Ok(strip)
}

fn folder_name(root: &Path) -> String {
    root.canonicalize()
        .unwrap_or_else(|_| root.to_owned())
        .file_name()
        .map_or_else(
            || "cohort".to_owned(),
            |name| name.to_string_lossy().into_owned(),
        )
}

#[cfg(test)]
mod tests;
