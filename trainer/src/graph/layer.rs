//! Layers made of several operations.

use super::builder::Graph;
use super::error::GraphError;
use super::operation::Window;
use super::value::Value;

/// One-dimensional convolution: x (batch, in, samples), w (out, in, kernel), bias (out) → (batch, out, samples').
///
/// # Errors
/// When the shapes are not those or the kernel does not fit.
pub fn conv1d(
    graph: &mut Graph,
    x: Value,
    w: Value,
    bias: Option<Value>,
    stride: usize,
    padding: usize,
) -> Result<Value, GraphError> {
    graph.conv(x, w, bias, &Window::square(1, stride, padding))
}

/// Two-dimensional convolution: x (batch, in, height, width), w (out, in, rows, columns), bias (out) →
/// (batch, out, height', width').
///
/// # Errors
/// When the shapes are not those or the kernel does not fit.
pub fn conv2d(
    graph: &mut Graph,
    x: Value,
    w: Value,
    bias: Option<Value>,
    stride: usize,
    padding: usize,
) -> Result<Value, GraphError> {
    graph.conv(x, w, bias, &Window::square(2, stride, padding))
}

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
    let mean = graph.reduce_mean(x, &[last], true)?;
    let centred = graph.subtract(x, mean)?;
    let squared = graph.square(centred)?;
    let variance = graph.reduce_mean(squared, &[last], true)?;
    let shifted = graph.offset(variance, epsilon)?;
    let deviation = graph.sqrt(shifted)?;
    let normalised = graph.divide(centred, deviation)?;
    let scaled = graph.multiply(normalised, gamma)?;
    graph.add(scaled, beta)
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
        assert!(running_variance(&mut graph, channels, channels, 1, 0.1).is_err());
    }
}
