//! What a run says of itself while it runs.
//!
//! - [`row`]: one row of numbers and the two CSV files made of them;
//! - [`steps`]: `steps.csv`, a row a step, appended to;
//! - [`events`]: the same numbers and the samples for TensorBoard;
//! - [`chart`]: `losses.png`, the curves of `losses.csv`;
//! - [`samples`]: `samples/`, what the networks make of a few validation subjects.
//!
//! [`RunLog`] keeps them together. What a run logged beyond its last checkpoint is dropped when it goes on, so that the
//! files read as if it had never stopped.

pub mod chart;
pub mod events;
pub mod row;
pub mod samples;
pub mod steps;

pub use row::LogRow;

use super::checkpoint::Position;
use super::{Recipe, RecipeError, RunFolder};
use ecg2mri::atomic_file::AtomicFile;
use events::EventFile;
use samples::SampleSheet;
use steps::StepLog;

/// All logs of a run.
pub(super) struct RunLog {
    run: RunFolder,
    epochs: Vec<LogRow>,
    steps: StepLog,
    events: EventFile,
    /// Steps of each stage, for TensorBoard's axis, which runs through all stages.
    stage_steps: Vec<usize>,
    /// Index of the stage under way.
    stage: usize,
}

impl RunLog {
    /// Opens the logs of a run that stands at `position`; rows beyond it are dropped. `training` is the number of
    /// training subjects.
    ///
    /// # Errors
    /// Where a log is damaged or cannot be written.
    pub(super) fn open(
        run: &RunFolder,
        recipe: &Recipe,
        training: usize,
        position: &Position,
    ) -> Result<RunLog, RecipeError> {
        let stage_steps: Vec<usize> = recipe
            .stages
            .iter()
            .map(|stage| stage.epochs * (training / stage.batch.max(1)))
            .collect();
        let stages_before = recipe.stages.iter().take(position.stage);
        let epochs_done =
            stages_before.map(|stage| stage.epochs).sum::<usize>() + position.epochs_done;
        let steps_before = stage_steps.iter().take(position.stage);
        let steps_done = steps_before.sum::<usize>() + position.steps_done;
        let mut epochs = match epochs_done {
            0 => Vec::new(),
            _ => run.losses()?,
        };
        epochs.truncate(epochs_done);
        Ok(RunLog {
            epochs,
            steps: StepLog::open(&run.steps_path(), steps_done)?,
            events: EventFile::create(&run.events_path(), steps_done)?,
            stage_steps,
            stage: position.stage,
            run: run.clone(),
        })
    }

    /// The stage of this index begins or goes on.
    pub(super) fn enter(&mut self, stage: usize) {
        self.stage = stage;
    }

    /// Logs one step.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub(super) fn step(&mut self, row: LogRow) -> Result<(), RecipeError> {
        self.events
            .scalars(self.global_step(&row), &row, &format!("{}/step", row.stage))?;
        self.steps.append(row)
    }

    /// Logs one epoch and draws the curves anew.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub(super) fn epoch(&mut self, row: LogRow) -> Result<(), RecipeError> {
        self.events.scalars(
            self.global_step(&row),
            &row,
            &format!("{}/epoch", row.stage),
        )?;
        self.epochs.push(row);
        let path = self.run.losses_path();
        AtomicFile::write(&path, row::to_csv(&path, &self.epochs)?.as_bytes())?;
        let chart = chart::png(&self.epochs)?;
        Ok(AtomicFile::write(&self.run.chart_path(), &chart)?)
    }

    /// Keeps a sheet of samples made after an epoch.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub(super) fn samples(&mut self, row: &LogRow, sheet: &SampleSheet) -> Result<(), RecipeError> {
        let folder = self.run.samples_path();
        std::fs::create_dir_all(&folder).map_err(|error| RecipeError::Run {
            path: folder.clone(),
            problem: error.to_string(),
        })?;
        let name = format!("stage-{}-epoch-{:04}.png", self.stage + 1, row.epoch);
        AtomicFile::write(&folder.join(name), &sheet.png)?;
        let tag = format!("{}/samples", row.stage);
        self.events.image(self.global_step(row), &tag, sheet)
    }

    /// Brings all that was logged to the disk: a checkpoint must not outlive the rows before it.
    ///
    /// # Errors
    /// Where the disk is full or fails.
    pub(super) fn flush(&mut self) -> Result<(), RecipeError> {
        self.steps.flush()?;
        self.events.flush()
    }

    fn global_step(&self, row: &LogRow) -> usize {
        let before = self.stage_steps.iter().take(self.stage);
        before.sum::<usize>() + row.step
    }
}
