//! A data set while it is made: subject by subject, and gone on with after an interruption.
//!
//! ```text
//! .NAME.unfinished/       beside the data set NAME to be
//!   begun.toml            what is being made; a run that would make something else may not go on with it
//!   journal.jsonl         one line a subject in the cohort's order: its row of the table, or why it was left out
//!   data/                 the data set's folder, which is renamed to NAME when it is whole
//! ```
//!
//! A subject's line is written after its rows are in the arrays, so what the journal says is there.

use super::CohortError;
use super::dataset_header::{ArrayDescription, DATASET_FILE, DatasetHeader, FORMAT_VERSION, GREY};
use super::growing_array::GrowingArray;
use super::journal::{self, Decision, Outcome};
use super::left_out::{LeftOut, Reason};
use super::npy::Element;
use super::picture::SIDE;
use super::selection::{Frames, Views};
use super::split::split_subjects;
use super::store::{self, Dataset};
use ecg2mri::model::network_input::{LEADS, SAMPLES};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// What is to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DatasetPlan {
    /// The cohort's name.
    pub cohort: String,
    /// Whether the cohort is simulated.
    pub simulated: bool,
    /// The seed of the split.
    pub split_seed: u64,
    /// Pixel size of the pictures, in millimetres.
    pub pixel_mm: f64,
    /// The frames of the pictures.
    pub frames: Frames,
    /// The views of the pictures.
    pub views: Views,
    /// Whether it holds the pictures' labels.
    #[serde(default)]
    pub labels: bool,
    /// Columns of the subjects' table beyond `feid` and `split`.
    pub columns: Vec<String>,
}

/// The arrays' rows of one subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The median beat in mV at 500 Hz, (12, 600).
    pub ecg: Vec<f32>,
    /// The recording's first 1.2 s in mV at 500 Hz, (12, 600).
    pub strip: Vec<f32>,
    /// Short-axis pictures, (frame, 128, 128).
    pub mri: Vec<u8>,
    /// Four-chamber pictures, (frame, 128, 128); empty where the data set has not that view.
    pub four_chamber: Vec<u8>,
    /// Labels, (view · frames + frame, 128, 128); empty where the data set has none.
    pub labels: Vec<u8>,
}

/// A data set under way.
#[derive(Debug)]
pub struct DatasetWriter {
    folder: PathBuf,
    unfinished: PathBuf,
    plan: DatasetPlan,
    journal: BufWriter<File>,
    decisions: Vec<Decision>,
    /// Lines of the journal that are in its file.
    written: usize,
    ecg: GrowingArray<f32>,
    strip: GrowingArray<f32>,
    mri: GrowingArray<u8>,
    four_chamber: Option<GrowingArray<u8>>,
    labels: Option<GrowingArray<u8>>,
}

const BEGUN: &str = "begun.toml";
const JOURNAL: &str = "journal.jsonl";
const DATA: &str = "data";
const SIGNAL: [usize; 2] = [LEADS, SAMPLES];

impl DatasetWriter {
    /// Begins the data set `folder`, or with `resume` goes on with what an interrupted run left, where it left any.
    ///
    /// # Errors
    /// Where the data set exists already, where an interrupted run left something and `resume` is not given or
    /// something else was being made, where another run is at it, and where the disk refuses.
    pub fn open(
        folder: &Path,
        plan: &DatasetPlan,
        resume: bool,
    ) -> Result<DatasetWriter, CohortError> {
        let unfinished = unfinished_beside(folder)?;
        if folder.exists() {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: "exists already; remove it or give another name for the data set".into(),
            });
        }
        let data = unfinished.join(DATA);
        let was_begun = data.is_dir();
        if was_begun && !resume {
            return Err(CohortError::Folder {
                path: folder.to_owned(),
                problem: format!(
                    "was begun and not finished; go on with it by --resume, or remove {} to begin anew",
                    unfinished.display()
                ),
            });
        }
        std::fs::create_dir_all(&unfinished).map_err(CohortError::io("creating", &unfinished))?;
        let mut journal = journal::lock(&unfinished.join(JOURNAL), folder)?;
        let begun = unfinished.join(BEGUN);
        let text = toml::to_string(
            &(WithVersion {
                format_version: FORMAT_VERSION,
                plan,
            }),
        )
        .map_err(|error| CohortError::unreadable(&begun, error))?;
        let mut decisions = Vec::new();
        if was_begun {
            let before = std::fs::read_to_string(&begun).unwrap_or_default();
            if before != text {
                return Err(CohortError::Folder {
                    path: unfinished,
                    problem: "was begun with other options or another cohort; give those, or remove it to begin anew"
                        .into(),
                });
            }
            let path = unfinished.join(JOURNAL);
            decisions = journal::read(&journal).map_err(CohortError::io("reading", &path))?;
        } else {
            store::write_with(&begun, |file| file.write_all(text.as_bytes()))?;
            std::fs::create_dir_all(&data).map_err(CohortError::io("creating", &data))?;
        }

        let pictures = [plan.frames.count(), SIDE, SIDE];
        let label_maps = [plan.views.count() * plan.frames.count(), SIDE, SIDE];
        let at = |name: &str| data.join(name);
        let four_chamber = plan.views.has_four_chamber();
        let mut rows = vec![
            GrowingArray::<f32>::rows_in(&at(store::ECG), &SIGNAL),
            GrowingArray::<f32>::rows_in(&at(store::STRIP), &SIGNAL),
            GrowingArray::<u8>::rows_in(&at(store::MRI), &pictures),
        ];
        if four_chamber {
            rows.push(GrowingArray::<u8>::rows_in(
                &at(store::FOUR_CHAMBER),
                &pictures,
            ));
        }
        if plan.labels {
            rows.push(GrowingArray::<u8>::rows_in(&at(store::LABELS), &label_maps));
        }
        let rows =
            journal::keep_what_arrays_have(&mut decisions, rows.into_iter().min().unwrap_or(0));
        // What the arrays lack and a torn last line are cut off.
        let end = decisions.last().map_or(0, |(_, end)| *end);
        journal
            .set_len(end)
            .and_then(|()| journal.seek(SeekFrom::End(0)))
            .map_err(CohortError::io("writing", unfinished.join(JOURNAL)))?;
        let decisions: Vec<Decision> = decisions.into_iter().map(|(line, _)| line).collect();
        Ok(DatasetWriter {
            folder: folder.to_owned(),
            plan: plan.clone(),
            journal: BufWriter::new(journal),
            written: decisions.len(),
            decisions,
            ecg: GrowingArray::open(&at(store::ECG), &SIGNAL, rows)?,
            strip: GrowingArray::open(&at(store::STRIP), &SIGNAL, rows)?,
            mri: GrowingArray::open(&at(store::MRI), &pictures, rows)?,
            four_chamber: match four_chamber {
                true => Some(GrowingArray::open(
                    &at(store::FOUR_CHAMBER),
                    &pictures,
                    rows,
                )?),
                false => None,
            },
            labels: match plan.labels {
                true => Some(GrowingArray::open(&at(store::LABELS), &label_maps, rows)?),
                false => None,
            },
            unfinished,
        })
    }

    /// The ids of the subjects that were decided on, in order.
    pub fn decided(&self) -> impl ExactSizeIterator<Item = &str> {
        self.decisions.iter().map(|decision| decision.id.as_str())
    }

    /// Subjects that are in the data set.
    pub fn kept(&self) -> usize {
        let kept = |decision: &&Decision| matches!(decision.outcome, Outcome::Kept(_));
        self.decisions.iter().filter(kept).count()
    }

    /// Subjects that are not, in order.
    pub fn left_out(&self) -> Vec<LeftOut> {
        let left_out = |decision: &Decision| match &decision.outcome {
            Outcome::Kept(_) => None,
            Outcome::LeftOut(reason) => Some(LeftOut {
                id: decision.id.clone(),
                reason: reason.clone(),
            }),
        };
        self.decisions.iter().filter_map(left_out).collect()
    }

    /// Takes the next subject, with its fields of the plan's columns (what is missing is empty).
    ///
    /// # Errors
    /// Where it cannot be written.
    ///
    /// # Panics
    /// Where an array's row has the wrong length.
    pub fn keep(
        &mut self,
        id: &str,
        mut row: Vec<String>,
        sample: &Sample,
    ) -> Result<(), CohortError> {
        self.ecg.add(&sample.ecg)?;
        self.strip.add(&sample.strip)?;
        self.mri.add(&sample.mri)?;
        if let Some(array) = &mut self.four_chamber {
            array.add(&sample.four_chamber)?;
        }
        if let Some(array) = &mut self.labels {
            array.add(&sample.labels)?;
        }
        row.resize(self.plan.columns.len(), String::new());
        self.decide(id, Outcome::Kept(row));
        Ok(())
    }

    /// Leaves the next subject out.
    pub fn leave_out(&mut self, id: &str, reason: Reason) {
        self.decide(id, Outcome::LeftOut(reason));
    }

    fn decide(&mut self, id: &str, outcome: Outcome) {
        self.decisions.push(Decision {
            id: id.to_owned(),
            outcome,
        });
    }

    /// Puts on the disk all that was decided: an interrupted run loses nothing of it.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn sync(&mut self) -> Result<(), CohortError> {
        self.ecg.sync()?;
        self.strip.sync()?;
        self.mri.sync()?;
        for array in [&mut self.four_chamber, &mut self.labels]
            .into_iter()
            .flatten()
        {
            array.sync()?;
        }
        let mut write = || -> std::io::Result<()> {
            for decision in &self.decisions[self.written..] {
                serde_json::to_writer(&mut self.journal, decision)?;
                self.journal.write_all(b"\n")?;
            }
            self.journal.flush()?;
            self.journal.get_ref().sync_data()
        };
        write().map_err(CohortError::io("writing", self.unfinished.join(JOURNAL)))?;
        self.written = self.decisions.len();
        Ok(())
    }

    /// Removes all that was made.
    pub fn discard(self) {
        let _ = std::fs::remove_dir_all(&self.unfinished);
    }

    /// Splits the subjects, gives the data set its name and opens it.
    ///
    /// # Errors
    /// Where the disk refuses; what was made stays to be gone on with.
    pub fn finish(mut self) -> Result<Dataset, CohortError> {
        self.sync()?;
        let left_out = self.left_out();
        let data = self.unfinished.join(DATA);
        let mut kept = Vec::new();
        for decision in std::mem::take(&mut self.decisions) {
            if let Outcome::Kept(row) = decision.outcome {
                kept.push((decision.id, row));
            }
        }
        let splits = split_subjects(kept.len(), self.plan.split_seed);
        store::write_with(&data.join(store::SUBJECTS), |file| {
            let mut table = csv::Writer::from_writer(file);
            let fixed = ["feid".to_owned(), "split".to_owned()];
            table.write_record(fixed.iter().chain(&self.plan.columns))?;
            for ((id, row), split) in kept.iter().zip(&splits) {
                table.write_record([id.clone(), split.to_string()].iter().chain(row))?;
            }
            table.flush()
        })?;
        store::write_with(&data.join(store::LEFT_OUT), |file| {
            let mut table = csv::Writer::from_writer(file);
            table.write_record(["feid", "kind", "reason"])?;
            for LeftOut { id, reason } in &left_out {
                table.write_record([id, &reason.kind.to_string(), &reason.sentence])?;
            }
            table.flush()
        })?;
        let signal_axes = ["subject", "lead", "sample"];
        let picture_axes = ["subject", "frame", "row", "column"];
        let mut arrays = vec![
            describe::<f32>(
                store::ECG,
                self.ecg.finish()?,
                &signal_axes,
                "median beats in mV at 500 Hz, leads I, II, III, aVR, aVL, aVF, V1 to V6",
            ),
            describe::<u8>(
                store::MRI,
                self.mri.finish()?,
                &picture_axes,
                "mid-ventricular short-axis pictures",
            ),
            describe::<f32>(
                store::STRIP,
                self.strip.finish()?,
                &signal_axes,
                "the recordings' first 1.2 s in mV at 500 Hz, unfiltered, leads as in ecg.npy",
            ),
        ];
        if let Some(array) = self.four_chamber {
            arrays.insert(
                2,
                describe::<u8>(
                    store::FOUR_CHAMBER,
                    array.finish()?,
                    &picture_axes,
                    "four-chamber pictures, frames as in mri.npy",
                ),
            );
        }
        if let Some(array) = self.labels {
            arrays.insert(
                1,
                describe::<u8>(
                    store::LABELS,
                    array.finish()?,
                    &["subject", "view and frame", "row", "column"],
                    "what each pixel of the pictures is: 0 background, 1 left-ventricular cavity, 2 left-ventricular \
                     muscle, 3 right-ventricular cavity; the short axis' frames, then the four-chamber view's",
                ),
            );
        }
        let header = DatasetHeader {
            format_version: FORMAT_VERSION,
            created_by: crate::created_by(),
            cohort: self.plan.cohort,
            simulated: self.plan.simulated,
            subjects: kept.len(),
            left_out: left_out.len(),
            split_seed: self.plan.split_seed,
            pixel_mm: self.plan.pixel_mm,
            frames: self.plan.frames,
            views: self.plan.views,
            grey: GREY.to_owned(),
            arrays,
        };
        store::write_with(&data.join(DATASET_FILE), |file| {
            let text = toml::to_string(&header).map_err(std::io::Error::other)?;
            file.write_all(text.as_bytes())
        })?;
        std::fs::rename(&data, &self.folder).map_err(CohortError::io("creating", &self.folder))?;
        // What is left has served; if it cannot be removed, the next run of that name takes it over.
        let _ = std::fs::remove_dir_all(&self.unfinished);
        Dataset::read(&self.folder)
    }
}

/// The plan with the version of the layout: a newer program may not go on with an older one's arrays.
#[derive(Serialize)]
struct WithVersion<'a> {
    format_version: u32,
    #[serde(flatten)]
    plan: &'a DatasetPlan,
}

fn describe<T: Element>(
    file: &str,
    shape: Vec<usize>,
    axes: &[&str],
    holds: &str,
) -> ArrayDescription {
    ArrayDescription {
        file: file.to_owned(),
        numbers: T::TYPE.to_owned(),
        shape,
        axes: axes.iter().map(ToString::to_string).collect(),
        holds: holds.to_owned(),
    }
}

/// `.NAME.unfinished` beside the data set NAME.
fn unfinished_beside(folder: &Path) -> Result<PathBuf, CohortError> {
    match folder.file_name() {
        Some(name) => Ok(folder.with_file_name(format!(".{}.unfinished", name.to_string_lossy()))),
        None => Err(CohortError::Folder {
            path: folder.to_owned(),
            problem: "is no name for a data set; give the name of a new folder".into(),
        }),
    }
}

#[cfg(test)]
mod tests;
