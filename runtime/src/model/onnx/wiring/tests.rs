//! Every operator against ONNX Runtime: `tests/goldens/operators.py`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tract_core::prelude::*;

use super::super::operators::KNOWN;
use super::*;
use crate::model::network::Network;
use crate::model::network_file::Port;

#[derive(Deserialize)]
struct Case {
    name: String,
    inputs: Vec<Input>,
    shape: Vec<usize>,
    values: Vec<f32>,
}

#[derive(Deserialize)]
struct Input {
    name: String,
    shape: Vec<usize>,
    values: Vec<f32>,
}

impl Case {
    fn onnx(&self) -> Vec<u8> {
        let file = goldens().join(format!("{}.onnx", self.name));
        fs::read(file).expect("the golden")
    }

    fn description(&self) -> NetworkFile {
        let inputs = self.inputs.iter();
        NetworkFile {
            file: format!("{}.onnx", self.name),
            sha256: String::new(),
            bytes: 0,
            inputs: inputs
                .map(|input| Port::new(&input.name, &input.shape))
                .collect(),
            outputs: vec![Port::new("made", &self.shape)],
        }
    }
}

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/operators")
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(goldens().join("cases.json")).expect("the goldens");
    serde_json::from_str(&text).expect("sound")
}

/// The case of this name.
fn case(name: &str) -> Case {
    let found = cases().into_iter().find(|case| case.name == name);
    found.expect("the case")
}

/// A case as it is wired, with its weights in the file.
fn wired(case: &Case) -> TypedModel {
    let (onnx, description) = (Arc::new(case.onnx()), case.description());
    let checked = super::super::read(&onnx, &description).expect("sound");
    wire(&checked, &onnx, &description).expect("wired")
}

/// The largest difference from what is expected, in units of it or of 1 where it is smaller.
fn farthest(found: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(found.len(), expected.len());
    let apart =
        |(found, expected): (&f32, &f32)| (found - expected).abs() / expected.abs().max(1.0);
    found.iter().zip(expected).map(apart).fold(0.0, f32::max)
}

/// As the program runs it: with convolutions of ours and tract's simplifications.
#[test]
fn every_case_gives_what_onnx_runtime_gives() {
    for case in cases() {
        let network = Network::from_onnx(&case.onnx(), &case.description())
            .unwrap_or_else(|error| panic!("{error}"));
        let inputs: Vec<&[f32]> = case.inputs.iter().map(|input| &input.values[..]).collect();
        let made = network
            .run(&inputs)
            .unwrap_or_else(|error| panic!("{error}"));
        let error = farthest(&made[0], &case.values);
        assert!(error < 2e-6, "{}: {error}", case.name);
    }
}

/// As wired, with nothing rewritten or simplified, so that each operator is tract's.
#[test]
fn every_case_gives_the_same_as_it_is_wired() {
    for case in cases() {
        let mut typed = wired(&case);
        stored::make_constants(&mut typed).expect("constants");
        let tensors = case.inputs.iter();
        let tensors =
            tensors.map(|input| Ok(Tensor::from_shape(&input.shape, &input.values)?.into()));
        let tensors = tensors.collect::<TractResult<_>>().expect("tensors");
        let made = typed
            .into_runnable()
            .expect("runnable")
            .run(tensors)
            .expect("it runs");
        let made = made[0].try_as_plain_ram().expect("plain");
        let error = farthest(made.as_slice().expect("singles"), &case.values);
        assert!(error < 2e-6, "{}: {error}", case.name);
    }
}

#[test]
fn there_is_a_case_for_every_operator_that_is_known() {
    let mut seen: Vec<String> = Vec::new();
    for case in cases() {
        let onnx = case.onnx();
        let checked = super::super::read(&onnx, &case.description()).expect("sound");
        let operators = checked
            .graph
            .nodes
            .iter()
            .map(|node| node.operator.to_owned());
        seen.extend(operators);
    }
    let unseen: Vec<&str> = KNOWN
        .iter()
        .map(|known| known.name)
        .filter(|name| !seen.iter().any(|seen| seen == name))
        .collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// What does not depend on the input is computed once, when the network is read.
#[test]
fn constants_are_folded() {
    let typed = wired(&case("computed_weights"));
    let convolution = typed.output_outlets().expect("outputs")[0].node;
    let weights = typed.node(convolution).inputs[1];
    let folded = typed.outlet_fact(weights).expect("a fact").konst.as_ref();
    assert_eq!(
        folded.map(|tensor| tensor.shape().to_vec()),
        Some(vec![3, 2, 3])
    );
}

/// A product of stored numbers that are finite and one another's overflow.
#[test]
fn a_constant_that_is_not_finite_is_refused() {
    let case = case("computed_weights");
    let (mut onnx, description) = (case.onnx(), case.description());
    let checked = super::super::read(&onnx, &description).expect("sound");
    let factors = checked
        .graph
        .stored
        .iter()
        .find(|tensor| tensor.name == "c");
    let factor = factors.expect("the factors").data[..4].to_vec();
    let at = onnx.windows(4).position(|bytes| bytes == factor);
    let at = at.expect("the factor is in the file");
    onnx[at..at + 4].copy_from_slice(&f32::MAX.to_le_bytes());
    let refused = Network::from_onnx(&onnx, &description)
        .expect_err("too large")
        .to_string();
    assert!(
        refused.contains("\"scale\"") && refused.contains("finite"),
        "{refused}"
    );
}

/// Weights that no layer of ours reads are there once, in the file, until tract asks for them.
#[test]
fn stored_weights_are_read_when_they_are_asked_for() {
    let mut typed = wired(&case("cast"));
    let stored = typed
        .nodes()
        .iter()
        .filter(|node| node.op_is::<StoredWeights>());
    assert_eq!(stored.count(), 2);
    let constants = |typed: &TypedModel| {
        let facts = typed.nodes().iter().flat_map(|node| &node.outputs);
        facts.filter(|output| output.fact.konst.is_some()).count()
    };
    assert_eq!(constants(&typed), 0);
    stored::make_constants(&mut typed).expect("constants");
    assert_eq!(constants(&typed), 2);
}
