//! Batch normalisation folded into the convolution before it.
//!
//! With fixed statistics, normalising the convolution's result is one multiplication and one addition for each channel:
//! `γ · (w∗x + b − mean) / √(variance + ε) + β`, which a convolution with other weights and another bias gives at once
//! (Jacob et al., CVPR 2018, section 3.2). An exported network has therefore no normalisation left that would go over
//! every map once more.

use crate::graph::onnx::{GraphProto, ModelProto, NodeProto, TensorProto};
use prost::{DecodeError, Message};
use std::collections::HashMap;

/// ε where a node does not say it (ONNX, BatchNormalization).
const DEFAULT_EPSILON: f32 = 1e-5;

/// The model with every batch normalisation that directly follows a convolution of stored weights folded into it; the
/// others stay. Folded figures are worked out in f64.
///
/// # Errors
/// Where the bytes are no ONNX model.
pub(super) fn fold_batch_normalisation(model: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut model = ModelProto::decode(model)?;
    if let Some(graph) = &mut model.graph {
        while let Some(pair) = foldable(graph) {
            fold(graph, &pair);
        }
        drop_unused(graph);
    }
    Ok(model.encode_to_vec())
}

/// A convolution and the normalisation that alone reads it, by their places among the nodes.
struct Pair {
    convolution: usize,
    normalisation: usize,
    weight: TensorProto,
    bias: TensorProto,
}

/// The first pair that can be folded, with the weights that it gets.
fn foldable(graph: &GraphProto) -> Option<Pair> {
    let makers: HashMap<&str, usize> = graph
        .node
        .iter()
        .enumerate()
        .flat_map(|(place, node)| node.output.iter().map(move |name| (name.as_str(), place)))
        .collect();
    let nodes = graph.node.iter().enumerate();
    let normalisations = nodes.filter(|(_, node)| node.op_type() == "BatchNormalization");
    normalisations
        .filter_map(|(normalisation, node)| {
            let convolution = *makers.get(node.input.first()?.as_str())?;
            let before = &graph.node[convolution];
            let alone = readers(graph, before.output.first()?) == 1;
            let (weight, bias) = (before.op_type() == "Conv" && alone)
                .then(|| folded_weights(graph, before, node))??;
            Some(Pair {
                convolution,
                normalisation,
                weight,
                bias,
            })
        })
        .next()
}

/// How often a value is read, by nodes and as an output.
fn readers(graph: &GraphProto, name: &str) -> usize {
    let read = graph.node.iter().flat_map(|node| &node.input);
    let outputs = graph.output.iter().filter(|output| output.name() == name);
    read.filter(|input| *input == name).count() + outputs.count()
}

/// Weight and bias of a convolution that does what `convolution` and `normalisation` do one after the other.
fn folded_weights(
    graph: &GraphProto,
    convolution: &NodeProto,
    normalisation: &NodeProto,
) -> Option<(TensorProto, TensorProto)> {
    let stored = |node: &NodeProto, place: usize| -> Option<(&TensorProto, Vec<f64>)> {
        let name = node.input.get(place)?;
        let tensor = graph.initializer.iter().find(|one| one.name() == name)?;
        Some((tensor, values(tensor)))
    };
    let (kernel, weights) = stored(convolution, 1)?;
    let [gain, shift, mean, variance] =
        [1, 2, 3, 4].map(|place| stored(normalisation, place).map(|(_, values)| values));
    let (gain, shift, mean, variance) = (gain?, shift?, mean?, variance?);
    let channels = gain.len();
    let bias = match convolution.input.get(2) {
        Some(name) if !name.is_empty() => stored(convolution, 2)?.1,
        _ => vec![0.0; channels],
    };
    let fits = kernel.dims.first().copied() == i64::try_from(channels).ok()
        && channels > 0
        && [&shift, &mean, &variance, &bias]
            .iter()
            .all(|values| values.len() == channels);
    if !fits {
        return None;
    }
    let epsilon = normalisation
        .attribute
        .iter()
        .find(|attribute| attribute.name() == "epsilon")
        .map_or(DEFAULT_EPSILON, |attribute| attribute.f());
    let factors: Vec<f64> = gain
        .iter()
        .zip(&variance)
        .map(|(gain, variance)| gain / (variance + f64::from(epsilon)).sqrt())
        .collect();
    let one_channel = weights.len() / channels;
    let folded = weights
        .iter()
        .enumerate()
        .map(|(place, weight)| (weight * factors[place / one_channel]) as f32)
        .collect::<Vec<f32>>();
    let offsets = (0..channels)
        .map(|channel| ((bias[channel] - mean[channel]) * factors[channel] + shift[channel]) as f32)
        .collect::<Vec<f32>>();
    let name = |what: &str| format!("{}/folded_{what}", convolution.name());
    let shape = |dims: &[i64]| -> Vec<usize> {
        dims.iter()
            .filter_map(|&size| usize::try_from(size).ok())
            .collect()
    };
    Some((
        TensorProto::floats(&name("weight"), &shape(&kernel.dims), &folded),
        TensorProto::floats(&name("bias"), &[channels], &offsets),
    ))
}

fn values(tensor: &TensorProto) -> Vec<f64> {
    let bytes = tensor.raw_data.as_deref().unwrap_or_default();
    bytes
        .chunks_exact(4)
        .map(|bytes| f64::from(f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])))
        .collect()
}

/// The convolution takes the new weights and makes what the normalisation made.
fn fold(graph: &mut GraphProto, pair: &Pair) {
    let output = graph.node[pair.normalisation].output.clone();
    let node = &mut graph.node[pair.convolution];
    node.input.truncate(1);
    node.input.push(pair.weight.name().to_owned());
    node.input.push(pair.bias.name().to_owned());
    node.output = output;
    graph.initializer.push(pair.weight.clone());
    graph.initializer.push(pair.bias.clone());
    graph.node.remove(pair.normalisation);
}

/// Leaves out stored tensors that no node reads any more.
pub(super) fn drop_unused(graph: &mut GraphProto) {
    let kept: Vec<bool> = graph
        .initializer
        .iter()
        .map(|tensor| readers(graph, tensor.name()) > 0)
        .collect();
    let mut kept = kept.into_iter();
    graph.initializer.retain(|_| kept.next().unwrap_or(true));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Device, Engine, Inference};
    use crate::graph::{Graph, Opset, layer};

    /// Two convolutions with a normalisation behind each, one with a bias and one without.
    fn network(read_between: bool) -> Vec<u8> {
        let mut graph = Graph::new("folding");
        let mut map = graph.input("x", &[1, 3, 6, 5]);
        let wave = |count: usize, step: f32| -> Vec<f32> {
            (0..count).map(|i| (i as f32 * step).sin()).collect()
        };
        for (index, (inputs, outputs)) in [(3, 4), (4, 2)].into_iter().enumerate() {
            let constant = |graph: &mut Graph, what: &str, shape: &[usize], step: f32| {
                let values = wave(shape.iter().product(), step);
                // Variances are positive.
                let values = match what {
                    "variance" => values.iter().map(|v| v * v + 0.05).collect(),
                    _ => values,
                };
                graph.constant(&format!("{what}{index}"), shape, values)
            };
            let weight = constant(&mut graph, "weight", &[outputs, inputs, 3, 3], 0.7);
            let bias = (index == 0).then(|| constant(&mut graph, "bias", &[outputs], 1.3));
            let convolved = layer::conv2d(&mut graph, map, weight, bias, 1, 1).unwrap();
            if read_between && index == 0 {
                graph.output("between", convolved);
            }
            let [gain, shift, mean, variance] = [
                ("gain", 0.9),
                ("shift", 2.1),
                ("mean", 0.4),
                ("variance", 1.7),
            ]
            .map(|(what, step)| constant(&mut graph, what, &[outputs], step));
            let normalised = graph
                .batch_norm_inference(convolved, gain, shift, mean, variance, 1e-3)
                .unwrap();
            map = graph.relu(normalised).unwrap();
        }
        graph.output("y", map);
        graph.to_model(Opset::Inference).unwrap()
    }

    fn operators(model: &[u8]) -> Vec<String> {
        let graph = ModelProto::decode(model).unwrap().graph.unwrap();
        graph
            .node
            .iter()
            .map(|node| node.op_type().to_owned())
            .collect()
    }

    #[test]
    fn a_folded_network_computes_what_it_did() {
        let model = network(false);
        let folded = fold_batch_normalisation(&model).unwrap();
        assert_eq!(operators(&folded), ["Conv", "Relu", "Conv", "Relu"]);
        let written = ModelProto::decode(folded.as_slice()).unwrap();
        assert_eq!(written.graph.unwrap().initializer.len(), 4);

        let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
        let x: Vec<f32> = (0..90).map(|i| (i as f32 * 0.37).cos()).collect();
        let run = |model: &[u8]| -> Vec<f32> {
            let mut session = Inference::open(&engine, model, Device::Cpu, 1).unwrap();
            let mut outputs = session.run(&[("x", &[1, 3, 6, 5], &x)]).unwrap();
            outputs.remove("y").unwrap()
        };
        let (before, after) = (run(&model), run(&folded));
        assert!(before.iter().any(|value| *value > 0.1), "all is rectified");
        for (before, after) in before.iter().zip(&after) {
            assert!(
                (before - after).abs() <= 1e-5 * before.abs().max(1.0),
                "{before} {after}"
            );
        }
    }

    #[test]
    fn a_convolution_that_others_read_stays() {
        let folded = fold_batch_normalisation(&network(true)).unwrap();
        assert_eq!(
            operators(&folded),
            ["Conv", "BatchNormalization", "Relu", "Conv", "Relu"]
        );
    }

    #[test]
    fn what_is_no_model_is_refused() {
        assert!(fold_batch_normalisation(&[0xff; 7]).is_err());
    }
}
