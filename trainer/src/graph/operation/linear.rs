//! The fully connected layer.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// Inputs: x (n, in), w (out, in) and, where there is one, b (out).
#[derive(Debug, Clone, Copy, PartialEq)]
struct Linear;

impl Operation for Linear {
    fn name(&self) -> &'static str {
        "Gemm"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let (&[rows, features], &[outputs, weight_features]) = (inputs[0], inputs[1]) else {
            return Err("needs x of shape (batch, in) and w of shape (out, in)".to_owned());
        };
        if features != weight_features {
            return Err(format!(
                "x has {features} features but w takes {weight_features}: w must be (out, {features})"
            ));
        }
        match inputs.get(2) {
            Some(bias) if **bias != [outputs] => {
                Err(format!("the bias must have shape [{outputs}]"))
            }
            _ => Ok(vec![rows, outputs]),
        }
    }

    fn encode(&self, site: &mut Site<'_>) {
        let transposed = AttributeProto::integer("transB", 1);
        site.emit("Gemm", &site.inputs(), vec![transposed]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let (outputs, features) = (output_shape[1], inputs[0].shape()[1]);
        let (x, w) = (inputs[0].values(), inputs[1].values());
        Tensor::from_fn(output_shape, |flat| {
            let (row, output) = (flat / outputs, flat % outputs);
            let sum: f64 = (0..features)
                .map(|k| x[row * features + k] * w[output * features + k])
                .sum();
            sum + inputs.get(2).map_or(0.0, |bias| bias.values()[output])
        })
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let (x, w, dy) = (node.inputs[0], node.inputs[1], node.output_gradient);
        let dx = graph.matmul(dy, w)?;
        let dw = graph.matmul_transposed(dy, x, true, false)?;
        let mut gradients = vec![Some(dx), Some(dw)];
        if node.inputs.len() == 3 {
            gradients.push(Some(graph.reduce_sum(dy, &[0], false)?));
        }
        Ok(gradients)
    }
}

impl Graph {
    /// `x·wᵀ + b`: x (batch, in), w (out, in) as PyTorch stores it, b (out) → (batch, out).
    ///
    /// # Errors
    /// When the shapes are not those.
    pub fn linear(&mut self, x: Value, w: Value, bias: Option<Value>) -> Result<Value, GraphError> {
        let inputs: Vec<Value> = [x, w].into_iter().chain(bias).collect();
        self.apply(Linear, &inputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_and_bias_must_fit() {
        let mut graph = Graph::new("linear");
        let x = graph.input("x", &[8, 5]);
        let w = graph.input("w", &[3, 5]);
        let b = graph.input("b", &[3]);
        let y = graph.linear(x, w, Some(b)).unwrap();
        assert_eq!(graph.shape(y), [8, 3]);
        let error = graph.linear(w, x, Some(b)).unwrap_err().to_string();
        assert!(error.contains("bias must have shape [8]"), "{error}");
        let error = graph.linear(y, w, None).unwrap_err().to_string();
        assert!(error.contains("w must be (out, 3)"), "{error}");
        assert!(graph.linear(b, w, None).is_err());
    }
}
