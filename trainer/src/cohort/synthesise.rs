//! A cohort of simulated hearts on disk, in the very folders that real data come in.
//!
//! Each subject depends on the cohort's seed and its own number only, and each of its files appears whole, the ECG
//! last: an interrupted cohort is gone on with by making the subjects that have no ECG yet.

use super::{CohortError, folder};
use crate::synthesis::write::{FIRST_ID, write_subject, write_subjects_csv};
use crate::synthesis::{Profile, Recording, SAMPLING_RATE_HZ, Truth, sample_subject};
use ecg2mri::ecg::Lead;
use ecg2mri::{AtomicFile, Ecg, signal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The file that says what a cohort is.
pub const COHORT_FILE: &str = "cohort.toml";

/// The version of the simulated heart: cohorts of another version are not gone on with.
pub const SIMULATION_VERSION: u32 = 1;

/// What a cohort is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CohortPlan {
    /// How many subjects.
    pub subjects: u32,
    /// The seed.
    pub seed: u64,
    /// How common each condition is.
    pub profile: Profile,
}

/// `cohort.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CohortHeader {
    /// The program that wrote the cohort.
    pub created_by: String,
    /// [`SIMULATION_VERSION`].
    pub simulation_version: u32,
    /// How many subjects were planned.
    pub subjects: u32,
    /// The seed.
    pub seed: u64,
    /// The prevalence profile.
    pub profile: String,
}

impl CohortHeader {
    /// One line that says where the data come from.
    pub fn description(&self) -> String {
        format!(
            "simulated heart version {}, profile {}, seed {}",
            self.simulation_version, self.profile, self.seed
        )
    }

    /// Whether both are of one cohort, by whatever version of the program.
    fn same_cohort(&self, other: &CohortHeader) -> bool {
        let what = |header: &CohortHeader| (header.description(), header.subjects);
        what(self) == what(other)
    }

    /// What `cohort.toml` of a folder says; `None` where there is none, as with real data.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn read(root: &Path) -> Result<Option<CohortHeader>, CohortError> {
        let path = root.join(COHORT_FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path).map_err(CohortError::io("reading", &path))?;
        toml::from_str(&text)
            .map(Some)
            .map_err(|error| CohortError::unreadable(&path, error.message()))
    }
}

/// Makes the cohort's folder, or with `resume` goes on with one that was interrupted. `progress` is called once a
/// subject, from any thread.
///
/// # Errors
/// Where the folder exists (without `resume`), holds another cohort, or cannot be written.
pub fn synthesise(
    root: &Path,
    plan: &CohortPlan,
    resume: bool,
    progress: &(dyn Fn() + Sync),
) -> Result<(), CohortError> {
    let header = CohortHeader {
        created_by: crate::created_by(),
        simulation_version: SIMULATION_VERSION,
        subjects: plan.subjects,
        seed: plan.seed,
        profile: plan.profile.to_string(),
    };
    begin(root, &header, resume)?;
    let truths = (0..plan.subjects)
        .into_par_iter()
        .map(|index| {
            let id = FIRST_ID + index;
            let truth = make_subject(root, id, index, plan)?;
            progress();
            Ok((id, truth))
        })
        .collect::<Result<Vec<_>, CohortError>>()?;
    let table = root.join(folder::SUBJECTS_TABLE);
    write_subjects_csv(&table, &truths).map_err(|error| CohortError::Folder {
        path: table.clone(),
        problem: error.to_string(),
    })
}

fn begin(root: &Path, header: &CohortHeader, resume: bool) -> Result<(), CohortError> {
    let refuse = |problem: &str| CohortError::Folder {
        path: root.to_owned(),
        problem: problem.to_owned(),
    };
    if root.exists() {
        if !resume {
            return Err(refuse(
                "exists already; remove it, give another name, or go on with it by --resume",
            ));
        }
        match CohortHeader::read(root)? {
            Some(there) if there.same_cohort(header) => return Ok(()),
            Some(there) => {
                return Err(refuse(&format!(
                    "holds another cohort ({}, {} subjects, by {}); give the same seed, profile and number to go on \
                     with it",
                    there.description(),
                    there.subjects,
                    there.created_by
                )));
            }
            None => return Err(refuse("is no cohort of ours (it has no cohort.toml)")),
        }
    }
    std::fs::create_dir_all(root).map_err(CohortError::io("creating", root))?;
    let path = root.join(COHORT_FILE);
    let text = toml::to_string(header).unwrap_or_default();
    Ok(AtomicFile::write(&path, text.as_bytes())?)
}

fn make_subject(root: &Path, id: u32, index: u32, plan: &CohortPlan) -> Result<Truth, CohortError> {
    let heart = sample_subject(plan.seed, index, plan.profile).simulate();
    let truth = heart.truth();
    if root
        .join("ecg")
        .join(format!("{id}_20205_2_0.xml"))
        .is_file()
    {
        return Ok(truth);
    }
    let failed = |problem: String| CohortError::Folder {
        path: root.to_owned(),
        problem: format!("subject {id} cannot be made: {problem}"),
    };
    let recording = heart.recording();
    let beat = signal::median_beat(&as_ecg(&recording).map_err(|error| failed(error.to_string()))?)
        .map_err(|error| failed(error.to_string()))?;
    let median: Vec<Vec<f32>> = beat.rows().map(<[f32]>::to_vec).collect();
    let short_axis = heart.short_axis(&[0, heart.end_systolic_frame()]);
    write_subject(root, id, &heart, &recording, &median, &short_axis, None)
        .map_err(|error| failed(error.to_string()))?;
    Ok(truth)
}

fn as_ecg(recording: &Recording) -> Result<Ecg, ecg2mri::ecg::EcgError> {
    Ecg::new(
        Lead::STANDARD.to_vec(),
        recording.leads.to_vec(),
        SAMPLING_RATE_HZ,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: CohortPlan = CohortPlan {
        subjects: 2,
        seed: 3,
        profile: Profile::Enriched,
    };

    #[test]
    fn a_resumed_cohort_equals_one_made_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, halved) = (folder.path().join("whole"), folder.path().join("halved"));
        synthesise(&whole, &PLAN, false, &|| ()).unwrap();
        synthesise(&halved, &PLAN, false, &|| ()).unwrap();
        // As if the power had failed within the second subject.
        std::fs::remove_file(halved.join("ecg/1000002_20205_2_0.xml")).unwrap();
        std::fs::remove_file(halved.join("NIFTI/1000002/label_sa_ES.nii.gz")).unwrap();
        std::fs::remove_file(halved.join("subjects.csv")).unwrap();
        assert!(synthesise(&halved, &PLAN, false, &|| ()).is_err());
        synthesise(&halved, &PLAN, true, &|| ()).unwrap();
        for name in [
            "subjects.csv",
            "ecg/1000001_20205_2_0.xml",
            "ecg/1000002_20205_2_0.xml",
            "NIFTI/1000002/sa.nii.gz",
            "NIFTI/1000002/label_sa_ES.nii.gz",
        ] {
            let read = |root: &Path| std::fs::read(root.join(name)).unwrap();
            assert!(read(&whole) == read(&halved), "{name}");
        }
        let other = CohortPlan { seed: 4, ..PLAN };
        let message = synthesise(&whole, &other, true, &|| ())
            .unwrap_err()
            .to_string();
        assert!(message.contains("another cohort"), "{message}");
    }
}
