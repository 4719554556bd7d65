//! Event files for TensorBoard: `tensorboard --logdir RUN`.
//!
//! - [`record`]: the framing of the file;
//! - [`message`]: the messages in it.
//!
//! Every start of a run writes a file of its own. It begins by telling TensorBoard which step comes next, so that what
//! the start before it logged beyond its last checkpoint is not shown twice.

pub mod message;
pub mod record;

use super::super::RecipeError;
use super::row::LogRow;
use super::samples::SampleSheet;
use message::{Event, What};
use prost::Message;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// An event file, open for appending.
pub(super) struct EventFile {
    path: PathBuf,
    file: File,
}

impl EventFile {
    /// Begins a file in `folder`, which is made if need be, for a run that has done `steps_done` steps.
    ///
    /// # Errors
    /// Where the folder cannot be made or written.
    pub(super) fn create(folder: &Path, steps_done: usize) -> Result<EventFile, RecipeError> {
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        let (path, file) = new_file(folder, now() as u64)?;
        let mut events = EventFile { path, file };
        events.append(0, What::FileVersion(message::FILE_VERSION.to_owned()))?;
        let start = message::SessionLog {
            status: message::SESSION_START,
        };
        events.append(steps_done + 1, What::SessionLog(start))?;
        Ok(events)
    }

    /// Appends a row's numbers, each under the tag `PREFIX/NAME`.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub(super) fn scalars(
        &mut self,
        step: usize,
        row: &LogRow,
        prefix: &str,
    ) -> Result<(), RecipeError> {
        let numbers = row.numbers.iter();
        let values =
            numbers.map(|(name, number)| message::scalar(format!("{prefix}/{name}"), *number));
        let summary = message::Summary {
            value: values.collect(),
        };
        self.append(step, What::Summary(summary))
    }

    /// Appends a picture.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub(super) fn image(
        &mut self,
        step: usize,
        tag: &str,
        sheet: &SampleSheet,
    ) -> Result<(), RecipeError> {
        let summary = message::Summary {
            value: vec![message::grey_png(tag.to_owned(), sheet)],
        };
        self.append(step, What::Summary(summary))
    }

    /// Brings what was appended to the disk.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub(super) fn flush(&mut self) -> Result<(), RecipeError> {
        self.file
            .sync_data()
            .map_err(|error| failed(&self.path, &error))
    }

    fn append(&mut self, step: usize, what: What) -> Result<(), RecipeError> {
        let event = Event {
            wall_time: now(),
            step: i64::try_from(step).unwrap_or(i64::MAX),
            what: Some(what),
        };
        self.file
            .write_all(&record::framed(&event.encode_to_vec()))
            .map_err(|error| failed(&self.path, &error))
    }
}

/// A file of a name that none has; TensorBoard reads a folder's files in the order of their names.
fn new_file(folder: &Path, seconds: u64) -> Result<(PathBuf, File), RecipeError> {
    let mut number = 0;
    loop {
        let path = folder.join(format!(
            "events.out.tfevents.{seconds:010}.ecg2mri-train.{number:03}"
        ));
        match OpenOptions::new().append(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(failed(&path, &error)),
        }
    }
}

/// Seconds since 1970.
fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0.0, |since| since.as_secs_f64())
}

fn failed(path: &Path, error: &std::io::Error) -> RecipeError {
    RecipeError::Run {
        path: path.to_owned(),
        problem: format!("cannot be written: {error}; mend that and go on with `fit --resume`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_within_one_second_write_files_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let names: Vec<_> = (0..3)
            .map(|_| new_file(folder.path(), 1_700_000_000).unwrap().0)
            .collect();
        assert!(names.is_sorted() && names[0] != names[1] && names[1] != names[2]);
    }

    #[test]
    fn a_file_holds_version_start_and_what_was_logged() {
        let folder = tempfile::tempdir().unwrap();
        let mut events = EventFile::create(&folder.path().join("tensorboard"), 7).unwrap();
        let row = LogRow {
            stage: "joint".into(),
            epoch: 2,
            step: 8,
            numbers: vec![("loss".into(), 0.5), ("gradient_norm".into(), 0.0)],
        };
        events.scalars(8, &row, "joint/step").unwrap();
        events.flush().unwrap();
        let bytes = std::fs::read(&events.path).unwrap();
        let read: Vec<Event> = record::payloads(&bytes)
            .unwrap()
            .iter()
            .map(|payload| Event::decode(*payload).unwrap())
            .collect();
        let [version, start, numbers] = &read[..] else {
            panic!("{read:?}");
        };
        assert_eq!(
            version.what,
            Some(What::FileVersion("brain.Event:2".into()))
        );
        assert_eq!(start.step, 8);
        assert!(matches!(&start.what, Some(What::SessionLog(log)) if log.status == 1));
        let Some(What::Summary(summary)) = &numbers.what else {
            panic!("{numbers:?}");
        };
        assert_eq!(
            summary.value[0],
            message::scalar("joint/step/loss".into(), 0.5)
        );
        assert_eq!(summary.value[1].tag, "joint/step/gradient_norm");
    }
}
