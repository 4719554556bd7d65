//! Softmax and its logarithm over the last axis.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

#[derive(Debug, Clone, Copy, PartialEq)]
struct Softmax {
    logarithm: bool,
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
        match inputs[0].last() {
            Some(&size) if size > 0 => Ok(inputs[0].to_vec()),
            _ => Err("it needs a last axis with elements: reshape first".to_owned()),
        }
    }

    fn encode(&self, site: &mut Site<'_>) {
        let last = AttributeProto::integer("axis", -1);
        site.emit(self.name(), &site.inputs(), vec![last]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let size = output_shape[output_shape.len() - 1];
        let mut output = inputs[0].clone();
        for row in output.values_mut().chunks_exact_mut(size) {
            let greatest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|x| (x - greatest).exp()).sum();
            let shift = greatest + sum.ln();
            for x in row {
                *x -= shift;
                if !self.logarithm {
                    *x = x.exp();
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
        let last = graph.shape(y).len() - 1;
        let dx = if self.logarithm {
            // dy − softmax(x)·Σdy
            let probabilities = graph.exp(y)?;
            let sum = graph.reduce_sum(dy, &[last], true)?;
            let common = graph.multiply(probabilities, sum)?;
            graph.subtract(dy, common)?
        } else {
            // y·(dy − Σ dy·y)
            let weighted = graph.multiply(dy, y)?;
            let sum = graph.reduce_sum(weighted, &[last], true)?;
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
        self.apply(Softmax { logarithm: false }, &[x])
    }

    /// The logarithm of [`Graph::softmax`], without its loss of precision.
    ///
    /// # Errors
    /// When there is no last axis with elements.
    pub fn log_softmax(&mut self, x: Value) -> Result<Value, GraphError> {
        self.apply(Softmax { logarithm: true }, &[x])
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
    }

    #[test]
    fn large_inputs_do_not_overflow() {
        let x = Tensor::new(&[1, 2], vec![1000.0, 999.0]).unwrap();
        let y = Softmax { logarithm: true }.evaluate(&[&x], &[1, 2]);
        let expected = -(1.0 + (-1.0f64).exp()).ln();
        assert!((y.values()[0] - expected).abs() < 1e-12);
    }
}
