//! Putting the rows of an index in order.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use super::lines::Lines;
use super::{csv_line, index_error};
use crate::atomic_file::AtomicFile;
use crate::batch::error::BatchError;
use crate::batch::work::Status;

/// Bytes that are written at one go.
const CHUNK: usize = 1 << 16;

/// Where the last row of a recording stands.
struct Place {
    name: Box<str>,
    offset: u64,
    length: usize,
}

/// Replaces the index at `path` by one with the given columns and one row for each recording, its last, in
/// the order of the names. Columns that are new stay empty, and those that are no more are dropped. Held in
/// memory are the names, not the rows.
///
/// # Errors
/// [`BatchError::Index`] if it cannot be read, [`BatchError::Write`] if the new one cannot be written.
pub(super) fn rewrite(path: &Path, columns: &[String]) -> Result<(), BatchError> {
    let mut lines = Lines::open(path)?;
    let old_columns = lines.columns().to_vec();
    let places = places(&mut lines)?;
    let failed = |source| index_error(path, "read", source);
    let mut old = File::open(path).map_err(failed)?;
    let mut new = AtomicFile::create(path).map_err(BatchError::Write)?;
    let mut chunk = csv_line::write(columns).into_bytes();
    for place in places {
        let line = line_at(&mut old, &place).map_err(failed)?;
        if old_columns == columns {
            chunk.extend(line);
        } else {
            chunk.extend(moved(&line, &old_columns, columns).map_err(failed)?.bytes());
        }
        if chunk.len() >= CHUNK {
            new.fill(&chunk).map_err(BatchError::Write)?;
            chunk.clear();
        }
    }
    new.fill(&chunk).map_err(BatchError::Write)?;
    new.commit().map_err(BatchError::Write)
}

/// The last row of each recording that has one of its own, in the order of the names.
fn places(lines: &mut Lines) -> Result<Vec<Place>, BatchError> {
    let mut rows: Vec<(Place, Status)> = Vec::new();
    while let Some(line) = lines.next_row()? {
        let place = Place {
            name: line.known.name.into(),
            offset: line.offset,
            length: line.length,
        };
        rows.push((place, line.known.status));
    }
    // The latest first, which is the one that is kept.
    rows.sort_unstable_by(|(a, _), (b, _)| a.name.cmp(&b.name).then(b.offset.cmp(&a.offset)));
    rows.dedup_by(|(later, _), (kept, _)| later.name == kept.name);
    let rows = rows
        .into_iter()
        .filter(|(_, status)| *status != Status::Part);
    Ok(rows.map(|(place, _)| place).collect())
}

fn line_at(file: &mut File, place: &Place) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(place.offset))?;
    let mut line = vec![0; place.length];
    file.read_exact(&mut line)?;
    Ok(line)
}

/// The row with its fields under other columns.
fn moved(line: &[u8], from: &[String], to: &[String]) -> io::Result<String> {
    let text = str::from_utf8(line)
        .ok()
        .map(|text| text.trim_end_matches('\n'));
    let fields = text.and_then(csv_line::read);
    let fields = fields.ok_or(io::ErrorKind::InvalidData)?;
    let value = |column: &String| {
        let place = from.iter().position(|name| name == column);
        place
            .and_then(|place| fields.get(place))
            .map_or("", String::as_str)
    };
    Ok(csv_line::write(to.iter().map(value)))
}
