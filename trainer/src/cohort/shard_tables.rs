//! From the tables of all shards to the one table of the cohort.

use super::CohortError;
use super::folder::SUBJECTS_TABLE;
use super::shard::Shard;
use ecg2mri::AtomicFile;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Writes `subjects.csv` where every shard of this division has its table, and says whether the cohort has it now. Of
/// shards that end at one time each may do so; they write the same. The shards' own tables go.
///
/// # Errors
/// Where the tables cannot be read, do not fit together or the new one cannot be written.
pub fn merge_when_complete(root: &Path, shard: Shard, subjects: u32) -> Result<bool, CohortError> {
    let table = root.join(SUBJECTS_TABLE);
    let merged = match open_all(root, shard)? {
        Some(parts) => match merge(root, parts, subjects) {
            // Another shard merged them, and removed them, meanwhile.
            Err(_) if table.is_file() => Ok(()),
            outcome => outcome,
        },
        None => Ok(()),
    };
    merged?;
    if table.is_file() {
        remove_shard_tables(root)?;
        return Ok(true);
    }
    Ok(false)
}

/// Removes the tables of shards, of whatever division: the cohort's own table has it all.
///
/// # Errors
/// Where the system refuses.
pub fn remove_shard_tables(root: &Path) -> Result<(), CohortError> {
    let entries = std::fs::read_dir(root).map_err(CohortError::io("listing", root))?;
    for entry in entries {
        let path = entry.map_err(CohortError::io("listing", root))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if Shard::is_table_name(&name) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(CohortError::io("removing", &path)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The tables of all shards, or `None` where one is missing.
fn open_all(root: &Path, shard: Shard) -> Result<Option<Vec<BufReader<File>>>, CohortError> {
    let mut parts = Vec::new();
    for sibling in shard.siblings() {
        let path = root.join(sibling.table_name());
        match File::open(&path) {
            Ok(file) => parts.push(BufReader::new(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(CohortError::io("opening", &path)(error)),
        }
    }
    Ok(Some(parts))
}

/// Subject k is the next row of the table of shard k modulo their number.
fn merge(root: &Path, mut parts: Vec<BufReader<File>>, subjects: u32) -> Result<(), CohortError> {
    let path = root.join(SUBJECTS_TABLE);
    let mut table = AtomicFile::create(&path)?;
    let mut text = Vec::with_capacity(BUFFER);
    let mut header = Vec::new();
    for part in &mut parts {
        header.clear();
        part.read_until(b'\n', &mut header)
            .map_err(CohortError::io("reading", &path))?;
    }
    text.extend(&header);
    let count = parts.len();
    for subject in 0..subjects as usize {
        let before = text.len();
        parts[subject % count]
            .read_until(b'\n', &mut text)
            .map_err(CohortError::io("reading", &path))?;
        if text.len() == before {
            return Err(CohortError::Folder {
                path: root.to_owned(),
                problem: "has a shard's table that lacks subjects; remove subjects-*-of-*.csv and run the shards again \
                          with --resume"
                    .into(),
            });
        }
        if text.len() >= BUFFER {
            table.fill(&text)?;
            text.clear();
        }
    }
    table.fill(&text)?;
    Ok(table.commit()?)
}
