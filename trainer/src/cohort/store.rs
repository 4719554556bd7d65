//! The data set on disk.
//!
//! ```text
//! DATASET/
//!   dataset.toml    format version, where it came from, what each array holds, the split's seed
//!   subjects.csv    feid, split, measured_heart_rate_bpm, then the cohort's own columns; one row a subject
//!   ecg.npy         f32 (subject, 12, 600): median beats in millivolts at 500 Hz
//!   strip.npy       f32 (subject, 12, 600): the recordings' first 1.2 s in millivolts at 500 Hz, unfiltered
//!   labels.npy      u8 (subject, view and frame, 128, 128): what each pixel of the pictures is, where it has labels
//!   mri.npy         u8 (subject, frame, 128, 128): mid-ventricular short-axis pictures, 1, 2 or 50 frames each
//!   mri_4ch.npy     u8 (subject, frame, 128, 128): four-chamber pictures, where the data set has that view
//!   left_out.csv    feid, kind, reason: the subjects that are not in it
//! ```
//!
//! `numpy.load(path, mmap_mode="r")` opens each array. ECGs are kept in millivolts, so that one data set serves networks
//! of different scaling. Nothing but the table of subjects is held in memory: what a batch needs is read when it is
//! needed, so the arrays may be larger than the memory.

use super::dataset_header::DatasetHeader;
use super::npy::Element;
use super::picture::SIDE;
use super::stored_array::StoredArray;
use super::{CohortError, Frames, Split, Views};
use ecg2mri::model::network_input::{LEADS, SAMPLES};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// The table of subjects.
pub const SUBJECTS: &str = "subjects.csv";
/// The table of those left out.
pub const LEFT_OUT: &str = "left_out.csv";
/// The median beats.
pub const ECG: &str = "ecg.npy";
/// The recordings' beginnings.
pub const STRIP: &str = "strip.npy";
/// The short-axis pictures.
pub const MRI: &str = "mri.npy";
/// The labels of the pictures.
pub const LABELS: &str = "labels.npy";
/// The four-chamber pictures.
pub const FOUR_CHAMBER: &str = "mri_4ch.npy";

/// A data set whose arrays stay on the disk. Subjects are named by their position in it, from 0.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// What `dataset.toml` says.
    pub header: DatasetHeader,
    /// The subjects' ids.
    pub ids: Vec<String>,
    /// Each subject's part.
    pub splits: Vec<Split>,
    /// Columns of the subjects' table beyond `feid` and `split`.
    pub columns: Vec<String>,
    /// The table's fields, one row a subject, in the order of [`Dataset::columns`].
    pub rows: Vec<Vec<String>>,
    ecg: StoredArray<f32>,
    strip: StoredArray<f32>,
    mri: StoredArray<u8>,
    four_chamber: Option<StoredArray<u8>>,
    labels: Option<StoredArray<u8>>,
}

impl Dataset {
    /// Opens a data set.
    ///
    /// # Errors
    /// [`CohortError::Folder`] where the folder is no data set or of another version, [`CohortError::Unreadable`]
    /// where its files are damaged or disagree.
    pub fn read(folder: &Path) -> Result<Dataset, CohortError> {
        let header = DatasetHeader::read(folder)?;
        let (ids, splits, columns, rows) = read_table(&folder.join(SUBJECTS))?;
        let subjects = ids.len();
        if header.subjects != subjects {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: format!(
                    "its parts disagree: {} subjects in dataset.toml, {subjects} in subjects.csv; run `prepare` again",
                    header.subjects
                ),
            });
        }
        let signals = [subjects, LEADS, SAMPLES];
        let pictures = [subjects, header.frames.count(), SIDE, SIDE];
        let label_maps = [
            subjects,
            header.views.count() * header.frames.count(),
            SIDE,
            SIDE,
        ];
        let labelled = header.arrays.iter().any(|array| array.file == LABELS);
        Ok(Dataset {
            ids,
            splits,
            columns,
            rows,
            ecg: open(folder, ECG, &signals)?,
            strip: open(folder, STRIP, &signals)?,
            mri: open(folder, MRI, &pictures)?,
            four_chamber: match header.views.has_four_chamber() {
                true => Some(open(folder, FOUR_CHAMBER, &pictures)?),
                false => None,
            },
            labels: match labelled {
                true => Some(open(folder, LABELS, &label_maps)?),
                false => None,
            },
            header,
        })
    }

    /// The subjects of one part, in the order of the data set.
    pub fn members(&self, split: Split) -> Vec<usize> {
        (0..self.ids.len())
            .filter(|&subject| self.splits[subject] == split)
            .collect()
    }

    /// What tells one split of the subjects from another: two data sets of one cohort may keep different subjects
    /// back, and a network must not be tested on those it has seen.
    pub fn split_fingerprint(&self) -> String {
        let lines = self.ids.iter().zip(&self.splits);
        let text: String = lines.map(|(id, split)| format!("{id},{split}\n")).collect();
        crate::fingerprint(&text)
    }

    /// A column of numbers; NaN where a field is empty or no number. `None` where there is no such column.
    pub fn numbers(&self, column: &str) -> Option<Vec<f64>> {
        let index = self.columns.iter().position(|name| name == column)?;
        let number = |row: &Vec<String>| {
            row.get(index)
                .and_then(|field| field.parse().ok())
                .unwrap_or(f64::NAN)
        };
        Some(self.rows.iter().map(number).collect())
    }

    /// A subject's median beat in mV, (12, 600) at 500 Hz, the QRS onset at
    /// [`MedianBeat::QRS_ONSET`](ecg2mri::signal::MedianBeat::QRS_ONSET).
    ///
    /// # Errors
    /// Where it cannot be read or holds a value that is no number.
    pub fn median_beat(&self, subject: usize) -> Result<Vec<f32>, CohortError> {
        self.finite(&self.ecg, subject)
    }

    /// The first 1.2 s of a subject's recording in mV, (12, 600) at 500 Hz, unfiltered.
    ///
    /// # Errors
    /// Where it cannot be read or holds a value that is no number.
    pub fn strip(&self, subject: usize) -> Result<Vec<f32>, CohortError> {
        self.finite(&self.strip, subject)
    }

    /// A subject's end-diastolic short-axis picture, (128, 128); the other frames are not read.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn end_diastole(&self, subject: usize) -> Result<Vec<u8>, CohortError> {
        self.mri.part(subject, 0..SIDE * SIDE)
    }

    /// A subject's short-axis pictures in all frames of the data set, (frame, 128, 128), end-diastole first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn short_axis(&self, subject: usize) -> Result<Vec<u8>, CohortError> {
        self.mri.row(subject)
    }

    /// A subject's four-chamber pictures in all frames of the data set, (frame, 128, 128); `None` where the data set
    /// has not that view.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn four_chamber(&self, subject: usize) -> Result<Option<Vec<u8>>, CohortError> {
        self.four_chamber
            .as_ref()
            .map(|array| array.row(subject))
            .transpose()
    }

    /// A subject's pictures of these views and frames as channels of one image, (channel, 128, 128): view by view, and
    /// within each view frame by frame. Of a data set with more frames than are asked for, the first are taken.
    ///
    /// # Errors
    /// [`CohortError::Folder`] where the data set lacks a view or frames, and where the pictures cannot be read.
    pub fn pictures(
        &self,
        subject: usize,
        views: Views,
        frames: Frames,
    ) -> Result<Vec<u8>, CohortError> {
        self.check_pictures(views, frames)?;
        let wanted = 0..frames.count() * SIDE * SIDE;
        let mut pictures = self.mri.part(subject, wanted.clone())?;
        if let (true, Some(array)) = (views.has_four_chamber(), &self.four_chamber) {
            pictures.extend(array.part(subject, wanted)?);
        }
        Ok(pictures)
    }

    /// Checks that the data set has these views and frames.
    ///
    /// # Errors
    /// [`CohortError::Folder`] where it has not.
    pub fn check_pictures(&self, views: Views, frames: Frames) -> Result<(), CohortError> {
        let header = &self.header;
        let view = !views.has_four_chamber() || self.four_chamber.is_some();
        // Of a whole cycle the first frame is end-diastole, but the second is not end-systole.
        let frame = header.frames == frames || frames == Frames::Ed;
        match view && frame {
            true => Ok(()),
            false => Err(CohortError::Folder {
                path: self
                    .mri
                    .path()
                    .parent()
                    .unwrap_or(self.mri.path())
                    .to_owned(),
                problem: format!(
                    "holds the views {} in the frames {}, and {views} in {frames} are wanted; run `prepare` again with \
                     --views {views} --frames {frames}",
                    header.views, header.frames
                ),
            }),
        }
    }

    /// What each pixel of a subject's pictures is, (view · frames + frame, 128, 128), the short axis first, numbered as
    /// [`label_maps::LABELS`](super::label_maps::LABELS); `None` where the data set has no labels.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn labels(&self, subject: usize) -> Result<Option<Vec<u8>>, CohortError> {
        self.labels
            .as_ref()
            .map(|array| array.row(subject))
            .transpose()
    }

    fn finite(&self, array: &StoredArray<f32>, subject: usize) -> Result<Vec<f32>, CohortError> {
        let row = array.row(subject)?;
        if row.iter().all(|value| value.is_finite()) {
            return Ok(row);
        }
        Err(CohortError::unreadable(
            array.path(),
            format!(
                "the ECG of subject {} holds values that are no numbers; run `prepare` again",
                self.ids[subject]
            ),
        ))
    }
}

/// Opens an array that must have a shape.
fn open<T: Element>(
    folder: &Path,
    name: &str,
    shape: &[usize],
) -> Result<StoredArray<T>, CohortError> {
    let array = StoredArray::open(&folder.join(name))?;
    if array.shape() != shape {
        return Err(CohortError::Folder {
            path: folder.to_owned(),
            problem: format!(
                "its parts disagree: {name} has the shape {:?}, dataset.toml and subjects.csv ask for {shape:?}; run \
                 `prepare` again",
                array.shape()
            ),
        });
    }
    Ok(array)
}

type Table = (Vec<String>, Vec<Split>, Vec<String>, Vec<Vec<String>>);

fn read_table(path: &Path) -> Result<Table, CohortError> {
    let unreadable = |error: csv::Error| CohortError::unreadable(path, error);
    let mut reader = csv::Reader::from_path(path).map_err(unreadable)?;
    let columns = reader
        .headers()
        .map_err(unreadable)?
        .iter()
        .skip(2)
        .map(str::to_owned)
        .collect();
    let (mut ids, mut splits, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(unreadable)?;
        ids.push(record.get(0).unwrap_or_default().to_owned());
        let split = record.get(1).unwrap_or_default();
        splits.push(
            split
                .parse()
                .map_err(|problem: String| CohortError::unreadable(path, problem))?,
        );
        rows.push(record.iter().skip(2).map(str::to_owned).collect());
    }
    Ok((ids, splits, columns, rows))
}

/// Writes a file and sees to it that it is on the disk.
pub(super) fn write_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), CohortError> {
    let attempt = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        write(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()
    };
    attempt().map_err(CohortError::io("writing", path))
}

#[cfg(test)]
mod tests;
