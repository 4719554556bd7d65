//! One pass over the training split, and a look at the validation split after it.

use super::RecipeError;
use super::batches::{Batch, Batches};
use super::checkpoint::Position;
use super::config::{Recipe, Stage};
use super::fit::Watcher;
use super::step::{self, StepGraph};
use crate::architecture::ParameterTable;
use crate::cohort::{CohortError, Dataset};
use crate::engine::{Device, Engine, TrainingStep};
use crate::evaluate::measures::picture_error;
use crate::evaluate::networks::ServedNetworks;
use std::sync::mpsc::sync_channel;

/// What an epoch needs besides the session.
pub(super) struct EpochPlan<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) stage: &'a Stage,
    pub(super) batches: Batches<'a>,
    /// The subjects of each batch.
    pub(super) order: Vec<Vec<usize>>,
    pub(super) graph: &'a StepGraph,
    pub(super) dataset: &'a Dataset,
}

/// Means of the reports over an epoch.
pub(super) struct Means {
    names: Vec<String>,
    sums: Vec<f64>,
    steps: usize,
    /// The learning rate of the last step.
    pub(super) learning_rate: f32,
}

impl Means {
    /// The mean of one report; NaN where the stage does not compute it.
    pub(super) fn get(&self, name: &str) -> f32 {
        match self.names.iter().position(|known| known == name) {
            Some(index) => (self.sums[index] / self.steps.max(1) as f64) as f32,
            None => f32::NAN,
        }
    }
}

/// Runs the steps of one epoch; `position` moves on with each.
pub(super) fn run_epoch(
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
        learning_rate: f32::NAN,
    };
    std::thread::scope(|scope| {
        // The next batch is made while the step runs.
        let (sender, receiver) = sync_channel::<Result<Batch, CohortError>>(2);
        scope.spawn(move || {
            for subjects in order {
                let batch = plan.batches.training(subjects, stage_index, epoch);
                if sender.send(batch).is_err() {
                    break;
                }
            }
        });
        for (index, batch) in receiver.iter().enumerate() {
            let batch = batch?;
            let learning_rate = stage.learning_rate_at(position.steps_done, total_steps);
            means.learning_rate = learning_rate;
            let corrections = optimiser.bias_corrections(position.steps_done as u64 + 1);
            let reports = session.run(&[
                &batch.ecg,
                &batch.picture,
                &[learning_rate],
                &corrections[..1],
                &corrections[1..],
            ])?;
            let mut named = means.names.iter().zip(&reports);
            if let Some((name, &value)) = named.find(|(_, value)| !value.is_finite()) {
                return Err(RecipeError::Diverged {
                    what: name.clone(),
                    value,
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
            let loss = reports.first().copied().unwrap_or(f32::NAN);
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
pub(super) fn validate(
    engine: &Engine,
    batches: &Batches<'_>,
    recipe: &Recipe,
    members: &[usize],
    table: &mut ParameterTable,
    place: (Device, usize),
) -> Result<(f32, f32), RecipeError> {
    if members.is_empty() {
        return Ok((f32::NAN, f32::NAN));
    }
    let batch = batches.unchanged(members)?;
    let mut networks = ServedNetworks::open(engine, recipe, table, place.0, place.1)?;
    let own_latents = networks.mri_latents(&batch.picture)?;
    let own = networks.pictures(&own_latents)?;
    let ecg_latents = networks.ecg_latents(&batch.ecg)?;
    let across = networks.pictures(&ecg_latents)?;
    Ok((
        picture_error(&own, &batch.picture) as f32,
        picture_error(&across, &batch.picture) as f32,
    ))
}
