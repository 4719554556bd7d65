//! Small graphs before and after, and the networks that ship.

use std::path::Path;
use std::sync::Arc;

use tract_core::internal::Approximation;
use tract_core::ops::array::Slice;
use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec, PoolSpec};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math::{add, max, mul};
use tract_core::ops::nn::{DataFormat, NearestUpsample};
use tract_core::prelude::*;

use super::operator::ChainOperator;
use super::{Threads, rewrite};
use crate::convolution::simd::InstructionSet;
use crate::model::Manifest;
use crate::model::network_file::NetworkFile;
use crate::model::onnx;
use crate::model::onnx::wiring::stored::make_constants;
use crate::model::onnx::wiring::wire;

/// Numbers between −1 and 1, the same for the same seed.
fn numbers(shape: &[usize], seed: usize) -> Tensor {
    let value = |index: usize| ((index * 7919 + seed * 104_729 + 13) % 2003) as f32 / 1001.5 - 1.0;
    let values: Vec<f32> = (0..shape.iter().product()).map(value).collect();
    Tensor::from_shape(shape, &values).expect("as many as the shape says")
}

/// A graph that is being built.
struct Build {
    model: TypedModel,
    nodes: usize,
}

/// What differs between convolutions.
#[derive(Clone)]
struct Kind {
    inputs: usize,
    outputs: usize,
    kernel: [usize; 2],
    group: usize,
    dilation: usize,
    stride: usize,
    padding: PaddingSpec,
}

impl Kind {
    fn usual(inputs: usize, outputs: usize) -> Self {
        Self {
            inputs,
            outputs,
            kernel: [3, 3],
            group: 1,
            dilation: 1,
            stride: 1,
            padding: PaddingSpec::Explicit(tvec![1, 1], tvec![1, 1]),
        }
    }
}

impl Build {
    fn new(shape: &[usize]) -> (Self, OutletId) {
        let mut model = TypedModel::default();
        let input = model.add_source("x", f32::fact(shape)).expect("a source");
        (Self { model, nodes: 0 }, input)
    }

    fn node(
        &mut self,
        operation: impl Into<Box<dyn tract_core::ops::TypedOp>>,
        inputs: &[OutletId],
    ) -> OutletId {
        self.nodes += 1;
        let name = format!("node {}", self.nodes);
        self.model
            .wire_node(name, operation, inputs)
            .expect("a sound graph")[0]
    }

    fn constant(&mut self, tensor: Tensor) -> OutletId {
        self.nodes += 1;
        let name = format!("constant {}", self.nodes);
        self.model.add_const(name, tensor).expect("a constant")
    }

    fn convolution(&mut self, kind: &Kind, input: OutletId) -> OutletId {
        let seed = self.nodes;
        let [tall, wide] = kind.kernel;
        let shape = [kind.outputs, kind.inputs / kind.group, tall, wide];
        let weights = self.constant(numbers(&shape, seed));
        let bias = self.constant(numbers(&[kind.outputs], seed + 1));
        let pool = PoolSpec {
            data_format: DataFormat::NCHW,
            kernel_shape: tvec![tall, wide],
            padding: kind.padding.clone(),
            dilations: Some(tvec![kind.dilation; 2]),
            strides: Some(tvec![kind.stride; 2]),
            input_channels: kind.inputs,
            output_channels: kind.outputs,
        };
        let operation = Conv {
            pool_spec: pool,
            kernel_fmt: KernelFormat::OIHW,
            group: kind.group,
            q_params: None,
        };
        self.node(operation, &[input, weights, bias])
    }

    fn relu(&mut self, value: OutletId) -> OutletId {
        let zero = self.constant(numbers_of(0.0));
        self.node(max(), &[value, zero])
    }

    fn finish(mut self, outputs: &[OutletId]) -> TypedModel {
        self.model.select_output_outlets(outputs).expect("outputs");
        self.model
    }
}

/// One number for every pixel of every channel.
fn numbers_of(value: f32) -> Tensor {
    Tensor::from_shape(&[1, 1, 1, 1], &[value]).expect("one number")
}

/// Runs a graph as it is and rewritten, with every instruction set; gives how many chains and how many
/// convolutions of tract the rewritten one has.
fn compare(model: TypedModel, inputs: &[Tensor]) -> (usize, usize) {
    let given = || -> TVec<TValue> { inputs.iter().map(|input| input.clone().into()).collect() };
    let run = |model: TypedModel| {
        let plan = model
            .into_optimized()
            .and_then(|model| model.into_runnable());
        plan.and_then(|plan| plan.run(given())).expect("it runs")
    };
    let mut plain = model.clone();
    make_constants(&mut plain).expect("tensors");
    let expected = run(plain);
    let mut counts = (0, 0);
    for set in InstructionSet::available() {
        let mut rewritten =
            rewrite(model.clone(), set, &Threads::default()).expect("it can be rewritten");
        make_constants(&mut rewritten).expect("tensors");
        let count = |wanted: fn(&TypedNode) -> bool| {
            let order = rewritten.eval_order().expect("an order");
            order
                .iter()
                .filter(|id| wanted(rewritten.node(**id)))
                .count()
        };
        counts = (
            count(|node| node.op_is::<ChainOperator>()),
            count(|node| node.op_is::<Conv>()),
        );
        let got = run(rewritten);
        assert_eq!(expected.len(), got.len());
        for (expected, got) in expected.iter().zip(&got) {
            expected
                .close_enough(got, Approximation::Approximate)
                .unwrap_or_else(|error| panic!("{set:?}: {error}"));
        }
    }
    counts
}

#[test]
fn sums_and_relus_are_taken_along() {
    let (mut build, x) = Build::new(&[1, 5, 9, 11]);
    let a = build.convolution(&Kind::usual(5, 7), x);
    let a = build.relu(a);
    let b = build.convolution(&Kind::usual(7, 7), a);
    let b = build.relu(b);
    let c = build.convolution(&Kind::usual(7, 7), b);
    let c = build.node(add(), &[a, c]);
    let c = build.relu(c);
    let model = build.finish(&[c]);
    assert_eq!(compare(model, &[numbers(&[1, 5, 9, 11], 3)]), (1, 0));
}

#[test]
fn doubling_is_taken_along() {
    let (mut build, x) = Build::new(&[1, 6, 5, 4]);
    let enlarged = NearestUpsample {
        scales: tvec![1, 1, 2, 2],
    };
    let up = build.node(enlarged, &[x]);
    let y = build.convolution(&Kind::usual(6, 8), up);
    let model = build.finish(&[y]);
    assert_eq!(compare(model, &[numbers(&[1, 6, 5, 4], 3)]), (1, 0));
}

#[test]
fn a_doubled_picture_that_is_read_twice_stays() {
    let (mut build, x) = Build::new(&[1, 6, 5, 4]);
    let enlarged = NearestUpsample {
        scales: tvec![1, 1, 2, 2],
    };
    let up = build.node(enlarged, &[x]);
    let y = build.convolution(&Kind::usual(6, 6), up);
    let z = build.node(add(), &[y, up]);
    let model = build.finish(&[z, up]);
    assert_eq!(compare(model, &[numbers(&[1, 6, 5, 4], 3)]), (1, 0));
}

#[test]
fn other_enlargements_and_larger_taps_are_kept_apart() {
    for (scales, kernel, pad) in [([1, 1, 3, 2], 3, 1), ([1, 1, 2, 2], 5, 2)] {
        let (mut build, x) = Build::new(&[1, 3, 4, 5]);
        let enlarged = NearestUpsample {
            scales: scales.into_iter().collect(),
        };
        let up = build.node(enlarged, &[x]);
        let kind = Kind {
            kernel: [kernel; 2],
            padding: PaddingSpec::Explicit(tvec![pad; 2], tvec![pad; 2]),
            ..Kind::usual(3, 4)
        };
        let y = build.convolution(&kind, up);
        let model = build.finish(&[y]);
        assert_eq!(compare(model, &[numbers(&[1, 3, 4, 5], 3)]), (1, 0));
    }
}

#[test]
fn convolutions_that_are_not_known_stay_with_tract() {
    let unknown = [
        Kind {
            group: 2,
            ..Kind::usual(4, 6)
        },
        Kind {
            dilation: 2,
            ..Kind::usual(4, 6)
        },
        Kind {
            padding: PaddingSpec::SameUpper,
            stride: 2,
            ..Kind::usual(4, 6)
        },
    ];
    for kind in unknown {
        let (mut build, x) = Build::new(&[1, 4, 9, 8]);
        let y = build.convolution(&kind, x);
        let y = build.relu(y);
        let model = build.finish(&[y]);
        assert_eq!(compare(model, &[numbers(&[1, 4, 9, 8], 3)]), (0, 1));
    }
}

#[test]
fn batches_stay_with_tract() {
    let (mut build, x) = Build::new(&[2, 4, 9, 8]);
    let y = build.convolution(&Kind::usual(4, 6), x);
    let model = build.finish(&[y]);
    assert_eq!(compare(model, &[numbers(&[2, 4, 9, 8], 3)]), (0, 1));
}

#[test]
fn weights_that_depend_on_the_input_stay_with_tract() {
    let (mut build, x) = Build::new(&[1, 4, 9, 8]);
    let weights = build
        .model
        .add_source("w", f32::fact([4, 4, 3, 3]))
        .expect("a source");
    let bias = build.constant(numbers(&[4], 1));
    let operation = Conv {
        pool_spec: PoolSpec {
            data_format: DataFormat::NCHW,
            kernel_shape: tvec![3, 3],
            padding: PaddingSpec::Valid,
            dilations: None,
            strides: None,
            input_channels: 4,
            output_channels: 4,
        },
        kernel_fmt: KernelFormat::OIHW,
        group: 1,
        q_params: None,
    };
    let y = build.node(operation, &[x, weights, bias]);
    let model = build.finish(&[y]);
    let inputs = [numbers(&[1, 4, 9, 8], 3), numbers(&[4, 4, 3, 3], 4)];
    assert_eq!(compare(model, &inputs), (0, 1));
}

#[test]
fn what_lies_between_is_run_in_between() {
    // The second convolution reads what tract makes of the first one; the third reads both. No chain
    // may hold the first and the third but not what is between.
    let (mut build, x) = Build::new(&[1, 4, 8, 8]);
    let a = build.convolution(&Kind::usual(4, 6), x);
    let factor = build.constant(numbers_of(0.5));
    let middle = build.node(mul(), &[a, factor]);
    let middle = build.node(add(), &[middle, a]);
    let b = build.convolution(&Kind::usual(6, 6), middle);
    let b = build.node(add(), &[b, a]);
    let c = build.convolution(&Kind::usual(6, 3), b);
    let cut = Slice {
        axis: 1,
        start: 1.to_dim(),
        end: 3.to_dim(),
    };
    let cut = build.node(cut, &[c]);
    let d = build.convolution(&Kind::usual(2, 2), cut);
    let model = build.finish(&[d, a, c]);
    assert_eq!(compare(model, &[numbers(&[1, 4, 8, 8], 3)]), (3, 0));
}

#[test]
fn both_sides_of_a_sum_may_be_convolutions() {
    let (mut build, x) = Build::new(&[1, 4, 8, 8]);
    let a = build.convolution(&Kind::usual(4, 6), x);
    let b = build.convolution(&Kind::usual(4, 6), x);
    let sum = build.node(add(), &[a, b]);
    let twice = build.node(add(), &[sum, sum]);
    let y = build.relu(twice);
    let model = build.finish(&[y]);
    assert_eq!(compare(model, &[numbers(&[1, 4, 8, 8], 3)]), (1, 0));
}

#[test]
fn strides_and_uneven_padding_are_known() {
    let kind = Kind {
        kernel: [4, 2],
        stride: 2,
        padding: PaddingSpec::Explicit(tvec![2, 0], tvec![1, 1]),
        ..Kind::usual(4, 6)
    };
    let (mut build, x) = Build::new(&[1, 4, 9, 8]);
    let y = build.convolution(&kind, x);
    let model = build.finish(&[y]);
    assert_eq!(compare(model, &[numbers(&[1, 4, 9, 8], 3)]), (1, 0));
}

/// A product of rows with a matrix, with bias and ReLU.
fn matrix(rows: usize, shared: bool) -> TypedModel {
    let (mut build, x) = Build::new(&[rows, 70]);
    let weights = build.constant(numbers(&[45, 70], 1));
    let bias = build.constant(numbers(&[1, 45], 2));
    let axes = "mk,nk->mn".parse().expect("an Einstein sum");
    let product = build.node(EinSum::new(axes, f32::datum_type()), &[x, weights]);
    let sum = build.node(add(), &[product, bias]);
    let zero = Tensor::from_shape(&[1, 1], &[0.0_f32]).expect("one number");
    let zero = build.constant(zero);
    let y = build.node(max(), &[sum, zero]);
    let outputs = [y, product];
    build.finish(if shared { &outputs } else { &outputs[..1] })
}

#[test]
fn a_matrix_is_a_layer_for_one_row_at_a_time() {
    let one = [numbers(&[1, 70], 3)];
    assert_eq!(compare(matrix(1, false), &one), (1, 0));
    assert_eq!(compare(matrix(1, true), &one), (1, 0));
    assert_eq!(compare(matrix(2, false), &[numbers(&[2, 70], 3)]), (0, 0));
}

/// The networks that ship, where all that can be is in the hands of [`crate::convolution`].
#[test]
fn the_networks_that_ship_give_the_same_values() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/cart");
    let text = std::fs::read_to_string(folder.join("manifest.toml")).expect("the manifest");
    let manifest = Manifest::from_toml(&text).expect("sound");
    // Between the convolutions and the matrix of each network, tract renames axes.
    for (network, chains) in [(manifest.encoder, 2), (manifest.decoder, 2)] {
        let model = parsed(&folder, &network);
        let inputs: Vec<Tensor> = network
            .inputs
            .iter()
            .map(|port| numbers(&port.shape, 1))
            .collect();
        assert_eq!(compare(model, &inputs), (chains, 0), "{}", network.file);
    }
}

fn parsed(folder: &Path, network: &NetworkFile) -> TypedModel {
    let onnx = std::fs::read(folder.join(&network.file)).expect("the network");
    let onnx = Arc::new(onnx);
    let checked = onnx::read(&onnx, network).expect("sound");
    wire(&checked, &onnx, network).expect("wired")
}
