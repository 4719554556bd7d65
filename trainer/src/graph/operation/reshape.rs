//! Giving a tensor another shape, or its axes another order.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::{AttributeProto, integers};
use crate::graph::shape::{element_count, indices, position, strides};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, PartialEq)]
struct Reshape {
    shape: Vec<usize>,
}

impl Operation for Reshape {
    fn name(&self) -> &'static str {
        "Reshape"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (found, wanted) = (element_count(inputs[0]), element_count(&self.shape));
        if found == wanted {
            Ok(self.shape.clone())
        } else {
            Err(format!(
                "it has {found} elements but {:?} has {wanted}: keep the number of elements",
                self.shape
            ))
        }
    }

    fn encode(&self, site: &mut Site<'_>) {
        let shape = site.integers(&integers(&self.shape));
        site.emit("Reshape", &[site.input(0), shape], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        Tensor::from_fn(output_shape, |flat| inputs[0].values()[flat])
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let shape = graph.shape(node.inputs[0]).to_vec();
        Ok(vec![Some(graph.reshape(node.output_gradient, &shape)?)])
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Transpose {
    permutation: Vec<usize>,
}

impl Operation for Transpose {
    fn name(&self) -> &'static str {
        "Transpose"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let mut sorted = self.permutation.clone();
        sorted.sort_unstable();
        if sorted != (0..inputs[0].len()).collect::<Vec<usize>>() {
            return Err(format!(
                "the permutation {:?} must name each of its {} axes once",
                self.permutation,
                inputs[0].len()
            ));
        }
        Ok(self
            .permutation
            .iter()
            .map(|&axis| inputs[0][axis])
            .collect())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let perm = AttributeProto::sizes("perm", &self.permutation);
        site.emit("Transpose", &site.inputs(), vec![perm]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let own = strides(inputs[0].shape());
        let steps: Vec<usize> = self.permutation.iter().map(|&axis| own[axis]).collect();
        let values = indices(output_shape)
            .map(|index| inputs[0].values()[position(&index, &steps)])
            .collect();
        Tensor::new(output_shape, values).expect("one value per element was computed")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let mut inverse = vec![0; self.permutation.len()];
        for (to, &from) in self.permutation.iter().enumerate() {
            inverse[from] = to;
        }
        Ok(vec![Some(graph.transpose(node.output_gradient, &inverse)?)])
    }
}

impl Graph {
    /// The same elements in the same row-major order under another shape.
    ///
    /// # Errors
    /// When the number of elements would change.
    pub fn reshape(&mut self, x: Value, shape: &[usize]) -> Result<Value, GraphError> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        let shape = shape.to_vec();
        self.apply(Reshape { shape }, &[x])
    }

    /// (batch, …) → (batch, everything else).
    ///
    /// # Errors
    /// When x is a scalar.
    pub fn flatten(&mut self, x: Value) -> Result<Value, GraphError> {
        let Some((&batch, rest)) = self.shape(x).split_first() else {
            let reason = "a scalar has no batch axis: give it one".to_owned();
            return Err(self.refuse("Flatten", &[x], reason));
        };
        let shape = [batch, element_count(rest)];
        self.reshape(x, &shape)
    }

    /// Axes in another order: axis `i` of the result is axis `permutation[i]` of x.
    ///
    /// # Errors
    /// When the permutation does not name each axis once.
    pub fn transpose(&mut self, x: Value, permutation: &[usize]) -> Result<Value, GraphError> {
        let permutation = permutation.to_vec();
        self.apply(Transpose { permutation }, &[x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshape_keeps_the_number_of_elements() {
        let mut graph = Graph::new("reshape");
        let x = graph.input("x", &[2, 3]);
        assert_eq!(graph.reshape(x, &[2, 3]), Ok(x));
        let error = graph.reshape(x, &[4]).unwrap_err().to_string();
        assert!(error.contains("6 elements but [4] has 4"), "{error}");
    }

    #[test]
    fn transpose_needs_every_axis_once() {
        let mut graph = Graph::new("transpose");
        let x = graph.input("x", &[2, 3, 4]);
        let y = graph.transpose(x, &[2, 0, 1]).unwrap();
        assert_eq!(graph.shape(y), [4, 2, 3]);
        assert!(graph.transpose(x, &[0, 1]).is_err());
        assert!(graph.transpose(x, &[0, 1, 1]).is_err());
    }
}
