//! One ONNX network, run by tract, and its convolutions by our own.

use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::knobs::KnobScope;
use tract_onnx::tract_core::ops::cnn::{Conv, Deconv};
use tract_onnx::tract_core::ops::konst::Const;

use super::error::ModelError;
use super::manifest::NetworkFile;
use super::network_file::Port;
use super::network_graph::UntypedGraph;
use super::network_rewrite;
use super::onnx::Demand;
use crate::convolution::simd::InstructionSet;

/// A network ready to run. It holds no state between runs and may be shared by threads.
#[derive(Debug)]
pub struct Network {
    description: NetworkFile,
    /// For each of the graph's inputs, which of the description's it is.
    input_places: Vec<usize>,
    /// For each of the description's outputs, which of the graph's it is.
    output_places: Vec<usize>,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Parses and optimises an ONNX network, with the input shapes that `description`
    /// gives, and checks that its inputs, outputs and shapes are those described.
    ///
    /// # Errors
    /// [`ModelError::Structure`] if the file is no network that is known, or not the one described,
    /// [`ModelError::Network`] if tract cannot run the graph, or a weight is not a finite number.
    pub fn from_onnx(onnx: &[u8], description: &NetworkFile) -> Result<Self, ModelError> {
        structure(onnx, description)?;
        Self::from_checked(onnx, description)
    }

    /// As [`from_onnx`](Self::from_onnx), of a file whose [`structure`] is known to be sound.
    pub(super) fn from_checked(onnx: &[u8], description: &NetworkFile) -> Result<Self, ModelError> {
        let (typed, input_places) = parse(onnx, description)
            .map_err(|error| failed(description, &format!("tract cannot read it: {error:#}")))?;
        let output_places = checked_outputs(&typed, description)?;
        check_weights(&typed, description)?;
        let plan = optimise(typed)
            .map_err(|error| failed(description, &format!("tract cannot run it: {error:#}")))?;
        Ok(Self {
            description: description.clone(),
            input_places,
            output_places,
            plan,
        })
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
        let ports = &self.description.inputs;
        let tensors = self.input_places.iter().map(|&place| {
            let tensor = Tensor::from_shape(&ports[place].shape, inputs[place])?;
            Ok(tensor.into())
        });
        let given = self.plan.run(tensors.collect::<TractResult<_>>()?)?;
        let ordered = self.output_places.iter().map(|&place| {
            let output = given
                .get(place)
                .ok_or_else(|| TractError::msg("it gave too few outputs"))?;
            Ok(output.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
        });
        ordered.collect()
    }

    fn check_finite(&self, end: &str, values: &[f32]) -> Result<(), ModelError> {
        // Nearly always they all are, which is seen by looking at several in one instruction.
        let finite = values
            .iter()
            .fold(true, |finite, value| finite & value.is_finite());
        if finite {
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

/// What a network takes, if its structure is sound.
///
/// # Errors
/// [`ModelError::Structure`] if the file is no network that is known, or not the one described.
pub(super) fn structure(onnx: &[u8], description: &NetworkFile) -> Result<Demand, ModelError> {
    super::onnx::check(onnx, description).map_err(|source| ModelError::Structure {
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

/// Reads the graph and fixes its inputs to the shapes of the manifest; with it, which of the
/// manifest's inputs each of the graph's is.
fn parse(onnx: &[u8], description: &NetworkFile) -> TractResult<(TypedModel, Vec<usize>)> {
    let mut graph = UntypedGraph::from_onnx(onnx)?;
    let names = graph.input_names()?;
    let Some(places) = matched(&names, &description.inputs) else {
        return Err(TractError::msg(format!(
            "its inputs are {names:?} where the manifest says {:?}",
            names_of(&description.inputs)
        )));
    };
    for (index, &place) in places.iter().enumerate() {
        let shape = &description.inputs[place].shape;
        graph.set_input(index, shape)?;
    }
    Ok((graph.into_typed()?, places))
}

/// Which port each name is, if names and ports are the same but for their order.
fn matched(names: &[String], ports: &[Port]) -> Option<Vec<usize>> {
    let place = |name: &String| ports.iter().position(|port| port.name == *name);
    let places: Vec<usize> = names.iter().map(place).collect::<Option<_>>()?;
    let all = (0..ports.len()).all(|port| places.contains(&port));
    (all && places.len() == ports.len()).then_some(places)
}

fn names_of(ports: &[Port]) -> Vec<&str> {
    ports.iter().map(|port| port.name.as_str()).collect()
}

/// Compares the graph's outputs, as tract worked them out, with the manifest's; gives which of
/// the graph's each of the manifest's is.
fn checked_outputs(
    typed: &TypedModel,
    description: &NetworkFile,
) -> Result<Vec<usize>, ModelError> {
    let label = |outlet: &OutletId| {
        let label = typed.outlet_label(*outlet);
        label.unwrap_or(&typed.node(outlet.node).name).to_owned()
    };
    let names: Vec<String> = typed.outputs.iter().map(label).collect();
    let ports = &description.outputs;
    if matched(&names, ports).is_none() {
        let reason = format!(
            "its outputs are {names:?} where the manifest says {:?}",
            names_of(ports)
        );
        return Err(failed(description, &reason));
    }
    let mut places = Vec::new();
    for port in ports {
        let place = names
            .iter()
            .position(|name| *name == port.name)
            .expect("names and ports were just matched");
        check_output(typed, typed.outputs[place], port, description)?;
        places.push(place);
    }
    Ok(places)
}

fn check_output(
    typed: &TypedModel,
    outlet: OutletId,
    port: &Port,
    description: &NetworkFile,
) -> Result<(), ModelError> {
    let name = &port.name;
    let fact = typed.outlet_fact(outlet).map_err(|error| {
        failed(
            description,
            &format!("its output {name:?} is unclear: {error}"),
        )
    })?;
    let reason = if fact.datum_type != f32::datum_type() {
        format!(
            "its output {name:?} is {:?} where 32-bit floats are expected",
            fact.datum_type
        )
    } else if fact.shape.as_concrete() != Some(&port.shape) {
        format!(
            "its output {name:?} has the shape {:?} where the manifest says {:?}",
            fact.shape, port.shape
        )
    } else {
        return Ok(());
    };
    Err(failed(description, &reason))
}

/// Refuses weights that are not finite. The values a network gives do not tell: tract's
/// sigmoid turns NaN into a number near 0, and the picture would merely be black.
fn check_weights(typed: &TypedModel, description: &NetworkFile) -> Result<(), ModelError> {
    for node in typed.nodes() {
        let Some(constant) = node.op_as::<Const>() else {
            continue;
        };
        if !all_finite(constant.val()) {
            let reason = format!("the weights {:?} are not all finite numbers", node.name);
            return Err(failed(description, &reason));
        }
    }
    Ok(())
}

/// Whether all values of a tensor of 32-bit or 16-bit floats are finite; others, such as shapes,
/// always are.
fn all_finite(tensor: &Tensor) -> bool {
    // To the end and not to the first fault, since nearly all weights of all models are sound, and so several are
    // looked at in one instruction.
    if let Ok(values) = tensor.to_plain_array_view::<f32>() {
        values.fold(true, |finite, value| finite & value.is_finite())
    } else if let Ok(values) = tensor.to_plain_array_view::<f16>() {
        values.fold(true, |finite, value| finite & value.is_finite())
    } else {
        true
    }
}

/// Rewrites the graph for this machine and orders its nodes.
fn optimise(typed: TypedModel) -> TractResult<Arc<TypedRunnableModel>> {
    let mut typed = network_rewrite::rewrite(typed, InstructionSet::best())?;
    typed.compact()?;
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
