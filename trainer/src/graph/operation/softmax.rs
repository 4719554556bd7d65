//! Softmax and its logarithm over one axis.

use super::{NodeInGradient, Operation, check_axis};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::element_count;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Softmax {
    logarithm: bool,
    axis: usize,
}

impl Operation for Softmax {
    fn name(&self) -> &'static str {
        if self.logarithm {
            "LogSoftmax"
        } else {
            "Softmax"
        }
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        check_axis(self.axis, inputs[0].len())?;
        if inputs[0][self.axis] == 0 {
            return Err(format!("axis {} needs elements: reshape first", self.axis));
        }
        Ok(inputs[0].to_vec())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let axis = AttributeProto::integer("axis", self.axis as i64);
        site.emit(self.name(), &site.inputs(), vec![axis]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let size = output_shape[self.axis];
        let step = element_count(&output_shape[self.axis + 1..]);
        let mut output = inputs[0].clone();
        for block in output.values_mut().chunks_exact_mut(size * step) {
            for lane in 0..step {
                let places = || (lane..size * step).step_by(step);
                let greatest = places()
                    .map(|at| block[at])
                    .fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = places().map(|at| (block[at] - greatest).exp()).sum();
                let shift = greatest + sum.ln();
                for at in places() {
                    block[at] -= shift;
                    if !self.logarithm {
                        block[at] = block[at].exp();
                    }
                }
            }
        }
        output
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (y, dy) = (node.output, node.output_gradient);
        let dx = if self.logarithm {
            // dy − softmax(x)·Σdy
            let probabilities = graph.exp(y)?;
            let sum = graph.reduce_sum(dy, &[self.axis], true)?;
            let common = graph.multiply(probabilities, sum)?;
            graph.subtract(dy, common)?
        } else {
            // y·(dy − Σ dy·y)
            let weighted = graph.multiply(dy, y)?;
            let sum = graph.reduce_sum(weighted, &[self.axis], true)?;
            let centred = graph.subtract(dy, sum)?;
            graph.multiply(y, centred)?
        };
        Ok(vec![Some(dx)])
    }
}

impl Graph {
    /// `exp(x) / Σ exp(x)` over the last axis.
    ///
    /// # Errors
    /// When there is no last axis with elements.
    pub fn softmax(&mut self, x: Value) -> Result<Value, GraphError> {
        self.softmax_over(x, self.last_axis(x))
    }

    /// `exp(x) / Σ exp(x)` over an axis.
    ///
    /// # Errors
    /// When the axis does not exist or has no elements.
    pub fn softmax_over(&mut self, x: Value, axis: usize) -> Result<Value, GraphError> {
        let logarithm = false;
        self.apply(Softmax { logarithm, axis }, &[x])
    }

    /// The logarithm of [`Graph::softmax`], without its loss of precision.
    ///
    /// # Errors
    /// When there is no last axis with elements.
    pub fn log_softmax(&mut self, x: Value) -> Result<Value, GraphError> {
        self.log_softmax_over(x, self.last_axis(x))
    }

    /// The logarithm of [`Graph::softmax_over`], without its loss of precision.
    ///
    /// # Errors
    /// When the axis does not exist or has no elements.
    pub fn log_softmax_over(&mut self, x: Value, axis: usize) -> Result<Value, GraphError> {
        let logarithm = true;
        self.apply(Softmax { logarithm, axis }, &[x])
    }

    /// The last axis; 0, which does not exist, for a scalar.
    fn last_axis(&self, x: Value) -> usize {
        self.shape(x).len().saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalar_is_refused() {
        let mut graph = Graph::new("softmax");
        let x = graph.input("x", &[]);
        assert!(graph.softmax(x).is_err());
        let matrix = graph.input("matrix", &[2, 3]);
        assert!(graph.softmax_over(matrix, 2).is_err());
    }

    #[test]
    fn large_inputs_do_not_overflow() {
        let x = Tensor::new(&[1, 2], vec![1000.0, 999.0]).unwrap();
        let y = Softmax {
            logarithm: true,
            axis: 1,
        }
        .evaluate(&[&x], &[1, 2]);
        let expected = -(1.0 + (-1.0f64).exp()).ln();
        assert!((y.values()[0] - expected).abs() < 1e-12);
    }
}
