//! What is fed to a training step: the batch, and the scalars of the optimiser.

use super::batches::Batch;
use super::config::{Recipe, Stage};
use super::step::{self, StepGraph};
use crate::graph::decay_at;

/// The scalars of one step of the optimiser.
pub(super) struct StepInputs<'a> {
    graph: &'a StepGraph,
    batch: &'a Batch,
    /// Batches that the step is made of.
    parts: usize,
    pub(super) learning_rate: f32,
    corrections: [f32; 2],
    decay: f32,
}

impl<'a> StepInputs<'a> {
    /// The inputs of step `steps_done` (from 0) of `steps_in_all`, whose subjects, those of all its batches, are `batch`.
    pub(super) fn new(
        recipe: &Recipe,
        stage: &Stage,
        graph: &'a StepGraph,
        batch: &'a Batch,
        (steps_done, steps_in_all): (usize, usize),
    ) -> StepInputs<'a> {
        let number = steps_done as u64 + 1;
        StepInputs {
            graph,
            batch,
            parts: stage.accumulate,
            learning_rate: stage.learning_rate_at(steps_done, steps_in_all),
            corrections: step::adamw(&recipe.optimiser).bias_corrections(number),
            decay: decay_at(recipe.optimiser.moving_average, number),
        }
    }

    /// Runs the step's batches in turn, each with its own subjects; gives what the step reports: of the losses the mean,
    /// which is that of all subjects, and of the gradient's norm the last, which is that of all batches' mean gradient.
    ///
    /// # Errors
    /// The first that `run` gives.
    pub(super) fn run<E>(
        &self,
        mut run: impl FnMut(&[&[f32]]) -> Result<Vec<f32>, E>,
    ) -> Result<Vec<f32>, E> {
        let mut reports = vec![0.0; self.graph.reports.len()];
        for part in 0..self.parts {
            let flags = self.flags(part);
            let names = self.graph.batch.iter().map(|(name, _)| name.as_str());
            let inputs: Vec<&[f32]> = names.map(|name| self.input(name, part, &flags)).collect();
            let values = run(&inputs)?;
            for ((name, report), value) in self.graph.reports.iter().zip(&mut reports).zip(values) {
                match name.as_str() {
                    step::GRADIENT_NORM => *report = value,
                    _ => *report += value / self.parts as f32,
                }
            }
        }
        Ok(reports)
    }

    fn flags(&self, part: usize) -> [f32; 2] {
        let accumulation = self.graph.accumulation.as_ref();
        accumulation.map_or([0.0, 1.0], |accumulation| accumulation.flags(part as u64))
    }

    fn input<'b>(&'b self, name: &str, part: usize, flags: &'b [f32; 2]) -> &'b [f32] {
        let of_part = |values: &'b [f32]| {
            let length = values.len() / self.parts;
            &values[part * length..(part + 1) * length]
        };
        match name {
            "ecg" => of_part(&self.batch.ecg),
            "heart_rate" => of_part(&self.batch.heart_rate),
            "picture" => of_part(&self.batch.picture),
            step::MRI_LATENT => of_part(&self.batch.mri_latent),
            name if name == step::PHENOTYPES[0] => of_part(&self.batch.phenotypes[0]),
            name if name == step::PHENOTYPES[1] => of_part(&self.batch.phenotypes[1]),
            name if name == step::KEPT[0] => of_part(&self.batch.kept[0]),
            name if name == step::KEPT[1] => of_part(&self.batch.kept[1]),
            "learning_rate" => std::slice::from_ref(&self.learning_rate),
            "first_correction" => &self.corrections[..1],
            "second_correction" => &self.corrections[1..],
            step::AVERAGE_DECAY => std::slice::from_ref(&self.decay),
            name if name == step::ACCUMULATION[0] => &flags[..1],
            name if name == step::ACCUMULATION[1] => &flags[1..],
            other => unreachable!("no step has an input `{other}`"),
        }
    }
}
