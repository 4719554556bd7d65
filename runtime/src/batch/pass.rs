//! One look at the folder: every recording of the shard that is not dealt with goes to a thread.

use std::io::{self, ErrorKind};
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;
use std::time::Instant;

use super::counts::Counts;
use super::error::BatchError;
use super::fingerprint::Fingerprint;
use super::index::{Index, Row};
use super::outputs;
use super::run::{Surroundings, is_raised, locked};
use super::shard::{Shard, digest};
use super::waiting::Waiting;
use super::walk::{Candidate, Found, Walk};
use super::work::{Outcome, Status, Work};

/// Recordings in the queue for each thread: enough that none waits for the walk.
const QUEUED: usize = 4;

/// What the looks of a run have in common.
pub(super) struct Pass<'a, W> {
    /// The canonical path of the folder of recordings.
    pub(super) input: &'a Path,
    /// The canonical path of the output folder.
    pub(super) output: &'a Path,
    pub(super) shard: Shard,
    pub(super) threads: NonZeroUsize,
    pub(super) work: &'a W,
    pub(super) surroundings: Surroundings<'a>,
    pub(super) index: Mutex<Index>,
    pub(super) counts: Mutex<Counts>,
    /// Where looks are repeated: what is left for later.
    pub(super) waiting: Option<Mutex<Waiting>>,
    /// What stops everything.
    pub(super) failure: Mutex<Option<BatchError>>,
}

impl<W: Work> Pass<'_, W> {
    /// Looks at every file once.
    ///
    /// # Errors
    /// What stops everything.
    pub(super) fn look(&self) -> Result<(), BatchError> {
        locked(&self.counts).begin_look();
        if let Some(waiting) = &self.waiting {
            locked(waiting).begin_look();
        }
        let walk = Walk::new(self.input, self.output, self.shard);
        let walk = walk.map_err(|source| BatchError::Input {
            path: self.input.into(),
            source,
        })?;
        let threads = self.threads.get();
        let (sender, receiver) = sync_channel(QUEUED * threads);
        let receiver = Mutex::new(receiver);
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| self.deal_with_all(&receiver));
            }
            for found in walk {
                if self.is_to_end() || sender.send(found).is_err() {
                    break;
                }
            }
            drop(sender);
        });
        match locked(&self.failure).take() {
            Some(failure) => Err(failure),
            None => Ok(()),
        }
    }

    fn is_to_end(&self) -> bool {
        is_raised(self.surroundings.stop) || locked(&self.failure).is_some()
    }

    fn deal_with_all(&self, queue: &Mutex<Receiver<Found>>) {
        loop {
            // The lock ends with this statement, or the threads would take turns.
            let next = locked(queue).recv();
            let Ok(found) = next else { return };
            if self.is_to_end() {
                // The queue is emptied, so that whoever fills it does not wait.
                continue;
            }
            let dealt_with = match found {
                Found::File(candidate) => self.deal_with(&candidate),
                Found::Unreadable { name, source } => self.note_unreadable(name, &source),
            };
            if let Err(error) = dealt_with {
                locked(&self.failure).get_or_insert(error);
            }
        }
    }

    fn deal_with(&self, candidate: &Candidate) -> Result<(), BatchError> {
        let begin = Instant::now();
        let Candidate { path, name } = candidate;
        let input = self.input.join(path);
        let fingerprint = Fingerprint::of(self.work.identity(), name, &input);
        let paths = outputs::paths(self.output, path, self.work.extensions());
        let earlier = locked(&self.index).earlier(digest(name));
        let is_unchanged = earlier.is_some_and(|earlier| {
            earlier.is_of(fingerprint) && (!earlier.has_outputs() || outputs::exist(&paths))
        });
        if is_unchanged {
            self.count_unchanged();
            return Ok(());
        }
        if let Some(waiting) = &self.waiting
            && !locked(waiting).is_still(digest(name), fingerprint)
        {
            return Ok(());
        }
        let outcome = self.written(self.processed(&input), &paths)?;
        if outcome.status == Status::Part {
            locked(&self.counts).add(Status::Part);
            if earlier.is_none() {
                return Ok(());
            }
        }
        let row = Row {
            name: name.clone(),
            status: outcome.status,
            reason: outcome.reason,
            values: outcome.values,
            seconds: begin.elapsed().as_secs_f64(),
            fingerprint: (!outcome.may_pass).then_some(fingerprint),
        };
        self.note(&row, fingerprint)
    }

    /// What the work makes of the file, whatever happens to it.
    fn processed(&self, input: &Path) -> Outcome {
        // What the work shares between recordings is its own to keep sound: a model that is only read.
        let processed = panic::catch_unwind(AssertUnwindSafe(|| self.work.process(input)));
        processed.unwrap_or_else(|_| {
            Outcome::failed("the program failed on this recording, which is a fault of the program; please report it")
        })
    }

    /// Writes the files of an outcome, or removes those of an earlier one.
    ///
    /// # Errors
    /// If no other file can be written either.
    fn written(&self, outcome: Outcome, paths: &[PathBuf]) -> Result<Outcome, BatchError> {
        let written = match outcome.status {
            Status::Ok => outputs::write(paths, &outcome.files),
            Status::Refused | Status::Failed | Status::Skipped | Status::Part => {
                outputs::remove(paths)
            }
        };
        match written {
            Ok(()) => Ok(outcome),
            Err(error) if outputs::is_hopeless(&error) => Err(BatchError::Write(error)),
            Err(error) => {
                // Better none than those of what the recording was earlier. The failure to report is the first.
                let _ = outputs::remove(paths);
                Ok(Outcome::failed_for_now(error).with_values(outcome.values))
            }
        }
    }

    fn note_unreadable(&self, name: String, source: &io::Error) -> Result<(), BatchError> {
        if source.kind() == ErrorKind::NotFound {
            // Removed since its name was read.
            return Ok(());
        }
        let fingerprint = Fingerprint::of(self.work.identity(), &name, &self.input.join(&name));
        let earlier = locked(&self.index).earlier(digest(&name));
        if earlier.is_some_and(|earlier| earlier.is_of(fingerprint)) {
            return Ok(());
        }
        let row = Row {
            name,
            status: Status::Failed,
            reason: format!("this folder cannot be read: {source}"),
            values: Vec::new(),
            seconds: 0.0,
            fingerprint: None,
        };
        self.note(&row, fingerprint)
    }

    fn note(&self, row: &Row, fingerprint: Fingerprint) -> Result<(), BatchError> {
        locked(&self.index).append(row, fingerprint)?;
        let mut counts = locked(&self.counts);
        if row.status != Status::Part {
            counts.add(row.status);
        }
        let so_far = *counts;
        drop(counts);
        (self.surroundings.observe)(&so_far);
        Ok(())
    }

    fn count_unchanged(&self) {
        let mut counts = locked(&self.counts);
        counts.unchanged += 1;
        let so_far = *counts;
        drop(counts);
        // Where looks are repeated all that was ever done is unchanged at each: nothing to tell.
        if self.waiting.is_none() {
            (self.surroundings.observe)(&so_far);
        }
    }
}
