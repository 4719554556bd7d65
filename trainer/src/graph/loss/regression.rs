//! Losses of differences: squared, absolute and between.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

/// Mean of the squared differences of two tensors of one shape, shape `[]`.
///
/// # Errors
/// When the shapes differ; they are not broadcast, because that would hide a mistake.
pub fn mean_squared_error(graph: &mut Graph, a: Value, b: Value) -> Result<Value, GraphError> {
    let difference = difference(graph, "MeanSquaredError", a, b)?;
    let squared = graph.square(difference)?;
    graph.mean_all(squared)
}

/// Mean of the absolute differences of two tensors of one shape, shape `[]`. Its best constant answer is the median, so
/// single bright pixels do not pull a picture. The gradient at equality is 0.
///
/// # Errors
/// When the shapes differ.
pub fn mean_absolute_error(graph: &mut Graph, a: Value, b: Value) -> Result<Value, GraphError> {
    let difference = difference(graph, "MeanAbsoluteError", a, b)?;
    let size = graph.abs(difference)?;
    graph.mean_all(size)
}

/// Mean of d²/2β where the difference d is below β in size, |d| − β/2 elsewhere (Girshick 2015), shape `[]`; as
/// `torch.nn.SmoothL1Loss(beta)`.
///
/// # Errors
/// When the shapes differ or β is not a positive number.
pub fn smooth_l1(graph: &mut Graph, a: Value, b: Value, beta: f32) -> Result<Value, GraphError> {
    if !(beta.is_finite() && beta > 0.0) {
        let reason = format!("β {beta} must be a positive number");
        return Err(graph.refuse("SmoothL1", &[a, b], reason));
    }
    let difference = difference(graph, "SmoothL1", a, b)?;
    // With c = min(|d|, β) both branches are c·(|d| − c/2)/β, which has no kink.
    let size = graph.abs(difference)?;
    let limit = graph.scalar(beta);
    let near = graph.minimum(size, limit)?;
    let half = graph.scale(near, 0.5)?;
    let rest = graph.subtract(size, half)?;
    let scaled = graph.multiply(near, rest)?;
    let mean = graph.mean_all(scaled)?;
    graph.scale(mean, beta.recip())
}

/// Mean of ln cosh d over the differences d of two tensors of one shape, shape `[]`: d²/2 near 0, |d| − ln 2 far from it.
/// Computed as |d| + softplus(−2|d|) − ln 2, which does not overflow.
///
/// # Errors
/// When the shapes differ.
pub fn log_cosh(graph: &mut Graph, a: Value, b: Value) -> Result<Value, GraphError> {
    let difference = difference(graph, "LogCosh", a, b)?;
    let size = graph.abs(difference)?;
    let exponent = graph.scale(size, -2.0)?;
    let bend = graph.softplus(exponent)?;
    let sum = graph.add(size, bend)?;
    let mean = graph.mean_all(sum)?;
    graph.offset(mean, -std::f32::consts::LN_2)
}

fn difference(graph: &mut Graph, loss: &str, a: Value, b: Value) -> Result<Value, GraphError> {
    if graph.shape(a) != graph.shape(b) {
        let reason = "both must have one shape".to_owned();
        return Err(graph.refuse(loss, &[a, b], reason));
    }
    graph.subtract(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    fn value_of(loss: impl FnOnce(&mut Graph, Value, Value) -> Result<Value, GraphError>) -> f64 {
        let mut graph = Graph::new("by hand");
        let a = graph.input("a", &[4]);
        let b = graph.input("b", &[4]);
        let loss = loss(&mut graph, a, b).unwrap();
        let fed = |values: [f64; 4]| Tensor::new(&[4], values.to_vec()).unwrap();
        // Differences 0, 2, −3, 1000.
        let feeds = [
            (a, fed([1.0, 2.0, 3.0, 1000.0])),
            (b, fed([1.0, 0.0, 6.0, 0.0])),
        ];
        evaluate(&graph, &[loss], &feeds).unwrap()[0].values()[0]
    }

    #[test]
    fn by_hand() {
        assert_eq!(value_of(mean_squared_error), 1_000_013.0 / 4.0);
        assert_eq!(value_of(mean_absolute_error), 1005.0 / 4.0);
        // 0, 2²/5 = 0.8, 2.25 − … with β = 2.5: 3 − 1.25, 1000 − 1.25
        let smooth = value_of(|graph, a, b| smooth_l1(graph, a, b, 2.5));
        assert!(
            (smooth - (0.8 + 1.75 + 998.75) / 4.0).abs() < 1e-4,
            "{smooth}"
        );
        let curve = value_of(log_cosh);
        let expected = (2f64.cosh().ln() + 3f64.cosh().ln() + 1000.0 - 2f64.ln()) / 4.0;
        assert!((curve - expected).abs() < 1e-6, "{curve}");
    }

    #[test]
    fn shapes_are_not_broadcast() {
        let mut graph = Graph::new("losses");
        let a = graph.input("a", &[2, 3]);
        let b = graph.input("b", &[1, 3]);
        assert!(mean_squared_error(&mut graph, a, b).is_err());
        assert!(mean_absolute_error(&mut graph, a, b).is_err());
        assert!(smooth_l1(&mut graph, a, b, 1.0).is_err());
        assert!(smooth_l1(&mut graph, a, a, 0.0).is_err());
        assert!(log_cosh(&mut graph, a, b).is_err());
    }
}
