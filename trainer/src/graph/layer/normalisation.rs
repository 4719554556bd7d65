//! Normalisation of vectors, layers and groups of channels, and running statistics.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::shape::element_count;
use crate::graph::value::Value;

/// x divided by its Euclidean norm along an axis, the norm taken as at least `epsilon`; as
/// `torch.nn.functional.normalize`.
///
/// # Errors
/// When the axis does not exist or `epsilon` squared is not a positive f32.
pub fn l2_normalise(
    graph: &mut Graph,
    x: Value,
    axis: usize,
    epsilon: f32,
) -> Result<Value, GraphError> {
    let squared = graph.square(x)?;
    let sum = graph.reduce_sum(squared, &[axis], true)?;
    // Limited before the root, whose slope at 0 is infinite.
    let least = epsilon * epsilon;
    if least.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
        let reason = format!("epsilon {epsilon:e} squared must be above 0: use 1e-12 or so");
        return Err(graph.refuse("L2Normalise", &[x], reason));
    }
    let limited = graph.clip(sum, least, f32::MAX)?;
    let norm = graph.sqrt(limited)?;
    graph.divide(x, norm)
}

/// x normalised over its last axis, times gamma plus beta (Ba et al. 2016). Gamma and beta have the last axis's size.
///
/// # Errors
/// When x is a scalar or gamma and beta do not fit.
pub fn layer_norm(
    graph: &mut Graph,
    x: Value,
    gamma: Value,
    beta: Value,
    epsilon: f32,
) -> Result<Value, GraphError> {
    let Some(last) = graph.shape(x).len().checked_sub(1) else {
        let reason = "a scalar has no last axis: reshape first".to_owned();
        return Err(graph.refuse("LayerNorm", &[x], reason));
    };
    let normalised = standardised(graph, x, last, epsilon)?;
    let scaled = graph.multiply(normalised, gamma)?;
    graph.add(scaled, beta)
}

/// x normalised over each group of neighbouring channels of each recording, times gamma plus beta (Wu & He 2018): x
/// (batch, channels, …), gamma and beta (channels). One group for each channel makes it instance normalisation.
///
/// # Errors
/// When the channels do not divide into the groups or gamma and beta do not fit.
pub fn group_norm(
    graph: &mut Graph,
    x: Value,
    groups: usize,
    gamma: Value,
    beta: Value,
    epsilon: f32,
) -> Result<Value, GraphError> {
    let shape = graph.shape(x).to_vec();
    let inputs = [x, gamma, beta];
    let &[batch, channels, ..] = shape.as_slice() else {
        let reason = "needs x of shape (batch, channels, …)".to_owned();
        return Err(graph.refuse("GroupNorm", &inputs, reason));
    };
    if groups == 0 || !channels.is_multiple_of(groups) {
        let reason = format!("{channels} channels do not divide into {groups} groups");
        return Err(graph.refuse("GroupNorm", &inputs, reason));
    }
    if [gamma, beta]
        .iter()
        .any(|&value| graph.shape(value) != [channels])
    {
        let reason = format!("gamma and beta must have shape [{channels}]");
        return Err(graph.refuse("GroupNorm", &inputs, reason));
    }
    let size = element_count(&shape[1..]) / groups;
    let grouped = graph.reshape(x, &[batch, groups, size])?;
    let normalised = standardised(graph, grouped, 2, epsilon)?;
    let normalised = graph.reshape(normalised, &shape)?;
    let mut per_channel = vec![1; shape.len() - 1];
    per_channel[0] = channels;
    let gamma = graph.reshape(gamma, &per_channel)?;
    let beta = graph.reshape(beta, &per_channel)?;
    let scaled = graph.multiply(normalised, gamma)?;
    graph.add(scaled, beta)
}

/// x less its mean over an axis, divided by its deviation there.
fn standardised(
    graph: &mut Graph,
    x: Value,
    axis: usize,
    epsilon: f32,
) -> Result<Value, GraphError> {
    let mean = graph.reduce_mean(x, &[axis], true)?;
    let centred = graph.subtract(x, mean)?;
    let squared = graph.square(centred)?;
    let variance = graph.reduce_mean(squared, &[axis], true)?;
    let shifted = graph.offset(variance, epsilon)?;
    let deviation = graph.sqrt(shifted)?;
    graph.divide(centred, deviation)
}

/// A running mean after one more batch: `(1 − momentum)·running + momentum·batch`, as PyTorch's `BatchNorm`.
///
/// # Errors
/// When the shapes do not broadcast.
pub fn running_mean(
    graph: &mut Graph,
    running: Value,
    batch_mean: Value,
    momentum: f32,
) -> Result<Value, GraphError> {
    let change = graph.subtract(batch_mean, running)?;
    let change = graph.scale(change, momentum)?;
    graph.add(running, change)
}

/// A running variance after one more batch, from the batch's biased variance over `elements` elements per channel; the
/// running one is unbiased, as in PyTorch's `BatchNorm`.
///
/// # Errors
/// When the shapes do not broadcast or there are fewer than two elements.
pub fn running_variance(
    graph: &mut Graph,
    running: Value,
    batch_variance: Value,
    elements: usize,
    momentum: f32,
) -> Result<Value, GraphError> {
    if elements < 2 {
        let reason = format!("{elements} elements have no unbiased variance: use a larger batch");
        return Err(graph.refuse("RunningVariance", &[running, batch_variance], reason));
    }
    let correction = elements as f64 / (elements - 1) as f64;
    let unbiased = graph.scale(batch_variance, correction as f32)?;
    running_mean(graph, running, unbiased, momentum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn zero_vector_normalises_to_zero_with_a_finite_gradient() {
        let mut graph = Graph::new("normalise");
        let x = graph.input("x", &[1, 2]);
        let y = l2_normalise(&mut graph, x, 1, 1e-12).unwrap();
        let loss = graph.sum_all(y).unwrap();
        let gradient = graph.gradients(loss, &[x]).unwrap();
        let zeros = Tensor::new(&[1, 2], vec![0.0, 0.0]).unwrap();
        let found = evaluate(&graph, &[y, gradient[0]], &[(x, zeros)]).unwrap();
        assert_eq!(found[0].values(), [0.0, 0.0]);
        assert!(found[1].values().iter().all(|slope| slope.is_finite()));
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        let mut graph = Graph::new("layers");
        let x = graph.input("x", &[2, 3]);
        let scalar = graph.input("scalar", &[]);
        let channels = graph.input("channels", &[3]);
        assert!(l2_normalise(&mut graph, x, 1, 0.0).is_err());
        assert!(l2_normalise(&mut graph, x, 1, 1e-30).is_err());
        assert!(layer_norm(&mut graph, scalar, channels, channels, 1e-5).is_err());
        assert!(group_norm(&mut graph, x, 2, channels, channels, 1e-5).is_err());
        assert!(group_norm(&mut graph, x, 0, channels, channels, 1e-5).is_err());
        assert!(group_norm(&mut graph, x, 1, scalar, channels, 1e-5).is_err());
        assert!(running_variance(&mut graph, channels, channels, 1, 0.1).is_err());
    }
}
