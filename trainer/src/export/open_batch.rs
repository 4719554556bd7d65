//! Networks whose batch is open, for those who run many subjects at once.
//!
//! A graph's sizes are fixed when it is built. Built for two sizes of the batch, its two files differ exactly where the
//! batch stands: in the shapes of inputs and outputs, and in the shapes that tensors are brought to in between. There the
//! open file has a symbol, or ONNX's word for "what is left".

use super::fold::drop_unused;
use crate::graph::onnx::{
    DimensionValue, GraphProto, INT64, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};
use prost::Message;

/// The name of the open axis.
const SYMBOL: &str = "batch";

/// What can go wrong where a batch is opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenBatchError {
    /// Something but a shape depends on the size of the batch.
    #[error(
        "`{place}` depends on the size of the batch in a way that no ONNX file can leave open; export with a fixed batch"
    )]
    Fixed {
        /// The node's, input's or output's name.
        place: String,
    },
    /// The bytes are no ONNX model.
    #[error("a network that was just written is no ONNX model: {0}; please report this")]
    Encoding(#[from] prost::DecodeError),
}

/// One network for a batch of any size, from the same network built for two sizes.
///
/// # Errors
/// [`OpenBatchError::Fixed`] where the two differ in more than shapes.
pub(super) fn open_batch(one: &[u8], other: &[u8]) -> Result<Vec<u8>, OpenBatchError> {
    let mut model = ModelProto::decode(one)?;
    let other = ModelProto::decode(other)?.graph.unwrap_or_default();
    if let Some(graph) = &mut model.graph {
        let fixed = |place: &str| OpenBatchError::Fixed {
            place: place.to_owned(),
        };
        if graph.node.len() != other.node.len() {
            return Err(fixed(graph.name()));
        }
        let mut shapes = Vec::new();
        for (place, twin) in other.node.iter().enumerate() {
            let node = &graph.node[place];
            if let Some(shape) =
                opened_node(graph, node, &other, twin).ok_or_else(|| fixed(node.name()))?
            {
                graph.node[place].input[1] = shape.name().to_owned();
                shapes.push(shape);
            }
        }
        graph.initializer.extend(shapes);
        drop_unused(graph);
        let ports = graph.input.iter_mut().zip(&other.input);
        for (port, twin) in ports.chain(graph.output.iter_mut().zip(&other.output)) {
            if !open_port(port, twin) {
                return Err(fixed(port.name()));
            }
        }
    }
    Ok(model.encode_to_vec())
}

/// Nothing where a node does the same for both sizes, or the shape that it shall bring a tensor to; `None` where they
/// differ otherwise.
fn opened_node(
    graph: &GraphProto,
    node: &NodeProto,
    other: &GraphProto,
    twin: &NodeProto,
) -> Option<Option<TensorProto>> {
    let alike = node.op_type == twin.op_type
        && node.domain == twin.domain
        && node.attribute == twin.attribute
        && node.output == twin.output
        && node.input.len() == twin.input.len();
    if !alike {
        return None;
    }
    let mut opened = None;
    for (place, (name, twins)) in node.input.iter().zip(&twin.input).enumerate() {
        match (stored(graph, name), stored(other, twins)) {
            (None, None) if name == twins => {}
            (Some(one), Some(two)) if one.raw_data == two.raw_data && one.dims == two.dims => {}
            (Some(one), Some(two)) if place == 1 && node.op_type() == "Reshape" => {
                let shape = opened_shape(&integers(one)?, &integers(two)?)?;
                let name = format!("{}/open_shape", node.name());
                opened = Some(TensorProto::integers(&name, &shape));
            }
            _ => return None,
        }
    }
    Some(opened)
}

/// A shape with −1, "what is left", at the one place where the two differ.
fn opened_shape(one: &[i64], other: &[i64]) -> Option<Vec<i64>> {
    let differing: Vec<usize> = (0..one.len())
        .filter(|&axis| other.get(axis) != one.get(axis))
        .collect();
    let [axis] = differing[..] else {
        return None;
    };
    let mut shape = one.to_vec();
    shape[axis] = -1;
    (one.len() == other.len()).then_some(shape)
}

/// Opens the axes in which an input or output differs from its twin; says whether the two are otherwise alike.
fn open_port(port: &mut ValueInfoProto, twin: &ValueInfoProto) -> bool {
    let (Some(own), Some(twins)) = (port.shape(), twin.shape()) else {
        return false;
    };
    let axes = port
        .r#type
        .as_mut()
        .and_then(|own| own.tensor_type.as_mut())
        .and_then(|own| own.shape.as_mut());
    let Some(axes) = axes else {
        return false;
    };
    for (axis, (own, twins)) in axes.dim.iter_mut().zip(own.iter().zip(&twins)) {
        if own != twins {
            axis.value = Some(DimensionValue::Symbol(SYMBOL.to_owned()));
        }
    }
    port.name == twin.name && own.len() == twins.len()
}

fn stored<'a>(graph: &'a GraphProto, name: &str) -> Option<&'a TensorProto> {
    let mut tensors = graph.initializer.iter();
    tensors.find(|tensor| tensor.name() == name)
}

/// The values of a stored list of integers.
fn integers(tensor: &TensorProto) -> Option<Vec<i64>> {
    let bytes = tensor.raw_data.as_deref()?;
    let (values, rest) = bytes.as_chunks::<8>();
    (tensor.data_type() == INT64 && rest.is_empty()).then(|| {
        values
            .iter()
            .map(|value| i64::from_le_bytes(*value))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::{Network, all_parameters};
    use crate::engine::{Device, Engine, Inference};
    use crate::export::fold::fold_batch_normalisation;
    use crate::graph::{Graph, Opset};
    use crate::recipe::Recipe;
    use std::path::Path;

    /// A recipe of this name at widths that are built in no time.
    fn small(name: &str) -> Recipe {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("recipes")
            .join(name);
        let narrower = match name {
            "thesis.toml" => &[
                "architecture.latent=8",
                "architecture.ecg.fully_connected.widths=[16]",
                "architecture.mri.double_convolution.encoder=[4, 8]",
                "architecture.mri.double_convolution.decoder=[8, 8, 4, 4, 4, 4, 4]",
            ][..],
            _ => &[],
        };
        let narrower: Vec<String> = narrower.iter().map(|&value| value.to_owned()).collect();
        Recipe::read_with(&path, &narrower).unwrap()
    }

    #[test]
    fn every_network_of_both_kinds_runs_one_subject_and_five() {
        let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
        for name in ["smoke.toml", "thesis.toml"] {
            let recipe = small(name);
            let mut table = all_parameters(&recipe).unwrap();
            for network in Network::ALL {
                let mut built = |batch| {
                    let model = network.encode(&recipe, &mut table, batch).unwrap();
                    fold_batch_normalisation(&model).unwrap()
                };
                let (fixed, two, three) = (built(1), built(2), built(3));
                let open = open_batch(&two, &three).unwrap();
                let (input, shape) = network.inputs(&recipe, 5).remove(0);
                let length: usize = shape.iter().product();
                let values: Vec<f32> = (0..length).map(|at| (at as f32 * 0.7).sin()).collect();
                let run = |model: &[u8], subjects: std::ops::Range<usize>| {
                    let one = length / 5;
                    let shape = network.inputs(&recipe, subjects.len()).remove(0).1;
                    let values = &values[subjects.start * one..subjects.end * one];
                    let mut session = Inference::open(&engine, model, Device::Cpu, 1).unwrap();
                    let mut outputs = session.run(&[(input, &shape, values)]).unwrap();
                    outputs.remove(network.outputs(&recipe, 1)[0].0).unwrap()
                };
                let together = run(&open, 0..5);
                let apart: Vec<f32> = (0..5).flat_map(|at| run(&fixed, at..at + 1)).collect();
                let alone = run(&open, 3..4);
                let same = |one: &[f32], two: &[f32]| {
                    let mut pairs = one.iter().zip(two);
                    one.len() == two.len() && pairs.all(|(a, b)| (a - b).abs() <= 1e-5)
                };
                assert!(same(&together, &apart), "{name}, {network:?}: five at once");
                let length = apart.len() / 5;
                let own = &apart[3 * length..4 * length];
                assert!(same(&alone, own), "{name}, {network:?}: one");
            }
        }
    }

    #[test]
    fn what_no_shape_can_leave_open_is_refused() {
        let built = |batch: usize| {
            let mut graph = Graph::new("scaled");
            let x = graph.input("x", &[batch, 2]);
            let scaled = graph.scale(x, batch as f32).unwrap();
            graph.output("y", scaled);
            graph.to_model(Opset::Inference).unwrap()
        };
        let error = open_batch(&built(2), &built(3)).unwrap_err();
        assert!(matches!(error, OpenBatchError::Fixed { .. }), "{error}");
        let same = open_batch(&built(2), &built(2)).unwrap();
        assert_eq!(same, built(2), "what depends on nothing stays as it is");
        assert_eq!(opened_shape(&[2, 6], &[3, 9]), None);
        assert_eq!(opened_shape(&[2, 6], &[3, 6]), Some(vec![-1, 6]));
    }
}
