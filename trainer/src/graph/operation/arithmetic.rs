//! Addition, subtraction, multiplication, division, maximum and minimum with NumPy broadcasting.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::shape::{broadcast, broadcast_positions};
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Maximum,
    Minimum,
}

impl Operation for Arithmetic {
    fn name(&self) -> &'static str {
        match self {
            Arithmetic::Add => "Add",
            Arithmetic::Subtract => "Sub",
            Arithmetic::Multiply => "Mul",
            Arithmetic::Divide => "Div",
            Arithmetic::Maximum => "Max",
            Arithmetic::Minimum => "Min",
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        broadcast(inputs[0], inputs[1]).ok_or_else(|| {
            "aligned at their last axis, sizes must be equal or 1: reshape one of them".to_owned()
        })
    }

    fn encode(&self, site: &mut Site<'_>) {
        site.emit(self.name(), &site.inputs(), Vec::new());
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let left = broadcast_positions(inputs[0].shape(), output_shape);
        let right = broadcast_positions(inputs[1].shape(), output_shape);
        Tensor::from_fn(output_shape, |flat| {
            let a = inputs[0].values()[left[flat]];
            let b = inputs[1].values()[right[flat]];
            match self {
                Arithmetic::Add => a + b,
                Arithmetic::Subtract => a - b,
                Arithmetic::Multiply => a * b,
                Arithmetic::Divide => a / b,
                Arithmetic::Maximum => a.max(b),
                Arithmetic::Minimum => a.min(b),
            }
        })
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (a, b, dy) = (node.inputs[0], node.inputs[1], node.output_gradient);
        let (da, db) = match self {
            Arithmetic::Add => (dy, dy),
            Arithmetic::Subtract => (dy, graph.negate(dy)?),
            Arithmetic::Multiply => (graph.multiply(dy, b)?, graph.multiply(dy, a)?),
            Arithmetic::Divide => {
                let da = graph.divide(dy, b)?;
                let slope = graph.multiply(da, node.output)?;
                (da, graph.negate(slope)?)
            }
            // Where both are equal the second one has the gradient.
            Arithmetic::Maximum | Arithmetic::Minimum => {
                let difference = match self {
                    Arithmetic::Maximum => graph.subtract(a, b)?,
                    _ => graph.subtract(b, a)?,
                };
                let first = graph.step(difference)?;
                let da = graph.multiply(dy, first)?;
                (da, graph.subtract(dy, da)?)
            }
        };
        let da = graph.sum_to_shape_of(da, a)?;
        let db = graph.sum_to_shape_of(db, b)?;
        Ok(vec![Some(da), Some(db)])
    }
}

impl Graph {
    /// `a + b`, broadcast.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn add(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Add, &[a, b])
    }

    /// `a − b`, broadcast.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn subtract(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Subtract, &[a, b])
    }

    /// `a · b` element by element, broadcast.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn multiply(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Multiply, &[a, b])
    }

    /// `a / b`, broadcast.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn divide(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Divide, &[a, b])
    }

    /// The greater of the two, element by element, broadcast. Of two equal ones `b` has the gradient.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn maximum(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Maximum, &[a, b])
    }

    /// The lesser of the two, element by element, broadcast. Of two equal ones `b` has the gradient.
    ///
    /// # Errors
    /// When the shapes do not broadcast.
    pub fn minimum(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        self.apply(Arithmetic::Minimum, &[a, b])
    }

    /// `x` times a fixed number.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn scale(&mut self, x: Value, factor: f32) -> Result<Value, GraphError> {
        let factor = self.scalar(factor);
        self.multiply(x, factor)
    }

    /// `x` plus a fixed number.
    ///
    /// # Errors
    /// Those of [`Graph::apply`].
    pub fn offset(&mut self, x: Value, term: f32) -> Result<Value, GraphError> {
        let term = self.scalar(term);
        self.add(x, term)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_that_do_not_broadcast_are_named() {
        let mut graph = Graph::new("arithmetic");
        let a = graph.input("a", &[2, 3]);
        let b = graph.input("b", &[2]);
        let error = graph.add(a, b).unwrap_err().to_string();
        assert!(error.contains("shapes [2, 3] and [2]"), "{error}");
    }
}
