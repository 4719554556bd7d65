//! What a graph costs to run, counted in multiply–accumulates.

use super::builder::{Graph, Source};
use super::shape::element_count;

/// One node of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCost {
    /// Its name, scopes before it, its operation last.
    pub name: String,
    /// The shape of what it makes.
    pub output_shape: Vec<usize>,
    /// Multiply–accumulates of convolutions, matrix products and fully connected layers, taps in the padding counted
    /// in; 0 for all other operations.
    pub multiply_accumulates: u64,
}

impl Graph {
    /// The nodes that the outputs depend on, in their order.
    pub fn node_costs(&self) -> Vec<NodeCost> {
        let roots: Vec<_> = self.outputs().iter().map(|(_, value)| *value).collect();
        self.needed_for(&roots)
            .into_iter()
            .filter_map(|value| match self.source(value) {
                Source::Node { operation, inputs } => {
                    let shapes: Vec<&[usize]> =
                        inputs.iter().map(|&input| self.shape(input)).collect();
                    let output_shape = self.shape(value).to_vec();
                    Some(NodeCost {
                        name: self.name(value).to_owned(),
                        multiply_accumulates: products(operation.name(), &shapes, &output_shape),
                        output_shape,
                    })
                }
                _ => None,
            })
            .collect()
    }
}

/// Multiply–accumulates of one node.
fn products(operation: &str, inputs: &[&[usize]], output: &[usize]) -> u64 {
    let (Some(x), Some(w)) = (inputs.first(), inputs.get(1)) else {
        return 0;
    };
    let per_first_axis = || element_count(w) / w.first().copied().unwrap_or(1).max(1);
    let count = match operation {
        // Kernels are (out, in/groups, …) and (in, out/groups, …).
        "Conv" => element_count(output) * per_first_axis(),
        "ConvTranspose" => element_count(x) * per_first_axis(),
        "Gemm" => element_count(output) * per_first_axis(),
        // Whichever way the first factor lies, rows · inner of it are (elements of its last two axes).
        "MatMul" => {
            let rows = output.iter().rev().nth(1).copied().unwrap_or(1).max(1);
            let plane: usize = x.iter().rev().take(2).product();
            element_count(output) * plane / rows
        }
        _ => 0,
    };
    count as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Window, layer};

    #[test]
    fn products_by_hand() {
        let mut graph = Graph::new("costs");
        let x = graph.input("x", &[2, 4, 10, 8]);
        let w = graph.input("w", &[6, 4, 3, 3]);
        let map = layer::conv2d(&mut graph, x, w, None, 2, 1).unwrap();
        let back = graph.input("back", &[6, 4, 2, 2]);
        let window = Window::square(2, 2, 0);
        let map = graph.conv_transpose(map, back, None, &window).unwrap();
        let deep = graph.input("deep", &[4, 1, 3, 3]);
        let map = layer::depthwise_conv(&mut graph, map, deep, None, 1, 1).unwrap();
        let flat = graph.flatten(map).unwrap();
        let linear = graph.input("linear", &[7, 320]);
        let y = graph.linear(flat, linear, None).unwrap();
        let square = graph.matmul_transposed(y, y, true, false).unwrap();
        graph.output("square", square);
        let costs: Vec<u64> = graph
            .node_costs()
            .iter()
            .map(|node| node.multiply_accumulates)
            .filter(|count| *count > 0)
            .collect();
        assert_eq!(
            costs,
            [
                2 * 6 * 5 * 4 * 4 * 9,
                2 * 6 * 5 * 4 * 4 * 4,
                2 * 4 * 10 * 8 * 9,
                2 * 7 * 320,
                7 * 2 * 7
            ]
        );
    }
}
