//! Repeating along axes, and its converse.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::integers;
use crate::graph::shape::{broadcast, broadcast_axes, broadcast_positions};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, PartialEq)]
struct BroadcastTo {
    shape: Vec<usize>,
}

impl Operation for BroadcastTo {
    fn name(&self) -> &'static str {
        "Expand"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        if broadcast(inputs[0], &self.shape).as_deref() == Some(&self.shape) {
            Ok(self.shape.clone())
        } else {
            Err(format!(
                "it does not broadcast to {:?}: each axis must have that size or 1",
                self.shape
            ))
        }
    }

    fn encode(&self, site: &mut Site<'_>) {
        let shape = site.integers(&integers(&self.shape));
        site.emit("Expand", &[site.input(0), shape], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let positions = broadcast_positions(inputs[0].shape(), output_shape);
        Tensor::from_fn(output_shape, |flat| inputs[0].values()[positions[flat]])
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let dx = graph.sum_to_shape_of(node.output_gradient, node.inputs[0])?;
        Ok(vec![Some(dx)])
    }
}

impl Graph {
    /// x repeated along its axes of size 1, and along new leading axes, to fill a shape.
    ///
    /// # Errors
    /// When x does not broadcast to exactly that shape.
    pub fn broadcast_to(&mut self, x: Value, shape: &[usize]) -> Result<Value, GraphError> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        let shape = shape.to_vec();
        self.apply(BroadcastTo { shape }, &[x])
    }

    /// A gradient summed over every axis along which `model` was repeated to give its shape.
    pub(crate) fn sum_to_shape_of(
        &mut self,
        gradient: Value,
        model: Value,
    ) -> Result<Value, GraphError> {
        let part = self.shape(model).to_vec();
        let axes = broadcast_axes(&part, self.shape(gradient));
        let summed = if axes.is_empty() {
            gradient
        } else {
            self.reduce_sum(gradient, &axes, true)?
        };
        self.reshape(summed, &part)
    }
}
