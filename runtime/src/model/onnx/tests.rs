//! The networks that ship pass; what else a file can hold does not.

use super::*;
use crate::model::onnx::graph::OPERATOR_SET;
use std::path::Path;

fn described(inputs: &[(&str, &[usize])], outputs: &[(&str, &[usize])]) -> NetworkFile {
    let ports = |all: &[(&str, &[usize])]| -> Vec<Port> {
        all.iter()
            .map(|(name, shape)| Port::new(name, shape))
            .collect()
    };
    NetworkFile {
        file: "network.onnx".into(),
        sha256: String::new(),
        bytes: 0,
        inputs: ports(inputs),
        outputs: ports(outputs),
    }
}

/// A network as the trainer wrote it, with its description: the shipped encoder and decoder.
fn shipped() -> [(Vec<u8>, NetworkFile); 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/cart");
    let read = |name: &str| std::fs::read(folder.join(name)).expect("the shipped model");
    let pictures: &[usize] = &[1, 4, 128, 128];
    let encoder = described(
        &[("ecg", &[1, 12, 600]), ("heart_rate", &[1, 1])],
        &[("latent", &[1, 256])],
    );
    let decoder = described(
        &[("latent", &[1, 256])],
        &[("picture", pictures), ("deviation", pictures)],
    );
    [
        (read("encoder.onnx"), encoder),
        (read("decoder.onnx"), decoder),
    ]
}

#[test]
fn the_shipped_networks_pass_and_take_what_they_take() {
    let [encoder, decoder] = shipped().map(|(onnx, described)| {
        let demand = check(&onnx, &described).expect("a sound network");
        assert_eq!(demand.loaded_bytes(), 3 * onnx.len() as u64);
        demand
    });
    encoder.check_both(&decoder).expect("little memory");
    // By ONNX's own shape inference (onnx 1.22): 786,630 and 4,320,416 values between nodes, and those of the outputs.
    let values = |demand: &Demand| demand.value_bytes / 4;
    assert_eq!(values(&encoder), 786_630 + 256);
    assert_eq!(values(&decoder), 4_320_416 + 2 * 4 * 128 * 128);
}

/// A number in base 128.
fn integer(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A field that holds an integer.
fn number(field: u64, value: i64) -> Vec<u8> {
    [integer(field << 3), integer(value as u64)].concat()
}

/// A field that holds bytes: a text, or the fields of a message.
fn within(field: u64, parts: &[&[u8]]) -> Vec<u8> {
    let bytes = parts.concat();
    [integer(field << 3 | 2), integer(bytes.len() as u64), bytes].concat()
}

fn text(field: u64, text: &str) -> Vec<u8> {
    within(field, &[text.as_bytes()])
}

fn tensor_port(field: u64, name: &str, axes: &[Vec<u8>]) -> Vec<u8> {
    let axes: Vec<Vec<u8>> = axes.iter().map(|axis| within(1, &[axis])).collect();
    let shape = within(2, &[&axes.concat()]);
    let tensor = within(1, &[&number(1, 1), &shape]);
    within(field, &[&text(1, name), &within(2, &[&tensor])])
}

/// The parts of the smallest network, to be spoiled one at a time: `y = x + w`.
struct Parts {
    operator_set: Vec<u8>,
    node: Vec<Vec<u8>>,
    stored: Vec<Vec<u8>>,
    graph: Vec<Vec<u8>>,
    model: Vec<Vec<u8>>,
}

impl Parts {
    fn sound() -> Self {
        Self {
            operator_set: within(8, &[&text(1, ""), &number(2, OPERATOR_SET)]),
            node: vec![
                text(1, "x"),
                text(1, "w"),
                text(2, "y"),
                text(3, "sum"),
                text(4, "Add"),
            ],
            stored: vec![
                number(1, 2),
                number(2, 1),
                text(8, "w"),
                within(9, &[&[0; 8]]),
            ],
            graph: vec![
                tensor_port(11, "x", &[number(1, 1), number(1, 2)]),
                tensor_port(12, "y", &[text(2, "batch"), number(1, 2)]),
            ],
            model: vec![number(1, 8), text(2, "tests")],
        }
    }

    fn file(&self) -> Vec<u8> {
        let all = |parts: &[Vec<u8>]| parts.concat();
        let node = within(1, &[&all(&self.node)]);
        let stored = within(5, &[&all(&self.stored)]);
        let graph = within(7, &[&node, &stored, &all(&self.graph)]);
        [all(&self.model), graph, self.operator_set.clone()].concat()
    }
}

fn sum() -> NetworkFile {
    described(&[("x", &[1, 2])], &[("y", &[1, 2])])
}

#[test]
fn whatever_no_network_of_ours_has_is_refused() {
    type Spoil = fn(&mut Parts);
    // A table, a case a line.
    #[rustfmt::skip]
    let cases: [(&str, Spoil); 40] = [
        ("version 17", |p| p.operator_set = within(8, &[&text(1, ""), &number(2, 18)])),
        ("version 17", |p| p.operator_set.clear()),
        ("com.microsoft", |p| {
            let own = within(8, &[&text(1, "com.microsoft"), &number(2, 1)]);
            p.operator_set.extend(own);
        }),
        ("field 7 of a ModelProto twice", |p| p.model.push(within(7, &[]))),
        // Training information and functions.
        ("field 20 in a ModelProto", |p| p.model.push(within(20, &[]))),
        ("field 25 in a ModelProto", |p| p.model.push(within(25, &[]))),
        ("field 14 in a ModelProto", |p| p.model.push(within(14, &[]))),
        // Sparse tensors, shapes of values in between, quantisation.
        ("field 15 in a GraphProto", |p| p.graph.push(within(15, &[]))),
        ("field 13 in a GraphProto", |p| p.graph.push(within(13, &[]))),
        ("field 14 in a GraphProto", |p| p.graph.push(within(14, &[]))),
        // Data in another file.
        ("field 13 in a TensorProto", |p| p.stored.push(within(13, &[&text(1, "location")]))),
        ("field 14 in a TensorProto", |p| p.stored.push(number(14, 1))),
        // Data in lists, and a segment.
        ("field 4 in a TensorProto", |p| p.stored.push(within(4, &[&[0; 8]]))),
        ("field 3 in a TensorProto", |p| p.stored.push(within(3, &[]))),
        ("data_type", |p| p.stored[1] = number(2, 8)),
        ("data_type", |p| p.stored[1] = number(2, 1 + (1 << 32))),
        ("8 bytes where its shape [2, 1, 2] needs 16", |p| p.stored.push(within(1, &[&[1, 2]]))),
        ("needs 18446744073709551615", |p| p.stored.extend([number(1, i64::MAX), number(1, i64::MAX)])),
        ("no axis is below 1", |p| p.stored[0] = number(1, 0)),
        ("no axis is below 1", |p| p.stored[0] = number(1, -2)),
        ("dims", |p| p.stored.extend(vec![number(1, 1); 8])),
        ("raw_data", |p| p.stored.truncate(3)),
        ("name", |p| p.stored[2] = text(8, "w\u{1b}[2J")),
        ("name", |p| p.stored[2] = text(8, &"w".repeat(257))),
        ("name", |p| p.stored[2] = within(8, &[&[0xff]])),
        ("for two values", |p| (p.stored[2], p.node[1]) = (text(8, "y"), text(1, "y"))),
        ("for two nodes", |p| p.stored[2] = text(8, "x")),
        ("for two nodes", |p| p.node[3] = text(3, "w")),
        ("before anything has it", |p| p.node[1] = text(1, "y")),
        ("field 2 of a NodeProto twice", |p| p.node.push(text(2, "z"))),
        ("output", |p| p.node[2] = text(2, "")),
        ("for a set of operators", |p| p.node.push(text(7, "com.microsoft"))),
        // A setting that is a graph, a tensor, or of another type than it says.
        ("field 6 in a AttributeProto", |p| p.node.push(within(5, &[&within(6, &[])]))),
        ("field 5 in a AttributeProto", |p| p.node.push(within(5, &[&within(5, &[])]))),
        ("type in a AttributeProto", |p| {
            p.node.push(within(5, &[&text(1, "axis"), &number(3, 1), &number(20, 1)]));
        }),
        ("which no node makes", |p| {
            p.node[2] = text(2, "z");
            p.stored[2] = text(8, "y");
            p.node[1] = text(1, "y");
        }),
        ("outputs are y [?, 2] and y [?, 2]", |p| {
            let again = p.graph[1].clone();
            p.graph.push(again);
        }),
        ("inputs are x [3, 2]", |p| p.graph[0] = tensor_port(11, "x", &[number(1, 3), number(1, 2)])),
        ("dim_param", |p| p.graph[0] = tensor_port(11, "x", &[text(2, "((((n"), number(1, 2)])),
        ("outputs are y [2, 2]", |p| {
            // Two rows and one column, which the sum repeats.
            p.stored[0] = within(1, &[&[2, 1]]);
        }),
    ];
    check(&Parts::sound().file(), &sum()).expect("a sound network");
    for (expected, spoil) in cases {
        let mut parts = Parts::sound();
        spoil(&mut parts);
        let message = check(&parts.file(), &sum())
            .expect_err(expected)
            .to_string();
        assert!(message.contains(expected), "{message} ({expected})");
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}

#[test]
fn a_port_that_the_manifest_does_not_know_is_refused() {
    let file = Parts::sound().file();
    for described in [
        described(&[("x", &[1, 2]), ("v", &[1])], &[("y", &[1, 2])]),
        described(&[("v", &[1, 2])], &[("y", &[1, 2])]),
        described(&[("x", &[1, 2])], &[("y", &[2, 2])]),
        described(&[("x", &[1, 2])], &[]),
    ] {
        let error = check(&file, &described).expect_err("another manifest");
        assert!(matches!(error, StructureError::Ports { .. }), "{error}");
    }
}

#[test]
fn a_file_that_ends_anywhere_else_is_refused() {
    let file = Parts::sound().file();
    for length in 0..file.len() {
        assert!(check(&file[..length], &sum()).is_err(), "{length}");
    }
}

/// A row of nodes of one kind, each on what the last made, in as many as `count` says.
fn row(count: usize, node: impl Fn(&str, &str) -> Vec<Vec<u8>>) -> Parts {
    let mut parts = Parts::sound();
    let mut last = "x".to_owned();
    for place in 0..count {
        let next = format!("v{place}");
        let node = node(&last, &next).concat();
        parts.graph.insert(place, within(1, &[&node]));
        last = next;
    }
    parts
}

#[test]
fn too_many_nodes_and_inputs_are_refused() {
    let identity = |from: &str, to: &str| vec![text(1, from), text(2, to), text(4, "Identity")];
    let most = limits::NODES;
    check(&row(most - 1, identity).file(), &sum()).expect("as many as may be");
    let error = check(&row(most, identity).file(), &sum()).expect_err("one more");
    assert_eq!(
        error,
        StructureError::TooMany {
            what: "nodes",
            limit: most as u64
        }
    );
    let mut parts = Parts::sound();
    parts.node = vec![text(1, "x"); 65];
    let error = check(&parts.file(), &sum())
        .expect_err("65 inputs")
        .to_string();
    assert!(error.contains("64 inputs of one node"), "{error}");
}

#[test]
fn a_small_file_that_asks_for_much_memory_or_time_is_refused() {
    // Each doubles what it is given; no single one is too large.
    let doubled = |from: &str, to: &str| {
        let axis = within(5, &[&text(1, "axis"), &number(3, 1), &number(20, 2)]);
        vec![
            text(1, from),
            text(1, from),
            text(2, to),
            text(4, "Concat"),
            axis,
        ]
    };
    check(&row(20, doubled).file(), &sum()).expect("two million values");
    let error = check(&row(22, doubled).file(), &sum()).expect_err("too many values");
    assert!(error.to_string().contains("8388608 values"), "{error}");
    // Twenty doublings, and then the same again and again.
    let widened = |from: &str, to: &str| {
        let place: usize = to[1..].parse().expect("a number");
        match place < 20 {
            true => doubled(from, to),
            false => vec![text(1, from), text(2, to), text(4, "Exp")],
        }
    };
    let error = check(&row(60, widened).file(), &sum()).expect_err("too much memory");
    assert!(matches!(error, StructureError::Memory { .. }), "{error}");
    // Ten doublings to a row of 2048, which by a column of 2048 gives a square; and then squares of squares.
    let squared = |from: &str, to: &str| {
        let place: usize = to[1..].parse().expect("a number");
        let order = within(
            5,
            &[&text(1, "perm"), &within(8, &[&[1, 0]]), &number(20, 7)],
        );
        match place {
            0..10 => doubled(from, to),
            10 => vec![text(1, from), text(2, to), text(4, "Transpose"), order],
            11 => vec![text(1, from), text(1, "v9"), text(2, to), text(4, "MatMul")],
            _ => vec![text(1, from), text(1, from), text(2, to), text(4, "MatMul")],
        }
    };
    check(&row(15, squared).file(), &sum()).expect("three cubes of 2048");
    let error = check(&row(16, squared).file(), &sum()).expect_err("four");
    assert!(matches!(error, StructureError::Work { .. }), "{error}");
}
