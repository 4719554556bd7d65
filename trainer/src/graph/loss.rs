//! Losses that more than one objective uses.

use super::builder::Graph;
use super::error::GraphError;
use super::value::Value;

/// Mean of the squared differences of two tensors of one shape, shape `[]`.
///
/// # Errors
/// When the shapes differ; they are not broadcast, because that would hide a mistake.
pub fn mean_squared_error(graph: &mut Graph, a: Value, b: Value) -> Result<Value, GraphError> {
    if graph.shape(a) != graph.shape(b) {
        let reason = "both must have one shape".to_owned();
        return Err(graph.refuse("MeanSquaredError", &[a, b], reason));
    }
    let difference = graph.subtract(a, b)?;
    let squared = graph.square(difference)?;
    graph.mean_all(squared)
}

/// Cross-entropy of logits (n, n) where row i should choose column i, mean over rows, shape `[]`: one direction of
/// InfoNCE (van den Oord et al. 2018). The other is that of the transposed logits.
///
/// # Errors
/// When the logits are not square.
pub fn diagonal_cross_entropy(graph: &mut Graph, logits: Value) -> Result<Value, GraphError> {
    let &[rows, columns] = graph.shape(logits) else {
        let reason = "needs logits of shape (n, n)".to_owned();
        return Err(graph.refuse("DiagonalCrossEntropy", &[logits], reason));
    };
    if rows != columns || rows == 0 {
        let reason = "needs as many columns as rows, one per pair".to_owned();
        return Err(graph.refuse("DiagonalCrossEntropy", &[logits], reason));
    }
    let chosen = (0..rows * rows).map(|flat| f32::from(u8::from(flat / rows == flat % rows)));
    let identity = graph.constant("identity", &[rows, rows], chosen.collect());
    let log_probabilities = graph.log_softmax(logits)?;
    let of_pairs = graph.multiply(log_probabilities, identity)?;
    let sum = graph.sum_all(of_pairs)?;
    graph.scale(sum, -1.0 / rows as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn equal_logits_cost_the_logarithm_of_the_choices() {
        let mut graph = Graph::new("cross-entropy");
        let logits = graph.input("logits", &[4, 4]);
        let loss = diagonal_cross_entropy(&mut graph, logits).unwrap();
        let ones = Tensor::from_fn(&[4, 4], |_| 1.0);
        let found = evaluate(&graph, &[loss], &[(logits, ones)]).unwrap();
        assert!((found[0].values()[0] - 4f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn shapes_are_not_broadcast() {
        let mut graph = Graph::new("losses");
        let a = graph.input("a", &[2, 3]);
        let b = graph.input("b", &[1, 3]);
        assert!(mean_squared_error(&mut graph, a, b).is_err());
        assert!(diagonal_cross_entropy(&mut graph, a).is_err());
    }
}
