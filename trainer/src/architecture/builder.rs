//! One description of a network that serves training and serving alike.
//!
//! A network is a function of a [`NetworkBuilder`]. In [`Mode::Training`] its parameters are graph inputs named
//! `state/NAME`, so that they can stay on the device and be replaced by their successors; in [`Mode::Inference`] they
//! are constants of the graph.

use super::parameters::{Initialisation, Kind, ParameterTable};
use crate::graph::{Graph, GraphError, Value, layer};

/// What a graph is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Parameters are inputs, normalisation uses the batch.
    Training,
    /// Parameters are constants, normalisation uses the running statistics.
    Inference,
}

/// How a layer's first values are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Normal, for a layer that a rectifier follows; the bias zero.
    Rectified,
    /// Normal, for a layer that no rectifier follows; the bias zero.
    Linear,
    /// Uniform, weight and bias, as PyTorch does it.
    Uniform,
}

/// A convolution's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Side of the kernel, odd.
    pub kernel: usize,
    /// 1 keeps the size, 2 halves it.
    pub stride: usize,
    /// Whether a bias is added; a batch normalisation that follows would take it out again.
    pub bias: bool,
    /// First values.
    pub start: Start,
}

impl Convolution {
    /// 3 × 3, size kept, no bias, a rectifier behind it.
    pub const PLAIN: Convolution = Convolution {
        kernel: 3,
        stride: 1,
        bias: false,
        start: Start::Rectified,
    };
}

/// A parameter that a training graph reads.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedParameter {
    /// Its name in the table.
    pub name: String,
    /// What it is to the optimiser.
    pub kind: Kind,
    /// Its value at the beginning of the step.
    pub value: Value,
    /// A statistic's value at the end of the step; the optimiser makes the others'.
    pub next: Option<Value>,
}

/// Builds networks into a graph and keeps account of the parameters they use.
pub struct NetworkBuilder<'a> {
    /// The graph.
    pub graph: &'a mut Graph,
    table: &'a mut ParameterTable,
    mode: Mode,
    used: Vec<UsedParameter>,
}

/// Share of the newest batch in the running statistics (PyTorch's default).
const MOMENTUM: f32 = 0.1;
/// Added to the variance before its root is taken (PyTorch's default).
const EPSILON: f32 = 1e-5;

impl<'a> NetworkBuilder<'a> {
    /// A builder into `graph` with parameters from `table`.
    pub fn new(graph: &'a mut Graph, table: &'a mut ParameterTable, mode: Mode) -> Self {
        NetworkBuilder {
            graph,
            table,
            mode,
            used: Vec::new(),
        }
    }

    /// The parameters used, in the order of their first use.
    pub fn into_used(self) -> Vec<UsedParameter> {
        self.used
    }

    fn parameter(
        &mut self,
        name: &str,
        kind: Kind,
        shape: &[usize],
        initialisation: Initialisation,
    ) -> Value {
        if let Some(used) = self.used.iter().find(|used| used.name == name) {
            return used.value;
        }
        let parameter = self.table.declare(name, kind, shape, initialisation);
        let value = match self.mode {
            Mode::Training => self.graph.input(&format!("state/{name}"), shape),
            Mode::Inference => self.graph.constant(name, shape, parameter.values.clone()),
        };
        self.used.push(UsedParameter {
            name: name.to_owned(),
            kind,
            value,
            next: None,
        });
        value
    }

    /// A number that is trained beside the networks, such as a temperature; without weight decay.
    pub fn number(&mut self, name: &str, first: f32) -> Value {
        let first = Initialisation::Constant(first);
        self.parameter(name, Kind::Offset, &[1], first)
    }

    /// A fully connected layer: (batch, inputs) → (batch, outputs).
    ///
    /// # Errors
    /// Where `input` has another rank than 2.
    pub fn linear(
        &mut self,
        name: &str,
        input: Value,
        outputs: usize,
        start: Start,
    ) -> Result<Value, GraphError> {
        let inputs = self.graph.shape(input).last().copied().unwrap_or(0);
        let (weight, bias) = self.weight_and_bias(name, &[outputs, inputs], start, true);
        self.graph
            .scope(name, |graph| graph.linear(input, weight, bias))
    }

    /// A convolution that keeps the size (`stride` 1) or halves it (`stride` 2), in time or, with a square kernel, in the
    /// plane: (batch, inputs, samples) → (batch, outputs, samples), (batch, inputs, y, x) → (batch, outputs, y, x).
    ///
    /// # Errors
    /// Where `input` has another rank than 3 or 4.
    pub fn convolution(
        &mut self,
        name: &str,
        input: Value,
        outputs: usize,
        convolution: Convolution,
    ) -> Result<Value, GraphError> {
        let Convolution {
            kernel,
            stride,
            bias,
            start,
        } = convolution;
        let inputs = self.graph.shape(input).get(1).copied().unwrap_or(0);
        let in_time = self.graph.shape(input).len() == 3;
        let kernels = [kernel; 2];
        let sides = if in_time { &kernels[..1] } else { &kernels[..] };
        let shape = [&[outputs, inputs], sides].concat();
        let (weight, bias) = self.weight_and_bias(name, &shape, start, bias);
        let convolve = if in_time {
            layer::conv1d
        } else {
            layer::conv2d
        };
        self.graph.scope(name, |graph| {
            convolve(graph, input, weight, bias, stride, kernel / 2)
        })
    }

    /// The parameters of a fully connected layer that no rectifier follows.
    pub fn dense_parameters(&mut self, name: &str, inputs: usize, outputs: usize) -> layer::Dense {
        let shape = [outputs, inputs];
        let (weight, bias) = self.weight_and_bias(name, &shape, Start::Linear, true);
        layer::Dense { weight, bias }
    }

    /// A weight of shape (outputs, inputs, …) and, where wanted, its bias.
    fn weight_and_bias(
        &mut self,
        name: &str,
        shape: &[usize],
        start: Start,
        bias: bool,
    ) -> (Value, Option<Value>) {
        let fan_in = shape.iter().skip(1).product();
        let (weights, biases) = match start {
            Start::Rectified => (Initialisation::He { fan_in }, Initialisation::Constant(0.0)),
            Start::Linear => (
                Initialisation::Linear { fan_in },
                Initialisation::Constant(0.0),
            ),
            Start::Uniform => (
                Initialisation::Uniform { fan_in },
                Initialisation::Uniform { fan_in },
            ),
        };
        let weight = self.parameter(&format!("{name}/weight"), Kind::Weight, shape, weights);
        let bias = bias.then(|| {
            let outputs = &shape[..shape.len().min(1)];
            self.parameter(&format!("{name}/bias"), Kind::Offset, outputs, biases)
        });
        (weight, bias)
    }

    /// Batch normalisation over (batch, y, x) of each channel (Ioffe & Szegedy, ICML 2015).
    ///
    /// # Errors
    /// Where `input` has fewer than two dimensions.
    pub fn batch_normalisation(&mut self, name: &str, input: Value) -> Result<Value, GraphError> {
        let shape = self.graph.shape(input).to_vec();
        let channels = shape.get(1).copied().unwrap_or(0);
        let samples = shape.iter().product::<usize>() / channels.max(1);
        let mut declare = |part: &str, kind, value| {
            self.parameter(
                &format!("{name}/{part}"),
                kind,
                &[channels],
                Initialisation::Constant(value),
            )
        };
        let gain = declare("gain", Kind::Offset, 1.0);
        let shift = declare("shift", Kind::Offset, 0.0);
        let mean = declare("running_mean", Kind::Statistic, 0.0);
        let variance = declare("running_variance", Kind::Statistic, 1.0);
        if self.mode == Mode::Inference {
            return self.graph.scope(name, |graph| {
                graph.batch_norm_inference(input, gain, shift, mean, variance, EPSILON)
            });
        }
        let (output, next_mean, next_variance) = self.graph.scope(name, |graph| {
            let normalised = graph.batch_norm_training(input, gain, shift, EPSILON)?;
            let next_mean = layer::running_mean(graph, mean, normalised.mean, MOMENTUM)?;
            let next_variance =
                layer::running_variance(graph, variance, normalised.variance, samples, MOMENTUM)?;
            Ok::<_, GraphError>((normalised.output, next_mean, next_variance))
        })?;
        for used in &mut self.used {
            if used.value == mean {
                used.next = Some(next_mean);
            } else if used.value == variance {
                used.next = Some(next_variance);
            }
        }
        Ok(output)
    }
}
