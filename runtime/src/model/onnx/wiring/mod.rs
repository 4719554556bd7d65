//! From a network whose structure is sound to tract's typed graph, in one pass.
//!
//! The check of the structure ([`super::operators`]) knows what every node makes, of which shape; so nothing is left to
//! be found out, and each node becomes the operators of tract that compute it. tract's own reader of ONNX files would
//! analyse the graph again and again, copy all weights twice, and make the program half as large again.
//!
//! - [`node`]: what the wiring of an operator sees of its node, and where it puts tract's operators;
//! - [`elementwise`], [`layout`], [`product`], [`reduction`], [`windows`]: the operators by family, as in
//!   [`super::operators`];
//! - [`stored`]: weights as they lie in the file.

mod elementwise;
mod layout;
mod node;
mod product;
mod reduction;
pub(in crate::model) mod stored;
#[cfg(test)]
mod tests;
mod windows;

use std::collections::HashMap;
use std::sync::Arc;

use tract_core::internal::tract_smallvec::smallvec;
use tract_core::prelude::*;

use super::Checked;
use super::graph::{Element, Node};
use super::site::Site;
use crate::convolution::numbers::Numbers;
use crate::model::network_file::NetworkFile;
use node::Wiring;
use stored::StoredWeights;

/// Wires a checked network, whose weights stay in the file that `bytes` holds until somebody asks for them. Inputs and
/// outputs are in the order of `description`.
///
/// # Errors
/// If tract's operators refuse what the check of the structure let pass, or make values of another shape.
pub(in crate::model) fn wire(
    network: &Checked<'_>,
    bytes: &Arc<Vec<u8>>,
    description: &NetworkFile,
) -> TractResult<TypedModel> {
    let mut model = TypedModel::default();
    let mut wires: HashMap<&str, OutletId> = HashMap::new();
    for port in &description.inputs {
        wires.insert(
            &port.name,
            model.add_source(&port.name, f32::fact(&port.shape))?,
        );
    }
    for tensor in &network.graph.stored {
        // Integers are axes, sizes and the like, which become part of the operators that read them.
        if tensor.element != Element::Integer {
            let weights = StoredWeights::new(bytes, tensor)?;
            wires.insert(tensor.name, model.wire_node(tensor.name, weights, &[])?[0]);
        }
    }
    for node in &network.graph.nodes {
        let known = network.values.of(node)?;
        let site = Site {
            node,
            inputs: &known,
        };
        let inputs = node.inputs.iter().map(|name| wires.get(name).copied());
        let inputs: Vec<Option<OutletId>> = inputs.collect();
        let made = network.values.made(node.output);
        let made = made.ok_or_else(|| TractError::msg("a node was not checked"))?;
        let outlet = if made.constant && !passes_on(node) {
            let constant = evaluated(&site, &inputs, &model)?;
            let numbers = constant.try_as_plain_ram()?.as_slice::<f32>()?;
            if !Numbers::Singles(numbers).all_finite() {
                let name = node.name;
                return Err(TractError::msg(format!(
                    "the constants {name:?} are not all finite numbers"
                )));
            }
            model.add_const(node.name, constant)?
        } else {
            operators(&mut Wiring::new(site, &inputs, &mut model))?
        };
        let fact = model.outlet_fact(outlet)?;
        if fact.shape.as_concrete() != Some(&made.shape) || fact.datum_type != f32::datum_type() {
            return Err(TractError::msg(format!(
                "{:?} ({}) makes {fact:?} where {:?} follows from the definition",
                node.name, node.operator, made.shape
            )));
        }
        wires.insert(node.output, outlet);
    }
    let output = |port: &super::Port| {
        let outlet = wires.get(port.name.as_str()).copied();
        outlet.ok_or_else(|| TractError::msg(format!("nothing makes {:?}", port.name)))
    };
    let outputs = description.outputs.iter().map(output);
    let outputs = outputs.collect::<TractResult<Vec<OutletId>>>()?;
    model.select_output_outlets(&outputs)?;
    Ok(model)
}

/// Whether a node gives what it is given.
fn passes_on(node: &Node<'_>) -> bool {
    matches!(node.operator, "Cast" | "Identity")
}

/// What a node makes of constants.
fn evaluated(
    site: &Site<'_, '_>,
    inputs: &[Option<OutletId>],
    model: &TypedModel,
) -> TractResult<Arc<Tensor>> {
    let mut alone = TypedModel::default();
    let mut copies = Vec::with_capacity(inputs.len());
    for (place, input) in inputs.iter().enumerate() {
        let copy = input.map(|outlet| {
            let constant = stored::constant(model, outlet);
            let constant = constant.ok_or_else(|| TractError::msg("a constant is computed"))?;
            alone.add_const(format!("input {place}"), constant)
        });
        copies.push(copy.transpose()?);
    }
    let outlet = operators(&mut Wiring::new(*site, &copies, &mut alone))?;
    alone.select_output_outlets(&[outlet])?;
    let made = alone.into_runnable()?.run(smallvec![])?;
    let made = made.into_iter().next();
    let made = made.ok_or_else(|| TractError::msg("a constant node makes nothing"))?;
    Ok(made.into_arc_tensor())
}

/// tract's operators for a node, and the value that the last of them makes.
fn operators(node: &mut Wiring<'_, '_, '_>) -> TractResult<OutletId> {
    match node.operator() {
        "AveragePool" => windows::average_pool(node),
        "BatchNormalization" => elementwise::batch_normalisation(node),
        "Cast" | "Identity" => node.input(0),
        "Clip" => elementwise::clip(node),
        "Concat" => layout::concat(node),
        "Conv" => windows::convolution(node),
        "ConvTranspose" => windows::transposed_convolution(node),
        "Elu" => elementwise::elu(node),
        "Expand" => layout::expand(node),
        "Flatten" | "Reshape" => layout::reshape(node),
        "Gemm" => product::gemm(node),
        "GlobalAveragePool" => reduction::global_average(node),
        "LogSoftmax" | "Softmax" => elementwise::softmax(node),
        "MatMul" => product::matmul(node),
        "MaxPool" => windows::max_pool(node),
        "Pad" => layout::pad(node),
        "ReduceMax" | "ReduceMean" | "ReduceMin" | "ReduceSum" | "ReduceSumSquare" => {
            reduction::reduce(node)
        }
        "Relu" => elementwise::relu(node),
        "Resize" => layout::enlarge(node),
        "Slice" => layout::slice(node),
        "Softplus" => elementwise::softplus(node),
        "Transpose" => layout::transpose(node),
        _ => elementwise::of_values(node),
    }
}
