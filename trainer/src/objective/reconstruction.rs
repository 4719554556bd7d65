//! How far a rebuilt signal or picture is from the true one. Both losses are means over all elements.

pub use crate::graph::loss::{mean_absolute_error, mean_squared_error};

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
        let absolute = mean_absolute_error(&mut graph, rebuilt, truth).unwrap();
        let squared = mean_squared_error(&mut graph, rebuilt, truth).unwrap();
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
