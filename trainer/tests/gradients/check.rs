//! Holds one graph's gradients against central differences in f64, and what ONNX Runtime computes against both.

use ecg2mri_trainer::graph::reference::{central_differences, evaluate};
use ecg2mri_trainer::graph::tensor::Tensor;
use ecg2mri_trainer::graph::{Graph, GraphError, Opset, Value, check_cuda_kernels};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::runtime::Runner;

/// Half the distance between the two points of a central difference.
const H: f64 = 1e-5;
/// Gradients by rule against gradients by difference, both in f64, relative to the greatest.
const DIFFERENCE_TOLERANCE: f64 = 1e-6;
/// ONNX Runtime in f32 against the f64 reference, relative to the greatest value.
const RUNTIME_TOLERANCE: f64 = 1e-5;

/// Where an input's values are drawn from. None is nearer to 0 than 0.1, so that no difference crosses a kink there.
#[derive(Clone, Copy)]
pub enum Domain {
    /// 0.1 to 1.5, either sign.
    Signed,
    /// 0.1 to 1.5.
    Positive,
}

/// Seeded numbers that f32 holds exactly.
pub fn random_tensor(rng: &mut ChaCha8Rng, shape: &[usize], domain: Domain) -> Tensor {
    Tensor::from_fn(shape, |_| {
        let size = f64::from(rng.random_range(0.1f32..1.5));
        match domain {
            Domain::Signed if rng.random_bool(0.5) => -size,
            _ => size,
        }
    })
}

/// Builds `y` from inputs of the given shapes, takes a random weighted sum of it as the loss, and checks the loss's
/// gradient with respect to every input in every way there is.
pub fn check(
    name: &str,
    inputs: &[(&[usize], Domain)],
    build: impl FnOnce(&mut Graph, &[Value]) -> Result<Value, GraphError>,
) {
    let seed = name
        .bytes()
        .fold(7, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut graph = Graph::new(name);
    let feeds: Vec<(Value, Tensor)> = inputs
        .iter()
        .enumerate()
        .map(|(position, (shape, domain))| {
            let value = graph.input(&format!("x{position}"), shape);
            (value, random_tensor(&mut rng, shape, *domain))
        })
        .collect();
    let values: Vec<Value> = feeds.iter().map(|(value, _)| *value).collect();
    let built = build(&mut graph, &values).and_then(|y| {
        let shape = graph.shape(y).to_vec();
        let weights = random_tensor(&mut rng, &shape, Domain::Signed);
        let weights = weights
            .values()
            .iter()
            .map(|&weight| weight as f32)
            .collect();
        let weights = graph.constant("weights", &shape, weights);
        let weighted = graph.multiply(y, weights)?;
        Ok((y, graph.sum_all(weighted)?))
    });
    let (y, loss) = built.unwrap_or_else(|error| panic!("{name}: {error}"));
    check_loss(name, &mut graph, loss, &[("y", y)], &feeds);
}

/// Checks the gradient of a loss with respect to every fed input; `others` are compared with ONNX Runtime alone.
pub fn check_loss(
    name: &str,
    graph: &mut Graph,
    loss: Value,
    others: &[(&str, Value)],
    feeds: &[(Value, Tensor)],
) {
    let inputs: Vec<Value> = feeds.iter().map(|(value, _)| *value).collect();
    let gradients = graph
        .gradients(loss, &inputs)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let by_rule = evaluate(graph, &gradients, feeds).expect("the inputs are fed");
    for ((input, _), found) in feeds.iter().zip(&by_rule) {
        let expected = central_differences(graph, loss, *input, feeds, H).expect("fed");
        let what = format!("{name}: gradient of {} by difference", graph.name(*input));
        assert_close(&what, found, &expected, DIFFERENCE_TOLERANCE);
    }

    let mut outputs: Vec<(String, Value)> = vec![("loss".to_owned(), loss)];
    outputs.extend(
        others
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value)),
    );
    for (input, gradient) in inputs.iter().zip(&gradients) {
        outputs.push((format!("gradient of {}", graph.name(*input)), *gradient));
    }
    for (name, value) in &outputs {
        graph.output(name, *value);
    }
    let wanted: Vec<Value> = outputs.iter().map(|(_, value)| *value).collect();
    let expected = evaluate(graph, &wanted, feeds).expect("the inputs are fed");
    let names: Vec<&str> = outputs.iter().map(|(name, _)| name.as_str()).collect();
    let named: Vec<(&str, &Tensor)> = feeds
        .iter()
        .map(|(value, tensor)| (graph.name(*value), tensor))
        .collect();
    for opset in [Opset::Training, Opset::Inference] {
        let model = graph.to_model(opset).expect("the graph has outputs");
        check_cuda_kernels(&model).unwrap_or_else(|error| panic!("{name}: {error}"));
        let Some(mut runner) = Runner::new(&model) else {
            return;
        };
        let found = runner.run(&named, &names);
        for ((output, found), expected) in names.iter().zip(&found).zip(&expected) {
            let what = format!("{name}: {output} in ONNX Runtime, {opset:?}");
            assert_close(&what, found, expected, RUNTIME_TOLERANCE);
        }
    }
}

/// Asserts that two tensors differ nowhere by more than `tolerance` times the greatest expected value, or times 0.01
/// where all are smaller. Returns the greatest difference so measured.
pub fn assert_close(what: &str, found: &Tensor, expected: &Tensor, tolerance: f64) -> f64 {
    assert_eq!(found.shape(), expected.shape(), "{what}: shape");
    let scale = expected
        .values()
        .iter()
        .fold(0.01, |most: f64, value| most.max(value.abs()));
    let mut worst = 0.0f64;
    for (flat, (a, b)) in found.values().iter().zip(expected.values()).enumerate() {
        let error = (a - b).abs() / scale;
        assert!(
            error <= tolerance,
            "{what}: element {flat} is {a} and should be {b}: off by {error:e} of {scale}"
        );
        worst = worst.max(error);
    }
    worst
}
