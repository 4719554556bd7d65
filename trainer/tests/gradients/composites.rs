//! Random small graphs, where rules meet: values used several times, broadcast against each other, cut and joined.

use ecg2mri_trainer::graph::{Graph, GraphError, Value};
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

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step =
        (0..16u8, any::<usize>(), any::<usize>()).prop_map(|(operation, first, second)| Step {
            operation,
            first,
            second,
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
        _ => {
            let elements = graph.shape(a).iter().product();
            graph.reshape(a, &[elements])
        }
    }
}

fn is_even(number: usize) -> bool {
    number.is_multiple_of(2)
}

fn check_steps(steps: &[Step]) {
    let mut graph = Graph::new("composite");
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let shapes: [&[usize]; 3] = [&[2, 3], &[3], &[2, 1]];
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
            let (first, others) = parts.split_first().expect("there are three inputs");
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
        cases: 128,
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
