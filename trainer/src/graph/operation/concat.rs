//! Joining tensors along an axis.

use super::{NodeInGradient, Operation, check_axis};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::element_count;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Concat {
    axis: usize,
}

impl Operation for Concat {
    fn name(&self) -> &'static str {
        "Concat"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let Some((first, others)) = inputs.split_first() else {
            return Err("there is nothing to join: give at least one value".to_owned());
        };
        check_axis(self.axis, first.len())?;
        let mut shape = first.to_vec();
        for other in others {
            let fits = other.len() == shape.len()
                && (0..shape.len()).all(|axis| axis == self.axis || other[axis] == shape[axis]);
            if !fits {
                return Err(format!(
                    "all axes but axis {} must have equal sizes",
                    self.axis
                ));
            }
            shape[self.axis] += other[self.axis];
        }
        Ok(shape)
    }

    fn encode(&self, site: &mut Site<'_>) {
        let axis = AttributeProto::integer("axis", self.axis as i64);
        site.emit("Concat", &site.inputs(), vec![axis]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let outer = element_count(&output_shape[..self.axis]);
        let mut values = Vec::with_capacity(element_count(output_shape));
        for block in 0..outer {
            for input in inputs {
                let length = element_count(&input.shape()[self.axis..]);
                values.extend_from_slice(&input.values()[block * length..][..length]);
            }
        }
        Tensor::new(output_shape, values).expect("one value per element was copied")
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let mut start = 0;
        node.inputs
            .iter()
            .map(|&input| {
                let end = start + graph.shape(input)[self.axis];
                let part = graph.slice(node.output_gradient, self.axis, start, end)?;
                start = end;
                Ok(Some(part))
            })
            .collect()
    }
}

impl Graph {
    /// Values joined along an axis, in order.
    ///
    /// # Errors
    /// When there are none, the axis does not exist or another axis differs in size.
    pub fn concat(&mut self, values: &[Value], axis: usize) -> Result<Value, GraphError> {
        self.apply(Concat { axis }, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mismatched_parts_are_refused() {
        let mut graph = Graph::new("concat");
        let a = graph.input("a", &[2, 3]);
        let b = graph.input("b", &[2, 5]);
        let joined = graph.concat(&[a, b], 1).unwrap();
        assert_eq!(graph.shape(joined), [2, 8]);
        assert!(graph.concat(&[a, b], 0).is_err());
        assert!(graph.concat(&[a, b], 2).is_err());
        assert!(graph.concat(&[], 0).is_err());
    }
}
