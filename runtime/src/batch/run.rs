//! A batch from its beginning to its end.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::counts::{Counts, Ended};
use super::error::BatchError;
use super::index::Index;
use super::lock::Lock;
use super::pass::Pass;
use super::shard::Shard;
use super::waiting::Waiting;
use super::work::Work;

/// How long a wait goes on at the most before it is looked whether it is to end.
const NAP: Duration = Duration::from_millis(100);

/// What a batch works on.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of recordings; those in its sub-folders are meant as well.
    pub input: PathBuf,
    /// The folder of outputs and of the index; it is made if it is not there.
    pub output: PathBuf,
    /// The part of the recordings to deal with.
    pub shard: Shard,
    /// How many recordings are dealt with at one time.
    pub threads: NonZeroUsize,
    /// Whether recordings are dealt with that are in the index already.
    pub again: bool,
    /// For how long to wait before looking at the folder again; `None` to look once.
    pub watch: Option<Duration>,
}

/// What is around a batch while it runs.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// When it is raised the recordings in hand are brought to their end, and no other is begun.
    pub stop: &'a AtomicBool,
    /// Is told from any thread what has come of the recordings so far.
    pub observe: &'a (dyn Fn(&Counts) + Sync),
}

/// Deals with all recordings of a shard that were not dealt with before.
///
/// What is wrong with one recording is a row in the index `index-I-of-N.csv` in the output folder, and the
/// others go on.
///
/// # Errors
/// [`BatchError`] if nothing can go on: the folder of recordings cannot be read, outputs cannot be written,
/// or another process is at work on the shard. All files are whole then, too, and running it again goes on.
pub fn run(
    options: &Options,
    work: &impl Work,
    surroundings: Surroundings<'_>,
) -> Result<Ended, BatchError> {
    let input_error = |source| BatchError::Input {
        path: options.input.clone(),
        source,
    };
    let input = fs::canonicalize(&options.input).map_err(input_error)?;
    fs::read_dir(&input).map_err(input_error)?;
    let output = made(&options.output, &input)?;
    let lock = Lock::take(&output, options.shard)?;
    let index = output.join(format!("index-{}.csv", options.shard.file_part()));
    let index = Index::open(&index, work.columns(), options.again)?;
    let pass = Pass {
        input: &input,
        output: &output,
        shard: options.shard,
        threads: options.threads,
        work,
        surroundings,
        index: Mutex::new(index),
        counts: Mutex::default(),
        waiting: options.watch.map(|_| Mutex::new(Waiting::default())),
        failure: Mutex::default(),
    };
    loop {
        pass.look()?;
        let Some(interval) = options.watch else { break };
        wait(interval, surroundings.stop);
        if is_raised(surroundings.stop) {
            break;
        }
    }
    let counts = *locked(&pass.counts);
    let index = pass
        .index
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    index.finish()?;
    lock.end();
    let interrupted = is_raised(surroundings.stop);
    Ok(Ended {
        counts,
        interrupted,
    })
}

/// The canonical path of the output folder, which is made if need be.
fn made(output: &Path, input: &Path) -> Result<PathBuf, BatchError> {
    let failed = |source| BatchError::Output {
        path: output.into(),
        source,
    };
    fs::create_dir_all(output).map_err(failed)?;
    let canonical = fs::canonicalize(output).map_err(failed)?;
    if input.starts_with(&canonical) {
        return Err(BatchError::OutputHoldsInput {
            path: output.into(),
        });
    }
    Ok(canonical)
}

fn wait(interval: Duration, stop: &AtomicBool) {
    let begin = Instant::now();
    while !is_raised(stop) {
        let left = interval.saturating_sub(begin.elapsed());
        if left.is_zero() {
            return;
        }
        thread::sleep(left.min(NAP));
    }
}

pub(super) fn is_raised(stop: &AtomicBool) -> bool {
    stop.load(Ordering::Relaxed)
}

/// What a mutex holds. A thread that panicked left it as good as any other: each holds it for one call.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
