//! One ONNX network, run by tract.

use std::io::Cursor;
use std::sync::Arc;

use tract_onnx::prelude::*;
use tract_onnx::tract_core::knobs::KnobScope;
use tract_onnx::tract_core::ops::konst::Const;

use super::error::ModelError;
use super::manifest::NetworkFile;

/// A network ready to run. It holds no state between runs and may be shared by threads.
#[derive(Debug)]
pub struct Network {
    description: NetworkFile,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Parses and optimises an ONNX network, with the input shape that `description`
    /// gives, and checks that its input, output and shapes are those described.
    ///
    /// # Errors
    /// [`ModelError::Network`] if tract cannot run the graph, the graph is not the one
    /// described, or a weight is not a finite number.
    pub fn from_onnx(onnx: &[u8], description: &NetworkFile) -> Result<Self, ModelError> {
        let typed = parse(onnx, description)
            .map_err(|error| failed(description, &format!("tract cannot read it: {error:#}")))?;
        check_output(&typed, description)?;
        check_weights(&typed, description)?;
        let plan = optimise(typed)
            .map_err(|error| failed(description, &format!("tract cannot run it: {error:#}")))?;
        Ok(Self {
            description: description.clone(),
            plan,
        })
    }

    /// Runs the network once: `input` in the manifest's input shape, row-major; the
    /// result likewise in its output shape.
    ///
    /// # Errors
    /// If the input has another length, or an input or output value is not finite.
    pub fn run(&self, input: &[f32]) -> Result<Vec<f32>, ModelError> {
        let description = &self.description;
        if input.len() != description.input_length() {
            return Err(ModelError::InputLength {
                file: description.file.clone(),
                expected: description.input_length(),
                given: input.len(),
            });
        }
        self.check_finite("input", input)?;
        let output = evaluate(&self.plan, &description.input_shape, input)
            .map_err(|error| failed(description, &format!("it failed to run: {error:#}")))?;
        self.check_finite("output", &output)?;
        Ok(output)
    }

    fn check_finite(&self, end: &'static str, values: &[f32]) -> Result<(), ModelError> {
        match values.iter().position(|value| !value.is_finite()) {
            Some(index) => Err(ModelError::NotFinite {
                file: self.description.file.clone(),
                end,
                index,
                value: values[index],
            }),
            None => Ok(()),
        }
    }
}

fn failed(description: &NetworkFile, reason: &str) -> ModelError {
    // tract words some failures over several lines.
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    ModelError::Network {
        file: description.file.clone(),
        reason,
    }
}

/// Reads the graph and fixes its only input to the shape of the manifest.
fn parse(onnx: &[u8], description: &NetworkFile) -> TractResult<TypedModel> {
    // What the graph says of its output is ignored, so that the check afterwards is one
    // of what it really computes.
    let mut graph = tract_onnx::onnx()
        .with_ignore_output_shapes(true)
        .model_for_read(&mut Cursor::new(onnx))?;
    let inputs = graph.input_outlets()?.to_vec();
    match inputs[..] {
        [only] if graph.node(only.node).name == description.input => {}
        _ => {
            let names: Vec<&str> = inputs
                .iter()
                .map(|outlet| graph.node(outlet.node).name.as_str())
                .collect();
            return Err(TractError::msg(format!(
                "its inputs are {names:?} where the manifest says {:?}",
                description.input
            )));
        }
    }
    graph.set_input_fact(0, f32::fact(&description.input_shape).into())?;
    graph.into_typed()
}

/// Compares the graph's output, as tract worked it out, with the manifest.
fn check_output(typed: &TypedModel, description: &NetworkFile) -> Result<(), ModelError> {
    let reason = match typed.outputs[..] {
        [only] => {
            let label = typed
                .outlet_label(only)
                .unwrap_or(&typed.node(only.node).name);
            let fact = typed
                .outlet_fact(only)
                .map_err(|error| failed(description, &format!("its output is unclear: {error}")))?;
            let shape = fact.shape.as_concrete();
            if label != description.output {
                format!(
                    "its output is {label:?} where the manifest says {:?}",
                    description.output
                )
            } else if fact.datum_type != f32::datum_type() {
                format!(
                    "its output is {:?} where 32-bit floats are expected",
                    fact.datum_type
                )
            } else if shape != Some(&description.output_shape) {
                format!(
                    "its output has the shape {:?} where the manifest says {:?}",
                    fact.shape, description.output_shape
                )
            } else {
                return Ok(());
            }
        }
        _ => format!(
            "it has {} outputs where one is expected",
            typed.outputs.len()
        ),
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
        // Constants of other types, such as shapes, have no view as floats.
        let Ok(values) = constant.val().to_plain_array_view::<f32>() else {
            continue;
        };
        if values.iter().any(|value| !value.is_finite()) {
            let reason = format!("the weights {:?} are not all finite numbers", node.name);
            return Err(failed(description, &reason));
        }
    }
    Ok(())
}

/// Rewrites the graph for this machine and orders its nodes.
fn optimise(typed: TypedModel) -> TractResult<Arc<TypedRunnableModel>> {
    // tract lowers 3×3 convolutions of few channels and wide rows to a direct form that
    // takes twice as long as the matrix form; the decoder is made of such convolutions.
    let without_direct_form = KnobScope::new([("TRACT_DISABLE_DIRECT_SPATIAL", "1")])?;
    without_direct_form
        .enter(|| typed.into_optimized())?
        .into_runnable()
}

fn evaluate(
    plan: &Arc<TypedRunnableModel>,
    shape: &[usize],
    input: &[f32],
) -> TractResult<Vec<f32>> {
    let input = Tensor::from_shape(shape, input)?;
    let outputs = plan.run(tvec!(input.into()))?;
    let first = outputs
        .first()
        .ok_or_else(|| TractError::msg("it gave no output"))?;
    Ok(first
        .to_plain_array_view::<f32>()?
        .iter()
        .copied()
        .collect())
}
