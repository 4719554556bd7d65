//! The table of subjects while it grows: rows in order of the subjects, on the disk as they come, so that memory does
//! not grow with the cohort and an interrupted run knows what it had.

use super::CohortError;
use crate::synthesis::write::subjects_csv_header;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A table under its temporary name.
#[derive(Debug)]
pub struct GrowingTable {
    file: BufWriter<File>,
    path: PathBuf,
    /// Rows in the file.
    rows: u32,
    /// Rows that came before their turn, by position; about as many as threads make subjects.
    early: BTreeMap<u32, String>,
}

impl GrowingTable {
    /// Begins the table `path`, or goes on with the rows that it has; `id_at` says whose row each position is. What an
    /// interrupted run wrote in part is cut off. While the table is open no other run can open it.
    ///
    /// # Errors
    /// Where another run has it open, and where it cannot be read or written.
    pub fn open(path: &Path, id_at: impl Fn(u32) -> u32) -> Result<GrowingTable, CohortError> {
        let failed = |error| CohortError::io("opening", path)(error);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        // Some network file systems know no locks; there the user must see to it.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(CohortError::Folder {
                path: path.to_owned(),
                problem: "is being written by another run; wait for it, or stop it".into(),
            });
        }
        let (rows, bytes) = whole_rows(&file, id_at).map_err(failed)?;
        file.set_len(bytes).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        let mut file = BufWriter::new(file);
        if bytes == 0 {
            file.write_all(subjects_csv_header().as_bytes())
                .map_err(failed)?;
        }
        Ok(GrowingTable {
            file,
            path: path.to_owned(),
            rows,
            early: BTreeMap::new(),
        })
    }

    /// How many rows, from the first on, are known.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// Takes the row (with its line end) of one position; rows may come in any order.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn add(&mut self, position: u32, row: String) -> Result<(), CohortError> {
        self.early.insert(position, row);
        while let Some(row) = self.early.remove(&self.rows) {
            self.file
                .write_all(row.as_bytes())
                .map_err(CohortError::io("writing", &self.path))?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Gives the whole table its final name.
    ///
    /// # Errors
    /// Where it cannot be written or renamed.
    pub fn finish(mut self, destination: &Path) -> Result<(), CohortError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| std::fs::rename(&self.path, destination))
            .map_err(CohortError::io("writing", destination))
    }
}

/// How many rows are whole and in their place, and the bytes they take with the header; 0 bytes where the header is not
/// that of this program.
fn whole_rows(file: &File, id_at: impl Fn(u32) -> u32) -> std::io::Result<(u32, u64)> {
    let header = subjects_csv_header();
    let commas = |line: &[u8]| line.iter().filter(|&&byte| byte == b',').count();
    let columns = commas(header.as_bytes());
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    if line != header.as_bytes() {
        return Ok((0, 0));
    }
    let (mut rows, mut bytes) = (0, line.len() as u64);
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        let begin = format!("{},", id_at(rows));
        let whole =
            line.ends_with(b"\n") && line.starts_with(begin.as_bytes()) && commas(&line) == columns;
        if !whole {
            return Ok((rows, bytes));
        }
        rows += 1;
        bytes += line.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn row(id: u32) -> String {
        let columns = subjects_csv_header().matches(',').count();
        format!("{id}{}\n", ",1.5".repeat(columns))
    }

    fn id_at(position: u32) -> u32 {
        100 + 3 * position
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        /// In whatever order rows come and wherever the file is cut, the table ends the same.
        #[test]
        fn a_table_cut_anywhere_is_gone_on_with(
            order in Just((0..12u32).collect::<Vec<_>>()).prop_shuffle(),
            cut in 0.0f64..=1.0,
            // What a torn write leaves ends in no line end, or it could be a row.
            garbage in prop::collection::vec(b' '..=b'z', 0..40),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let (partial, last) = (folder.path().join("partial"), folder.path().join("subjects.csv"));
            let mut table = GrowingTable::open(&partial, id_at).unwrap();
            for &position in &order {
                table.add(position, row(id_at(position))).unwrap();
            }
            table.finish(&last).unwrap();
            let whole = std::fs::read(&last).unwrap();
            let expected: String = (0..12).map(|k| row(id_at(k))).collect();
            prop_assert_eq!(&whole, &(subjects_csv_header() + &expected).into_bytes());

            let mut begun = whole[..(whole.len() as f64 * cut) as usize].to_vec();
            begun.extend(garbage);
            std::fs::write(&partial, begun).unwrap();
            let mut table = GrowingTable::open(&partial, id_at).unwrap();
            for position in table.rows()..12 {
                table.add(position, row(id_at(position))).unwrap();
            }
            table.finish(&last).unwrap();
            prop_assert_eq!(std::fs::read(&last).unwrap(), whole);
        }
    }

    #[test]
    fn two_runs_cannot_write_one_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("partial");
        let first = GrowingTable::open(&path, id_at).unwrap();
        let message = GrowingTable::open(&path, id_at).unwrap_err().to_string();
        assert!(message.contains("another run"), "{message}");
        drop(first);
        GrowingTable::open(&path, id_at).unwrap();
    }
}
