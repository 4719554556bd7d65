//! The data set on disk.
//!
//! ```text
//! DATASET/
//!   dataset.toml    format version, where it came from, sizes, the split's seed
//!   subjects.csv    feid, split, measured_heart_rate_bpm, then the cohort's own columns; one row a subject
//!   ecg.npy         f32 (subject, 12, 600): median beats in millivolts at 500 Hz
//!   mri.npy         u8 (subject, frame, 128, 128): pictures, one frame each in this version
//!   left_out.csv    feid, reason: the subjects that are not in it
//! ```
//!
//! `numpy.load` opens both arrays. The ECG is kept in millivolts, so that one data set serves networks of different
//! scaling.

use super::picture::SIDE;
use super::{CohortError, Split};
use crate::staging::staging_beside;
use ecg2mri::model::network_input::{LEADS, SAMPLES};
use ndarray::{Array3, Array4};
use ndarray_npy::{ReadNpyExt, WriteNpyExt};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The version of the layout above; a data set of another version is refused.
pub const FORMAT_VERSION: u32 = 1;

/// `dataset.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetHeader {
    /// [`FORMAT_VERSION`] of the program that wrote it.
    pub format_version: u32,
    /// The program that wrote it.
    pub created_by: String,
    /// The cohort's name: its folder's, with the profile and seed where the cohort says them.
    pub cohort: String,
    /// Whether the cohort is simulated; a data set of people must not be said to be.
    pub simulated: bool,
    /// How many subjects it holds.
    pub subjects: usize,
    /// How many subjects of the cohort were left out.
    pub left_out: usize,
    /// The seed of the split.
    pub split_seed: u64,
    /// Pixel size of the pictures, in millimetres.
    pub pixel_mm: f64,
}

/// A data set in memory.
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
    /// Median beats in millivolts, (subject, 12, 600).
    pub ecg: Array3<f32>,
    /// Pictures, (subject, frame, 128, 128).
    pub mri: Array4<u8>,
}

/// A subject that is not in the data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The subject's id.
    pub id: String,
    /// Why, as one sentence.
    pub reason: String,
}

impl Dataset {
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
        Some(
            self.rows
                .iter()
                .map(|row| {
                    row.get(index)
                        .and_then(|field| field.parse().ok())
                        .unwrap_or(f64::NAN)
                })
                .collect(),
        )
    }

    /// Writes the data set as a new folder. It appears under its name only when every file in it is whole.
    ///
    /// # Errors
    /// Where the folder exists already or anything cannot be written.
    pub fn write(&self, folder: &Path, left_out: &[LeftOut]) -> Result<(), CohortError> {
        if folder.exists() {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: "exists already; remove it or give another name for the data set".into(),
            });
        }
        let staging =
            staging_beside(folder).map_err(CohortError::io("creating a folder beside", folder))?;
        let at = |name: &str| staging.path().join(name);

        write_with(&at("ecg.npy"), |file| {
            self.ecg.write_npy(file).map_err(std::io::Error::other)
        })?;
        write_with(&at("mri.npy"), |file| {
            self.mri.write_npy(file).map_err(std::io::Error::other)
        })?;
        write_with(&at("subjects.csv"), |file| self.write_table(file))?;
        write_with(&at("left_out.csv"), |file| write_left_out(file, left_out))?;
        write_with(&at("dataset.toml"), |file| {
            let text = toml::to_string(&self.header).map_err(std::io::Error::other)?;
            file.write_all(text.as_bytes())
        })?;
        std::fs::rename(staging.keep(), folder).map_err(CohortError::io("creating", folder))
    }

    fn write_table(&self, file: &mut dyn Write) -> std::io::Result<()> {
        let mut table = csv::Writer::from_writer(file);
        let fixed = ["feid".to_owned(), "split".to_owned()];
        table.write_record(fixed.iter().chain(&self.columns))?;
        for ((id, split), row) in self.ids.iter().zip(&self.splits).zip(&self.rows) {
            table.write_record([id.clone(), split.to_string()].iter().chain(row))?;
        }
        table.flush()
    }

    /// Reads a data set.
    ///
    /// # Errors
    /// [`CohortError::Folder`] where the folder is no data set or of another version, [`CohortError::Unreadable`]
    /// where its files are damaged or disagree.
    pub fn read(folder: &Path) -> Result<Dataset, CohortError> {
        let header = read_header(folder)?;
        let (ids, splits, columns, rows) = read_table(&folder.join("subjects.csv"))?;
        let ecg_path = folder.join("ecg.npy");
        let ecg = Array3::<f32>::read_npy(open(&ecg_path)?)
            .map_err(|error| CohortError::unreadable(&ecg_path, error))?;
        let mri_path = folder.join("mri.npy");
        let mri = Array4::<u8>::read_npy(open(&mri_path)?)
            .map_err(|error| CohortError::unreadable(&mri_path, error))?;
        let subjects = ids.len();
        let fits = header.subjects == subjects
            && ecg.dim() == (subjects, LEADS, SAMPLES)
            && mri.dim() == (subjects, 1, SIDE, SIDE);
        if !fits {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: format!(
                    "its parts disagree: {} subjects in dataset.toml, {subjects} in subjects.csv, {:?} in ecg.npy, \
                     {:?} in mri.npy; run `prepare` again",
                    header.subjects,
                    ecg.shape(),
                    mri.shape()
                ),
            });
        }
        if let Some((id, _)) = ids
            .iter()
            .zip(ecg.outer_iter())
            .find(|(_, beat)| beat.iter().any(|value| !value.is_finite()))
        {
            return Err(CohortError::unreadable(
                &ecg_path,
                format!(
                    "the ECG of subject {id} holds values that are no numbers; run `prepare` again"
                ),
            ));
        }
        Ok(Dataset {
            header,
            ids,
            splits,
            columns,
            rows,
            ecg,
            mri,
        })
    }
}

fn read_header(folder: &Path) -> Result<DatasetHeader, CohortError> {
    let path = folder.join("dataset.toml");
    if !path.is_file() {
        return Err(CohortError::Folder {
            path: folder.to_owned(),
            problem:
                "is no data set (it has no dataset.toml); make one with `ecg2mri-train prepare`"
                    .into(),
        });
    }
    let text = std::fs::read_to_string(&path).map_err(CohortError::io("reading", &path))?;
    // The version is looked at first: a later layout may well have fields that this program does not know.
    let version = text
        .parse::<toml::Table>()
        .map_err(|error| CohortError::unreadable(&path, error.message()))?
        .get("format_version")
        .and_then(toml::Value::as_integer);
    if version != Some(i64::from(FORMAT_VERSION)) {
        return Err(CohortError::Folder {
            path: folder.to_owned(),
            problem: format!(
                "was written in format version {}, this program reads version {FORMAT_VERSION}; run `prepare` again",
                version.map_or_else(|| "unknown".to_owned(), |version| version.to_string())
            ),
        });
    }
    toml::from_str(&text).map_err(|error| CohortError::unreadable(&path, error.message()))
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

fn write_left_out(file: &mut dyn Write, left_out: &[LeftOut]) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    table.write_record(["feid", "reason"])?;
    for subject in left_out {
        table.write_record([&subject.id, &subject.reason])?;
    }
    table.flush()
}

fn write_with(
    path: &PathBuf,
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

fn open(path: &Path) -> Result<BufReader<File>, CohortError> {
    File::open(path)
        .map(BufReader::new)
        .map_err(CohortError::io("opening", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Dataset {
        Dataset {
            header: DatasetHeader {
                format_version: FORMAT_VERSION,
                created_by: "test".into(),
                cohort: "three".into(),
                simulated: true,
                subjects: 3,
                left_out: 1,
                split_seed: 7,
                pixel_mm: 1.5,
            },
            ids: vec!["1".into(), "2".into(), "3".into()],
            splits: vec![Split::Train, Split::Test, Split::Validation],
            columns: vec!["age".into()],
            rows: vec![vec!["61".into()], vec!["".into()], vec!["70".into()]],
            ecg: Array3::from_shape_fn((3, 12, 600), |(s, l, t)| {
                (s * 7 + l) as f32 - t as f32 * 0.01
            }),
            mri: Array4::from_shape_fn((3, 1, 128, 128), |(s, _, y, x)| (s + y + x) as u8),
        }
    }

    #[test]
    fn reads_back_what_it_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("set");
        let dataset = small();
        let left_out = [LeftOut {
            id: "4".into(),
            reason: "no ECG, alas".into(),
        }];
        dataset.write(&path, &left_out).unwrap();
        let read = Dataset::read(&path).unwrap();
        assert_eq!(read.header, dataset.header);
        assert_eq!(read.ids, dataset.ids);
        assert_eq!(read.splits, dataset.splits);
        assert_eq!(read.ecg, dataset.ecg);
        assert_eq!(read.mri, dataset.mri);
        assert_eq!(read.members(Split::Test), [1]);
        let ages = read.numbers("age").unwrap();
        assert_eq!(ages[0], 61.0);
        assert!(ages[1].is_nan());
        assert!(read.numbers("height").is_none());
        assert!(dataset.write(&path, &[]).is_err(), "never overwrites");
    }

    #[test]
    fn refuses_other_versions_and_missing_parts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("set");
        small().write(&path, &[]).unwrap();
        let header = path.join("dataset.toml");
        let text = std::fs::read_to_string(&header).unwrap();
        std::fs::write(
            &header,
            text.replace("format_version = 1", "format_version = 9"),
        )
        .unwrap();
        let message = Dataset::read(&path).unwrap_err().to_string();
        assert!(message.contains("format version 9"), "{message}");

        std::fs::write(&header, text.replace("subjects = 3", "subjects = 4")).unwrap();
        let message = Dataset::read(&path).unwrap_err().to_string();
        assert!(message.contains("disagree"), "{message}");

        std::fs::write(&header, &text).unwrap();
        std::fs::write(path.join("mri.npy"), b"\x93NUMPY").unwrap();
        assert!(matches!(
            Dataset::read(&path),
            Err(CohortError::Unreadable { .. })
        ));
        assert!(Dataset::read(folder.path()).is_err());
    }
}
