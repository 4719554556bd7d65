//! What can go wrong on the way to the report.

use crate::cohort::CohortError;
use std::path::PathBuf;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum InformationError {
    /// The cohort's folder cannot be read.
    #[error(transparent)]
    Cohort(#[from] CohortError),
    /// The cohort's table has nothing to predict.
    #[error(
        "{}: subjects.csv has no column to predict (such as lvedv_ml, lvm_g, lvef or conditions) with enough values; \
         a simulated cohort has its table once `synthesise --resume` is through",
        path.display()
    )]
    NothingToPredict {
        /// The cohort's folder.
        path: PathBuf,
    },
    /// Too few subjects to learn from.
    #[error(
        "{}: {found} of {subjects} subjects have an ECG that can be read and complete demographics, {needed} are \
         needed{}", path.display(), because(first_reason)
    )]
    TooFewSubjects {
        /// The cohort's folder.
        path: PathBuf,
        /// How many subjects were looked at.
        subjects: usize,
        /// How many of them could be used.
        found: usize,
        /// How many there must be.
        needed: usize,
        /// Why the first of the others was left out.
        first_reason: Option<String>,
    },
}

fn because(reason: &Option<String>) -> String {
    reason.as_ref().map_or_else(String::new, |reason| {
        format!("; the first left out: {reason}")
    })
}
