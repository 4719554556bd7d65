//! The loop: stages, epochs, steps; a checkpoint and a row of losses after each epoch.

use super::RecipeError;
use super::batches::Batches;
use super::checkpoint::{Checkpoint, Position};
use super::config::{Recipe, Stage};
use super::epoch::{EpochPlan, run_epoch, validate};
use super::run_folder::{EpochLosses, RunEnvironment, RunFolder};
use super::step::{self, StepGraph};
use crate::architecture::{ParameterTable, all_parameters};
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine, StateTensor, TrainingStep};
use crate::evaluate::measures::norm_statistics;
use crate::evaluate::networks::ServedNetworks;
use ecg2mri::model::manifest::LatentStatistics;
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
    /// CUDA was tried and refused; the CPU serves instead. Called for [`Device::Auto`] only.
    fn falls_back(&mut self, reason: &str);
    /// A stage begins (or goes on) on a device.
    fn stage_begins(&mut self, stage: &Stage, device: Device, epochs_done: usize);
    /// A step is done: its number within the epoch from 1, of how many, and its loss.
    fn step_done(&mut self, step: usize, steps: usize, loss: f32);
    /// An epoch is done, of how many.
    fn epoch_done(&mut self, losses: &EpochLosses, epochs: usize);
}

/// Checks that a data set suffices for a recipe.
///
/// # Errors
/// [`RecipeError::Data`] where its training split does not fill a batch.
pub fn check_data(recipe: &Recipe, dataset: &Dataset) -> Result<(), RecipeError> {
    let training = dataset.members(Split::Train).len();
    match recipe.stages.iter().find(|stage| training < stage.batch) {
        None => Ok(()),
        Some(stage) => Err(RecipeError::Data(format!(
            "stage `{}` wants batches of {} and the data set has {training} training subjects; use a smaller batch or \
             more subjects",
            stage.name, stage.batch
        ))),
    }
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
    // Once a session is open, everything after it runs where it runs.
    let mut options = options;
    check_data(recipe, dataset)?;
    let training = dataset.members(Split::Train);
    let validation = dataset.members(Split::Validation);
    let mut table = all_parameters(&recipe.architecture, recipe.seed)?;
    let mut resumed = match options.resume {
        true => run.last(recipe)?,
        false => None,
    };
    let mut losses = Vec::new();
    if let Some(checkpoint) = &resumed {
        run.check_split(dataset)?;
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
        if position.epochs_done >= stage.epochs {
            continue;
        }
        let graph = step::build(recipe, stage, &mut table)?;
        let mut session = open(engine, &graph, &moments, options)?;
        if let Some(reason) = session.refusal() {
            watcher.falls_back(reason);
        }
        options.device = session.device();
        write_environment(engine, dataset, run, options)?;
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
            check_finite(&state, stage, &position)?;
            for tensor in state
                .iter()
                .filter(|tensor| step::is_parameter(&tensor.name))
            {
                table.replace(tensor);
            }
            let place = (options.device, options.threads);
            let (own, across) = validate(engine, &batches, recipe, &validation, &mut table, place)?;
            let row = EpochLosses {
                stage: stage.name.clone(),
                epoch: position.epochs_done,
                steps: position.steps_done,
                learning_rate: means.learning_rate,
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
    let ecgs = Batches::new(dataset, recipe).ecgs(&training)?;
    let mut networks =
        ServedNetworks::open(engine, recipe, &mut best, options.device, options.threads)?;
    let latents = networks.ecg_latents(&ecgs)?;
    let (norm_mean, norm_sd) = norm_statistics(&latents, networks.latent_length());
    run.write_latents(&LatentStatistics { norm_mean, norm_sd })
}

/// A number that overflowed in an epoch's last step shows in no loss, and a checkpoint that holds it is of no use.
fn check_finite(
    state: &[StateTensor],
    stage: &Stage,
    position: &Position,
) -> Result<(), RecipeError> {
    let broken = state.iter().find_map(|tensor| {
        let value = tensor.values.iter().find(|value| !value.is_finite())?;
        Some((&tensor.name, *value))
    });
    match broken {
        None => Ok(()),
        Some((name, value)) => Err(RecipeError::Diverged {
            what: name.clone(),
            value,
            stage: stage.name.clone(),
            epoch: position.epochs_done,
            step: position.steps_done,
            subjects: "any".to_owned(),
        }),
    }
}

/// Writes down where the run ran; a run that went on elsewhere names both places.
fn write_environment(
    engine: &Engine,
    dataset: &Dataset,
    run: &RunFolder,
    options: FitOptions,
) -> Result<(), RecipeError> {
    let here = options.device.to_string();
    let before = run.environment().ok().filter(|_| options.resume);
    let device = match before.map(|before| before.device) {
        Some(devices) if devices.split(", ").any(|device| device == here) => devices,
        Some(devices) => format!("{devices}, {here}"),
        None => here,
    };
    run.write_environment(&RunEnvironment {
        created_by: crate::created_by(),
        onnx_runtime: engine.version().to_owned(),
        device,
        threads: options.threads,
        cohort: dataset.header.cohort.clone(),
        simulated: dataset.header.simulated,
        split_fingerprint: dataset.split_fingerprint(),
        training_subjects: dataset.members(Split::Train).len(),
        split_seed: dataset.header.split_seed,
        pixel_mm: dataset.header.pixel_mm,
    })
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
