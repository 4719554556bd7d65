//! Shapes against the definitions of the operators, and what each refuses.

use super::KNOWN;
use crate::model::onnx::graph::{Attribute, Element, Node, Setting, Stored};
use crate::model::onnx::values::{Made, Values};

/// An input of a node under test.
enum Input<'a> {
    Given(&'a [usize]),
    Left,
    Integers(&'a [i64]),
    Floats(&'a [i64], &'a [f32]),
    Zeros(&'a [i64]),
    Halves(&'a [i64]),
}
use Input::{Floats, Given, Halves, Integers, Left, Zeros};
use Setting::{Float, Integer, Integers as List, Text};

/// What a node makes of these inputs, or what is said of it.
fn run(
    operator: &str,
    inputs: &[Input<'_>],
    settings: &[(&str, Setting<'_>)],
) -> Result<Made, String> {
    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];
    let bytes: Vec<Vec<u8>> = inputs.iter().map(data).collect();
    let mut values = Values::default();
    let mut node = Node {
        name: "node",
        operator,
        output: "made",
        ..Node::default()
    };
    for ((input, data), name) in inputs.iter().zip(&bytes).zip(NAMES) {
        node.inputs
            .push(if matches!(input, Left) { "" } else { name });
        let (element, shape) = match input {
            Given(shape) => {
                values
                    .give(name, shape)
                    .map_err(|error| error.to_string())?;
                continue;
            }
            Left => continue,
            Integers(list) => (Element::Integer, vec![list.len() as i64]),
            Floats(shape, _) | Zeros(shape) => (Element::Single, shape.to_vec()),
            Halves(shape) => (Element::Half, shape.to_vec()),
        };
        let stored = Stored {
            name,
            element,
            shape,
            data,
        };
        values.store(&stored).map_err(|error| error.to_string())?;
    }
    for (name, value) in settings {
        node.attributes.push(Attribute {
            name,
            value: value.clone(),
        });
    }
    values.run(&node).map_err(|error| error.to_string())
}

fn data(input: &Input<'_>) -> Vec<u8> {
    let zeros =
        |shape: &[i64], bytes: i64| vec![0; (shape.iter().product::<i64>() * bytes) as usize];
    match input {
        Given(_) | Left => Vec::new(),
        Integers(list) => list.iter().flat_map(|value| value.to_le_bytes()).collect(),
        Floats(_, list) => list.iter().flat_map(|value| value.to_le_bytes()).collect(),
        Zeros(shape) => zeros(shape, 4),
        Halves(shape) => zeros(shape, 2),
    }
}

#[test]
fn the_operators_are_in_order_and_once() {
    assert!(KNOWN.is_sorted_by(|one, other| one.name < other.name));
}

#[test]
fn shapes_are_those_of_the_definitions() {
    type Case<'a> = (
        &'a str,
        Vec<Input<'a>>,
        Vec<(&'a str, Setting<'a>)>,
        Vec<usize>,
    );
    let window = |kernel: &[i64], strides: &[i64], pads: &[i64]| {
        vec![
            ("kernel_shape", List(kernel.to_vec())),
            ("strides", List(strides.to_vec())),
            ("pads", List(pads.to_vec())),
        ]
    };
    let nearest = || {
        vec![
            ("mode", Text("nearest")),
            ("coordinate_transformation_mode", Text("asymmetric")),
            ("nearest_mode", Text("floor")),
        ]
    };
    let open = [
        window(&[4, 4], &[2, 2], &[1, 1, 1, 1]),
        vec![("output_padding", List(vec![1, 1]))],
    ]
    .concat();
    let grouped = [
        window(&[3], &[1], &[0, 0]),
        vec![("group", Integer(2)), ("dilations", List(vec![2]))],
    ]
    .concat();
    // A table, a case a line.
    #[rustfmt::skip]
    let cases: Vec<Case<'_>> = vec![
        ("Relu", vec![Given(&[2, 3])], vec![], vec![2, 3]),
        ("LeakyRelu", vec![Given(&[2])], vec![("alpha", Float(0.1))], vec![2]),
        ("Add", vec![Given(&[2, 1, 4]), Given(&[3, 1])], vec![], vec![2, 3, 4]),
        ("Pow", vec![Given(&[2]), Floats(&[], &[2.0])], vec![], vec![2]),
        ("Cast", vec![Halves(&[2, 2])], vec![("to", Integer(1))], vec![2, 2]),
        ("Clip", vec![Given(&[5]), Floats(&[], &[-1.0]), Floats(&[], &[1.0])], vec![], vec![5]),
        ("Softmax", vec![Given(&[1, 4, 6])], vec![("axis", Integer(-1))], vec![1, 4, 6]),
        (
            "BatchNormalization",
            vec![Given(&[1, 2, 5]), Zeros(&[2]), Zeros(&[2]), Zeros(&[2]), Zeros(&[2])],
            vec![("epsilon", Float(1e-5))],
            vec![1, 2, 5],
        ),
        ("Gemm", vec![Given(&[1, 6]), Zeros(&[4, 6]), Zeros(&[4])], vec![("transB", Integer(1))], vec![1, 4]),
        ("MatMul", vec![Zeros(&[8, 4]), Given(&[1, 3, 4, 5])], vec![], vec![1, 3, 8, 5]),
        ("Conv", vec![Given(&[1, 12, 300]), Zeros(&[32, 12, 5]), Zeros(&[32])], window(&[5], &[2], &[2, 2]), vec![1, 32, 150]),
        ("Conv", vec![Given(&[1, 4, 9]), Zeros(&[6, 2, 3])], grouped, vec![1, 6, 5]),
        ("Conv", vec![Given(&[1, 4, 8, 8]), Zeros(&[2, 4, 1, 1])], vec![], vec![1, 2, 8, 8]),
        // PyTorch: ConvTranspose2d(3, 5, 4, 2, 1, output_padding=1) makes 17 × 17 of 8 × 8.
        ("ConvTranspose", vec![Given(&[1, 3, 8, 8]), Zeros(&[3, 5, 4, 4])], open, vec![1, 5, 17, 17]),
        ("MaxPool", vec![Given(&[1, 2, 9, 9])], window(&[2, 2], &[2, 2], &[0, 0, 0, 0]), vec![1, 2, 4, 4]),
        ("AveragePool", vec![Given(&[1, 2, 9])], vec![("kernel_shape", List(vec![3]))], vec![1, 2, 7]),
        ("GlobalAveragePool", vec![Given(&[1, 2, 9, 4])], vec![], vec![1, 2, 1, 1]),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[-1, 3, 2])], vec![], vec![2, 3, 2]),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[12])], vec![], vec![12]),
        ("Flatten", vec![Given(&[1, 4, 6])], vec![], vec![1, 24]),
        ("Transpose", vec![Given(&[1, 4, 6])], vec![("perm", List(vec![0, 2, 1]))], vec![1, 6, 4]),
        ("Concat", vec![Given(&[1, 4]), Given(&[1, 1])], vec![("axis", Integer(1))], vec![1, 5]),
        ("Slice", vec![Given(&[1, 32, 4]), Integers(&[16]), Integers(&[i64::MAX]), Integers(&[1]), Integers(&[1])], vec![], vec![1, 16, 4]),
        ("Pad", vec![Given(&[1, 4]), Integers(&[0, 1, 0, 2]), Floats(&[], &[0.0])], vec![], vec![1, 7]),
        ("Expand", vec![Given(&[3, 1]), Integers(&[2, 1, 4])], vec![], vec![2, 3, 4]),
        ("ReduceSum", vec![Given(&[2, 3]), Integers(&[1])], vec![("keepdims", Integer(1))], vec![2, 1]),
        ("ReduceMean", vec![Given(&[2, 3, 4])], vec![("axes", List(vec![-2])), ("keepdims", Integer(0))], vec![2, 4]),
        ("ReduceMax", vec![Given(&[2, 3])], vec![("keepdims", Integer(0))], vec![]),
        ("Resize", vec![Given(&[1, 4, 8, 8]), Left, Floats(&[4], &[1.0, 1.0, 2.0, 3.0])], nearest(), vec![1, 4, 16, 24]),
    ];
    for (operator, inputs, settings, expected) in cases {
        let made =
            run(operator, &inputs, &settings).unwrap_or_else(|error| panic!("{operator}: {error}"));
        assert_eq!(made.value.shape, expected, "{operator}");
    }
}

#[test]
fn multiplications_and_windows_of_a_convolution_are_counted() {
    let inputs = [Given(&[1, 4, 8, 8]), Zeros(&[6, 4, 3, 3])];
    let made = run("Conv", &inputs, &[("pads", List(vec![1; 4]))]).expect("a convolution");
    assert_eq!(made.multiplications, 6 * 64 * 4 * 9);
    assert_eq!(made.window_values, 64 * 4 * 9);
    let made = run("Gemm", &[Given(&[1, 6]), Zeros(&[6, 4])], &[]).expect("a product");
    assert_eq!((made.multiplications, made.window_values), (24, 0));
}

#[test]
fn what_the_definitions_or_the_trainer_do_not_allow_is_refused() {
    type Case<'a> = (
        &'a str,
        Vec<Input<'a>>,
        Vec<(&'a str, Setting<'a>)>,
        &'a str,
    );
    let convolution = || vec![Given(&[1, 4, 8]), Zeros(&[2, 4, 3])];
    let resized = |factors: &'static [f32]| vec![Given(&[1, 4, 8]), Left, Floats(&[3], factors)];
    let nearest = |mode: &'static str| {
        vec![
            ("mode", Text(mode)),
            ("coordinate_transformation_mode", Text("asymmetric")),
            ("nearest_mode", Text("floor")),
        ]
    };
    let list = |name: &'static str, values: &[i64]| vec![(name, List(values.to_vec()))];
    let sliced = |start: &'static [i64], end: &'static [i64], step: &'static [i64]| {
        vec![
            Given(&[1, 8]),
            Integers(start),
            Integers(end),
            Integers(&[1]),
            Integers(step),
        ]
    };
    // A table, a case a line.
    #[rustfmt::skip]
    let cases: Vec<Case<'_>> = vec![
        ("Loop", vec![Given(&[1])], vec![], "no operator that is known"),
        ("relu", vec![Given(&[1])], vec![], "no operator that is known"),
        ("Relu", vec![], vec![], "0 inputs"),
        ("Relu", vec![Given(&[1]), Given(&[1])], vec![], "2 inputs"),
        ("Relu", vec![Given(&[1])], vec![("body", Integer(1))], "not known"),
        ("Relu", vec![Left], vec![], "lacks input 0"),
        ("Relu", vec![Halves(&[2])], vec![], "32-bit floats"),
        ("Relu", vec![Integers(&[2])], vec![], "32-bit floats"),
        ("Elu", vec![Given(&[1])], vec![("alpha", Float(f32::NAN))], "finite"),
        ("Elu", vec![Given(&[1])], vec![("alpha", Integer(1))], "finite"),
        ("Elu", vec![Given(&[1])], vec![("alpha", Float(1.0)), ("alpha", Float(2.0))], "twice"),
        ("Add", vec![Given(&[2, 3]), Given(&[2])], vec![], "do not fit"),
        ("Add", vec![Given(&[1 << 12, 1]), Given(&[1 << 12])], vec![], "16777216 values"),
        ("Cast", vec![Integers(&[1])], vec![("to", Integer(1))], "floats of floats"),
        ("Cast", vec![Halves(&[1])], vec![("to", Integer(11))], "floats of floats"),
        ("Clip", vec![Given(&[1]), Floats(&[], &[1.0]), Floats(&[], &[-1.0])], vec![], "limits values"),
        ("Clip", vec![Given(&[1]), Floats(&[], &[f32::NAN]), Floats(&[], &[1.0])], vec![], "finite"),
        ("Clip", vec![Given(&[1]), Floats(&[1], &[0.0]), Floats(&[], &[1.0])], vec![], "without axes"),
        ("Clip", vec![Given(&[1]), Given(&[]), Floats(&[], &[1.0])], vec![], "stored in the file"),
        ("Softmax", vec![Given(&[1, 2])], vec![("axis", Integer(2))], "axis 2 of 2"),
        ("Softmax", vec![Given(&[1, 2])], vec![("axis", Integer(i64::MIN))], "of 2"),
        ("BatchNormalization", vec![Given(&[1, 2, 5]), Zeros(&[2]), Zeros(&[2]), Zeros(&[3]), Zeros(&[2])], vec![], "2 values of input 3"),
        ("Gemm", vec![Given(&[1, 6]), Zeros(&[4, 6])], vec![], "6 columns with 4 rows"),
        ("Gemm", vec![Given(&[1, 6]), Zeros(&[6, 4]), Zeros(&[2, 4])], vec![], "does not fit"),
        ("Gemm", vec![Given(&[1, 6]), Zeros(&[6, 4])], vec![("transA", Integer(2))], "0 or 1"),
        ("Gemm", vec![Given(&[6]), Zeros(&[6, 4])], vec![], "matrices"),
        ("MatMul", vec![Given(&[6]), Zeros(&[6, 4])], vec![], "matrices"),
        ("MatMul", vec![Given(&[2, 5, 6]), Zeros(&[3, 6, 4])], vec![], "do not fit"),
        ("Conv", vec![Given(&[1, 4, 8]), Given(&[2, 4, 3])], vec![], "constant weights"),
        ("Conv", vec![Given(&[1, 5, 8]), Zeros(&[2, 4, 3])], vec![], "for 5 channels"),
        ("Conv", vec![Given(&[1, 4, 2]), Zeros(&[2, 4, 3])], vec![], "a window of 3 for 2"),
        ("Conv", vec![Given(&[1, 4, 8]), Zeros(&[2, 4, 3]), Zeros(&[3])], vec![], "bias of 2"),
        ("Conv", vec![Given(&[1, 4]), Zeros(&[2, 4])], vec![], "places"),
        ("Conv", vec![Given(&[1, 4, 8, 8, 8]), Zeros(&[2, 4, 1, 1, 1])], vec![], "3 axes"),
        ("Conv", convolution(), list("strides", &[0]), "sizes [0]"),
        ("Conv", convolution(), list("strides", &[-1]), "sizes [-1]"),
        ("Conv", convolution(), list("strides", &[1, 1]), "2 strides"),
        ("Conv", convolution(), list("dilations", &[1 << 40]), "sizes"),
        ("Conv", convolution(), list("pads", &[-1, 0]), "sizes"),
        ("Conv", convolution(), list("pads", &[3, 0]), "padding alone"),
        ("Conv", convolution(), list("kernel_shape", &[5]), "names a kernel"),
        ("Conv", convolution(), vec![("group", Integer(0))], "sizes [0]"),
        ("Conv", convolution(), vec![("group", Integer(3))], "3 groups"),
        ("Conv", convolution(), vec![("auto_pad", Text("SAME_UPPER"))], "not known"),
        ("ConvTranspose", vec![Given(&[1, 4, 8]), Zeros(&[4, 2, 3])], list("output_padding", &[1]), "at the end"),
        ("ConvTranspose", vec![Given(&[1, 4, 1]), Zeros(&[4, 2, 3])], list("pads", &[2, 2]), "pads away"),
        ("MaxPool", vec![Given(&[1, 2, 9])], vec![], "lacks kernel_shape"),
        ("MaxPool", vec![Given(&[1, 2, 9])], list("kernel_shape", &[10]), "a window of 10"),
        ("MaxPool", vec![Given(&[1, 2, 9])], list("kernel_shape", &[2, 2]), "over 1"),
        ("GlobalAveragePool", vec![Given(&[1, 2])], vec![], "places"),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[5])], vec![], "shape [5]"),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[-1, -1, 12])], vec![], "shape"),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[0, 12])], vec![], "shape"),
        ("Reshape", vec![Given(&[2, 6]), Integers(&[i64::MAX, i64::MAX])], vec![], "shape"),
        ("Reshape", vec![Given(&[2, 6]), Given(&[1])], vec![], "stored in the file"),
        ("Reshape", vec![Given(&[1]), Integers(&[1; 9])], vec![], "9 axes"),
        ("Reshape", vec![Given(&[1]), Integers(&[1; 17])], vec![], "short list"),
        ("Flatten", vec![Given(&[2, 6])], vec![("axis", Integer(3))], "axis 3"),
        ("Transpose", vec![Given(&[2, 6])], list("perm", &[0, 0]), "orders"),
        ("Transpose", vec![Given(&[2, 6])], list("perm", &[0, 2]), "orders"),
        ("Transpose", vec![Given(&[2, 6])], vec![], "lacks perm"),
        ("Concat", vec![Given(&[2, 6]), Given(&[3, 6])], vec![("axis", Integer(1))], "after"),
        ("Concat", vec![Given(&[2, 6])], vec![], "names axis"),
        ("Slice", sliced(&[8], &[9], &[1]), vec![], "8 to 8"),
        ("Slice", sliced(&[-1], &[8], &[1]), vec![], "-1 to 8"),
        ("Slice", sliced(&[0], &[8], &[0]), vec![], "steps of 1"),
        ("Slice", sliced(&[0], &[8], &[-1]), vec![], "steps of 1"),
        ("Slice", sliced(&[0], &[i64::MIN], &[1]), vec![], "of axis 1"),
        ("Pad", vec![Given(&[1, 4]), Integers(&[0, 1, 0]), Floats(&[], &[0.0])], vec![], "3 widths"),
        ("Pad", vec![Given(&[1, 4]), Integers(&[0, -1, 0, 0]), Floats(&[], &[0.0])], vec![], "sizes"),
        ("Expand", vec![Given(&[3, 1]), Integers(&[i64::MAX])], vec![], "sizes"),
        ("Expand", vec![Given(&[3, 1]), Integers(&[1 << 22])], vec![], "12582912 values"),
        ("ReduceSum", vec![Given(&[2, 3]), Integers(&[1, -1])], vec![], "twice"),
        ("ReduceMean", vec![Given(&[2, 3])], list("axes", &[2]), "axis 2"),
        ("Resize", resized(&[1.0, 1.0, 1.5]), nearest("nearest"), "whole"),
        ("Resize", resized(&[1.0, 2.0, 2.0]), nearest("nearest"), "batch or channels"),
        ("Resize", resized(&[1.0, 1.0, 0.0]), nearest("nearest"), "sizes"),
        ("Resize", resized(&[1.0, 1.0, 1e30]), nearest("nearest"), "sizes"),
        ("Resize", resized(&[1.0, 1.0, f32::INFINITY]), nearest("nearest"), "finite"),
        ("Resize", resized(&[1.0, 1.0, 2.0]), nearest("cubic"), "mode to be nearest"),
        ("Resize", vec![Given(&[1, 4, 8]), Zeros(&[6]), Zeros(&[3])], nearest("nearest"), "region"),
    ];
    for (operator, inputs, settings, expected) in cases {
        let message = run(operator, &inputs, &settings).expect_err(expected);
        assert!(
            message.contains(expected),
            "{operator}: {message} ({expected})"
        );
        assert!(!message.contains('\n'), "{message}");
    }
}
