//! Cross-entropies.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::value::Value;

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
    soft_cross_entropy(graph, logits, identity)
}

/// Cross-entropy of logits (n, classes) with the true classes (n), whole numbers counted from 0, mean over rows, shape
/// `[]`; as `torch.nn.CrossEntropyLoss`. A row whose class is outside counts 0, as a class of none.
///
/// # Errors
/// When the shapes are not those.
pub fn cross_entropy(
    graph: &mut Graph,
    logits: Value,
    classes: Value,
) -> Result<Value, GraphError> {
    match (graph.shape(logits), graph.shape(classes)) {
        (&[rows, count], &[labels]) if rows == labels && rows > 0 && count > 0 => {
            let targets = graph.one_hot(classes, count)?;
            soft_cross_entropy(graph, logits, targets)
        }
        _ => {
            let reason = "needs logits of shape (n, classes) and classes of shape (n)".to_owned();
            Err(graph.refuse("CrossEntropy", &[logits, classes], reason))
        }
    }
}

/// Cross-entropy of logits (n, classes) with a distribution over the classes for each row, (n, classes), mean over rows,
/// shape `[]`; as `torch.nn.CrossEntropyLoss` with probabilities.
///
/// # Errors
/// When the shapes are not those.
pub fn soft_cross_entropy(
    graph: &mut Graph,
    logits: Value,
    targets: Value,
) -> Result<Value, GraphError> {
    let rows = match *graph.shape(logits) {
        [rows, count] if rows > 0 && count > 0 && graph.shape(targets) == [rows, count] => rows,
        _ => {
            let reason = "needs logits and targets of one shape (n, classes)".to_owned();
            return Err(graph.refuse("SoftCrossEntropy", &[logits, targets], reason));
        }
    };
    let log_probabilities = graph.log_softmax(logits)?;
    let of_targets = graph.multiply(log_probabilities, targets)?;
    let sum = graph.sum_all(of_targets)?;
    graph.scale(sum, -1.0 / rows as f32)
}

/// Cross-entropy of logits with independent yes-or-no targets in 0..1 of one shape, mean over elements, shape `[]`; as
/// `torch.nn.BCEWithLogitsLoss`. Computed as softplus(z) − z·y.
///
/// # Errors
/// When the shapes differ.
pub fn sigmoid_cross_entropy(
    graph: &mut Graph,
    logits: Value,
    targets: Value,
) -> Result<Value, GraphError> {
    if graph.shape(logits) != graph.shape(targets) {
        let reason = "logits and targets must have one shape".to_owned();
        return Err(graph.refuse("SigmoidCrossEntropy", &[logits, targets], reason));
    }
    let total = graph.softplus(logits)?;
    let chosen = graph.multiply(logits, targets)?;
    let cost = graph.subtract(total, chosen)?;
    graph.mean_all(cost)
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
        let classes = graph.constant("labels", &[4], vec![0.0, 3.0, 1.0, 1.0]);
        let half = graph.constant("half", &[4, 4], vec![0.25; 16]);
        let losses = [
            diagonal_cross_entropy(&mut graph, logits).unwrap(),
            cross_entropy(&mut graph, logits, classes).unwrap(),
            soft_cross_entropy(&mut graph, logits, half).unwrap(),
        ];
        let ones = Tensor::from_fn(&[4, 4], |_| 1.0);
        for found in evaluate(&graph, &losses, &[(logits, ones)]).unwrap() {
            assert!((found.values()[0] - 4f64.ln()).abs() < 1e-12);
        }
    }

    #[test]
    fn the_class_that_is_named_counts() {
        let mut graph = Graph::new("cross-entropy");
        let logits = graph.constant("logits", &[2, 3], vec![0.0, 100.0, 0.0, 0.0, 0.0, 50.0]);
        let classes = graph.constant("labels", &[2], vec![1.0, 1.0]);
        let loss = cross_entropy(&mut graph, logits, classes).unwrap();
        let yes = graph.constant("yes", &[2, 3], vec![1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        let each = sigmoid_cross_entropy(&mut graph, logits, yes).unwrap();
        let found = evaluate(&graph, &[loss, each], &[]).unwrap();
        assert!((found[0].values()[0] - 25.0).abs() < 1e-6);
        assert!((found[1].values()[0] - 4.0 * 2f64.ln() / 6.0).abs() < 1e-6);
    }

    #[test]
    fn shapes_must_fit() {
        let mut graph = Graph::new("losses");
        let a = graph.input("a", &[2, 3]);
        let b = graph.input("b", &[3]);
        assert!(diagonal_cross_entropy(&mut graph, a).is_err());
        assert!(cross_entropy(&mut graph, a, b).is_err());
        assert!(soft_cross_entropy(&mut graph, a, b).is_err());
        assert!(sigmoid_cross_entropy(&mut graph, a, b).is_err());
    }
}
