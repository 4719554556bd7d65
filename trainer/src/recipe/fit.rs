//! The loop: stages, epochs, steps; a checkpoint and a row of losses after each epoch.

use super::RecipeError;
use super::batches::{Batch, Batches};
use super::checkpoint::{Checkpoint, Position};
use super::config::{Recipe, Stage};
use super::run_folder::{EpochLosses, RunEnvironment, RunFolder};
use super::step::{self, StepGraph};
use crate::architecture::{ParameterTable, all_parameters};
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine, StateTensor, TrainingStep};
use crate::evaluate::measures::{norm_statistics, picture_error};
use crate::evaluate::networks::ServedNetworks;
use ecg2mri::model::manifest::LatentStatistics;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

/// How a recipe is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitOptions {
    /// Where.
    pub device: Device,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
    /// Goes on from the run's last checkpoint.
    pub resume: bool,
}

/// Is told how a run goes on.
pub trait Watcher {
    /// A stage begins (or goes on) on a device.
    fn stage_begins(&mut self, stage: &Stage, device: Device, epochs_done: usize);
    /// A step is done: its number within the epoch from 1, of how many, and its loss.
    fn step_done(&mut self, step: usize, steps: usize, loss: f32);
    /// An epoch is done, of how many.
    fn epoch_done(&mut self, losses: &EpochLosses, epochs: usize);
}

/// Runs a recipe on the training split of a data set; the validation split chooses the best checkpoint.
///
/// # Errors
/// [`RecipeError::Data`] where a split is smaller than a batch, [`RecipeError::Diverged`] where a loss is no number
/// any more, and whatever files and graphs refuse. The last whole checkpoint stays.
pub fn fit(
    engine: &Engine,
    recipe: &Recipe,
    dataset: &Dataset,
    run: &RunFolder,
    options: FitOptions,
    watcher: &mut dyn Watcher,
) -> Result<(), RecipeError> {
    let training = dataset.members(Split::Train);
    let validation = dataset.members(Split::Validation);
    for stage in &recipe.stages {
        if training.len() < stage.batch {
            return Err(RecipeError::Data(format!(
                "stage `{}` wants batches of {} and the data set has {} training subjects; use a smaller batch or \
                 more subjects",
                stage.name,
                stage.batch,
                training.len()
            )));
        }
    }
    let mut table = all_parameters(&recipe.architecture, recipe.seed)?;
    let mut resumed = match options.resume {
        true => run.last(recipe)?,
        false => None,
    };
    let mut losses = Vec::new();
    if let Some(checkpoint) = &resumed {
        for tensor in &checkpoint.state {
            table.replace(tensor);
        }
        losses = run.losses()?;
        losses.truncate(epochs_before(recipe, &checkpoint.position));
    }

    for (index, stage) in recipe.stages.iter().enumerate() {
        let mut position = Position {
            stage: index,
            epochs_done: 0,
            steps_done: 0,
            best_validation: f32::INFINITY,
        };
        let mut moments: Vec<StateTensor> = Vec::new();
        if let Some(checkpoint) = &resumed {
            if index < checkpoint.position.stage {
                continue;
            }
            if index == checkpoint.position.stage {
                position = checkpoint.position.clone();
                moments.clone_from(&checkpoint.state);
            }
        }
        resumed = None;
        let graph = step::build(recipe, stage, &mut table)?;
        let mut session = open(engine, &graph, &moments, options)?;
        run.write_environment(&RunEnvironment {
            created_by: crate::created_by(),
            onnx_runtime: engine.version().to_owned(),
            device: session.device().to_string(),
            threads: options.threads,
            cohort: dataset.header.cohort.clone(),
            training_subjects: training.len(),
            split_seed: dataset.header.split_seed,
            pixel_mm: dataset.header.pixel_mm,
        })?;
        watcher.stage_begins(stage, session.device(), position.epochs_done);
        let batches = Batches::new(dataset, recipe);
        while position.epochs_done < stage.epochs {
            let started = Instant::now();
            let order = batches.order(&training, index, position.epochs_done, stage.batch);
            let means = run_epoch(
                &mut session,
                &EpochPlan {
                    recipe,
                    stage,
                    batches,
                    order,
                    graph: &graph,
                    dataset,
                },
                &mut position,
                watcher,
            )?;
            let state = session.state()?;
            for tensor in state
                .iter()
                .filter(|tensor| step::is_parameter(&tensor.name))
            {
                table.replace(tensor);
            }
            let (own, across) =
                validate(engine, recipe, dataset, &validation, &mut table, options)?;
            let row = EpochLosses {
                stage: stage.name.clone(),
                epoch: position.epochs_done,
                steps: position.steps_done,
                learning_rate: stage.learning_rate_at(
                    position.steps_done.saturating_sub(1),
                    stage.epochs * (training.len() / stage.batch),
                ),
                loss: means.get("loss"),
                ecg_reconstruction: means.get("ecg_reconstruction"),
                mri_reconstruction: means.get("mri_reconstruction"),
                cross_modal: means.get("cross_modal"),
                contrastive: means.get("contrastive"),
                gradient_norm: means.get("gradient_norm"),
                validation_mri_reconstruction: own,
                validation_cross_modal: across,
                seconds: started.elapsed().as_secs_f64(),
            };
            watcher.epoch_done(&row, stage.epochs);
            losses.push(row);
            let watched = if stage.weights.cross_modal > 0.0 {
                across
            } else {
                own
            };
            let better = watched < position.best_validation;
            if better {
                position.best_validation = watched;
            }
            let checkpoint = Checkpoint {
                position: position.clone(),
                state: whole_state(&table, state),
            };
            // The log goes first: a checkpoint without its row could not be told from one with it, whereas rows
            // beyond the checkpoint are dropped at resuming.
            run.write_losses(&losses)?;
            if better && index + 1 == recipe.stages.len() {
                checkpoint.write(&run.best_path(), recipe)?;
            }
            checkpoint.write(&run.last_path(), recipe)?;
        }
    }
    let mut best = run.trained_parameters(recipe)?;
    let batch = Batches::new(dataset, recipe).unchanged(&training);
    let mut networks =
        ServedNetworks::open(engine, recipe, &mut best, options.device, options.threads)?;
    let latents = networks.ecg_latents(&batch.ecg)?;
    let (norm_mean, norm_sd) = norm_statistics(&latents, networks.latent_length());
    run.write_latents(&LatentStatistics { norm_mean, norm_sd })
}

/// Rows of the loss log up to a position.
fn epochs_before(recipe: &Recipe, position: &Position) -> usize {
    recipe
        .stages
        .iter()
        .take(position.stage)
        .map(|stage| stage.epochs)
        .sum::<usize>()
        + position.epochs_done
}

fn open(
    engine: &Engine,
    graph: &StepGraph,
    moments: &[StateTensor],
    options: FitOptions,
) -> Result<TrainingStep, RecipeError> {
    // The table has the parameters already; what a checkpoint adds are the optimiser's moments.
    let state: Vec<StateTensor> = graph
        .state
        .iter()
        .map(|tensor| {
            moments
                .iter()
                .find(|kept| kept.name == tensor.name && kept.shape == tensor.shape)
                .unwrap_or(tensor)
                .clone()
        })
        .collect();
    Ok(TrainingStep::open(
        engine,
        &graph.model,
        options.device,
        options.threads,
        &state,
        &graph.batch,
        &graph.reports,
    )?)
}

/// The stage's own state, and the parameters that it does not touch.
fn whole_state(table: &ParameterTable, mut state: Vec<StateTensor>) -> Vec<StateTensor> {
    for (name, parameter) in table.iter() {
        if !state.iter().any(|tensor| tensor.name == name) {
            state.push(StateTensor {
                name: name.to_owned(),
                shape: parameter.shape.clone(),
                values: parameter.values.clone(),
            });
        }
    }
    state
}

struct EpochPlan<'a> {
    recipe: &'a Recipe,
    stage: &'a Stage,
    batches: Batches<'a>,
    order: Vec<Vec<usize>>,
    graph: &'a StepGraph,
    dataset: &'a Dataset,
}

/// Means of the reports over an epoch.
struct Means {
    names: Vec<String>,
    sums: Vec<f64>,
    steps: usize,
}

impl Means {
    fn get(&self, name: &str) -> f32 {
        match self.names.iter().position(|known| known == name) {
            Some(index) => (self.sums[index] / self.steps.max(1) as f64) as f32,
            None => f32::NAN,
        }
    }
}

fn run_epoch(
    session: &mut TrainingStep,
    plan: &EpochPlan<'_>,
    position: &mut Position,
    watcher: &mut dyn Watcher,
) -> Result<Means, RecipeError> {
    let EpochPlan { stage, order, .. } = plan;
    let (stage_index, epoch) = (position.stage, position.epochs_done);
    let total_steps = stage.epochs * order.len();
    let optimiser = step::adamw(&plan.recipe.optimiser);
    let mut means = Means {
        names: plan.graph.reports.clone(),
        sums: vec![0.0; plan.graph.reports.len()],
        steps: order.len(),
    };
    std::thread::scope(|scope| {
        // The next batch is made while the step runs.
        let (sender, receiver) = sync_channel::<Batch>(2);
        scope.spawn(move || {
            for subjects in order {
                let batch = plan.batches.training(subjects, stage_index, epoch);
                if sender.send(batch).is_err() {
                    break;
                }
            }
        });
        for (index, batch) in receiver.iter().enumerate() {
            let learning_rate = stage.learning_rate_at(position.steps_done, total_steps);
            let corrections = optimiser.bias_corrections(position.steps_done as u64 + 1);
            let reports = session.run(&[
                &batch.ecg,
                &batch.picture,
                &[learning_rate],
                &corrections[..1],
                &corrections[1..],
            ])?;
            let loss = reports.first().copied().unwrap_or(f32::NAN);
            if reports.iter().any(|value| !value.is_finite()) {
                return Err(RecipeError::Diverged {
                    loss,
                    stage: stage.name.clone(),
                    epoch: epoch + 1,
                    step: index + 1,
                    subjects: ids(plan.dataset, &batch.subjects),
                });
            }
            for (sum, value) in means.sums.iter_mut().zip(&reports) {
                *sum += f64::from(*value);
            }
            position.steps_done += 1;
            watcher.step_done(index + 1, order.len(), loss);
        }
        position.epochs_done += 1;
        Ok(means)
    })
}

fn ids(dataset: &Dataset, subjects: &[usize]) -> String {
    let ids: Vec<&str> = subjects
        .iter()
        .map(|&subject| dataset.ids[subject].as_str())
        .collect();
    ids.join(", ")
}

/// Mean absolute errors on the validation split: of the picture from its own latent, and of the picture from the ECG.
/// NaN where the split is empty.
fn validate(
    engine: &Engine,
    recipe: &Recipe,
    dataset: &Dataset,
    members: &[usize],
    table: &mut ParameterTable,
    options: FitOptions,
) -> Result<(f32, f32), RecipeError> {
    if members.is_empty() {
        return Ok((f32::NAN, f32::NAN));
    }
    let batch = Batches::new(dataset, recipe).unchanged(members);
    let mut networks =
        ServedNetworks::open(engine, recipe, table, options.device, options.threads)?;
    let own_latents = networks.mri_latents(&batch.picture)?;
    let own = networks.pictures(&own_latents)?;
    let ecg_latents = networks.ecg_latents(&batch.ecg)?;
    let across = networks.pictures(&ecg_latents)?;
    Ok((
        picture_error(&own, &batch.picture) as f32,
        picture_error(&across, &batch.picture) as f32,
    ))
}
