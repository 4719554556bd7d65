//! The journal of a data set under way: one line a subject, in the cohort's order.

use super::CohortError;
use super::left_out::Reason;
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{BufRead, BufReader};
use std::path::Path;

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Decision {
    /// The subject's id.
    pub(super) id: String,
    /// What became of it.
    pub(super) outcome: Outcome,
}

/// What became of a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It is in the data set, with this row of the table.
    Kept(Vec<String>),
    /// It is not.
    LeftOut(Reason),
}

/// Opens the journal; while it is open no other run can open it.
pub(super) fn lock(path: &Path, folder: &Path) -> Result<File, CohortError> {
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(CohortError::io("opening", path))?;
    // Some network file systems know no locks; there the user must see to it.
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(CohortError::Folder {
            path: folder.to_owned(),
            problem: "is being made by another run; wait for its end".into(),
        }),
        _ => Ok(file),
    }
}

/// The whole lines of a journal, up to the first that is none, each with the byte at which it ends.
pub(super) fn read(file: &File) -> std::io::Result<Vec<(Decision, u64)>> {
    let mut reader = BufReader::new(file);
    let mut decisions = Vec::new();
    let (mut line, mut end) = (Vec::new(), 0);
    loop {
        line.clear();
        end += reader.read_until(b'\n', &mut line)? as u64;
        match serde_json::from_slice(&line) {
            Ok(decision) if line.ends_with(b"\n") => decisions.push((decision, end)),
            _ => return Ok(decisions),
        }
    }
}

/// Drops the decisions from the first on that kept a subject whose rows are not in all arrays; gives the number of
/// subjects kept by the others.
pub(super) fn keep_what_arrays_have(decisions: &mut Vec<(Decision, u64)>, rows: usize) -> usize {
    let mut kept = 0;
    let mut whole = 0;
    for (decision, _) in decisions.iter() {
        if matches!(decision.outcome, Outcome::Kept(_)) {
            if kept == rows {
                break;
            }
            kept += 1;
        }
        whole += 1;
    }
    decisions.truncate(whole);
    kept
}
