//! Products of matrices and convolutions in float16, everything else in f32 (Micikevicius et al., ICLR 2018).
//!
//! Parameters, moments, reductions, normalisations and losses stay in f32. Small gradients would vanish in float16, so the
//! loss is multiplied by a scale before they are taken and they are divided by it after. Where one overflows, the step is
//! left out and the scale halved; after [`GROWTH_INTERVAL`] steps without, it is doubled: the rule of PyTorch's
//! `torch.amp.GradScaler`, with its settings.

use super::step_state::Following;
use crate::graph::onnx::{AttributeProto, FLOAT, FLOAT16, ModelProto, NodeProto};
use crate::graph::{Graph, GraphError, Value};
use prost::{DecodeError, Message};
use std::collections::HashMap;

/// Name of the loss scale and its report.
pub const LOSS_SCALE: &str = "loss_scale";
/// Name of the count of steps since the scale was last changed.
pub const STEPS_UNCHANGED: &str = "loss_scale_steps";
/// The scale at the beginning of a stage.
const FIRST_SCALE: f32 = 65_536.0;
/// The scale is never lower: without any, an overflow is a divergence.
const LEAST_SCALE: f32 = 1.0;
/// Steps without overflow after which the scale is doubled.
const GROWTH_INTERVAL: f32 = 2_000.0;
/// Operators that compute in float16.
const PRODUCTS: [&str; 5] = ["MatMul", "Gemm", "FusedMatMul", "Conv", "ConvTranspose"];

/// The loss scale of a step.
pub(super) struct LossScale {
    scale: Value,
    unchanged: Value,
}

impl LossScale {
    /// Declares the state.
    pub(super) fn new(graph: &mut Graph) -> LossScale {
        let mut state = |name: &str| graph.input(&format!("state/{name}"), &[]);
        LossScale {
            scale: state(LOSS_SCALE),
            unchanged: state(STEPS_UNCHANGED),
        }
    }

    /// The loss, scaled, to take gradients of.
    pub(super) fn scaled(&self, graph: &mut Graph, loss: Value) -> Result<Value, GraphError> {
        graph.multiply(loss, self.scale)
    }

    /// A gradient of the scaled loss brought back to the loss' own scale.
    pub(super) fn unscaled(&self, graph: &mut Graph, gradient: Value) -> Result<Value, GraphError> {
        graph.divide(gradient, self.scale)
    }

    /// Makes steps whose gradient's `norm` is no finite number be left out, and the scale follow. Gives the norm to
    /// report: 0 where a step is left out, unless the scale cannot fall any more.
    pub(super) fn watch(
        &self,
        graph: &mut Graph,
        follow: &mut Following<'_>,
        norm: Value,
    ) -> Result<Value, GraphError> {
        let [zero, one, most, least, interval] =
            [0.0, 1.0, f32::MAX, LEAST_SCALE, GROWTH_INTERVAL].map(|value| graph.scalar(value));
        // False for NaN too.
        let finite = graph.greater(most, norm)?;
        let lower = graph.scale(self.scale, 0.5)?;
        let lower = graph.maximum(lower, least)?;
        let steps = graph.add(self.unchanged, one)?;
        let goes_on = graph.greater(interval, steps)?;
        let higher = graph.scale(self.scale, 2.0)?;
        let kept = graph.select(goes_on, self.scale, higher)?;
        let scale = graph.select(finite, kept, lower)?;
        let counted = graph.select(goes_on, steps, zero)?;
        let unchanged = graph.select(finite, counted, zero)?;
        follow.scalar(graph, LOSS_SCALE, (self.scale, scale), FIRST_SCALE)?;
        follow.scalar(graph, STEPS_UNCHANGED, (self.unchanged, unchanged), 0.0)?;
        follow.sound = Some(finite);
        let may_fall = graph.greater(self.scale, least)?;
        let otherwise = graph.select(may_fall, zero, norm)?;
        graph.output(LOSS_SCALE, self.scale);
        graph.select(finite, norm, otherwise)
    }
}

/// A model whose products take and give float16; each tensor is cast once.
///
/// # Errors
/// Where the bytes are no ONNX model.
pub(super) fn halve_products(model: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut model = ModelProto::decode(model)?;
    if let Some(graph) = &mut model.graph {
        let mut halves: HashMap<String, String> = HashMap::new();
        let mut nodes = Vec::new();
        for mut node in std::mem::take(&mut graph.node) {
            if !PRODUCTS.contains(&node.op_type()) {
                nodes.push(node);
                continue;
            }
            for input in node.input.iter_mut().filter(|input| !input.is_empty()) {
                let half = halves.entry(input.clone()).or_insert_with(|| {
                    let half = format!("{input}/float16");
                    nodes.push(cast(input, &half, FLOAT16));
                    half
                });
                input.clone_from(half);
            }
            let mut back = Vec::new();
            for output in &mut node.output {
                let half = format!("{output}/product");
                back.push(cast(&half, output, FLOAT));
                *output = half;
            }
            nodes.push(node);
            nodes.extend(back);
        }
        graph.node = nodes;
    }
    Ok(model.encode_to_vec())
}

fn cast(from: &str, to: &str, kind: i32) -> NodeProto {
    NodeProto {
        input: vec![from.to_owned()],
        output: vec![to.to_owned()],
        name: Some(format!("{to}/Cast")),
        op_type: Some("Cast".to_owned()),
        attribute: vec![AttributeProto::integer("to", i64::from(kind))],
        domain: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::all_parameters;
    use crate::engine::{Device, Engine, StateTensor, TrainingStep};
    use crate::graph::check_cuda_kernels;
    use crate::recipe::Recipe;
    use crate::recipe::config::Precision;
    use crate::recipe::step::{self, GRADIENT_NORM, StepGraph};
    use std::path::Path;

    fn recipe(precision: Precision) -> Recipe {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml");
        let mut recipe = Recipe::read(Path::new(path)).unwrap();
        recipe.optimiser.precision = precision;
        recipe.stages.remove(0);
        recipe.stages[0].batch = 4;
        recipe
    }

    fn step_of(recipe: &Recipe) -> StepGraph {
        let mut table = all_parameters(recipe).unwrap();
        step::build(recipe, &recipe.stages[0], &mut table).unwrap()
    }

    /// What one step reports, by name, and the state after it, for pictures of this much grey. On the CPU, where ONNX
    /// Runtime has no products in float16: it leaves the casts out and computes in f32. What float16 rounds is not seen
    /// here.
    fn run(
        graph: &StepGraph,
        state: &[StateTensor],
        grey: f32,
    ) -> (Vec<(String, f32)>, Vec<StateTensor>) {
        let engine = Engine::load().expect("ONNX Runtime is installed by ./test");
        let mut session = TrainingStep::open(
            &engine,
            &graph.model,
            Device::Cpu,
            1,
            state,
            &graph.batch,
            &graph.reports,
        )
        .unwrap();
        let inputs: Vec<Vec<f32>> = graph
            .batch
            .iter()
            .map(|(name, shape)| {
                let places = 0..shape.iter().product::<usize>();
                let wave = |place: usize| 0.5 + 0.5 * (place as f32 * 0.37).sin();
                match name.as_str() {
                    "learning_rate" => vec![1e-3],
                    "first_correction" => vec![0.1],
                    "second_correction" => vec![0.001],
                    "picture" => places.map(|place| grey * wave(place)).collect(),
                    _ => places.map(wave).collect(),
                }
            })
            .collect();
        let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
        let reports = session.run(&inputs).unwrap();
        let named = graph.reports.iter().cloned().zip(reports).collect();
        (named, session.state().unwrap())
    }

    fn get(reports: &[(String, f32)], name: &str) -> f32 {
        let report = reports.iter().find(|(known, _)| known == name);
        report.unwrap_or_else(|| panic!("no report {name}")).1
    }

    fn tensor<'a>(state: &'a [StateTensor], name: &str) -> &'a StateTensor {
        state.iter().find(|tensor| tensor.name == name).unwrap()
    }

    #[test]
    fn products_are_float16_and_nothing_else_is() {
        let graph = step_of(&recipe(Precision::Mixed));
        check_cuda_kernels(&graph.model).unwrap();
        let model = ModelProto::decode(graph.model.as_slice()).unwrap();
        let nodes = model.graph.unwrap().node;
        let makes = |name: &str| {
            let maker = nodes.iter().find(|node| node.output[0] == name)?;
            let to = maker.attribute.iter().find(|one| one.name() == "to")?;
            (maker.op_type() == "Cast").then(|| to.i())
        };
        let mut products = 0;
        for node in &nodes {
            let halves = node
                .input
                .iter()
                .filter(|name| makes(name) == Some(i64::from(FLOAT16)));
            let is_product = PRODUCTS.contains(&node.op_type());
            let expected = if is_product { node.input.len() } else { 0 };
            assert_eq!(halves.count(), expected, "{}", node.name());
            products += usize::from(is_product);
        }
        assert!(products > 20, "{products} products");
    }

    #[test]
    fn a_scaled_loss_gives_the_same_step() {
        let [full, mixed] = [Precision::Full, Precision::Mixed].map(|one| step_of(&recipe(one)));
        let (exact, expected) = run(&full, &full.state, 1.0);
        let (scaled, state) = run(&mixed, &mixed.state, 1.0);
        for name in ["loss", GRADIENT_NORM] {
            let (exact, scaled) = (get(&exact, name), get(&scaled, name));
            assert!(
                (exact - scaled).abs() <= 1e-5 * exact,
                "{name}: {exact}, {scaled}"
            );
        }
        assert_eq!(get(&scaled, LOSS_SCALE), FIRST_SCALE);
        assert_eq!(tensor(&state, LOSS_SCALE).values, [FIRST_SCALE]);
        assert_eq!(tensor(&state, STEPS_UNCHANGED).values, [1.0]);
        let name = "ecg_encoder/linear1/weight";
        let [before, after, expected] =
            [&mixed.state, &state, &expected].map(|state| &tensor(state, name).values);
        let apart = |one: &[f32], other: &[f32]| {
            let pairs = one.iter().zip(other);
            pairs.fold(0.0f32, |most, (a, b)| most.max((a - b).abs()))
        };
        // Adam's first step is the learning rate for nearly every weight.
        assert!(apart(before, after) > 5e-4 && apart(after, expected) < 1e-5);
    }

    #[test]
    fn an_overflow_leaves_the_step_out_and_halves_the_scale() {
        let graph = step_of(&recipe(Precision::Mixed));
        let with_scale = |scale: f32, steps: f32| {
            let mut state = graph.state.clone();
            for tensor in &mut state {
                match tensor.name.as_str() {
                    LOSS_SCALE => tensor.values = vec![scale],
                    STEPS_UNCHANGED => tensor.values = vec![steps],
                    _ => {}
                }
            }
            state
        };
        let before = with_scale(1024.0, 7.0);
        let (reports, after) = run(&graph, &before, f32::NAN);
        assert_eq!(get(&reports, GRADIENT_NORM), 0.0);
        assert_eq!(tensor(&after, LOSS_SCALE).values, [512.0]);
        assert_eq!(tensor(&after, STEPS_UNCHANGED).values, [0.0]);
        for now in &after {
            let stays = !now.name.contains("running") && !now.name.starts_with(LOSS_SCALE);
            assert!(
                !stays || now == tensor(&before, &now.name),
                "{} has moved",
                now.name
            );
        }
        // Nothing is left to halve.
        let (reports, after) = run(&graph, &with_scale(1.0, 7.0), f32::NAN);
        assert!(get(&reports, GRADIENT_NORM).is_nan());
        assert_eq!(tensor(&after, LOSS_SCALE).values, [1.0]);
        // Two thousand steps without.
        let (_, after) = run(&graph, &with_scale(1024.0, 1999.0), 1.0);
        assert_eq!(tensor(&after, LOSS_SCALE).values, [2048.0]);
        assert_eq!(tensor(&after, STEPS_UNCHANGED).values, [0.0]);
    }
}
