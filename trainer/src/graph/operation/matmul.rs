//! Matrix products, batched and transposed.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::{Opset, Site};
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::{broadcast, broadcast_positions, element_count};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
struct MatMul {
    transpose_a: bool,
    transpose_b: bool,
}

/// Rows and columns of the last two axes, after the transpose if there is one.
fn matrix(shape: &[usize], transpose: bool) -> Option<(&[usize], usize, usize)> {
    let (batch, last) = shape.split_at_checked(shape.len().checked_sub(2)?)?;
    Some(if transpose {
        (batch, last[1], last[0])
    } else {
        (batch, last[0], last[1])
    })
}

impl Operation for MatMul {
    fn name(&self) -> &'static str {
        "MatMul"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let a = matrix(inputs[0], self.transpose_a);
        let b = matrix(inputs[1], self.transpose_b);
        let (Some((batch_a, rows, inner_a)), Some((batch_b, inner_b, columns))) = (a, b) else {
            return Err("both need at least two dimensions: reshape first".to_owned());
        };
        if inner_a != inner_b {
            return Err(format!(
                "after transposes the first has {inner_a} columns and the second {inner_b} rows: make them equal"
            ));
        }
        let mut shape = broadcast(batch_a, batch_b)
            .ok_or("the axes before the last two must broadcast: reshape one of them")?;
        shape.extend([rows, columns]);
        Ok(shape)
    }

    fn encode(&self, site: &mut Site<'_>) {
        let mut inputs = site.inputs();
        let flags = [self.transpose_a, self.transpose_b];
        let plain_matrices = site.input_shape(0).len() == 2 && site.input_shape(1).len() == 2;
        let settings = |names: [&str; 2]| {
            names
                .iter()
                .zip(flags)
                .map(|(name, flag)| AttributeProto::integer(name, i64::from(flag)))
                .collect()
        };
        if flags == [false, false] {
            site.emit("MatMul", &inputs, Vec::new());
        } else if plain_matrices {
            site.emit("Gemm", &inputs, settings(["transA", "transB"]));
        } else if site.opset() == Opset::Training {
            site.emit_microsoft("FusedMatMul", &inputs, settings(["transA", "transB"]));
        } else {
            for (position, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
                let rank = site.input_shape(position).len();
                let mut permutation: Vec<usize> = (0..rank).collect();
                permutation.swap(rank - 1, rank - 2);
                let perm = AttributeProto::sizes("perm", &permutation);
                inputs[position] = site.intermediate("Transpose", &[&inputs[position]], vec![perm]);
            }
            site.emit("MatMul", &inputs, Vec::new());
        }
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let shapes = (
            matrix(inputs[0].shape(), self.transpose_a),
            matrix(inputs[1].shape(), self.transpose_b),
        );
        let (Some((batch_a, rows, inner)), Some((batch_b, _, columns))) = shapes else {
            unreachable!("infer_shape refused fewer than two dimensions")
        };
        let batch = &output_shape[..output_shape.len() - 2];
        let batches_a = broadcast_positions(batch_a, batch);
        let batches_b = broadcast_positions(batch_b, batch);
        let (a, b) = (inputs[0].values(), inputs[1].values());
        let mut output = Vec::with_capacity(element_count(output_shape));
        for (batch_a, batch_b) in batches_a.iter().zip(&batches_b) {
            let a = &a[batch_a * rows * inner..][..rows * inner];
            let b = &b[batch_b * inner * columns..][..inner * columns];
            for row in 0..rows {
                for column in 0..columns {
                    let products = (0..inner).map(|k| {
                        let left = if self.transpose_a {
                            a[k * rows + row]
                        } else {
                            a[row * inner + k]
                        };
                        let right = if self.transpose_b {
                            b[column * inner + k]
                        } else {
                            b[k * columns + column]
                        };
                        left * right
                    });
                    output.push(products.sum());
                }
            }
        }
        Tensor::new(output_shape, output).expect("one value per element was computed")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (a, b, dy) = (node.inputs[0], node.inputs[1], node.output_gradient);
        let (ta, tb) = (self.transpose_a, self.transpose_b);
        let da = if ta {
            graph.matmul_transposed(b, dy, tb, true)?
        } else {
            graph.matmul_transposed(dy, b, false, !tb)?
        };
        let db = if tb {
            graph.matmul_transposed(dy, a, true, ta)?
        } else {
            graph.matmul_transposed(a, dy, !ta, false)?
        };
        let da = graph.sum_to_shape_of(da, a)?;
        let db = graph.sum_to_shape_of(db, b)?;
        Ok(vec![Some(da), Some(db)])
    }
}

impl Graph {
    /// Matrix product over the last two axes: (…, m, k)·(…, k, n) → (…, m, n); axes before them broadcast.
    ///
    /// # Errors
    /// When the inner sizes differ, the batch axes do not broadcast, or either has fewer than two dimensions.
    pub fn matmul(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.matmul_transposed(a, b, false, false)
    }

    /// [`Graph::matmul`] with the last two axes of either input exchanged first, at no cost in the written model.
    ///
    /// # Errors
    /// Those of [`Graph::matmul`].
    pub fn matmul_transposed(
        &mut self,
        a: Value,
        b: Value,
        transpose_a: bool,
        transpose_b: bool,
    ) -> Result<Value, GraphError> {
        let operation = MatMul {
            transpose_a,
            transpose_b,
        };
        self.apply(operation, &[a, b])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_sizes_count_after_transposes() {
        let mut graph = Graph::new("matmul");
        let a = graph.input("a", &[2, 3, 4]);
        let b = graph.input("b", &[3, 5]);
        let vector = graph.input("vector", &[3]);
        let y = graph.matmul_transposed(a, b, true, false).unwrap();
        assert_eq!(graph.shape(y), [2, 4, 5]);
        let error = graph.matmul(a, b).unwrap_err().to_string();
        assert!(error.contains("4 columns and the second 3 rows"), "{error}");
        assert!(graph.matmul(a, vector).is_err());
    }
}
