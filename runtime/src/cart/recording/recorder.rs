//! The thread that records, so that a slow disk holds up nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::record::{Lengths, Record};
use super::{RecordingError, recover};
use crate::cart::{Layout, Update};

/// Updates that may wait for the disk: at 50 frames a second more than a minute.
const WAITING: usize = 4096;

/// Records what a session hands on.
#[derive(Debug)]
pub struct Recorder {
    updates: Option<SyncSender<Update>>,
    thread: Option<JoinHandle<Result<(), RecordingError>>>,
}

impl Recorder {
    /// Records into `folder`, which is made if need be, with all that came on the disk every second. Recordings that a
    /// power cut interrupted there are completed first.
    ///
    /// # Errors
    /// A folder that cannot be made or read, a recording in it that cannot be completed.
    pub fn start(folder: &Path) -> Result<Self, RecordingError> {
        Self::with(folder, Lengths::default(), Duration::from_secs(1))
    }

    /// As [`start`](Self::start), with other lengths and another time between two flushes to the disk.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn with(folder: &Path, lengths: Lengths, flush: Duration) -> Result<Self, RecordingError> {
        fs::create_dir_all(folder).map_err(|error| RecordingError::io(folder, error))?;
        recover(folder)?;
        let (updates, received) = sync_channel(WAITING);
        let writer = Writer {
            folder: folder.to_owned(),
            lengths,
            record: None,
        };
        let thread = thread::spawn(move || writer.run(&received, flush));
        Ok(Self {
            updates: Some(updates),
            thread: Some(thread),
        })
    }

    /// Records an update. Waits where the disk is so slow that a minute is waiting for it.
    ///
    /// # Errors
    /// Why the recording has stopped, the first time; what was recorded before is kept.
    pub fn take(&mut self, update: &Update) -> Result<(), RecordingError> {
        let is_recorded = matches!(
            update,
            Update::Session { .. } | Update::Layout(_) | Update::Gap(_) | Update::Samples(_)
        );
        match &self.updates {
            Some(updates) if is_recorded => match updates.send(update.clone()) {
                Ok(()) => Ok(()),
                Err(_) => self.end(),
            },
            _ => Ok(()),
        }
    }

    /// Ends the recording with all that came on the disk.
    ///
    /// # Errors
    /// Why the recording has stopped, if that was not told before.
    pub fn finish(mut self) -> Result<(), RecordingError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), RecordingError> {
        // The thread ends when nothing more can come.
        self.updates = None;
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        thread.join().unwrap_or(Err(RecordingError::Stopped))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Nobody is left to be told; what could be written was.
        let _ = self.end();
    }
}

/// What the thread does.
struct Writer {
    folder: PathBuf,
    lengths: Lengths,
    record: Option<Record>,
}

impl Writer {
    fn run(mut self, updates: &Receiver<Update>, flush: Duration) -> Result<(), RecordingError> {
        let mut flushed = Instant::now();
        loop {
            let left = flush.saturating_sub(flushed.elapsed());
            match updates.recv_timeout(left) {
                Ok(update) => self.take(&update)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.end_record(),
            }
            if flushed.elapsed() >= flush {
                if let Some(record) = &mut self.record {
                    record.synchronise()?;
                }
                flushed = Instant::now();
            }
        }
    }

    fn take(&mut self, update: &Update) -> Result<(), RecordingError> {
        match update {
            Update::Session { .. } => self.end_record(),
            Update::Layout(layout) if !self.goes_on(layout) => self.end_record(),
            Update::Gap(gap) => match &mut self.record {
                Some(record) => record.gap(gap.length),
                None => Ok(()),
            },
            Update::Samples(block) => {
                if self.record.as_ref().is_some_and(Record::is_full) {
                    self.end_record()?;
                }
                let record = match self.record.take() {
                    Some(record) => record,
                    None => Record::create(&self.folder, block.layout.clone(), self.lengths)?,
                };
                self.record.insert(record).samples(block)
            }
            _ => Ok(()),
        }
    }

    fn goes_on(&self, layout: &Layout) -> bool {
        self.record
            .as_ref()
            .is_none_or(|record| record.is_of(layout))
    }

    fn end_record(&mut self) -> Result<(), RecordingError> {
        self.record.take().map_or(Ok(()), Record::finish)
    }
}
