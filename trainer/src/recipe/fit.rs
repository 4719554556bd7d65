//! Running a recipe: its stages in order, from the beginning or from the last checkpoint.

use super::RecipeError;
use super::batches::{Batches, HEART_RATE};
use super::checkpoint::{Checkpoint, Position};
use super::config::{Precision, Recipe, Stage};
use super::environment::{self, RunStart};
use super::log::{LogRow, RunLog};
use super::parameters::RunParameters;
use super::run_folder::RunFolder;
use super::stage::{self, Context, StageRun};
use crate::architecture::networks::takes_heart_rate;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine, TrainingStep};
use crate::evaluate::measures::norm_statistics;
use crate::evaluate::networks::ServedNetworks;
use ecg2mri::model::manifest::LatentStatistics;
use std::time::{Duration, Instant};

/// How a recipe is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FitOptions {
    /// Where.
    pub device: Device,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
    /// Goes on from the run's last checkpoint.
    pub resume: bool,
    /// A checkpoint is written after each epoch, and within an epoch when this much time has passed since the last.
    /// Where it is zero, after each step.
    pub checkpoint_interval: Duration,
}

/// A step that is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StepDone {
    /// The epoch of the stage, from 1.
    pub epoch: usize,
    /// Epochs of the stage.
    pub epochs: usize,
    /// The step of the epoch, from 1.
    pub step: usize,
    /// Steps of the epoch.
    pub steps: usize,
    /// Subjects in a step, in all its batches.
    pub batch: usize,
    /// The weighted sum of the losses.
    pub loss: f32,
}

/// Is told how a run goes on, and says whether it shall.
pub trait Watcher {
    /// CUDA was tried and refused; the CPU serves instead. Called for [`Device::Auto`] only.
    fn falls_back(&mut self, reason: &str);
    /// A run goes on with something changed (`changes`, as a phrase) that may round otherwise, so that the weights may
    /// end with other last bits than those of a run that was never stopped.
    fn goes_on_changed(&mut self, _changes: &str) {}
    /// A stage begins (or goes on) on a device.
    fn stage_begins(&mut self, stage: &Stage, device: Device, epochs_done: usize);
    /// A step is done.
    fn step_done(&mut self, step: &StepDone);
    /// An epoch is done, of how many.
    fn epoch_done(&mut self, losses: &LogRow, epochs: usize);
    /// Asked after each step and each epoch: whether to save a checkpoint and stop, which [`fit`] reports as
    /// [`RecipeError::Stopped`].
    fn should_stop(&mut self) -> bool {
        false
    }
}

/// Checks that a data set suffices for a recipe.
///
/// # Errors
/// [`RecipeError::Data`] where its training split does not fill a batch or a column is missing, [`RecipeError::Cohort`]
/// where it lacks views or frames.
pub fn check_data(recipe: &Recipe, dataset: &Dataset) -> Result<(), RecipeError> {
    let training = dataset.members(Split::Train).len();
    dataset.check_pictures(recipe.picture.views, recipe.picture.frames)?;
    let mut columns: Vec<&str> = recipe.phenotypes.iter().map(String::as_str).collect();
    if takes_heart_rate(recipe) {
        columns.push(HEART_RATE);
    }
    if let Some(column) = columns
        .into_iter()
        .find(|column| dataset.numbers(column).is_none())
    {
        return Err(RecipeError::Data(format!(
            "the recipe wants the column `{column}` and the data set's subjects.csv has none of that name; it has: {}",
            dataset.columns.join(", ")
        )));
    }
    let mut stages = recipe.stages.iter();
    match stages.find(|stage| training < stage.subjects_per_step()) {
        None => Ok(()),
        Some(stage) => Err(RecipeError::Data(format!(
            "stage `{}` wants {} for a step and the data set has {training} training subjects; use a smaller batch or \
             more subjects",
            stage.name,
            match stage.accumulate {
                1 => format!("batches of {}", stage.batch),
                more => format!("{more} batches of {}", stage.batch),
            }
        ))),
    }
}

/// Refuses float16 on the CPU, which would cast each product's operands there and back and be slower than f32.
fn check_precision(recipe: &Recipe, device: Device) -> Result<(), RecipeError> {
    match (recipe.optimiser.precision, device) {
        (Precision::Mixed, Device::Cpu) => Err(RecipeError::Impossible {
            recipe: recipe.name.clone(),
            key: "optimiser.precision".to_owned(),
            problem:
                "mixed precision needs a GPU, and this run is on the CPU: give --device cuda, or \
                      --set optimiser.precision=full"
                    .to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Runs a recipe on the training split of a data set; the validation split chooses the best checkpoint.
///
/// A run that was stopped at any moment and goes on (with the same program, device and number of threads) ends with the
/// weights, to the bit, of one that was not.
///
/// # Errors
/// [`RecipeError::Data`] where a split is smaller than a batch, [`RecipeError::Diverged`] where a loss is no number
/// any more, [`RecipeError::Stopped`] where the watcher asked for it, [`RecipeError::CheckpointUnwritten`] where the
/// disk is full, and whatever files and graphs refuse. The last whole checkpoint stays.
pub fn fit(
    engine: &Engine,
    recipe: &Recipe,
    dataset: &Dataset,
    run: &RunFolder,
    options: FitOptions,
    watcher: &mut dyn Watcher,
) -> Result<(), RecipeError> {
    fit_from(engine, recipe, dataset, run, None, options, watcher)
}

/// As [`fit`], but the parameters begin with those that the run `start_from` ended with, as far as both have them in one
/// shape. A run that goes on has begun already.
///
/// # Errors
/// As [`fit`], and [`RecipeError::Data`] where the two runs have no parameter in common.
pub fn fit_from(
    engine: &Engine,
    recipe: &Recipe,
    dataset: &Dataset,
    run: &RunFolder,
    start_from: Option<&RunFolder>,
    options: FitOptions,
    watcher: &mut dyn Watcher,
) -> Result<(), RecipeError> {
    check_data(recipe, dataset)?;
    check_precision(recipe, options.device)?;
    let _lock = run.lock()?;
    run.remove_partial_files();
    let mut context = Context {
        engine,
        recipe,
        dataset,
        run,
        training: dataset.members(Split::Train),
        validation: few(
            &dataset.members(Split::Validation),
            recipe.validation_subjects,
        ),
        options,
    };
    let checkpoint = checkpoint_to_go_on_from(&context)?;
    let begun = checkpoint.as_ref().map(|checkpoint| &checkpoint.position);
    let begun = begun.map_or_else(|| Position::beginning_of(0), Position::clone);
    let path = run.last_path();
    let mut parameters = RunParameters::new(recipe, checkpoint.as_ref(), &path)?;
    if let (None, Some(start)) = (&checkpoint, start_from) {
        parameters.begin_with(start)?;
    }
    let mut log = RunLog::open(run, recipe, context.training.len(), &begun)?;
    let mut written_down = false;

    for (index, stage) in recipe.stages.iter().enumerate().skip(begun.stage) {
        let position = match index == begun.stage {
            true => begun.clone(),
            false => Position::beginning_of(index),
        };
        if position.epochs_done >= stage.epochs {
            continue;
        }
        let batches = stage::batches_of(&context, stage, parameters.table())?;
        let graph = parameters.step(recipe, stage, position.steps_done > 0, &path)?;
        let session = TrainingStep::open(
            engine,
            &graph.model,
            context.options.device,
            options.threads,
            &graph.state,
            &graph.batch,
            &graph.reports,
        )?;
        if let Some(reason) = session.refusal() {
            watcher.falls_back(reason);
        }
        check_precision(recipe, session.device())?;
        // Once a session is open, everything after it runs where it runs.
        context.options.device = session.device();
        if !std::mem::replace(&mut written_down, true) {
            write_environment(&context, &position, watcher)?;
        }
        watcher.stage_begins(stage, session.device(), position.epochs_done);
        log.enter(index);
        StageRun {
            context: &context,
            batches,
            graph,
            session,
            position,
            parameters: &mut parameters,
            log: &mut log,
            watcher,
            saved: Instant::now(),
            newest_batch: Vec::new(),
        }
        .run()?;
    }
    measure_latents(&context)
}

/// As many of `members` as are asked for, evenly spread over them.
fn few(members: &[usize], most: Option<usize>) -> Vec<usize> {
    let count = most.unwrap_or(members.len()).min(members.len());
    (0..count)
        .map(|index| members[index * members.len() / count])
        .collect()
}

/// The last checkpoint, where the run is to go on and has one.
fn checkpoint_to_go_on_from(context: &Context<'_>) -> Result<Option<Checkpoint>, RecipeError> {
    if !context.options.resume {
        return Ok(None);
    }
    let checkpoint = context.run.last(context.recipe)?;
    if let Some(checkpoint) = &checkpoint {
        checkpoint.check_dataset(&context.run.last_path(), context.dataset)?;
    }
    Ok(checkpoint)
}

/// Adds this start of the run to its `environment.toml`.
fn write_environment(
    context: &Context<'_>,
    position: &Position,
    watcher: &mut dyn Watcher,
) -> Result<(), RecipeError> {
    let FitOptions {
        device, threads, ..
    } = context.options;
    let stage = &context.stage(position).name;
    let start = RunStart::here(context.engine, device, threads, stage, position.steps_done);
    let resumed = position.stage > 0 || position.steps_done > 0;
    let changes =
        environment::write_down(context.run, context.recipe, context.dataset, start, resumed)?;
    if let Some(changes) = changes {
        watcher.goes_on_changed(&changes);
    }
    Ok(())
}

/// Writes `latents.toml`: the norms of the training split's ECG latents, by the run's best parameters.
fn measure_latents(context: &Context<'_>) -> Result<(), RecipeError> {
    let Context {
        engine,
        recipe,
        dataset,
        run,
        options,
        ..
    } = context;
    let mut best = run.trained_parameters(recipe)?;
    let batches = Batches::new(dataset, recipe);
    let mut networks =
        ServedNetworks::open(engine, recipe, &mut best, options.device, options.threads)?;
    let latents = networks.latents_of_subjects(&batches, &context.training)?;
    let (norm_mean, norm_sd) = norm_statistics(&latents, networks.latent_length());
    run.write_latents(&LatentStatistics { norm_mean, norm_sd })
}
