//! One stage of a run: its epochs, and what is kept after each.

use super::RecipeError;
use super::batches::{Batch, Batches};
use super::checkpoint::{Checkpoint, EpochSums, Position, dataset_fingerprint};
use super::config::{Recipe, Stage};
use super::fit::{FitOptions, StepDone, Watcher};
use super::log::{LogRow, RunLog, samples};
use super::parameters::RunParameters;
use super::prefetch;
use super::run_folder::RunFolder;
use super::step::StepGraph;
use super::step_inputs::StepInputs;
use super::validation::{Validation, validate};
use crate::architecture::ParameterTable;
use crate::cohort::Dataset;
use crate::engine::{Engine, StateTensor, TrainingStep};
use crate::evaluate::networks::ServedNetworks;
use std::time::Instant;

/// What all stages of a run share.
pub(super) struct Context<'a> {
    pub(super) engine: &'a Engine,
    pub(super) recipe: &'a Recipe,
    pub(super) dataset: &'a Dataset,
    pub(super) run: &'a RunFolder,
    pub(super) training: Vec<usize>,
    pub(super) validation: Vec<usize>,
    /// The device is the one that the first session was opened on.
    pub(super) options: FitOptions,
}

impl<'a> Context<'a> {
    pub(super) fn batches(&self) -> Batches<'a> {
        Batches::new(self.dataset, self.recipe)
    }

    /// The stage at this place of the recipe.
    pub(super) fn stage(&self, position: &Position) -> &'a Stage {
        &self.recipe.stages[position.stage]
    }
}

/// A stage under way.
pub(super) struct StageRun<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) batches: Batches<'a>,
    pub(super) graph: StepGraph,
    pub(super) session: TrainingStep,
    pub(super) position: Position,
    pub(super) parameters: &'a mut RunParameters,
    pub(super) log: &'a mut RunLog,
    pub(super) watcher: &'a mut dyn Watcher,
    /// When the last checkpoint was written, or the stage begun.
    pub(super) saved: Instant,
    /// The subjects of the newest step.
    pub(super) newest_batch: Vec<usize>,
}

impl StageRun<'_> {
    /// Runs the stage from its position to its end.
    ///
    /// # Errors
    /// [`RecipeError::Diverged`], [`RecipeError::Stopped`], and whatever files and graphs refuse.
    pub(super) fn run(mut self) -> Result<(), RecipeError> {
        let stage = self.context.stage(&self.position);
        while self.position.epochs_done < stage.epochs {
            let begun = Instant::now();
            self.steps(stage)?;
            self.close_epoch(stage, begun)?;
        }
        Ok(())
    }

    /// The steps of the epoch under way that are still to do.
    fn steps(&mut self, stage: &Stage) -> Result<(), RecipeError> {
        let batches = self.batches.clone();
        let (index, epoch) = (self.position.stage, self.position.epochs_done);
        let members = batches.members_of_stage(&self.context.training, stage);
        let order = batches.order(&members, index, epoch, stage.subjects_per_step());
        let left = order.get(self.position.epoch.steps..).unwrap_or_default();
        prefetch::with_batches(batches, left, index, epoch, |ready| {
            let mut before = Instant::now();
            for batch in ready {
                let batch = batch?;
                self.step(stage, &batch, order.len(), before)?;
                before = Instant::now();
                self.newest_batch = batch.subjects;
                let last_of_epoch = self.position.epoch.steps == order.len();
                let due = self.saved.elapsed() >= self.context.options.checkpoint_interval;
                let stop = self.watcher.should_stop();
                // The end of the epoch writes a checkpoint anyway.
                if stop || due && !last_of_epoch {
                    let state = self.finite_state(stage)?;
                    self.save(state, false)?;
                }
                if stop {
                    return Err(self.stopped(stage));
                }
            }
            Ok(())
        })
    }

    /// One step, its row in the log, and a word to the watcher.
    fn step(
        &mut self,
        stage: &Stage,
        batch: &Batch,
        steps: usize,
        before: Instant,
    ) -> Result<(), RecipeError> {
        let place = (self.position.steps_done, stage.epochs * steps);
        let inputs = StepInputs::new(self.context.recipe, stage, &self.graph, batch, place);
        let learning_rate = inputs.learning_rate;
        let reports = inputs.run(|values| self.session.run(values))?;
        self.position.steps_done += 1;
        let named = || {
            let names = self.graph.reports.iter().map(String::as_str);
            names.zip(reports.iter().copied())
        };
        let sums = &mut self.position.epoch;
        sums.add(named());
        if let Some((name, value)) = named().find(|(_, value)| !value.is_finite()) {
            return Err(self.diverged(stage, name, value, &batch.subjects));
        }
        let mut numbers = vec![
            ("learning_rate".to_owned(), learning_rate),
            ("seconds".to_owned(), before.elapsed().as_secs_f32()),
        ];
        numbers.extend(named().map(|(name, value)| (name.to_owned(), value)));
        self.log.step(LogRow {
            stage: stage.name.clone(),
            epoch: self.position.epochs_done + 1,
            step: self.position.steps_done,
            numbers,
        })?;
        self.watcher.step_done(&StepDone {
            epoch: self.position.epochs_done + 1,
            epochs: stage.epochs,
            step: self.position.epoch.steps,
            steps,
            batch: stage.subjects_per_step(),
            loss: reports.first().copied().unwrap_or(f32::NAN),
        });
        Ok(())
    }

    /// Validates, logs, and writes the checkpoints of an epoch whose steps are done.
    fn close_epoch(&mut self, stage: &Stage, begun: Instant) -> Result<(), RecipeError> {
        let state = self.finite_state(stage)?;
        self.parameters.take_over(&state);
        let sums = std::mem::take(&mut self.position.epoch);
        self.position.epochs_done += 1;
        let done = self.position.epochs_done;
        let looks = done.is_multiple_of(stage.validate_every) || done == stage.epochs;
        let validation = match looks {
            true => self.validate()?,
            false => Validation::none(),
        };
        let row = self.epoch_row(stage, &sums, &validation, begun);
        let watched = watched_loss(stage, &validation);
        let best = self.position.best_validation;
        let better = watched.is_finite() && best.is_none_or(|best| watched < best);
        if better {
            self.position.best_validation = Some(watched);
        }
        // The log goes first: a checkpoint without its row could not be told from one with it, whereas rows beyond the
        // checkpoint are dropped at resuming.
        self.log.epoch(row.clone())?;
        if samples::is_due(row.epoch, stage.epochs)
            && let Some(sheet) = validation.samples.sheet()?
        {
            self.log.samples(&row, &sheet)?;
        }
        let last_stage = self.position.stage + 1 == self.context.recipe.stages.len();
        self.save(state, better && last_stage)?;
        self.watcher.epoch_done(&row, stage.epochs);
        let ended = last_stage && self.position.epochs_done == stage.epochs;
        match self.watcher.should_stop() && !ended {
            true => Err(self.stopped(stage)),
            false => Ok(()),
        }
    }

    fn validate(&mut self) -> Result<Validation, RecipeError> {
        let context = self.context;
        let mut networks = ServedNetworks::open(
            context.engine,
            context.recipe,
            self.parameters.table(),
            context.options.device,
            context.options.threads,
        )?;
        validate(&mut networks, &context.batches(), &context.validation)
    }

    fn epoch_row(
        &self,
        stage: &Stage,
        sums: &EpochSums,
        validation: &Validation,
        begun: Instant,
    ) -> LogRow {
        let last_step = self.position.steps_done.saturating_sub(1);
        let learning_rate = stage.learning_rate_at(last_step, stage.epochs * sums.steps);
        let mut numbers = vec![
            ("learning_rate".to_owned(), learning_rate),
            ("seconds".to_owned(), begun.elapsed().as_secs_f32()),
            ("validation_mri_reconstruction".to_owned(), validation.own),
            ("validation_cross_modal".to_owned(), validation.across),
        ];
        let means = self.graph.reports.iter();
        numbers.extend(means.map(|name| (name.clone(), sums.mean(name))));
        LogRow {
            stage: stage.name.clone(),
            epoch: self.position.epochs_done,
            step: self.position.steps_done,
            numbers,
        }
    }

    /// Writes the checkpoint of this position, as the newest and, where it is that, as the best.
    fn save(&mut self, state: Vec<StateTensor>, best: bool) -> Result<(), RecipeError> {
        let context = self.context;
        let checkpoint = Checkpoint {
            position: self.position.clone(),
            dataset: dataset_fingerprint(context.dataset),
            state: self.parameters.whole_state(state),
        };
        self.log.flush()?;
        if best {
            checkpoint.write(&context.run.best_path(), context.recipe)?;
        }
        checkpoint.write(&context.run.last_path(), context.recipe)?;
        self.saved = Instant::now();
        Ok(())
    }

    /// The state on the device. A number that overflowed in the newest step shows in no loss yet, and a checkpoint that
    /// holds it would be of no use.
    fn finite_state(&self, stage: &Stage) -> Result<Vec<StateTensor>, RecipeError> {
        let state = self.session.state()?;
        let broken = state.iter().find_map(|tensor| {
            let value = tensor.values.iter().find(|value| !value.is_finite())?;
            Some((&tensor.name, *value))
        });
        match broken {
            Some((name, value)) => Err(self.diverged(stage, name, value, &self.newest_batch)),
            None => Ok(state),
        }
    }

    fn diverged(&self, stage: &Stage, what: &str, value: f32, subjects: &[usize]) -> RecipeError {
        let ids = &self.context.dataset.ids;
        let named: Vec<&str> = subjects
            .iter()
            .map(|&subject| ids[subject].as_str())
            .collect();
        RecipeError::Diverged {
            what: what.to_owned(),
            value,
            stage: stage.name.clone(),
            epoch: self.position.epochs_done + 1,
            step: self.position.epoch.steps,
            subjects: match named[..] {
                [] => "any".to_owned(),
                _ => named.join(", "),
            },
            kept: self.context.run.newest_kept(self.context.recipe),
        }
    }

    fn stopped(&self, stage: &Stage) -> RecipeError {
        RecipeError::Stopped {
            path: self.context.run.last_path(),
            stage: stage.name.clone(),
            epoch: self.position.epochs_done + usize::from(self.position.epoch.steps > 0),
            step: self.position.steps_done,
        }
    }
}

/// The batches of a stage; where its losses see the MRI's latents and these never change, with the latents of all training
/// subjects, by the encoder as it serves.
///
/// # Errors
/// Where the data set cannot be read or a run fails.
pub(super) fn batches_of<'a>(
    context: &Context<'a>,
    stage: &Stage,
    table: &mut ParameterTable,
) -> Result<Batches<'a>, RecipeError> {
    let batches = context.batches();
    if !stage.keeps_mri_latents() {
        return Ok(batches);
    }
    let FitOptions {
        device, threads, ..
    } = context.options;
    let mut networks =
        ServedNetworks::open(context.engine, context.recipe, table, device, threads)?;
    let length = networks.latent_length();
    let mut latents = vec![0.0; context.dataset.ids.len() * length];
    for subjects in context.training.chunks(CHUNK) {
        let made = networks.mri_latents(&batches.unchanged(subjects)?.picture)?;
        for (&subject, latent) in subjects.iter().zip(made.chunks_exact(length)) {
            latents[subject * length..(subject + 1) * length].copy_from_slice(latent);
        }
    }
    Ok(batches.with_mri_latents(latents))
}

/// Subjects whose pictures are in memory at once.
const CHUNK: usize = 256;

/// The validation loss that chooses the best checkpoint: of what the stage trains, the picture from the ECG first.
fn watched_loss(stage: &Stage, validation: &Validation) -> f32 {
    match stage.weights.decode_ecg() || stage.weights.compare_latents() {
        true => validation.across,
        false => validation.own,
    }
}
