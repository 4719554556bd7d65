//! The rows of an index on disk, one after the other.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::row::{self, Known};
use super::{csv_line, index_error};
use crate::batch::error::BatchError;

/// Reads an index from its beginning to its end. Lines that are damaged, as a torn last one, are passed
/// over.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    columns: Vec<String>,
    /// Where the next line begins.
    offset: u64,
    had_damage: bool,
}

/// A row and where it stands.
pub(super) struct Line {
    /// What is looked at.
    pub(super) known: Known,
    /// Where it begins, in bytes from the beginning of the file.
    pub(super) offset: u64,
    /// Its length in bytes with its line feed.
    pub(super) length: usize,
}

impl Lines {
    /// Opens the index at `path` and reads its first line.
    ///
    /// # Errors
    /// [`BatchError::Index`] if it cannot be read, [`BatchError::ForeignIndex`] if it is none.
    pub(super) fn open(path: &Path) -> Result<Self, BatchError> {
        let opened = File::open(path).map_err(|source| index_error(path, "read", source))?;
        let mut lines = Self {
            path: path.into(),
            reader: BufReader::new(opened),
            columns: Vec::new(),
            offset: 0,
            had_damage: false,
        };
        let first = lines.next_fields()?;
        match first.map(|line| line.fields) {
            Some(Some(columns)) if row::is_header(&columns) => lines.columns = columns,
            _ => return Err(BatchError::ForeignIndex { path: path.into() }),
        }
        Ok(lines)
    }

    /// The names of its columns.
    pub(super) fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether lines were passed over so far.
    pub(super) fn had_damage(&self) -> bool {
        self.had_damage
    }

    /// The next row that is sound.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn next_row(&mut self) -> Result<Option<Line>, BatchError> {
        while let Some(found) = self.next_fields()? {
            let fields = found
                .fields
                .filter(|fields| fields.len() == self.columns.len());
            if let Some(known) = fields.and_then(|fields| Known::from_fields(&fields)) {
                return Ok(Some(Line {
                    known,
                    offset: found.offset,
                    length: found.length,
                }));
            }
            self.had_damage = true;
        }
        Ok(None)
    }

    fn next_fields(&mut self) -> Result<Option<Fields>, BatchError> {
        let read = self.read_fields();
        read.map_err(|source| index_error(&self.path, "read", source))
    }

    fn read_fields(&mut self) -> io::Result<Option<Fields>> {
        let mut bytes = Vec::new();
        let length = self.reader.read_until(b'\n', &mut bytes)?;
        if length == 0 {
            return Ok(None);
        }
        let offset = self.offset;
        self.offset += length as u64;
        let text = bytes.strip_suffix(b"\n");
        let fields = text
            .and_then(|text| str::from_utf8(text).ok())
            .and_then(csv_line::read);
        Ok(Some(Fields {
            fields,
            offset,
            length,
        }))
    }
}

/// A line's fields, if it is one, and where it stands.
struct Fields {
    fields: Option<Vec<String>>,
    offset: u64,
    length: usize,
}
