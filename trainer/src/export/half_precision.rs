//! Weights stored as 16-bit floats, which halves the files.
//!
//! Each large tensor of 32-bit floats is stored as one of 16 bits, and a `Cast` behind it makes it 32 bits again, so that
//! the network is computed as before; what is lost is the rounding of its weights (relative 2⁻¹¹). Engines make the cast
//! once, when they open the file.

use crate::graph::onnx::{
    AttributeProto, FLOAT, FLOAT16, GraphProto, ModelProto, NodeProto, TensorProto,
};
use half::f16;
use prost::{DecodeError, Message};

/// Smaller tensors stay as they are: they are scales and the like rather than weights, and nothing is gained.
const LEAST_VALUES: usize = 64;

/// The model with its weights in half precision. A tensor with a value beyond the range of 16-bit floats (65,504) stays.
///
/// # Errors
/// Where the bytes are no ONNX model.
pub(super) fn in_half_precision(model: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut model = ModelProto::decode(model)?;
    if let Some(graph) = &mut model.graph {
        halve(graph);
    }
    Ok(model.encode_to_vec())
}

fn halve(graph: &mut GraphProto) {
    let mut casts = Vec::new();
    for tensor in &mut graph.initializer {
        let Some(halved) = halved(tensor) else {
            continue;
        };
        let name = tensor.name().to_owned();
        let stored = format!("{name}/half");
        casts.push(NodeProto {
            input: vec![stored.clone()],
            output: vec![name.clone()],
            name: Some(format!("{name}/cast")),
            op_type: Some("Cast".to_owned()),
            attribute: vec![AttributeProto::integer("to", i64::from(FLOAT))],
            ..NodeProto::default()
        });
        tensor.name = Some(stored);
        tensor.data_type = Some(FLOAT16);
        tensor.raw_data = Some(halved);
    }
    // A node stands behind those whose outputs it takes.
    graph.node.splice(0..0, casts);
}

/// The values of a large tensor of 32-bit floats as 16-bit ones, little-endian.
fn halved(tensor: &TensorProto) -> Option<Vec<u8>> {
    let (values, rest) = tensor.raw_data.as_deref()?.as_chunks::<4>();
    if tensor.data_type() != FLOAT || values.len() < LEAST_VALUES || !rest.is_empty() {
        return None;
    }
    let halves: Vec<f16> = values
        .iter()
        .map(|bytes| f16::from_f32(f32::from_le_bytes(*bytes)))
        .collect();
    let finite = halves.iter().all(|value| value.is_finite());
    finite.then(|| {
        halves
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Device, Engine, Inference};
    use crate::graph::{Graph, Opset};

    /// y = x·w + b for 16 inputs and 8 outputs, the weight times `size`.
    fn network(size: f32) -> Vec<u8> {
        let mut graph = Graph::new("linear");
        let x = graph.input("x", &[1, 16]);
        let wave = |count: usize| (0..count).map(|at| (at as f32 * 0.7).sin()).collect();
        let scaled = |values: Vec<f32>| values.into_iter().map(|value| value * size).collect();
        let weight = graph.constant("weight", &[16, 8], scaled(wave(128)));
        let bias = graph.constant("bias", &[8], wave(8));
        let product = graph.matmul(x, weight).unwrap();
        let sum = graph.add(product, bias).unwrap();
        graph.output("y", sum);
        graph.to_model(Opset::Inference).unwrap()
    }

    #[test]
    fn half_the_weights_do_nearly_the_same() {
        let model = network(1.0);
        let halved = in_half_precision(&model).unwrap();
        let graph = ModelProto::decode(halved.as_slice())
            .unwrap()
            .graph
            .unwrap();
        let types: Vec<(&str, i32)> = graph
            .initializer
            .iter()
            .map(|tensor| (tensor.name(), tensor.data_type()))
            .collect();
        assert_eq!(types, [("weight/half", FLOAT16), ("bias", FLOAT)]);

        let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
        let x: Vec<f32> = (0..16).map(|at| (at as f32 * 0.37).cos()).collect();
        let run = |model: &[u8]| -> Vec<f32> {
            let mut session = Inference::open(&engine, model, Device::Cpu, 1).unwrap();
            let mut outputs = session.run(&[("x", &[1, 16], &x)]).unwrap();
            outputs.remove("y").unwrap()
        };
        let (before, after) = (run(&model), run(&halved));
        let differences = before.iter().zip(&after).map(|(a, b)| (a - b).abs());
        let largest = differences.fold(0.0, f32::max);
        assert!(largest > 0.0 && largest < 5e-3, "{largest}");
    }

    #[test]
    fn weights_out_of_range_stay_as_they_are() {
        let model = network(1e6);
        assert_eq!(in_half_precision(&model).unwrap(), model);
        assert!(in_half_precision(&[0xff; 7]).is_err());
    }
}
