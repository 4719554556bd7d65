//! One ONNX network, run by tract, and its convolutions by our own.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tract_core::knobs::KnobScope;
use tract_core::ops::cnn::{Conv, Deconv};
use tract_core::prelude::*;

use super::error::ModelError;
use super::manifest::NetworkFile;
use super::network_file::Port;
use super::network_rewrite::{self, Threads};
use super::onnx::Checked;
use super::onnx::wiring::stored::make_constants;
use super::onnx::wiring::wire;
use crate::convolution::numbers::Numbers;
use crate::convolution::simd::InstructionSet;

/// A network ready to run. It holds no state between runs and may be shared by threads.
#[derive(Debug)]
pub struct Network {
    description: NetworkFile,
    plan: Arc<TypedRunnableModel>,
    threads: Threads,
}

impl Network {
    /// Checks an ONNX network, that it is the one described with the inputs, outputs and shapes described, and makes
    /// it ready to run.
    ///
    /// # Errors
    /// [`ModelError::Structure`] if the file is no network that is known, or not the one described,
    /// [`ModelError::Network`] if tract cannot run the graph, or a weight is not a finite number.
    pub fn from_onnx(onnx: &[u8], description: &NetworkFile) -> Result<Self, ModelError> {
        let bytes = Arc::new(onnx.to_vec());
        Self::from_checked(&structure(&bytes, description)?, &bytes, description)
    }

    /// As [`from_onnx`](Self::from_onnx), of a file whose [`structure`] is known to be sound.
    pub(super) fn from_checked(
        network: &Checked<'_>,
        bytes: &Arc<Vec<u8>>,
        description: &NetworkFile,
    ) -> Result<Self, ModelError> {
        let typed = wire(network, bytes, description)
            .map_err(|error| failed(description, &format!("{error:#}")))?;
        let threads = Threads::default();
        let plan = optimise(typed, &threads)
            .map_err(|error| failed(description, &format!("tract cannot run it: {error:#}")))?;
        Ok(Self {
            description: description.clone(),
            plan,
            threads,
        })
    }

    /// Lets runs use so many threads, where that pays; one, unless this is called. The results are the same to the bit.
    pub fn use_threads(&self, threads: NonZeroUsize) {
        self.threads.set(threads);
    }

    /// Runs the network once: `inputs` in the order and shapes of the manifest, row-major; the
    /// results likewise.
    ///
    /// # Errors
    /// If there are more or fewer inputs, one has another length, or an input or output value
    /// is not finite.
    pub fn run(&self, inputs: &[&[f32]]) -> Result<Vec<Vec<f32>>, ModelError> {
        let description = &self.description;
        let given: usize = inputs.iter().map(|values| values.len()).sum();
        let lengths = description.inputs.iter().map(Port::length);
        if !lengths.eq(inputs.iter().map(|values| values.len())) {
            return Err(ModelError::InputLength {
                file: description.file.clone(),
                expected: description.inputs.iter().map(Port::length).sum(),
                given,
            });
        }
        for (port, values) in description.inputs.iter().zip(inputs) {
            self.check_finite(&port.name, values)?;
        }
        let outputs = self
            .evaluate(inputs)
            .map_err(|error| failed(description, &format!("it failed to run: {error:#}")))?;
        for (port, values) in description.outputs.iter().zip(&outputs) {
            self.check_finite(&port.name, values)?;
        }
        Ok(outputs)
    }

    fn evaluate(&self, inputs: &[&[f32]]) -> TractResult<Vec<Vec<f32>>> {
        let ports = self.description.inputs.iter().zip(inputs);
        let tensors =
            ports.map(|(port, values)| Ok(Tensor::from_shape(&port.shape, values)?.into()));
        let given = self.plan.run(tensors.collect::<TractResult<_>>()?)?;
        let values = |output: &TValue| Ok(output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec());
        given.iter().map(values).collect()
    }

    fn check_finite(&self, end: &str, values: &[f32]) -> Result<(), ModelError> {
        if Numbers::Singles(values).all_finite() {
            return Ok(());
        }
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(ModelError::NotFinite {
                file: self.description.file.clone(),
                end: end.to_owned(),
                index,
                value: values[index],
            }),
            None => Ok(()),
        }
    }
}

/// A network whose structure is sound.
///
/// # Errors
/// [`ModelError::Structure`] if the file is no network that is known, or not the one described.
pub(super) fn structure<'a>(
    onnx: &'a [u8],
    description: &NetworkFile,
) -> Result<Checked<'a>, ModelError> {
    super::onnx::read(onnx, description).map_err(|source| ModelError::Structure {
        file: description.file.clone(),
        source,
    })
}

fn failed(description: &NetworkFile, reason: &str) -> ModelError {
    // tract words some failures over several lines.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    ModelError::Network {
        file: description.file.clone(),
        reason,
    }
}

/// Rewrites the graph for this machine and orders its nodes.
fn optimise(typed: TypedModel, threads: &Threads) -> TractResult<Arc<TypedRunnableModel>> {
    let mut typed = network_rewrite::rewrite(typed, InstructionSet::best(), threads)?;
    make_constants(&mut typed)?;
    // tract's simplifications pay where convolutions are left to it; of a few small operators they make next to
    // nothing, and take longer than the graph does to run.
    let convolution = |node: &TypedNode| node.op_is::<Conv>() || node.op_is::<Deconv>();
    if typed.nodes().iter().any(convolution) {
        typed.declutter()?;
    }
    // tract lowers 3×3 convolutions of few channels and wide rows to a direct form that takes twice as
    // long as the matrix form.
    let without_direct_form = KnobScope::new([("TRACT_DISABLE_DIRECT_SPATIAL", "1")])?;
    without_direct_form.enter(|| typed.optimize())?;
    typed.into_runnable()
}
