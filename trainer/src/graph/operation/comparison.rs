//! Comparing and choosing, element by element. Truth is 1 and falsehood 0, so that it can be counted and multiplied.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::{AttributeProto, BOOL, FLOAT};
use crate::graph::shape::{broadcast, broadcast_positions};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Inputs a and b, broadcast.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Comparison {
    Greater,
    Equal,
}

impl Operation for Comparison {
    fn name(&self) -> &'static str {
        match self {
            Comparison::Greater => "Greater",
            Comparison::Equal => "Equal",
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        broadcast(inputs[0], inputs[1]).ok_or_else(misfit)
    }

    fn encode(&self, site: &mut Site<'_>) {
        let truth = site.intermediate(self.name(), &site.inputs(), Vec::new());
        site.emit("Cast", &[truth], cast_to(FLOAT));
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let left = broadcast_positions(inputs[0].shape(), output_shape);
        let right = broadcast_positions(inputs[1].shape(), output_shape);
        Tensor::from_fn(output_shape, |flat| {
            let a = inputs[0].values()[left[flat]];
            let b = inputs[1].values()[right[flat]];
            let truth = match self {
                Comparison::Greater => a > b,
                Comparison::Equal => a == b,
            };
            f64::from(u8::from(truth))
        })
    }

    fn gradient(
        &self,
        _: &mut Graph,
        _: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        Ok(vec![None, None])
    }
}

/// Inputs mask, a and b, broadcast: a where the mask is not 0, else b.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Select;

impl Operation for Select {
    fn name(&self) -> &'static str {
        "Where"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        broadcast(inputs[0], inputs[1])
            .and_then(|both| broadcast(&both, inputs[2]))
            .ok_or_else(misfit)
    }

    fn encode(&self, site: &mut Site<'_>) {
        let (mask, a, b) = (site.input(0), site.input(1), site.input(2));
        let truth = site.intermediate("Cast", &[mask], cast_to(BOOL));
        site.emit("Where", &[truth, a, b], Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let [mask, a, b] = [0, 1, 2].map(|i| broadcast_positions(inputs[i].shape(), output_shape));
        Tensor::from_fn(output_shape, |flat| {
            if inputs[0].values()[mask[flat]] != 0.0 {
                inputs[1].values()[a[flat]]
            } else {
                inputs[2].values()[b[flat]]
            }
        })
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let &[mask, a, b] = node.inputs else {
            unreachable!("a choice is built with three inputs")
        };
        let zero = graph.scalar(0.0);
        let da = graph.select(mask, node.output_gradient, zero)?;
        let db = graph.select(mask, zero, node.output_gradient)?;
        let da = graph.sum_to_shape_of(da, a)?;
        let db = graph.sum_to_shape_of(db, b)?;
        Ok(vec![None, Some(da), Some(db)])
    }
}

fn misfit() -> String {
    "aligned at their last axis, sizes must be equal or 1: reshape one of them".to_owned()
}

fn cast_to(kind: i32) -> Vec<AttributeProto> {
    vec![AttributeProto::integer("to", i64::from(kind))]
}

impl Graph {
    /// 1 where a is above b, else 0, broadcast; no gradient passes.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn greater(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Comparison::Greater, &[a, b])
    }

    /// 1 where a equals b, else 0, broadcast; no gradient passes.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn equal(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Comparison::Equal, &[a, b])
    }

    /// a where the mask is not 0, else b, broadcast. The gradient goes to what was chosen, and what was not chosen may
    /// even be no number; none goes to the mask.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn select(&mut self, mask: Value, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Select, &[mask, a, b])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::reference::evaluate;

    #[test]
    fn what_is_not_chosen_leaves_no_trace() {
        let mut graph = Graph::new("choice");
        let x = graph.input("x", &[2]);
        let zero = graph.scalar(0.0);
        let root = graph.sqrt(x).unwrap();
        let positive = graph.greater(x, zero).unwrap();
        let safe = graph.select(positive, root, zero).unwrap();
        let loss = graph.sum_all(safe).unwrap();
        let gradient = graph.gradients(loss, &[safe]).unwrap();
        let fed = Tensor::new(&[2], vec![4.0, -1.0]).unwrap();
        let found = evaluate(&graph, &[safe, gradient[0]], &[(x, fed)]).unwrap();
        assert_eq!(found[0].values(), [2.0, 0.0]);
        assert_eq!(found[1].values(), [1.0, 1.0]);
    }

    #[test]
    fn shapes_that_do_not_broadcast_are_refused() {
        let mut graph = Graph::new("choice");
        let [a, b] = [("a", 2), ("b", 3)].map(|(name, size)| graph.input(name, &[size]));
        assert!(graph.greater(a, b).is_err());
        assert!(graph.select(a, a, b).is_err());
    }
}
