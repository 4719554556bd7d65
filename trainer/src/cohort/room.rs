//! Whether a disk has room for a cohort, asked before hours are spent on one that will not fit.

use super::CohortError;
use super::header::CohortPlan;
use crate::synthesis::write::{Labels, Pictures};
use std::path::Path;

/// Part of the expected size that must be free: a cohort may turn out smaller than expected.
const FREE_PART: f64 = 0.9;

/// Megabytes that one subject takes, measured over 100 subjects of the profile `enriched`.
const FULL_MB: f64 = 13.6;
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

/// Checks that `subjects` more subjects fit where `root` is.
///
/// # Errors
/// [`CohortError::NoRoom`] where they do not. A file system that does not say what is free is taken to have room.
pub fn check_room(root: &Path, plan: &CohortPlan, subjects: u32) -> Result<(), CohortError> {
    let each_mb = megabytes_a_subject(plan.pictures, plan.labels, plan.also_wfdb);
    let needed_gb = f64::from(subjects) * each_mb / 1000.0;
    match fs4::available_space(root) {
        Ok(free) if (free as f64 / 1e9) < FREE_PART * needed_gb => Err(CohortError::NoRoom {
            path: root.to_owned(),
            free_gb: free as f64 / 1e9,
            needed_gb,
        }),
        _ => Ok(()),
    }
}
