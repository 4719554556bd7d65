//! Subjects of a cohort that are not in a data set, and why.

use super::CohortError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a subject was left out for, in kinds that can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// It has no ECG file.
    NoEcg,
    /// It has no short-axis stack.
    NoShortAxis,
    /// It has no four-chamber cine, and the data set is to have that view.
    NoFourChamber,
    /// Its ECG file cannot be read.
    UnreadableEcg,
    /// The recorder's diagnosis says "Poor data quality".
    PoorQuality,
    /// No median beat can be made of its ECG.
    NoMedianBeat,
    /// A picture of it cannot be read or shows nothing.
    UnreadableMri,
    /// It has no labels, and the data set is to have them.
    NoLabels,
    /// Its cine has too few frames for those wanted.
    WrongFrames,
}

impl fmt::Display for ReasonKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            ReasonKind::NoEcg => "no ECG",
            ReasonKind::NoShortAxis => "no short-axis stack",
            ReasonKind::NoFourChamber => "no four-chamber cine",
            ReasonKind::UnreadableEcg => "unreadable ECG",
            ReasonKind::PoorQuality => "poor data quality",
            ReasonKind::NoMedianBeat => "no median beat",
            ReasonKind::UnreadableMri => "unreadable MRI",
            ReasonKind::NoLabels => "no labels",
            ReasonKind::WrongFrames => "wrong number of frames",
        })
    }
}

/// Why a subject was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Its kind.
    pub kind: ReasonKind,
    /// The whole story, as one sentence.
    pub sentence: String,
}

impl Reason {
    /// A reason of this kind.
    pub fn new(kind: ReasonKind, sentence: impl ToString) -> Reason {
        Reason {
            kind,
            sentence: sentence.to_string(),
        }
    }

    /// Why a picture could not be had.
    pub fn of_picture(error: &CohortError) -> Reason {
        let kind = match error {
            CohortError::Frames { .. } => ReasonKind::WrongFrames,
            _ => ReasonKind::UnreadableMri,
        };
        Reason::new(kind, error)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

/// A subject that is not in the data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The subject's id.
    pub id: String,
    /// Why.
    pub reason: Reason,
}

/// How many subjects were left out for each kind of reason.
pub fn count_by_reason(left_out: &[LeftOut]) -> BTreeMap<ReasonKind, usize> {
    let mut counts = BTreeMap::new();
    for subject in left_out {
        *counts.entry(subject.reason.kind).or_insert(0) += 1;
    }
    counts
}
