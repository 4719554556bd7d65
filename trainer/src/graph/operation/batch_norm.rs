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

/// From so many samples of a channel on, the sum of their products is taken as a product of a row and a column, so that
/// the products themselves are never written to memory.
const WORTH_A_PRODUCT: usize = 64;

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
    /// Gradient with respect to x where mean and variance depend on it: per channel `dy·A + (x − μ)·B − A·Σdy/m`, with
    /// A = γ/σ and B = −γ/σ³·Σdy·(x − μ)/m. All but the first term is itself a normalisation of x, which the operator
    /// does while it goes over x once.
    fn gradient_through_statistics(
        self,
        graph: &mut Graph,
        node: &NodeInGradient<'_>,
        sums: &ChannelSums,
        inverse_deviation: Value,
    ) -> Result<Value, GraphError> {
        let &[x, gamma, _, mean, variance] = node.inputs else {
            unreachable!("batch normalisation is built with five inputs")
        };
        let share = -1.0 / graph.samples_per_channel(x) as f32;
        let a = graph.multiply(gamma, inverse_deviation)?;
        let from_mean = graph.multiply(a, sums.plain)?;
        let from_mean = graph.scale(from_mean, share)?;
        let b_times_deviation = graph.multiply(a, inverse_deviation)?;
        let b_times_deviation = graph.multiply(b_times_deviation, sums.centred)?;
        let b_times_deviation = graph.scale(b_times_deviation, share)?;
        let operation = BatchNorm {
            own_statistics: false,
            ..self
        };
        let inputs = [x, b_times_deviation, from_mean, mean, variance];
        let from_statistics = graph.apply(operation, &inputs)?;
        let a = graph.per_channel(a, x)?;
        let from_output = graph.multiply(node.output_gradient, a)?;
        graph.add(from_output, from_statistics)
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
        let weighted = graph.product_per_channel(dy, x)?;
        let of_mean = graph.multiply(mean, plain)?;
        let centred = graph.subtract(weighted, of_mean)?;
        let sums = ChannelSums { plain, centred };

        let dgamma = graph.multiply(centred, inverse_deviation)?;
        let slope = graph.multiply(gamma, inverse_deviation)?;
        if self.own_statistics {
            let dx = self.gradient_through_statistics(graph, node, &sums, inverse_deviation)?;
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
        let squares = self.product_per_channel(centred, centred)?;
        let count = self.samples_per_channel(x) as f32;
        let variance = self.scale(squares, 1.0 / count)?;
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

    fn samples_per_channel(&self, x: Value) -> usize {
        let shape = self.shape(x);
        element_count(shape) / shape[1].max(1)
    }

    /// Sums of a·b over the batch for each channel: a and b (n, channels, …) → (channels).
    fn product_per_channel(&mut self, a: Value, b: Value) -> Result<Value, GraphError> {
        let &[n, channels, ref rest @ ..] = self.shape(a) else {
            unreachable!("batch normalisation refuses fewer than two dimensions")
        };
        let plane = element_count(rest);
        if plane < WORTH_A_PRODUCT {
            let products = self.multiply(a, b)?;
            return self.sum_per_channel(products);
        }
        let rows = [n, channels, 1, plane];
        let (a, b) = (self.reshape(a, &rows)?, self.reshape(b, &rows)?);
        let products = self.matmul_transposed(a, b, false, true)?;
        self.reduce_sum(products, &[0, 2, 3], false)
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
