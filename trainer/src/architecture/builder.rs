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

    /// A fully connected layer: (batch, inputs) → (batch, outputs). `rectified` says whether a rectifier follows,
    /// which the first values depend on.
    ///
    /// # Errors
    /// Where `input` has another rank than 2.
    pub fn linear(
        &mut self,
        name: &str,
        input: Value,
        outputs: usize,
        rectified: bool,
    ) -> Result<Value, GraphError> {
        let inputs = self.graph.shape(input).last().copied().unwrap_or(0);
        let weight = self.parameter(
            &format!("{name}/weight"),
            Kind::Weight,
            &[outputs, inputs],
            initialisation(inputs, rectified),
        );
        let bias = self.parameter(
            &format!("{name}/bias"),
            Kind::Offset,
            &[outputs],
            Initialisation::Constant(0.0),
        );
        self.graph
            .scope(name, |graph| graph.linear(input, weight, Some(bias)))
    }

    /// A 3 × 3 convolution that keeps the size (`stride` 1) or halves it (`stride` 2), without bias where a batch
    /// normalisation follows: (batch, inputs, y, x) → (batch, outputs, y, x).
    ///
    /// # Errors
    /// Where `input` has another rank than 4.
    pub fn convolution(
        &mut self,
        name: &str,
        input: Value,
        outputs: usize,
        stride: usize,
        bias: bool,
    ) -> Result<Value, GraphError> {
        let inputs = self.graph.shape(input).get(1).copied().unwrap_or(0);
        let weight = self.parameter(
            &format!("{name}/weight"),
            Kind::Weight,
            &[outputs, inputs, 3, 3],
            initialisation(inputs * 9, !bias),
        );
        let bias = bias.then(|| {
            self.parameter(
                &format!("{name}/bias"),
                Kind::Offset,
                &[outputs],
                Initialisation::Constant(0.0),
            )
        });
        self.graph.scope(name, |graph| {
            layer::conv2d(graph, input, weight, bias, stride, 1)
        })
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

fn initialisation(fan_in: usize, rectified: bool) -> Initialisation {
    if rectified {
        Initialisation::He { fan_in }
    } else {
        Initialisation::Linear { fan_in }
    }
}
