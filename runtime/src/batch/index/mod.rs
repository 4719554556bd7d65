//! The index: a CSV file with a row for each recording of a shard.
//!
//! While recordings are dealt with, rows are appended, each at one go. A process that is killed leaves at
//! most its last line torn, which is dropped when the index is opened again. At the end the rows are put in
//! the order of their names, one for each recording, in a new file that takes the place of the old one.
//!
//! - [`csv_line`]: a line as RFC 4180 has it;
//! - [`row`]: what is in a row;
//! - [`lines`]: the rows of an index on disk, one after the other;
//! - [`rewrite`]: putting them in order.

mod csv_line;
mod lines;
mod rewrite;
mod row;

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::BatchError;
use super::fingerprint::Fingerprint;
use super::shard::digest;
use super::work::Status;
use crate::atomic_file::AtomicFile;
use lines::Lines;
use row::Known;
pub(super) use row::Row;

/// An index that rows are appended to.
#[derive(Debug)]
pub(super) struct Index {
    path: PathBuf,
    /// The names of its columns.
    columns: Vec<String>,
    /// How many of them are the work's own.
    own: usize,
    file: File,
    /// By the digest of their names.
    known: HashMap<u64, Earlier>,
    /// Whether rows were appended since they were put in order.
    is_longer: bool,
}

/// How a recording ended earlier, in 64 bits: the fingerprint, with its lowest bit telling whether files came
/// of it. For a million recordings that is a few bytes each, where rows would be hundreds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Earlier(u64);

impl Earlier {
    fn new(fingerprint: Fingerprint, status: Status) -> Self {
        Self(fingerprint.bits() & !1 | u64::from(status == Status::Ok))
    }

    /// Whether nothing changed since.
    pub(super) fn is_of(self, fingerprint: Fingerprint) -> bool {
        self.0 & !1 == fingerprint.bits() & !1
    }

    /// Whether files came of it.
    pub(super) fn has_outputs(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Index {
    /// Opens the index at `path`, or begins it, for a work with `own` columns. Rows that an interrupted
    /// process left are put in order first. With `forget` no recording counts as dealt with.
    ///
    /// # Errors
    /// [`BatchError::Index`] if it cannot be read or written, [`BatchError::ForeignIndex`] if it is none.
    pub(super) fn open(path: &Path, own: &[String], forget: bool) -> Result<Self, BatchError> {
        let columns = row::columns(own);
        let failed = |task| move |source| index_error(path, task, source);
        if !path.try_exists().map_err(failed("read"))? {
            let header = csv_line::write(&columns);
            AtomicFile::write(path, header.as_bytes()).map_err(BatchError::Write)?;
        }
        let (mut known, is_in_order) = load(path, &columns)?;
        if !is_in_order {
            rewrite::rewrite(path, &columns)?;
        }
        if forget {
            known = HashMap::new();
        }
        let opened = OpenOptions::new().append(true).open(path);
        Ok(Self {
            path: path.into(),
            own: own.len(),
            columns,
            file: opened.map_err(failed("written"))?,
            known,
            is_longer: false,
        })
    }

    /// How the recording whose name has this digest ended, if it was dealt with.
    pub(super) fn earlier(&self, name: u64) -> Option<Earlier> {
        self.known.get(&name).copied()
    }

    /// Appends a row. The recording counts as dealt with in the state of `fingerprint` for as long as this
    /// process runs, even if the row says that the next one is to try again.
    ///
    /// # Errors
    /// [`BatchError::Index`]; what was written of the row is removed again.
    pub(super) fn append(&mut self, row: &Row, fingerprint: Fingerprint) -> Result<(), BatchError> {
        let line = row.line(self.own);
        if let Err(source) = self.write_whole(line.as_bytes()) {
            return Err(index_error(&self.path, "written", source));
        }
        let earlier = Earlier::new(fingerprint, row.status);
        self.known.insert(digest(&row.name), earlier);
        self.is_longer = true;
        Ok(())
    }

    fn write_whole(&mut self, line: &[u8]) -> io::Result<()> {
        let before = self.file.metadata()?.len();
        let written = self.file.write_all(line);
        if written.is_err() {
            // If this fails, too, the torn line is dropped when the index is opened again.
            let _ = self.file.set_len(before);
        }
        written
    }

    /// Puts the rows in order, if any were appended.
    ///
    /// # Errors
    /// [`BatchError::Index`] and [`BatchError::Write`]; the rows are then still there as they were.
    pub(super) fn finish(self) -> Result<(), BatchError> {
        let Self {
            path,
            columns,
            known,
            is_longer,
            ..
        } = self;
        // Room for the names.
        drop(known);
        if is_longer {
            rewrite::rewrite(&path, &columns)?;
        }
        Ok(())
    }
}

/// How each recording in the index at `path` ended, and whether the index is as [`rewrite`] leaves it.
fn load(path: &Path, columns: &[String]) -> Result<(HashMap<u64, Earlier>, bool), BatchError> {
    let mut lines = Lines::open(path)?;
    let mut is_in_order = lines.columns() == columns;
    let mut known = HashMap::new();
    let mut last_name = String::new();
    while let Some(line) = lines.next_row()? {
        let Known {
            name,
            status,
            fingerprint,
        } = line.known;
        is_in_order &= last_name < name && status != Status::Part;
        match fingerprint {
            Some(fingerprint) => known.insert(digest(&name), Earlier::new(fingerprint, status)),
            None => known.remove(&digest(&name)),
        };
        last_name = name;
    }
    is_in_order &= !lines.had_damage();
    Ok((known, is_in_order))
}

fn index_error(path: &Path, task: &'static str, source: io::Error) -> BatchError {
    BatchError::Index {
        path: path.into(),
        task,
        source,
    }
}

#[cfg(test)]
mod tests;
