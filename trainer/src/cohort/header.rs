//! `cohort.toml`: what a simulated cohort is, written once and checked by every run that goes on with it.

use super::CohortError;
use super::shard::Shard;
use crate::synthesis::Profile;
use crate::synthesis::write::{Labels, Pictures};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

/// The file that says what a cohort is.
pub const COHORT_FILE: &str = "cohort.toml";

/// The version of the simulated heart: cohorts of another version are not gone on with.
pub const SIMULATION_VERSION: u32 = 2;

/// What a cohort is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CohortPlan {
    /// How many subjects.
    pub subjects: u32,
    /// The seed.
    pub seed: u64,
    /// How common each condition is.
    pub profile: Profile,
    /// Which pictures are written.
    pub pictures: Pictures,
    /// Which frames are labelled.
    pub labels: Labels,
    /// Whether the recordings are written as annotated WFDB records besides.
    pub also_wfdb: bool,
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
    /// [`Pictures`]; the first version of the simulation had the mid slice only.
    #[serde(default = "mid")]
    pub pictures: String,
    /// [`Labels`].
    #[serde(default = "ed_es")]
    pub labels: String,
    /// Formats written besides.
    #[serde(default)]
    pub also: Vec<String>,
}

fn mid() -> String {
    Pictures::Mid.to_string()
}

fn ed_es() -> String {
    Labels::EdEs.to_string()
}

impl CohortHeader {
    /// The header of a cohort that is made now.
    pub fn of(plan: &CohortPlan) -> CohortHeader {
        CohortHeader {
            created_by: crate::created_by(),
            simulation_version: SIMULATION_VERSION,
            subjects: plan.subjects,
            seed: plan.seed,
            profile: plan.profile.to_string(),
            pictures: plan.pictures.to_string(),
            labels: plan.labels.to_string(),
            also: plan
                .also_wfdb
                .then(|| "wfdb".to_owned())
                .into_iter()
                .collect(),
        }
    }

    /// One line that says where the data come from.
    pub fn description(&self) -> String {
        format!(
            "simulated heart version {}, profile {}, seed {}",
            self.simulation_version, self.profile, self.seed
        )
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

    /// Makes `root` the folder of this cohort, or checks that it is: shards that start at one time find or leave the
    /// same file.
    ///
    /// # Errors
    /// Where the folder holds something else or another cohort, where it holds this one and neither `resume` nor
    /// `shard` says that it may, or where it cannot be written.
    pub fn claim(&self, root: &Path, shard: Shard, resume: bool) -> Result<(), CohortError> {
        if let Some(there) = CohortHeader::read(root)? {
            if !resume && shard.is_whole() {
                return Err(exists(root));
            }
            return self.check(root, &there);
        }
        if root.exists() && holds_anything(root)? {
            return Err(if resume {
                refused(root, "is no simulated cohort (it has no cohort.toml)")
            } else {
                exists(root)
            });
        }
        std::fs::create_dir_all(root).map_err(CohortError::io("creating", root))?;
        if self.leave(root)? {
            return Ok(());
        }
        // Another shard was quicker.
        match CohortHeader::read(root)? {
            Some(there) => self.check(root, &there),
            None => Err(refused(root, "changes while it is looked at; try again")),
        }
    }

    /// Writes the file where there is none, and says whether it did.
    fn leave(&self, root: &Path) -> Result<bool, CohortError> {
        let path = root.join(COHORT_FILE);
        let text = toml::to_string(self)
            .map_err(|error| refused(&path, &format!("cannot be written: {error}")))?;
        let written = tempfile::Builder::new()
            .prefix(".ecg2mri-")
            .tempfile_in(root)
            .and_then(|mut file| {
                file.write_all(text.as_bytes())?;
                file.as_file().sync_all()?;
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt;
                    let readable = std::fs::Permissions::from_mode(0o644);
                    file.as_file().set_permissions(readable)?;
                }
                Ok(file)
            })
            .map_err(CohortError::io("writing", &path))?;
        match written.persist_noclobber(&path) {
            Ok(_) => Ok(true),
            Err(refusal) if refusal.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
            Err(refusal) => Err(CohortError::io("writing", &path)(refusal.error)),
        }
    }

    /// Checks that `there`, found in `root`, is this very cohort, by whatever release of the program.
    fn check(&self, root: &Path, there: &CohortHeader) -> Result<(), CohortError> {
        if there.simulation_version != self.simulation_version {
            return Err(refused(
                root,
                &format!(
                    "was made by version {} of the simulated heart, and this program has version {}; give another name, \
                     or remove it",
                    there.simulation_version, self.simulation_version
                ),
            ));
        }
        let wanted = CohortHeader {
            created_by: there.created_by.clone(),
            ..self.clone()
        };
        if *there == wanted {
            return Ok(());
        }
        Err(refused(
            root,
            &format!(
                "holds another cohort ({}); to go on with it give the same options, or give another name",
                there.options()
            ),
        ))
    }

    /// The options that a cohort of this kind is asked for by.
    fn options(&self) -> String {
        let mut options = format!(
            "--subjects {} --seed {} --profile {} --pictures {} --labels {}",
            self.subjects, self.seed, self.profile, self.pictures, self.labels
        );
        for format in &self.also {
            options += " --also ";
            options += format;
        }
        options
    }
}

fn exists(root: &Path) -> CohortError {
    refused(
        root,
        "exists already; remove it, give another name, or go on with it by --resume",
    )
}

fn refused(path: &Path, problem: &str) -> CohortError {
    CohortError::Folder {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

fn holds_anything(root: &Path) -> Result<bool, CohortError> {
    let mut entries = std::fs::read_dir(root).map_err(CohortError::io("listing", root))?;
    Ok(entries.next().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: CohortPlan = CohortPlan {
        subjects: 2,
        seed: 3,
        profile: Profile::Enriched,
        pictures: Pictures::Mid,
        labels: Labels::EdEs,
        also_wfdb: false,
    };

    #[test]
    fn a_folder_is_claimed_once_and_every_other_cohort_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("cohort");
        let header = CohortHeader::of(&PLAN);
        let half: Shard = "1/2".parse().unwrap();
        header.claim(&root, half, false).unwrap();
        assert_eq!(CohortHeader::read(&root).unwrap().as_ref(), Some(&header));
        header.claim(&root, half, false).unwrap();
        header.claim(&root, Shard::WHOLE, true).unwrap();
        let message = header.claim(&root, Shard::WHOLE, false).unwrap_err();
        assert!(message.to_string().contains("--resume"), "{message}");

        let others = [
            CohortPlan { seed: 4, ..PLAN },
            CohortPlan {
                subjects: 3,
                ..PLAN
            },
            CohortPlan {
                profile: Profile::Ukb,
                ..PLAN
            },
            CohortPlan {
                pictures: Pictures::Full,
                ..PLAN
            },
            CohortPlan {
                labels: Labels::All,
                ..PLAN
            },
            CohortPlan {
                also_wfdb: true,
                ..PLAN
            },
        ];
        for other in others {
            let message = CohortHeader::of(&other)
                .claim(&root, half, true)
                .unwrap_err()
                .to_string();
            assert!(
                message.contains(
                    "(--subjects 2 --seed 3 --profile enriched --pictures mid --labels ed-es)"
                ),
                "{message}"
            );
        }
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 1);
    }

    #[test]
    fn a_cohort_of_the_first_version_is_read_but_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let text = "created_by = \"x\"\nsimulation_version = 1\nsubjects = 2\nseed = 3\nprofile = \"enriched\"\n";
        std::fs::write(folder.path().join(COHORT_FILE), text).unwrap();
        let there = CohortHeader::read(folder.path()).unwrap().unwrap();
        assert_eq!((there.pictures.as_str(), there.also.len()), ("mid", 0));
        let message = CohortHeader::of(&PLAN)
            .claim(folder.path(), Shard::WHOLE, true)
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("version 1 of the simulated heart"),
            "{message}"
        );
    }

    #[test]
    fn a_folder_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("thesis.tex"), "x").unwrap();
        for (resume, says) in [(false, "exists already"), (true, "no simulated cohort")] {
            let message = CohortHeader::of(&PLAN)
                .claim(folder.path(), Shard::WHOLE, resume)
                .unwrap_err()
                .to_string();
            assert!(message.contains(says), "{message}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
