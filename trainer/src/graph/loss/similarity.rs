//! The cosine between vectors.

use crate::graph::builder::Graph;
use crate::graph::error::GraphError;
use crate::graph::layer::l2_normalise;
use crate::graph::value::Value;

/// Least length that a vector is divided by, PyTorch's default.
const LEAST_LENGTH: f32 = 1e-8;

/// Cosine of the angle between vectors along an axis, which is dropped; a and b of one shape. As
/// `torch.nn.CosineSimilarity`.
///
/// # Errors
/// When the shapes differ or the axis does not exist.
pub fn cosine_similarity(
    graph: &mut Graph,
    a: Value,
    b: Value,
    axis: usize,
) -> Result<Value, GraphError> {
    if graph.shape(a) != graph.shape(b) {
        let reason = "both must have one shape".to_owned();
        return Err(graph.refuse("CosineSimilarity", &[a, b], reason));
    }
    let a = l2_normalise(graph, a, axis, LEAST_LENGTH)?;
    let b = l2_normalise(graph, b, axis, LEAST_LENGTH)?;
    let products = graph.multiply(a, b)?;
    graph.reduce_sum(products, &[axis], false)
}

/// 1 less the mean [`cosine_similarity`], shape `[]`: 0 where all pairs of vectors point the same way, 2 where they point
/// opposite ways.
///
/// # Errors
/// Those of [`cosine_similarity`].
pub fn cosine_similarity_loss(
    graph: &mut Graph,
    a: Value,
    b: Value,
    axis: usize,
) -> Result<Value, GraphError> {
    let cosines = cosine_similarity(graph, a, b, axis)?;
    let mean = graph.mean_all(cosines)?;
    let one = graph.scalar(1.0);
    graph.subtract(one, mean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;
    use crate::graph::tensor::Tensor;

    #[test]
    fn by_hand() {
        let mut graph = Graph::new("cosine");
        let a = graph.input("a", &[3, 2]);
        let b = graph.input("b", &[3, 2]);
        let cosines = cosine_similarity(&mut graph, a, b, 1).unwrap();
        let loss = cosine_similarity_loss(&mut graph, a, b, 1).unwrap();
        let fed = |values: [f64; 6]| Tensor::new(&[3, 2], values.to_vec()).unwrap();
        // At 0, 45 and 180 degrees.
        let feeds = [
            (a, fed([1.0, 2.0, 3.0, 0.0, 0.0, 5.0])),
            (b, fed([2.0, 4.0, 1.0, 1.0, 0.0, -1.0])),
        ];
        let found = evaluate(&graph, &[cosines, loss], &feeds).unwrap();
        let expected = [1.0, 0.5f64.sqrt(), -1.0];
        for (found, expected) in found[0].values().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12);
        }
        assert!((found[1].values()[0] - (1.0 - 0.5f64.sqrt() / 3.0)).abs() < 1e-12);
        let flat = graph.input("flat", &[6]);
        assert!(cosine_similarity(&mut graph, a, flat, 0).is_err());
    }
}
