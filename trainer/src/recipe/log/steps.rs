//! `steps.csv`: a row a step.

use super::super::RecipeError;
use super::row::{self, LogRow};
use ecg2mri::atomic_file::AtomicFile;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file, open for appending.
pub(super) struct StepLog {
    path: PathBuf,
    file: File,
    names: Vec<String>,
}

impl StepLog {
    /// Opens the log of a run that has done `steps_done` steps: their rows are kept, what follows them is dropped.
    pub(super) fn open(path: &Path, steps_done: usize) -> Result<StepLog, RecipeError> {
        let rows = match path.exists() && steps_done > 0 {
            true => row::from_csv(path, steps_done)?,
            false => Vec::new(),
        };
        let names = row::names(&rows);
        let file = rewritten(path, &rows)?;
        Ok(StepLog {
            path: path.to_owned(),
            file,
            names,
        })
    }

    /// Appends a row. The system has it when this returns, so a killed program loses none.
    pub(super) fn append(&mut self, row: LogRow) -> Result<(), RecipeError> {
        let known = |(name, _): &(String, f32)| self.names.contains(name);
        if !row.numbers.iter().all(known) {
            // A stage that computes more than those before it adds columns.
            let mut rows = row::from_csv(&self.path, usize::MAX)?;
            rows.push(row);
            self.names = row::names(&rows);
            self.file = rewritten(&self.path, &rows)?;
            return Ok(());
        }
        let line = row::record(&self.path, &self.names, &row)?;
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|error| self.failed(&error))
    }

    pub(super) fn flush(&mut self) -> Result<(), RecipeError> {
        let flushed = self.file.sync_data();
        flushed.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &std::io::Error) -> RecipeError {
        RecipeError::Run {
            path: self.path.clone(),
            problem: format!("cannot be written: {error}; mend that and go on with `fit --resume`"),
        }
    }
}

/// Writes the table anew and opens it for appending.
fn rewritten(path: &Path, rows: &[LogRow]) -> Result<File, RecipeError> {
    AtomicFile::write(path, row::to_csv(path, rows)?.as_bytes())?;
    let opened = OpenOptions::new().append(true).open(path);
    opened.map_err(|error| RecipeError::Run {
        path: path.to_owned(),
        problem: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stage: &str, step: usize, names: &[&str]) -> LogRow {
        LogRow {
            stage: stage.into(),
            epoch: 1,
            step,
            numbers: names
                .iter()
                .map(|&name| (name.to_owned(), step as f32 / 3.0))
                .collect(),
        }
    }

    #[test]
    fn goes_on_after_the_last_checkpoint_and_gains_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("steps.csv");
        let mut log = StepLog::open(&path, 0).unwrap();
        let mut rows = vec![
            row("first", 1, &["loss"]),
            row("first", 2, &["loss"]),
            row("second", 1, &["loss", "contrastive"]),
            row("second", 2, &["loss"]),
        ];
        for row in &rows {
            log.append(row.clone()).unwrap();
        }
        log.flush().unwrap();
        assert_eq!(row::from_csv(&path, usize::MAX).unwrap(), rows);

        // Killed in the middle of a row, two steps after its checkpoint.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 3]).unwrap();
        let mut log = StepLog::open(&path, 3).unwrap();
        rows.truncate(3);
        assert_eq!(row::from_csv(&path, usize::MAX).unwrap(), rows);
        rows.push(row("second", 2, &["loss", "contrastive"]));
        log.append(rows[3].clone()).unwrap();
        assert_eq!(row::from_csv(&path, usize::MAX).unwrap(), rows);
        // A run that begins anew begins its log anew.
        StepLog::open(&path, 0).unwrap();
        assert!(row::from_csv(&path, usize::MAX).unwrap().is_empty());
    }
}
