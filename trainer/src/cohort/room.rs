//! Whether a disk has room for a cohort, asked before hours are spent on one that will not fit.

use super::CohortError;
use super::header::CohortPlan;
use crate::synthesis::write::{Labels, Pictures};
use std::fmt;
use std::path::Path;

/// Part of the expected size that must be free: a cohort may turn out smaller than expected.
const FREE_PART: f64 = 0.9;

/// Megabytes that one subject takes, as measured on 8 full and 100 lean subjects.
const FULL_MB: f64 = 13.9;
const MID_MB: f64 = 0.36;
const ALL_LABELS_MB: f64 = 0.1;
const WFDB_MB: f64 = 0.13;

/// About how many megabytes a subject takes with these options.
pub fn megabytes_a_subject(pictures: Pictures, labels: Labels, also_wfdb: bool) -> f64 {
    let labels = match (pictures, labels) {
        (Pictures::Full, Labels::All) => ALL_LABELS_MB,
        _ => 0.0,
    };
    let pictures = match pictures {
        Pictures::Full => FULL_MB,
        Pictures::Mid => MID_MB,
    };
    pictures + labels + if also_wfdb { WFDB_MB } else { 0.0 }
}

/// Checks that `subjects` more subjects fit where `root` is, or is to be made.
///
/// # Errors
/// [`CohortError::NoRoom`] where they do not. A file system that does not say what is free is taken to have room.
pub fn check_room(root: &Path, plan: &CohortPlan, subjects: u32) -> Result<(), CohortError> {
    let each_mb = megabytes_a_subject(plan.pictures, plan.labels, plan.also_wfdb);
    let needed = Size(f64::from(subjects) * each_mb * 1e6);
    check_size(
        root,
        needed,
        "give --pictures mid, fewer subjects or another disk",
    )
}

/// Checks that `needed` fits where `root` is, or is to be made; `remedy` says what to do where it does not.
///
/// # Errors
/// [`CohortError::NoRoom`] where it does not. A file system that does not say what is free is taken to have room.
pub fn check_size(root: &Path, needed: Size, remedy: &'static str) -> Result<(), CohortError> {
    let absolute = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
    let there = absolute.ancestors().find(|folder| folder.exists());
    match there.map(fs4::available_space) {
        Some(Ok(free)) if (free as f64) < FREE_PART * needed.0 => Err(CohortError::NoRoom {
            path: root.to_owned(),
            free: Size(free as f64),
            needed,
            remedy,
        }),
        _ => Ok(()),
    }
}

/// A number of bytes; shown in the unit that suits it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size(pub f64);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")];
        let (bytes, unit) = units
            .into_iter()
            .find(|(bytes, _)| self.0 >= *bytes)
            .unwrap_or((1e3, "kB"));
        write!(formatter, "{:.1} {unit}", self.0 / bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::Profile;

    #[test]
    fn a_cohort_larger_than_the_disk_is_refused_before_its_folder_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("deep/cohort");
        let plan = CohortPlan {
            subjects: 2_000_000_000,
            seed: 1,
            profile: Profile::Ukb,
            pictures: Pictures::Full,
            labels: Labels::EdEs,
            also_wfdb: false,
        };
        let error = check_room(&root, &plan, plan.subjects).unwrap_err();
        let message = error.to_string();
        assert!(
            message.contains("27800.0 TB") && message.contains("--pictures mid"),
            "{message}"
        );
        check_room(&root, &plan, 0).unwrap();
    }

    #[test]
    fn sizes_are_shown_in_their_unit() {
        let sizes = [5.4e6, 8.16e11, 1.36e13, 300.0].map(|bytes| Size(bytes).to_string());
        assert_eq!(sizes, ["5.4 MB", "816.0 GB", "13.6 TB", "0.3 kB"]);
    }
}
