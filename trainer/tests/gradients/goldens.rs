//! Whole training steps against what PyTorch found in float64; `tests/goldens/autodiff.py` made the files.

use std::collections::BTreeMap;

use ecg2mri_trainer::graph::tensor::Tensor;
use ecg2mri_trainer::graph::{
    AdamW, AdamWState, Graph, GraphError, Value, adamw_step, clip_gradient_norm,
};
use serde::Deserialize;

use crate::check::assert_close;
use crate::networks::{Built, Named, contrastive, convolutional, fully_connected, signal};
use crate::step_runs::{Engine, State, on_both_engines};
use crate::wide_networks::{grouped, transformer};

/// A tensor as the goldens write it.
#[derive(Deserialize)]
pub struct Described {
    pub shape: Vec<usize>,
    pub values: Vec<f64>,
}

impl Described {
    pub fn tensor(&self) -> Tensor {
        Tensor::new(&self.shape, self.values.clone()).expect("the golden has one value per element")
    }
}

type Tensors = BTreeMap<String, Described>;

#[derive(Deserialize)]
struct Golden {
    inputs: Tensors,
    parameters: Tensors,
    losses: Vec<f64>,
    norms: Vec<f64>,
    gradients: Tensors,
    trained: Tensors,
    first_moments: Tensors,
    second_moments: Tensors,
    statistics: Tensors,
}

/// How a golden was trained.
struct Training {
    settings: AdamW,
    learning_rate: f64,
    clip: Option<f32>,
}

/// A training step as a graph. State goes in as `name` and comes out as `next name`.
struct StepGraph {
    graph: Graph,
    outputs: Vec<String>,
}

/// Greatest allowed error relative to the greatest value of the tensor: of losses, norms and first gradients, and of
/// parameters, moments and statistics after all steps.
struct Tolerance {
    first: f64,
    last: f64,
}

/// Our gradients in f64, where only constants are rounded to f32.
const REFERENCE: Tolerance = Tolerance {
    first: 1e-7,
    last: 1e-6,
};
/// Our gradients in f32 through ONNX Runtime.
const RUNTIME: Tolerance = Tolerance {
    first: 1e-5,
    last: 1e-5,
};

fn step_graph(
    golden: &Golden,
    training: &Training,
    build: fn(&mut Graph, &Named) -> Result<Built, GraphError>,
) -> Result<StepGraph, GraphError> {
    let mut graph = Graph::new("golden");
    let mut named = Named::new();
    for (name, tensor) in golden
        .inputs
        .iter()
        .chain(&golden.parameters)
        .chain(&golden.statistics)
    {
        named.insert(name.clone(), graph.input(name, &tensor.shape));
    }
    let learning_rate = graph.input("learning rate", &[]);
    let corrections =
        ["first", "second"].map(|name| graph.input(&format!("{name} correction"), &[]));
    let Built { loss, statistics } = build(&mut graph, &named)?;

    let names: Vec<&String> = golden.parameters.keys().collect();
    let parameters: Vec<Value> = names.iter().map(|name| named[*name]).collect();
    let gradients = graph.gradients(loss, &parameters)?;
    let mut outputs = vec![("loss".to_owned(), loss)];
    for (name, gradient) in names.iter().zip(&gradients) {
        outputs.push((format!("gradient {name}"), *gradient));
    }
    let applied = match training.clip {
        Some(clip) => {
            let (clipped, norm) = clip_gradient_norm(&mut graph, &gradients, clip)?;
            outputs.push(("norm".to_owned(), norm));
            clipped
        }
        None => gradients,
    };
    for ((name, parameter), gradient) in names.iter().zip(parameters).zip(applied) {
        let shape = graph.shape(parameter).to_vec();
        let state = AdamWState {
            parameter,
            gradient,
            first_moment: graph.input(&format!("first {name}"), &shape),
            second_moment: graph.input(&format!("second {name}"), &shape),
        };
        let made = adamw_step(
            &mut graph,
            state,
            learning_rate,
            corrections,
            &training.settings,
        )?;
        outputs.push((format!("next {name}"), made.parameter));
        outputs.push((format!("next first {name}"), made.first_moment));
        outputs.push((format!("next second {name}"), made.second_moment));
    }
    for (name, value) in statistics {
        outputs.push((format!("next {name}"), value));
    }
    for (name, value) in &outputs {
        graph.output(name, *value);
    }
    let outputs = outputs.into_iter().map(|(name, _)| name).collect();
    Ok(StepGraph { graph, outputs })
}

/// Runs all steps with `run`, which takes inputs by name and gives all outputs, and holds what comes out against the
/// golden.
fn compare(
    who: &str,
    golden: &Golden,
    training: &Training,
    step_graph: &StepGraph,
    tolerance: &Tolerance,
    mut run: impl FnMut(&State) -> Vec<Tensor>,
) {
    let mut state = State::new();
    for (name, tensor) in golden.inputs.iter().chain(&golden.parameters) {
        state.insert(name.clone(), tensor.tensor());
    }
    for (name, tensor) in &golden.parameters {
        for moment in ["first", "second"] {
            state.insert(
                format!("{moment} {name}"),
                Tensor::from_fn(&tensor.shape, |_| 0.0),
            );
        }
    }
    for (name, tensor) in &golden.statistics {
        let start = f64::from(u8::from(name.starts_with("variance")));
        state.insert(name.clone(), Tensor::from_fn(&tensor.shape, |_| start));
    }
    let scalar = |value: f64| Tensor::from_fn(&[], |_| value);
    state.insert("learning rate".to_owned(), scalar(training.learning_rate));

    let mut worst = 0.0f64;
    let mut close = |what: String, found: &Tensor, expected: &Tensor, tolerance: f64| {
        worst = worst.max(assert_close(
            &format!("{who}: {what}"),
            found,
            expected,
            tolerance,
        ));
    };
    for (step, loss) in golden.losses.iter().enumerate() {
        let corrections = training.settings.bias_corrections(step as u64 + 1);
        for (name, value) in ["first", "second"].iter().zip(corrections) {
            state.insert(format!("{name} correction"), scalar(f64::from(value)));
        }
        for (name, tensor) in step_graph.outputs.iter().zip(run(&state)) {
            if name == "loss" {
                close(
                    format!("loss of step {step}"),
                    &tensor,
                    &scalar(*loss),
                    tolerance.first,
                );
            } else if name == "norm" {
                let norm = scalar(golden.norms[step]);
                close(
                    format!("norm of step {step}"),
                    &tensor,
                    &norm,
                    tolerance.first,
                );
            } else if let Some(next) = name.strip_prefix("next ") {
                state.insert(next.to_owned(), tensor);
            } else if let (0, Some(of)) = (step, name.strip_prefix("gradient ")) {
                close(
                    name.clone(),
                    &tensor,
                    &golden.gradients[of].tensor(),
                    tolerance.first,
                );
            }
        }
    }
    for (prefix, tensors) in [
        ("", &golden.trained),
        ("first ", &golden.first_moments),
        ("second ", &golden.second_moments),
        ("", &golden.statistics),
    ] {
        for (name, expected) in tensors {
            let name = format!("{prefix}{name}");
            close(
                format!("{name} in the end"),
                &state[&name],
                &expected.tensor(),
                tolerance.last,
            );
        }
    }
    println!("{who}: worst error {worst:.1e} of the greatest value");
}

fn check_golden(
    json: &str,
    training: &Training,
    build: fn(&mut Graph, &Named) -> Result<Built, GraphError>,
) {
    let golden: Golden = serde_json::from_str(json).expect("the golden is JSON");
    let step_graph = step_graph(&golden, training, build).expect("the network can be built");
    on_both_engines(&step_graph.graph, |engine, run| {
        let tolerances = match engine {
            Engine::Reference => &REFERENCE,
            Engine::Runtime => &RUNTIME,
        };
        compare(
            engine.name(),
            &golden,
            training,
            &step_graph,
            tolerances,
            run,
        );
    });
}

#[test]
fn fully_connected_autoencoder() {
    let training = Training {
        settings: AdamW {
            weight_decay: 0.05,
            ..AdamW::default()
        },
        learning_rate: 0.01,
        clip: None,
    };
    let json = include_str!("../../../tests/goldens/autodiff/fully_connected.json");
    check_golden(json, &training, fully_connected);
}

#[test]
fn convolutional_autoencoder_with_batch_norm() {
    let training = Training {
        settings: AdamW::default(),
        learning_rate: 0.005,
        clip: None,
    };
    let json = include_str!("../../../tests/goldens/autodiff/convolutional.json");
    check_golden(json, &training, convolutional);
}

#[test]
fn contrastive_pair_with_clipped_gradients() {
    let training = Training {
        settings: AdamW {
            beta1: 0.8,
            beta2: 0.95,
            weight_decay: 0.0,
            ..AdamW::default()
        },
        learning_rate: 0.02,
        clip: Some(0.5),
    };
    let json = include_str!("../../../tests/goldens/autodiff/contrastive.json");
    check_golden(json, &training, contrastive);
}

#[test]
fn signal_network_with_attention() {
    let training = Training {
        settings: AdamW::default(),
        learning_rate: 0.01,
        clip: None,
    };
    let json = include_str!("../../../tests/goldens/autodiff/signal.json");
    check_golden(json, &training, signal);
}

#[test]
fn image_network_of_grouped_convolutions() {
    let training = Training {
        settings: AdamW {
            weight_decay: 0.02,
            ..AdamW::default()
        },
        learning_rate: 0.005,
        clip: None,
    };
    let json = include_str!("../../../tests/goldens/autodiff/grouped.json");
    check_golden(json, &training, grouped);
}

#[test]
fn transformer_with_several_losses() {
    let training = Training {
        settings: AdamW::default(),
        learning_rate: 0.01,
        clip: Some(1.0),
    };
    let json = include_str!("../../../tests/goldens/autodiff/transformer.json");
    check_golden(json, &training, transformer);
}
