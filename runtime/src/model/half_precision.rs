//! Weights stored as 16-bit floats, widened to the 32 bits they are computed with.
//!
//! The trainer's exporter stores a weight in half precision and has the graph cast it. Here the cast is made once, in
//! the structures of the ONNX file, so that neither cast nor narrow weight reaches tract.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use crate::convolution::simd::{InstructionSet, Kernel, Simd};

/// Replaces every weight in half precision that is only cast to single precision by what the cast gives.
///
/// The graph must hold no graphs inside, whose uses of a weight would not be seen.
pub(super) fn widen_weights(graph: &mut GraphProto) {
    let casts = lone_casts(graph);
    let mut widened: HashSet<String> = HashSet::new();
    for weight in &mut graph.initializer {
        if let Some(cast) = casts.get(&weight.name)
            && widen(weight)
        {
            weight.name.clone_from(cast);
            widened.insert(cast.clone());
        }
    }
    let is_done = |node: &NodeProto| node.output.iter().any(|name| widened.contains(name));
    graph.node.retain(|node| !is_done(node));
}

/// For each value that nothing uses but one cast to single precision, what the cast gives.
fn lone_casts(graph: &GraphProto) -> HashMap<String, String> {
    let mut uses: HashMap<&str, usize> = HashMap::new();
    let ports = graph.input.iter().chain(&graph.output);
    let ports = ports.map(|port| port.name.as_str());
    let inputs = graph.node.iter().flat_map(|node| &node.input);
    for name in inputs.map(String::as_str).chain(ports) {
        *uses.entry(name).or_default() += 1;
    }
    let lone = |node: &NodeProto| match (node.input.as_slice(), node.output.as_slice()) {
        ([from], [to]) if is_cast_to_single(node) => {
            let inner = uses.get(from.as_str()) == Some(&1);
            let graph_output = graph.output.iter().any(|port| port.name == *to);
            (inner && !graph_output).then(|| (from.clone(), to.clone()))
        }
        _ => None,
    };
    graph.node.iter().filter_map(lone).collect()
}

fn is_cast_to_single(node: &NodeProto) -> bool {
    let single = |to: i64| to == i64::from(DataType::Float as i32);
    node.op_type == "Cast"
        && matches!(node.attribute.as_slice(), [to] if to.name == "to" && single(to.i))
}

/// Widens the numbers of one tensor; whether it is one of half precision with its numbers as bytes.
fn widen(tensor: &mut TensorProto) -> bool {
    if tensor.data_type != DataType::Float16 as i32 || tensor.raw_data.is_empty() {
        return false;
    }
    let (halves, rest) = tensor.raw_data.as_chunks::<2>();
    if !rest.is_empty() {
        return false;
    }
    let mut singles = vec![[0; 4]; halves.len()];
    InstructionSet::best().run(Widen {
        halves,
        singles: &mut singles,
    });
    tensor.raw_data = singles.into_flattened();
    tensor.data_type = DataType::Float as i32;
    true
}

/// Widens numbers, in the byte order of ONNX files. Plain arithmetic, which the compiler turns into vectors of the
/// instruction set that it is compiled for.
struct Widen<'a> {
    halves: &'a [[u8; 2]],
    singles: &'a mut [[u8; 4]],
}

impl Kernel for Widen<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _simd: S) {
        for (single, half) in self.singles.iter_mut().zip(self.halves) {
            *single = single_precision(u16::from_le_bytes(*half)).to_le_bytes();
        }
    }
}

/// The number that 16 bits stand for (IEEE 754-2008 binary16), exactly.
#[inline(always)]
fn single_precision(half: u16) -> f32 {
    // 2 to the 112th, by which the exponents' biases differ. The product is exact, and right for subnormal numbers.
    const BIASES_APART: f32 = f32::from_bits((127 + 112) << 23);
    const LARGEST_EXPONENT: u32 = 0x7c00;
    let magnitude = u32::from(half & 0x7fff);
    let scaled = (f32::from_bits(magnitude << 13) * BIASES_APART).to_bits();
    let infinite_or_nan = if magnitude >= LARGEST_EXPONENT {
        f32::INFINITY.to_bits()
    } else {
        0
    };
    let sign = u32::from(half & 0x8000) << 16;
    f32::from_bits(sign | scaled | infinite_or_nan)
}

#[cfg(test)]
mod tests {
    use tract_onnx::pb::{AttributeProto, ValueInfoProto};
    use tract_onnx::prelude::f16;

    use super::*;

    #[test]
    fn every_half_is_widened_exactly() {
        for bits in 0..=u16::MAX {
            let (ours, theirs) = (single_precision(bits), f16::from_bits(bits).to_f32());
            let same = ours.to_bits() == theirs.to_bits() || (ours.is_nan() && theirs.is_nan());
            assert!(
                same,
                "{bits:#06x}: {ours} where the crate `half` gives {theirs}"
            );
        }
    }

    fn half_weight(name: &str, halves: &[u16]) -> TensorProto {
        TensorProto {
            name: name.into(),
            dims: vec![halves.len() as i64],
            data_type: DataType::Float16 as i32,
            raw_data: halves.iter().flat_map(|half| half.to_le_bytes()).collect(),
            ..TensorProto::default()
        }
    }

    fn node(operator: &str, input: &[&str], output: &str) -> NodeProto {
        NodeProto {
            op_type: operator.into(),
            input: input.iter().map(|&name| name.into()).collect(),
            output: vec![output.into()],
            ..NodeProto::default()
        }
    }

    fn cast(input: &str, output: &str, to: DataType) -> NodeProto {
        let attribute = AttributeProto {
            name: "to".into(),
            i: i64::from(to as i32),
            ..AttributeProto::default()
        };
        NodeProto {
            attribute: vec![attribute],
            ..node("Cast", &[input], output)
        }
    }

    #[test]
    fn a_weight_that_is_only_cast_becomes_what_the_cast_gives() {
        let mut graph = GraphProto {
            node: vec![
                cast("weight/half", "weight", DataType::Float),
                node("Mul", &["x", "weight"], "y"),
            ],
            initializer: vec![half_weight("weight/half", &[0x3c00, 0xc000])],
            ..GraphProto::default()
        };
        widen_weights(&mut graph);
        let names: Vec<&str> = graph.node.iter().map(|node| &*node.op_type).collect();
        assert_eq!(names, ["Mul"]);
        let weight = &graph.initializer[0];
        assert_eq!(
            (&*weight.name, weight.data_type),
            ("weight", DataType::Float as i32)
        );
        let expected = [1.0_f32, -2.0].map(f32::to_le_bytes).concat();
        assert_eq!(weight.raw_data, expected);
    }

    /// Whatever is not that simple is left as it is.
    #[test]
    fn other_casts_are_left() {
        let halves = half_weight("half", &[0x3c00]);
        let cut = TensorProto {
            raw_data: vec![0],
            ..halves.clone()
        };
        let port = |name: &str| ValueInfoProto {
            name: name.into(),
            ..ValueInfoProto::default()
        };
        let to_single = || cast("half", "single", DataType::Float);
        let graph = |node: Vec<NodeProto>, weight: &TensorProto| GraphProto {
            node,
            initializer: vec![weight.clone()],
            ..GraphProto::default()
        };
        let used_elsewhere = vec![to_single(), node("Relu", &["half"], "y")];
        let graphs = [
            graph(used_elsewhere, &halves),
            graph(vec![cast("half", "double", DataType::Double)], &halves),
            graph(vec![to_single()], &cut),
            GraphProto {
                output: vec![port("single")],
                ..graph(vec![to_single()], &halves)
            },
            GraphProto {
                input: vec![port("half")],
                ..graph(vec![to_single()], &halves)
            },
        ];
        for (place, before) in graphs.into_iter().enumerate() {
            let mut after = before.clone();
            widen_weights(&mut after);
            assert_eq!(after, before, "graph {place}");
        }
    }
}
