//! How far a rebuilt signal or picture is from the true one. Both losses are means over all elements.

pub use crate::graph::loss::{mean_absolute_error, mean_squared_error};

use crate::graph::{Graph, GraphError, Value};
use crate::recipe::config::Reconstruction;

/// The error of the kind that a stage asks for.
///
/// # Errors
/// Where the shapes do not broadcast.
pub fn reconstruction_error(
    graph: &mut Graph,
    kind: Reconstruction,
    rebuilt: Value,
    truth: Value,
) -> Result<Value, GraphError> {
    match kind {
        Reconstruction::Absolute => mean_absolute_error(graph, rebuilt, truth),
        Reconstruction::Squared => mean_squared_error(graph, rebuilt, truth),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn by_hand() {
        let mut graph = Graph::new("by hand");
        let rebuilt = graph.input("rebuilt", &[2, 2]);
        let truth = graph.input("truth", &[2, 2]);
        let mut error = |kind| reconstruction_error(&mut graph, kind, rebuilt, truth).unwrap();
        let absolute = error(Reconstruction::Absolute);
        let squared = error(Reconstruction::Squared);
        let tensor = |values: [f64; 4]| Tensor::new(&[2, 2], values.to_vec()).unwrap();
        let given = [
            (rebuilt, tensor([1.0, 2.0, 3.0, 4.0])),
            (truth, tensor([1.0, 0.0, 6.0, 3.0])),
        ];
        let results = evaluate(&graph, &[absolute, squared], &given).unwrap();
        // Differences 0, 2, −3, 1.
        assert_eq!(results[0].values(), [1.5]);
        assert_eq!(results[1].values(), [3.5]);
    }
}
