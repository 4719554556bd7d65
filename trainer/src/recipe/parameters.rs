//! The parameters of a run on the host, between stages and for checkpoints.

use super::RecipeError;
use super::checkpoint::{Checkpoint, fill_averages};
use super::config::{Recipe, Stage};
use super::run_folder::RunFolder;
use super::step::{self, StepGraph};
use super::step_state::{is_parameter, is_within_step};
use crate::architecture::{ParameterTable, all_parameters};
use crate::engine::StateTensor;
use std::path::Path;

/// Every parameter of a run, whether the stage under way trains it or not.
pub(super) struct RunParameters {
    table: ParameterTable,
    /// What a checkpoint brought and no stage has asked for yet: parameters of losses, which the table learns of only
    /// when a stage that has them is built, and the optimiser's moments.
    brought: Vec<StateTensor>,
}

impl RunParameters {
    /// First values, or those of a checkpoint (which lies at `path`).
    ///
    /// # Errors
    /// Where the architecture's shapes do not fit together or the checkpoint lacks a parameter.
    pub(super) fn new(
        recipe: &Recipe,
        checkpoint: Option<&Checkpoint>,
        path: &Path,
    ) -> Result<RunParameters, RecipeError> {
        let mut table = all_parameters(recipe)?;
        let mut brought = Vec::new();
        if let Some(checkpoint) = checkpoint {
            let position = &checkpoint.position;
            let ended = |stage: &Stage| position.epochs_done >= stage.epochs;
            // What a stage ends with is its average, so the next begins with that.
            match recipe.stages.get(position.stage).is_some_and(ended) {
                true => checkpoint.fill_served(path, &mut table)?,
                false => checkpoint.fill(path, &mut table)?,
            }
            let rest = checkpoint.state.iter();
            brought.extend(
                rest.filter(|tensor| table.get(&tensor.name).is_none())
                    .cloned(),
            );
        }
        Ok(RunParameters { table, brought })
    }

    /// Takes over what another run ended with, as far as both have parameters of one name and shape.
    ///
    /// # Errors
    /// [`RecipeError::Data`] where they have none in common, and where the other run cannot be read.
    pub(super) fn begin_with(&mut self, other: &RunFolder) -> Result<(), RecipeError> {
        let trained = other.trained_parameters(&other.recipe()?)?;
        let taken = trained.iter().filter(|(name, parameter)| {
            self.table.replace(&StateTensor {
                name: (*name).to_owned(),
                shape: parameter.shape.clone(),
                values: parameter.values.clone(),
            })
        });
        match taken.count() {
            0 => Err(RecipeError::Data(
                "the run to start from has no parameter that this recipe's networks have; give a run of the same \
                 architecture"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }

    /// The parameters of the networks.
    pub(super) fn table(&mut self) -> &mut ParameterTable {
        &mut self.table
    }

    /// Builds the step of a stage; its state begins with the run's parameters, and with moments of zero, or of the
    /// checkpoint where the stage goes on in its middle.
    ///
    /// # Errors
    /// Where the architecture's shapes do not fit together, or where the checkpoint lacks a moment.
    pub(super) fn step(
        &mut self,
        recipe: &Recipe,
        stage: &Stage,
        goes_on: bool,
        path: &Path,
    ) -> Result<StepGraph, RecipeError> {
        let mut graph = step::build(recipe, stage, &mut self.table)?;
        for tensor in &mut graph.state {
            let fits = |kept: &&StateTensor| kept.name == tensor.name && kept.shape == tensor.shape;
            let kept = self.brought.iter().find(fits);
            match (is_parameter(&tensor.name), kept) {
                (true, Some(kept)) => tensor.values.clone_from(&kept.values),
                (false, Some(kept)) if goes_on => tensor.values.clone_from(&kept.values),
                (false, None) if goes_on && !is_within_step(&tensor.name) => {
                    return Err(RecipeError::Run {
                        path: path.to_owned(),
                        problem: format!(
                            "lacks the optimiser's `{}` that stage `{}` needs to go on; it was made by another version \
                             of the program: use that one, or begin a new run",
                            tensor.name, stage.name
                        ),
                    });
                }
                _ => {}
            }
        }
        for tensor in &graph.state {
            self.table.replace(tensor);
        }
        // Moments are the stage's own; a later stage begins with none.
        let known = |tensor: &StateTensor| self.table.get(&tensor.name).is_some();
        let wanted = |tensor: &StateTensor| is_parameter(&tensor.name) && !known(tensor);
        let mut brought = std::mem::take(&mut self.brought);
        brought.retain(wanted);
        self.brought = brought;
        Ok(graph)
    }

    /// Takes over what a stage's state would serve with: the parameters, or their averages where it keeps them.
    pub(super) fn take_over(&mut self, state: &[StateTensor]) {
        for tensor in state {
            self.table.replace(tensor);
        }
        fill_averages(state, &mut self.table);
    }

    /// What of a stage's own state is worth keeping, and the parameters that it does not touch.
    pub(super) fn whole_state(&self, mut state: Vec<StateTensor>) -> Vec<StateTensor> {
        state.retain(|tensor| !is_within_step(&tensor.name));
        let table = self.table.iter().map(|(name, parameter)| StateTensor {
            name: name.to_owned(),
            shape: parameter.shape.clone(),
            values: parameter.values.clone(),
        });
        for tensor in table.chain(self.brought.iter().cloned()) {
            if !state.iter().any(|known| known.name == tensor.name) {
                state.push(tensor);
            }
        }
        state
    }
}
