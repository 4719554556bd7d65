//! The subjects of a cohort, as numbers: median beats, demographics and targets.

use super::InformationError;
use super::averaged_beat::{FEATURES, averaged};
use super::table_of_subjects::{DEMOGRAPHICS, TableOfSubjects};
use super::target::{Target, targets};
use crate::cohort::CohortHeader;
use crate::cohort::folder::{CohortFolder, CohortSubject};
use crate::cohort::prepare::read_median_beat;
use ecg2mri::signal::MedianBeat;
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// The fewest subjects that a report is made of.
pub const LEAST_SUBJECTS: usize = 50;

/// A cohort as the report sees it; row *i* of everything is subject *i*.
#[derive(Debug, Clone)]
pub struct Subjects {
    /// Where the data come from, in one line.
    pub description: String,
    /// The prevalence profile of a simulated cohort; `None` for real data.
    pub profile: Option<String>,
    /// Averaged median beats in mV, shape (subject, [`FEATURES`]), the samples of one lead together.
    pub median_beats: Array2<f64>,
    /// Measured heart rate in beats per minute, shape (subject, 1).
    pub heart_rate_bpm: Array2<f64>,
    /// The columns of `demographics`, a part of [`DEMOGRAPHICS`].
    pub demographic_columns: Vec<&'static str>,
    /// Demographics, shape (subject, column).
    pub demographics: Array2<f64>,
    /// What is to be told.
    pub targets: Vec<Target>,
    /// Subjects without a readable ECG or with incomplete demographics.
    pub left_out: usize,
}

impl Subjects {
    /// Reads at most `most` subjects of a cohort that have an ECG, chosen by `seed`. `progress` is called once a
    /// subject, from any thread. A demographic column that fewer than half of the subjects have is left out of the
    /// report, and otherwise the subjects that lack it.
    ///
    /// # Errors
    /// Fewer than [`LEAST_SUBJECTS`] usable subjects, or no column to predict.
    pub fn read(
        cohort: &CohortFolder,
        most: usize,
        seed: u64,
        progress: &(dyn Fn() + Sync),
    ) -> Result<Subjects, InformationError> {
        let header = CohortHeader::read(&cohort.root)?;
        let chosen = choose(cohort, most, seed);
        let read: Vec<Result<MedianBeat, String>> = chosen
            .par_iter()
            .map(|subject| {
                let beat = read_median_beat(subject);
                progress();
                beat
            })
            .collect();
        let first_reason = chosen.iter().zip(&read).find_map(|(subject, beat)| {
            let reason = beat.as_ref().err()?;
            Some(format!("{}: {reason}", subject.id))
        });
        let (with_beat, beats): (Vec<&CohortSubject>, Vec<MedianBeat>) = chosen
            .iter()
            .zip(read)
            .filter_map(|(subject, beat)| Some((*subject, beat.ok()?)))
            .unzip();
        let rows = with_beat.iter().map(|subject| subject.row.clone());
        let table = TableOfSubjects::new(&cohort.columns, rows.collect());
        let (demographic_columns, complete) = complete_demographics(&table, beats.len());
        if complete.len() < LEAST_SUBJECTS {
            return Err(InformationError::TooFewSubjects {
                path: cohort.root.clone(),
                subjects: chosen.len(),
                found: complete.len(),
                needed: LEAST_SUBJECTS,
                first_reason,
            });
        }
        let kept: Vec<usize> = complete.iter().map(|(subject, _)| *subject).collect();
        let rows = kept.iter().map(|&subject| with_beat[subject].row.clone());
        let targets = targets(
            &TableOfSubjects::new(&cohort.columns, rows.collect()),
            LEAST_SUBJECTS,
        );
        if targets.is_empty() {
            return Err(InformationError::NothingToPredict {
                path: cohort.root.clone(),
            });
        }
        Ok(Subjects {
            description: header.as_ref().map_or_else(
                || "cohort folder of unknown origin".to_owned(),
                CohortHeader::description,
            ),
            profile: header.map(|header| header.profile),
            median_beats: averaged_beats(kept.iter().map(|&subject| &beats[subject])),
            heart_rate_bpm: Array2::from_shape_fn((kept.len(), 1), |(row, _)| {
                beats[kept[row]].heart_rate_bpm()
            }),
            demographics: Array2::from_shape_fn(
                (kept.len(), demographic_columns.len()),
                |(row, column)| complete[row].1[column],
            ),
            demographic_columns,
            targets,
            left_out: chosen.len() - kept.len(),
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.median_beats.len_of(Axis(0))
    }
}

/// Subjects with an ECG, `most` of them by chance, in the order of their ids.
fn choose(cohort: &CohortFolder, most: usize, seed: u64) -> Vec<&CohortSubject> {
    let mut subjects: Vec<&CohortSubject> = cohort
        .subjects
        .iter()
        .filter(|subject| subject.ecg.is_some())
        .collect();
    subjects.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    subjects.truncate(most);
    subjects.sort_by(|one, other| one.id.cmp(&other.id));
    subjects
}

type Complete = Vec<(usize, Vec<f64>)>;

/// The demographic columns that at least half of the subjects have, and the subjects that have all of these.
fn complete_demographics(
    table: &TableOfSubjects,
    subjects: usize,
) -> (Vec<&'static str>, Complete) {
    let (names, columns): (Vec<&str>, Vec<Vec<Option<f64>>>) = DEMOGRAPHICS
        .into_iter()
        .filter_map(|name| Some((name, table.numbers(name)?)))
        .filter(|(_, values)| 2 * values.iter().flatten().count() >= subjects)
        .unzip();
    let complete = (0..subjects).filter_map(|subject| {
        let values: Option<Vec<f64>> = columns.iter().map(|column| column[subject]).collect();
        Some((subject, values?))
    });
    (names, complete.collect())
}

/// Averaged median beats, shape (subject, [`FEATURES`]).
fn averaged_beats<'a>(beats: impl ExactSizeIterator<Item = &'a MedianBeat>) -> Array2<f64> {
    let mut rows = Array2::zeros((beats.len(), FEATURES));
    for (mut row, beat) in rows.rows_mut().into_iter().zip(beats) {
        row.iter_mut()
            .zip(averaged(beat.as_slice()))
            .for_each(|(to, mean)| *to = mean);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::fixtures::simulated;

    #[test]
    fn a_column_most_lack_is_left_out_and_otherwise_the_subjects() {
        let rows = ["61,1,", "70,,", ",0,80", "55,1,"]
            .map(|row| row.split(',').map(str::to_owned).collect());
        let columns = ["age", "sex", "weight"].map(str::to_owned);
        let table = TableOfSubjects::new(&columns, rows.into());
        let (names, complete) = complete_demographics(&table, 4);
        assert_eq!(names, ["age", "sex"]);
        assert_eq!(complete, [(0, vec![61.0, 1.0]), (3, vec![55.0, 1.0])]);
    }

    /// A cohort of which every subject has one and the same ECG, and a table of its own.
    fn cohort(root: &std::path::Path, subjects: usize, header: &str) -> CohortFolder {
        simulated(root, 1, 1);
        let ecg = root.join("ecg/1000001_20205_2_0.xml");
        let mut table = format!("feid,{header}\n");
        for id in 1..=subjects {
            std::fs::copy(&ecg, root.join(format!("ecg/{id}_20205_2_0.xml"))).unwrap();
            table += &format!("{id},{},{},{}\n", 40 + id, id % 2, 90 + id);
        }
        std::fs::remove_file(ecg).unwrap();
        std::fs::remove_dir_all(root.join("NIFTI")).unwrap();
        std::fs::write(root.join("ecg/2_20205_2_0.xml"), "no ECG").unwrap();
        std::fs::write(root.join("subjects.csv"), table).unwrap();
        CohortFolder::open(root).unwrap()
    }

    #[test]
    fn reads_a_folder_without_pictures_and_leaves_out_what_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let cohort = cohort(&folder.path().join("cohort"), 60, "age,sex,lvm_g");
        let read = Subjects::read(&cohort, 2000, 1, &|| ()).unwrap();
        assert_eq!((read.count(), read.left_out), (59, 1));
        assert_eq!(read.demographic_columns, ["age", "sex"]);
        assert_eq!(read.profile.as_deref(), Some("healthy"));
        let keys: Vec<&str> = read
            .targets
            .iter()
            .map(|target| target.key.as_str())
            .collect();
        assert_eq!(keys, ["lvm_g", "sex"]);
        // Age and mass of a subject stay together: both count its id.
        for (age, mass) in read
            .demographics
            .column(0)
            .iter()
            .zip(&read.targets[0].values)
        {
            assert_eq!(Some(age + 50.0), *mass);
        }
        assert!((40.0..110.0).contains(&read.heart_rate_bpm[[0, 0]]));
        assert!(
            read.median_beats
                .iter()
                .any(|millivolts| millivolts.abs() > 0.3)
        );

        let some = Subjects::read(&cohort, 55, 1, &|| ()).unwrap();
        assert!(some.count() < 56);
        let message = Subjects::read(&cohort, 20, 1, &|| ())
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("of 20 subjects") && message.contains("50 are needed"),
            "{message}"
        );
    }

    #[test]
    fn a_table_with_nothing_to_predict_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let cohort = cohort(&folder.path().join("cohort"), 51, "age,bmi,shoe_size");
        let message = Subjects::read(&cohort, 2000, 1, &|| ())
            .unwrap_err()
            .to_string();
        assert!(message.contains("no column to predict"), "{message}");
    }
}
