//! Gradient accumulation: one step of the optimiser for several batches, in one graph.
//!
//! The sum of the gradients is one more state tensor for each parameter, zeros at first. Two scalars are fed with each
//! batch: `keep`, 0 with the first batch of a step and 1 after, and `apply`, 1 with the last and 0 before. The graph always
//! computes the optimiser's step, small beside the gradients, and [`Accumulation::choose`] keeps it or the state of before:
//!
//! ```
//! # use ecg2mri_trainer::graph::{Accumulation, AdamW, AdamWState, Graph, adamw_step};
//! # let mut graph = Graph::new("accumulation");
//! # let x = graph.input("x", &[4]);
//! # let [parameter, first, second, sum] = ["p", "m", "v", "s"].map(|name| graph.input(name, &[4]));
//! # let rate = graph.input("learning rate", &[]);
//! # let corrections = ["c1", "c2"].map(|name| graph.input(name, &[]));
//! # let product = graph.multiply(x, parameter)?;
//! # let loss = graph.mean_all(product)?;
//! let accumulation = Accumulation::new(&mut graph, 8)?; // declares the inputs `keep` and `apply`
//! let gradient = graph.gradients(loss, &[parameter])?[0];
//! let gradient = accumulation.add(&mut graph, sum, gradient)?; // also the next `sum`
//! // clip_gradient_norm goes here
//! let state = AdamWState { parameter, gradient, first_moment: first, second_moment: second };
//! let step = adamw_step(&mut graph, state, rate, corrections, &AdamW::default())?;
//! let next = accumulation.choose(&mut graph, step.parameter, parameter)?; // and so for both moments
//! # graph.output("next p", next);
//! # Ok::<(), ecg2mri_trainer::graph::GraphError>(())
//! ```
//!
//! Bias corrections count steps of the optimiser, not batches. Batch statistics are those of each batch by itself, as in
//! PyTorch.

use super::builder::Graph;
use super::error::GraphError;
use super::value::Value;

/// The scalars that steer accumulation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accumulation {
    keep: Value,
    apply: Value,
    batches: usize,
}

impl Accumulation {
    /// Declares the inputs `keep` and `apply` of a graph that takes this many batches for each step of the optimiser.
    ///
    /// # Errors
    /// When there are no batches.
    pub fn new(graph: &mut Graph, batches: usize) -> Result<Accumulation, GraphError> {
        if batches == 0 {
            let reason = "a step needs at least one batch".to_owned();
            return Err(graph.refuse("Accumulation", &[], reason));
        }
        Ok(Accumulation {
            keep: graph.input("keep", &[]),
            apply: graph.input("apply", &[]),
            batches,
        })
    }

    /// What to feed as `keep` and `apply` with a batch, counted from 0.
    pub fn flags(&self, batch: u64) -> [f32; 2] {
        let place = batch % self.batches as u64;
        [place != 0, place + 1 == self.batches as u64].map(|flag| f32::from(u8::from(flag)))
    }

    /// The mean gradient of the batches of this step so far, weighed as if all were there: the sum before, or nothing with
    /// the first batch, plus this batch's gradient divided by the number of batches.
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn add(&self, graph: &mut Graph, sum: Value, gradient: Value) -> Result<Value, GraphError> {
        if graph.shape(sum) != graph.shape(gradient) {
            let reason = "the sum must have the gradient's shape".to_owned();
            return Err(graph.refuse("Accumulation", &[sum, gradient], reason));
        }
        let zero = graph.scalar(0.0);
        let before = graph.select(self.keep, sum, zero)?;
        let share = graph.scale(gradient, 1.0 / self.batches as f32)?;
        graph.add(before, share)
    }

    /// `stepped` with the last batch of a step, else `before`; of one shape.
    ///
    /// # Errors
    /// When the shapes differ.
    pub fn choose(
        &self,
        graph: &mut Graph,
        stepped: Value,
        before: Value,
    ) -> Result<Value, GraphError> {
        if graph.shape(stepped) != graph.shape(before) {
            let reason = "both states must have one shape".to_owned();
            return Err(graph.refuse("Accumulation", &[stepped, before], reason));
        }
        graph.select(self.apply, stepped, before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn three_batches_make_one_step_of_their_mean() {
        let mut graph = Graph::new("accumulation");
        let accumulation = Accumulation::new(&mut graph, 3).unwrap();
        let inputs = graph.inputs().to_vec();
        let [sum, gradient, before] =
            ["sum", "gradient", "before"].map(|name| graph.input(name, &[2]));
        let next = accumulation.add(&mut graph, sum, gradient).unwrap();
        let stepped = graph.subtract(before, next).unwrap();
        let chosen = accumulation.choose(&mut graph, stepped, before).unwrap();

        let fed = |values: [f64; 2]| Tensor::new(&[2], values.to_vec()).unwrap();
        // What a step before left behind, even no number, must not count.
        let mut state = [fed([f64::NAN, 9.0]), fed([10.0, 20.0])];
        for batch in 0..6u64 {
            let flags = accumulation.flags(batch);
            let scalar = |flag: f32| Tensor::new(&[], vec![f64::from(flag)]).unwrap();
            let feeds = [
                (inputs[0], scalar(flags[0])),
                (inputs[1], scalar(flags[1])),
                (sum, state[0].clone()),
                (gradient, fed([3.0 * batch as f64, 3.0])),
                (before, state[1].clone()),
            ];
            let found = evaluate(&graph, &[next, chosen], &feeds).unwrap();
            state = [found[0].clone(), found[1].clone()];
            let expected = match batch {
                0 | 1 => [10.0, 20.0],
                // Gradients 0, 3 and 6 in the first place, 3 in the second.
                2..5 => [7.0, 17.0],
                // 9, 12 and 15.
                _ => [-5.0, 14.0],
            };
            for (found, expected) in state[1].values().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-6, "batch {batch}: {found}");
            }
        }
    }

    #[test]
    fn misfits_are_refused() {
        let mut graph = Graph::new("accumulation");
        assert!(Accumulation::new(&mut graph, 0).is_err());
        let accumulation = Accumulation::new(&mut graph, 1).unwrap();
        assert_eq!(accumulation.flags(5), [0.0, 1.0]);
        let [a, b] = [("a", 2), ("b", 3)].map(|(name, size)| graph.input(name, &[size]));
        assert!(accumulation.add(&mut graph, a, b).is_err());
        assert!(accumulation.choose(&mut graph, a, b).is_err());
    }
}
