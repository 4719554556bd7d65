//! A cohort's folder into a data set, in parallel.

use super::CohortError;
use super::folder::{CohortFolder, CohortSubject};
use super::header::CohortHeader;
use super::picture::{SIDE, mid_short_axis};
use super::split::split_subjects;
use super::store::{Dataset, DatasetHeader, FORMAT_VERSION, LeftOut};
use crate::synthesis::PictureSettings;
use ecg2mri::formats;
use ecg2mri::model::network_input::{LEADS, SAMPLES};
use ecg2mri::signal::{self, MedianBeat};
use ndarray::{Array3, Array4};
use rayon::prelude::*;
use std::path::Path;

/// How a cohort is prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct PrepareOptions {
    /// The seed of the split.
    pub seed: u64,
    /// Pixel size of the pictures, in millimetres.
    pub pixel_mm: f64,
}

impl Default for PrepareOptions {
    fn default() -> Self {
        PrepareOptions {
            seed: 1,
            pixel_mm: PictureSettings::default().pixel_mm,
        }
    }
}

/// A prepared cohort.
#[derive(Debug)]
pub struct Prepared {
    /// The data set.
    pub dataset: Dataset,
    /// The subjects that are not in it, and why.
    pub left_out: Vec<LeftOut>,
}

struct Pair {
    median_beat: Vec<f32>,
    heart_rate_bpm: f64,
    picture: Vec<u8>,
}

/// Reads every subject of a cohort that has both an ECG and an MRI. `progress` is called once a subject, from any
/// thread.
///
/// # Errors
/// [`CohortError::NobodyLeft`] where no subject could be used, [`CohortError::Folder`] where a simulated cohort is not
/// finished. A subject that cannot be read is left out with its reason, not an error.
pub fn prepare(
    cohort: &CohortFolder,
    options: &PrepareOptions,
    progress: &(dyn Fn() + Sync),
) -> Result<Prepared, CohortError> {
    if !(0.1..=10.0).contains(&options.pixel_mm) {
        return Err(CohortError::PixelSize(options.pixel_mm));
    }
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
    let pairs: Vec<Result<Pair, String>> = cohort
        .subjects
        .par_iter()
        .map(|subject| {
            let pair = read_pair(subject, options);
            progress();
            pair
        })
        .collect();

    let mut left_out = Vec::new();
    let mut kept = Vec::new();
    for (subject, pair) in cohort.subjects.iter().zip(pairs) {
        match pair {
            Ok(pair) => kept.push((subject, pair)),
            Err(reason) => left_out.push(LeftOut {
                id: subject.id.clone(),
                reason,
            }),
        }
    }
    if kept.is_empty() {
        return Err(CohortError::NobodyLeft {
            path: root.to_owned(),
            found: cohort.subjects.len(),
            first_reason: left_out
                .first()
                .map_or_else(String::new, |subject| subject.reason.clone()),
        });
    }

    let subjects = kept.len();
    let mut columns = vec!["measured_heart_rate_bpm".to_owned()];
    columns.extend(cohort.columns.iter().cloned());
    let (mut ids, mut rows, mut ecg, mut mri) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (subject, pair) in kept {
        ids.push(subject.id.clone());
        let mut row = vec![format!("{:.2}", pair.heart_rate_bpm)];
        row.extend(subject.row.iter().cloned());
        row.resize(columns.len(), String::new());
        rows.push(row);
        ecg.extend_from_slice(&pair.median_beat);
        mri.extend_from_slice(&pair.picture);
    }
    let shaped = |error: ndarray::ShapeError| CohortError::unreadable(root, error);
    let dataset = Dataset {
        header: DatasetHeader {
            format_version: FORMAT_VERSION,
            created_by: crate::created_by(),
            cohort: match &simulated {
                Some(header) => header.description(),
                None => folder_name(root),
            },
            simulated: simulated.is_some(),
            subjects,
            left_out: left_out.len(),
            split_seed: options.seed,
            pixel_mm: options.pixel_mm,
        },
        splits: split_subjects(subjects, options.seed),
        ids,
        columns,
        rows,
        ecg: Array3::from_shape_vec((subjects, LEADS, SAMPLES), ecg).map_err(shaped)?,
        mri: Array4::from_shape_vec((subjects, 1, SIDE, SIDE), mri).map_err(shaped)?,
    };
    Ok(Prepared { dataset, left_out })
}

fn read_pair(subject: &CohortSubject, options: &PrepareOptions) -> Result<Pair, String> {
    let stack = subject
        .short_axis
        .as_ref()
        .ok_or("it has no short-axis stack (NIFTI/<id>/sa.nii.gz)")?;
    let beat = read_median_beat(subject)?;
    let picture = mid_short_axis(
        stack,
        subject.label_end_diastole.as_deref(),
        options.pixel_mm,
    )
    .map_err(|error| error.to_string())?;
    Ok(Pair {
        heart_rate_bpm: beat.heart_rate_bpm(),
        median_beat: beat.as_slice().to_vec(),
        picture,
    })
}

/// The median beat of a subject's recording, or the reason why there is none.
pub(crate) fn read_median_beat(subject: &CohortSubject) -> Result<MedianBeat, String> {
    let path = subject.ecg.as_ref().ok_or("it has no ECG")?;
    let recording = formats::read(path).map_err(|error| error.to_string())?;
    if recording.device_quality_warning() {
        return Err("its recorder says \"Poor data quality\"".to_owned());
    }
    signal::median_beat(&recording).map_err(|error| error.to_string())
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
