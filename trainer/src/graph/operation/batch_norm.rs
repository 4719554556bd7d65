//! Batch normalisation (Ioffe & Szegedy 2015), in training and in inference.
//!
//! ONNX's own training mode is not used: ONNX Runtime's CUDA provider refuses it, and its CPU provider gave wrong running
//! means. The batch's mean and variance are computed beside it and fed to the inference operator.

use super::{NodeInGradient, Operation};
use crate::graph::builder::Graph;
use crate::graph::encode::Site;
use crate::graph::error::GraphError;
use crate::graph::onnx::AttributeProto;
use crate::graph::shape::element_count;
use crate::graph::tensor::Tensor;
use crate::graph::value::Value;

/// What batch normalisation makes in training.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchNormTraining {
    /// Normalised, scaled and shifted x, of x's shape.
    pub output: Value,
    /// Mean of each channel over the batch, (channels).
    pub mean: Value,
    /// Biased variance of each channel over the batch (divided by the count), (channels).
    pub variance: Value,
}

/// Inputs: x (n, channels, …), gamma, beta, mean and variance (channels).
#[derive(Debug, Clone, Copy, PartialEq)]
struct BatchNorm {
    epsilon: f32,
    /// Whether mean and variance are those of x, so that x's gradient goes through them too.
    own_statistics: bool,
}

impl BatchNorm {
    /// Gradient with respect to x where mean and variance depend on it: per channel `dy·A + x·B + C`, with
    /// A = γ/σ, B = −γ/σ³·(Σdy·x − μΣdy)/m, C = −A·Σdy/m − B·μ.
    fn gradient_through_statistics(
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
        sums: &ChannelSums,
        inverse_deviation: Value,
    ) -> Result<Value, GraphError> {
        let (x, gamma, mean) = (node.inputs[0], node.inputs[1], node.inputs[3]);
        let shape = graph.shape(x);
        let count = (element_count(shape) / shape[1].max(1)) as f32;
        let a = graph.multiply(gamma, inverse_deviation)?;
        let inverse_variance = graph.square(inverse_deviation)?;
        let a_over_variance = graph.multiply(a, inverse_variance)?;
        let b = graph.multiply(a_over_variance, sums.centred)?;
        let b = graph.scale(b, -1.0 / count)?;
        let from_mean = graph.multiply(a, sums.plain)?;
        let from_mean = graph.scale(from_mean, 1.0 / count)?;
        let from_variance = graph.multiply(b, mean)?;
        let minus_c = graph.add(from_mean, from_variance)?;

        let (a, b) = (graph.per_channel(a, x)?, graph.per_channel(b, x)?);
        let minus_c = graph.per_channel(minus_c, x)?;
        let from_output = graph.multiply(node.output_gradient, a)?;
        let from_input = graph.multiply(x, b)?;
        let both = graph.add(from_output, from_input)?;
        graph.subtract(both, minus_c)
    }
}

/// Sums over the batch for each channel, (channels).
struct ChannelSums {
    /// Σdy
    plain: Value,
    /// Σdy·(x − μ)
    centred: Value,
}

impl Operation for BatchNorm {
    fn name(&self) -> &'static str {
        "BatchNormalization"
    }

    fn infer_shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>, String> {
        let &[_, channels, ..] = inputs[0] else {
            return Err("needs x of shape (batch, channels, …)".to_owned());
        };
        if inputs[1..].iter().any(|shape| **shape != [channels]) {
            return Err(format!(
                "gamma, beta, mean and variance must have shape [{channels}]"
            ));
        }
        Ok(inputs[0].to_vec())
    }

    fn encode(&self, site: &mut Site<'_>) {
        let epsilon = AttributeProto::float("epsilon", self.epsilon);
        site.emit("BatchNormalization", &site.inputs(), vec![epsilon]);
    }

    fn evaluate(&self, inputs: &[&Tensor], output_shape: &[usize]) -> Tensor {
        let plane = element_count(&output_shape[2..]);
        let [x, gamma, beta, mean, variance] = [0, 1, 2, 3, 4].map(|i| inputs[i].values());
        Tensor::from_fn(output_shape, |flat| {
            let channel = flat / plane % output_shape[1];
            let deviation = (variance[channel] + f64::from(self.epsilon)).sqrt();
            (x[flat] - mean[channel]) / deviation * gamma[channel] + beta[channel]
        })
    }

    fn gradient(
        &self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
    ) -> Result<Vec<Option<Value>>, GraphError> {
        let dy = node.output_gradient;
        let &[x, gamma, _, mean, variance] = node.inputs else {
            unreachable!("batch normalisation is built with five inputs")
        };
        let shifted = graph.offset(variance, self.epsilon)?;
        let deviation = graph.sqrt(shifted)?;
        let inverse_deviation = graph.reciprocal(deviation)?;

        let plain = graph.sum_per_channel(dy)?;
        let weighted = graph.multiply(dy, x)?;
        let weighted = graph.sum_per_channel(weighted)?;
        let of_mean = graph.multiply(mean, plain)?;
        let centred = graph.subtract(weighted, of_mean)?;
        let sums = ChannelSums { plain, centred };

        let dgamma = graph.multiply(centred, inverse_deviation)?;
        let slope = graph.multiply(gamma, inverse_deviation)?;
        if self.own_statistics {
            let dx = Self::gradient_through_statistics(graph, node, &sums, inverse_deviation)?;
            return Ok(vec![Some(dx), Some(dgamma), Some(plain), None, None]);
        }
        let wide_slope = graph.per_channel(slope, x)?;
        let dx = graph.multiply(dy, wide_slope)?;
        let dmean = graph.multiply(slope, plain)?;
        let dmean = graph.negate(dmean)?;
        // dy/dσ² = −½·γ·(x − μ)/σ³
        let inverse_variance = graph.square(inverse_deviation)?;
        let dvariance = graph.multiply(slope, inverse_variance)?;
        let dvariance = graph.multiply(dvariance, centred)?;
        let dvariance = graph.scale(dvariance, -0.5)?;
        Ok(vec![
            Some(dx),
            Some(dgamma),
            Some(plain),
            Some(dmean),
            Some(dvariance),
        ])
    }
}

impl Graph {
    /// x normalised for each channel by the mean and variance of the batch, times gamma plus beta. x (batch, channels,
    /// …), gamma and beta (channels). The statistics come along to update running ones
    /// with [`crate::graph::layer::running_mean`] and [`crate::graph::layer::running_variance`].
    ///
    /// # Errors
    /// When the shapes are not those or a channel has no elements.
    pub fn batch_norm_training(
        &mut self,
        x: Value,
        gamma: Value,
        beta: Value,
        epsilon: f32,
    ) -> Result<BatchNormTraining, GraphError> {
        if self.shape(x).len() < 2 {
            let reason = "needs x of shape (batch, channels, …)".to_owned();
            return Err(self.refuse("BatchNormalization", &[x, gamma, beta], reason));
        }
        let axes = self.all_but_channels(x);
        let mean = self.reduce_mean(x, &axes, false)?;
        let wide_mean = self.per_channel(mean, x)?;
        let centred = self.subtract(x, wide_mean)?;
        let squared = self.square(centred)?;
        let variance = self.reduce_mean(squared, &axes, false)?;
        let operation = BatchNorm {
            epsilon,
            own_statistics: true,
        };
        let output = self.apply(operation, &[x, gamma, beta, mean, variance])?;
        Ok(BatchNormTraining {
            output,
            mean,
            variance,
        })
    }

    /// x normalised for each channel by a given mean and variance, times gamma plus beta. x (batch, channels, …), the
    /// others (channels).
    ///
    /// # Errors
    /// When the shapes are not those.
    pub fn batch_norm_inference(
        &mut self,
        x: Value,
        gamma: Value,
        beta: Value,
        mean: Value,
        variance: Value,
        epsilon: f32,
    ) -> Result<Value, GraphError> {
        let operation = BatchNorm {
            epsilon,
            own_statistics: false,
        };
        self.apply(operation, &[x, gamma, beta, mean, variance])
    }

    fn all_but_channels(&self, x: Value) -> Vec<usize> {
        (0..self.shape(x).len()).filter(|axis| *axis != 1).collect()
    }

    /// (n, channels, …) → (channels).
    fn sum_per_channel(&mut self, x: Value) -> Result<Value, GraphError> {
        let axes = self.all_but_channels(x);
        self.reduce_sum(x, &axes, false)
    }

    /// (channels) → (channels, 1, …), which broadcasts against `model`, (n, channels, …).
    fn per_channel(&mut self, statistic: Value, model: Value) -> Result<Value, GraphError> {
        let mut shape = vec![1; self.shape(model).len() - 1];
        shape[0] = self.shape(model)[1];
        self.reshape(statistic, &shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_must_match_the_channels() {
        let mut graph = Graph::new("batch norm");
        let x = graph.input("x", &[2, 3, 4]);
        let good = graph.input("good", &[3]);
        let bad = graph.input("bad", &[4]);
        let made = graph.batch_norm_training(x, good, good, 1e-5).unwrap();
        assert_eq!(graph.shape(made.output), [2, 3, 4]);
        assert_eq!(graph.shape(made.variance), [3]);
        let error = graph.batch_norm_training(x, good, bad, 1e-5).unwrap_err();
        assert!(error.to_string().contains("shape [3]"), "{error}");
        assert!(graph.batch_norm_training(good, good, good, 1e-5).is_err());
    }
}
