//! A cohort of simulated hearts on disk, in the very folders that real data come in.
//!
//! Each subject depends on the cohort's seed and its own number only, so any number of threads, any shards in any order
//! and any interruptions end in the same bytes. Memory does not grow with the cohort: a subject's pictures are rendered
//! and written one view at a time, and its row goes to the table in its turn.

use super::growing_table::GrowingTable;
use super::header::{COHORT_FILE, CohortHeader, CohortPlan};
use super::room::check_room;
use super::shard::Shard;
use super::shard_tables::{merge_when_complete, remove_shard_tables};
use super::staged_subject::{StagedSubject, UNFINISHED};
use super::stored_median::stored_median;
use super::{CohortError, annotations, folder};
use crate::synthesis::write::{FIRST_ID, subjects_csv_row, write_subject};
use crate::synthesis::{Recording, SAMPLING_RATE_HZ, SimulatedHeart, sample_subject};
use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::formats::wfdb;
use rayon::iter::{ParallelBridge, ParallelIterator};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

/// How one run goes about its cohort.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The part of the cohort that this run makes.
    pub shard: Shard,
    /// Whether to go on where an earlier run stopped; only what is missing is made.
    pub resume: bool,
    /// Set from outside to stop: subjects in hand are finished, no other is begun.
    pub stop: &'a AtomicBool,
    /// Called once a subject, from any thread.
    pub progress: &'a (dyn Fn() + Sync),
}

/// What a run has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Synthesised {
    /// Subjects of this run's shard.
    pub subjects: u32,
    /// Whether all shards are there, and with them `subjects.csv`.
    pub whole: bool,
}

/// Makes a cohort's folder, or one shard of it, on the threads of the current rayon pool.
///
/// # Errors
/// Where the folder holds something else or may not be gone on with, where the disk has no room or refuses, and
/// [`CohortError::Stopped`] where the run was told to stop. Whatever the reason, every subject in the folder is whole.
pub fn synthesise(root: &Path, plan: &CohortPlan, run: Run) -> Result<Synthesised, CohortError> {
    let subjects = run.shard.count(plan.subjects);
    let is_new = !root.join(COHORT_FILE).is_file();
    if is_new {
        check_room(root, plan, subjects)?;
    }
    CohortHeader::of(plan).claim(root, run.shard, run.resume)?;
    let last_name = root.join(run.shard.table_name());
    let has_table = last_name.is_file() || root.join(folder::SUBJECTS_TABLE).is_file();
    let unfinished = root.join(UNFINISHED);
    let growing = unfinished.join(run.shard.table_name());
    if !run.resume && (has_table || growing.is_file()) {
        return Err(CohortError::Folder {
            path: root.to_owned(),
            problem: format!("has shard {} already; go on with it by --resume", run.shard),
        });
    }
    std::fs::create_dir_all(&unfinished).map_err(CohortError::io("creating", &unfinished))?;
    let table = if has_table {
        None
    } else {
        let id_at = |position| FIRST_ID + run.shard.subject(position);
        Some(GrowingTable::open(&growing, id_at)?)
    };
    let rows = table.as_ref().map_or(subjects, GrowingTable::rows);
    if !is_new {
        check_room(root, plan, subjects - rows)?;
    }
    let table = make_subjects(root, plan, run, table, rows)?;
    if let Some(table) = table {
        table.finish(&last_name)?;
    }
    let whole = if run.shard.is_whole() {
        remove_shard_tables(root)?;
        true
    } else {
        merge_when_complete(root, run.shard, plan.subjects)?
    };
    if whole {
        // Nothing is unfinished now, whatever earlier runs left in it.
        let _ = std::fs::remove_dir_all(&unfinished);
    }
    Ok(Synthesised { subjects, whole })
}

/// Makes the subjects that are not there and gives their rows, those after the first `rows`, to the table.
fn make_subjects(
    root: &Path,
    plan: &CohortPlan,
    run: Run,
    table: Option<GrowingTable>,
    rows: u32,
) -> Result<Option<GrowingTable>, CohortError> {
    let count = run.shard.count(plan.subjects);
    let made = AtomicU32::new(0);
    let table = Mutex::new(table);
    // A bridge hands subjects out in order, so that no row waits for a long time.
    let outcome = (0..count).par_bridge().try_for_each(|position| {
        if run.stop.load(Ordering::Relaxed) {
            return Err(CohortError::Stopped {
                path: root.to_owned(),
                made: 0,
                subjects: count,
            });
        }
        let index = run.shard.subject(position);
        let id = FIRST_ID + index;
        let has_row = position < rows;
        let is_done = StagedSubject::is_done(root, id);
        if !(is_done && has_row) {
            let heart = sample_subject(plan.seed, index, plan.profile).simulate();
            if !is_done {
                make_subject(root, id, plan, &heart)
                    .map_err(|problem| cannot_make(root, id, problem))?;
            }
            if !has_row {
                let row = subjects_csv_row(id, &heart.truth());
                let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(table) = table.as_mut() {
                    table.add(position, row)?;
                }
            }
        }
        made.fetch_add(1, Ordering::Relaxed);
        (run.progress)();
        Ok(())
    });
    match outcome {
        Err(CohortError::Stopped { path, subjects, .. }) => Err(CohortError::Stopped {
            path,
            made: made.into_inner(),
            subjects,
        }),
        Err(error) => Err(error),
        Ok(()) => Ok(table.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

type Problem = Box<dyn std::error::Error + Send + Sync>;

fn cannot_make(root: &Path, id: u32, problem: Problem) -> CohortError {
    CohortError::Folder {
        path: root.to_owned(),
        problem: format!("subject {id} cannot be made: {problem}; mend that and go on by --resume"),
    }
}

/// Makes one subject's files.
fn make_subject(
    root: &Path,
    id: u32,
    plan: &CohortPlan,
    heart: &SimulatedHeart,
) -> Result<(), Problem> {
    let recording = heart.recording();
    let ecg = as_ecg(&recording)?;
    let median = stored_median(&recording, &ecg);
    let staged = StagedSubject::begin(root, id)?;
    let contents = (plan.pictures, plan.labels);
    write_subject(staged.path(), id, heart, &recording, &median, contents)?;
    if plan.also_wfdb {
        let folder = staged.path().join("wfdb");
        std::fs::create_dir_all(&folder)?;
        let record = folder.join(id.to_string());
        wfdb::write(&record, &ecg)?;
        let beats = annotations::beats(&recording);
        wfdb::write_annotations(&record.with_extension("atr"), &beats)?;
        let waves = annotations::waves(&recording);
        wfdb::write_annotations(&record.with_extension("waves"), &waves)?;
    }
    Ok(staged.move_into(root)?)
}

fn as_ecg(recording: &Recording) -> Result<Ecg, ecg2mri::ecg::EcgError> {
    Ecg::new(
        Lead::STANDARD.to_vec(),
        recording.leads.to_vec(),
        SAMPLING_RATE_HZ,
    )
}

#[cfg(test)]
mod tests;
