//! Random small graphs, where rules meet: values used several times, broadcast against each other, cut and joined.

use ecg2mri_trainer::graph::layer::{
    group_norm, l2_normalise, layer_norm, scaled_dot_product_attention,
};
use ecg2mri_trainer::graph::loss::{cosine_similarity, log_cosh};
use ecg2mri_trainer::graph::{Corners, Graph, GraphError, Value, Window};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::check::{Domain, check_loss, random_tensor};

/// One step in building a graph: which operation, and which of the values so far it takes.
#[derive(Debug, Clone, Copy)]
struct Step {
    operation: u8,
    first: usize,
    second: usize,
}

/// How many operations [`apply`] and [`apply_to_images`] know.
const OPERATIONS: u8 = 40;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0..OPERATIONS, any::<usize>(), any::<usize>()).prop_map(|(operation, first, second)| {
            Step {
                operation,
                first,
                second,
            }
        });
    prop::collection::vec(step, 1..9)
}

/// The operation, on smooth ground: values stay small, and nothing is divided by a number near 0. Ones that cannot take
/// the shapes they meet give their own error.
fn apply(graph: &mut Graph, step: Step, a: Value, b: Value) -> Result<Value, GraphError> {
    let rank = graph.shape(a).len();
    match step.operation {
        0 => graph.tanh(a),
        1 => graph.sigmoid(a),
        2 => graph.softplus(a),
        3 => graph.gelu(a),
        4 => graph.softmax(a),
        5 => graph.log_softmax(a),
        6 => graph.add(a, b),
        7 => graph.subtract(a, b),
        8 => {
            let (a, b) = (graph.tanh(a)?, graph.tanh(b)?);
            graph.multiply(a, b)
        }
        9 => {
            let positive = graph.softplus(b)?;
            let divisor = graph.offset(positive, 1.0)?;
            graph.divide(a, divisor)
        }
        // Any matrix goes with its own transpose.
        10 => graph
            .matmul_transposed(a, b, is_even(step.first), is_even(step.second))
            .or_else(|_| graph.matmul_transposed(a, a, is_even(step.first), !is_even(step.first))),
        11 => graph.reduce_mean(a, &[step.second % rank.max(1)], is_even(step.first)),
        12 => {
            let reversed: Vec<usize> = (0..rank).rev().collect();
            graph.transpose(a, &reversed)
        }
        13 => graph.concat(&[a, b, a], step.second % rank.max(1)),
        14 => {
            let axis = step.second % rank.max(1);
            let size = graph.shape(a).get(axis).copied().unwrap_or_default();
            graph.slice(a, axis, size / 2, size)
        }
        15 => {
            let elements = graph.shape(a).iter().product();
            graph.reshape(a, &[elements])
        }
        16 => graph.silu(a),
        17 => graph.gelu_tanh(a),
        18 => {
            let axis = step.second % rank.max(1);
            graph.softmax_over(a, axis)
        }
        19 => graph.reduce_variance(a, &[step.second % rank.max(1)], is_even(step.first), 0),
        20 => {
            let positive = graph.softplus(a)?;
            let shifted = graph.offset(positive, 0.5)?;
            graph.power(shifted, -0.75)
        }
        21 => graph.stack(&[a, b], step.second % (rank + 1)),
        22 => {
            let greater = graph.greater(a, b)?;
            let (a, b) = (graph.tanh(a)?, graph.sigmoid(b)?);
            graph.select(greater, a, b)
        }
        23 => scaled_dot_product_attention(graph, a, a, a, None),
        24 => {
            let width = graph.shape(a).last().copied().unwrap_or_default();
            let gamma = graph.constant("gamma", &[width], vec![0.75; width]);
            layer_norm(graph, a, gamma, gamma, 0.5)
        }
        25 => l2_normalise(graph, a, step.second % rank.max(1), 0.25),
        26 => {
            let rows = graph.shape(a).first().copied().unwrap_or_default();
            let last = rows.saturating_sub(1) as f32;
            let numbers = graph.constant("numbers", &[3], vec![last, 0.0, last]);
            graph.gather_rows(a, numbers)
        }
        27 => log_cosh(graph, a, b),
        28 => cosine_similarity(graph, a, a, step.second % rank.max(1)),
        29 => graph.pad_with(a, &vec![(1, 0); rank], 0.25),
        _ => apply_to_images(graph, step, a, b),
    }
}

/// The operations on (batch, channels, rows, columns).
fn apply_to_images(graph: &mut Graph, step: Step, a: Value, b: Value) -> Result<Value, GraphError> {
    let channels = graph.shape(a).get(1).copied().unwrap_or_default();
    let window = Window::square(2, 1 + step.first % 2, step.second % 2);
    match step.operation {
        30 => {
            let kernel = kernel_of(graph, b, &[2, channels, 2, 3])?;
            graph.conv(a, kernel, None, &window)
        }
        31 => {
            let kernel = kernel_of(graph, b, &[channels, 1, 2, 2])?;
            graph.conv(a, kernel, None, &window.grouped(channels))
        }
        32 => {
            let kernel = kernel_of(graph, b, &[2, channels, 2, 1])?;
            graph.conv(a, kernel, None, &window.dilated(&[2, 1]))
        }
        33 => {
            let kernel = kernel_of(graph, b, &[channels, 2, 2, 2])?;
            graph.conv_transpose(a, kernel, None, &window)
        }
        34 => graph.max_pool_window(a, &[2, 2], &window),
        35 => graph.average_pool_window(a, &[2, 3], &window),
        36 => graph.resize_bilinear(a, [3, 2], Corners::HalfPixel),
        37 => graph.depth_to_space(a, 2),
        38 => graph.space_to_depth(a, 2),
        _ => {
            let gamma = graph.constant("gamma", &[channels], vec![0.75; channels]);
            group_norm(graph, a, 1 + step.first % 2, gamma, gamma, 0.5)
        }
    }
}

/// A small kernel that depends on a value.
fn kernel_of(graph: &mut Graph, value: Value, shape: &[usize]) -> Result<Value, GraphError> {
    let mean = graph.mean_all(value)?;
    let bounded = graph.tanh(mean)?;
    let elements = shape.iter().product::<usize>();
    let pattern = (0..elements).map(|flat| (flat % 5) as f32 * 0.25 - 0.5);
    let pattern = graph.constant("pattern", shape, pattern.collect());
    graph.multiply(bounded, pattern)
}

fn is_even(number: usize) -> bool {
    number.is_multiple_of(2)
}

fn check_steps(steps: &[Step]) {
    let mut graph = Graph::new("composite");
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let shapes: [&[usize]; 4] = [&[2, 3], &[3], &[2, 1], &[1, 4, 2, 2]];
    let feeds: Vec<_> = shapes
        .iter()
        .enumerate()
        .map(|(position, shape)| {
            let value = graph.input(&format!("x{position}"), shape);
            (value, random_tensor(&mut rng, shape, Domain::Signed))
        })
        .collect();
    let mut values: Vec<Value> = feeds.iter().map(|(value, _)| *value).collect();
    for step in steps {
        let a = values[step.first % values.len()];
        let b = values[step.second % values.len()];
        // Shapes that do not go together are an error, not a panic, and leave the graph as it was.
        if let Ok(made) = apply(&mut graph, *step, a, b) {
            let small = graph.shape(made).iter().product::<usize>() <= 64;
            values.extend(small.then_some(made));
        }
    }
    // Everything made goes into the loss, so that every input matters.
    let parts: Result<Vec<Value>, GraphError> = values
        .iter()
        .map(|&value| {
            let squared = graph.square(value)?;
            graph.mean_all(squared)
        })
        .collect();
    let loss = parts
        .and_then(|parts| {
            let (first, others) = parts.split_first().expect("there are inputs");
            others
                .iter()
                .try_fold(*first, |sum, part| graph.add(sum, *part))
        })
        .expect("scalars add up");
    check_loss(&format!("{steps:?}"), &mut graph, loss, &[], &feeds);
}

#[test]
fn random_graphs() {
    let config = Config {
        cases: 192,
        failure_persistence: None,
        ..Config::default()
    };
    // A fixed seed: the same graphs on every machine.
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(&steps(), |steps| {
            check_steps(&steps);
            Ok(())
        })
        .expect("every graph's gradient is right");
}
