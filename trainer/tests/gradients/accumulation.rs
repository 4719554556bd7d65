//! Several batches for each step of the optimiser and averaged weights, against what PyTorch found in float64.

use std::collections::BTreeMap;

use ecg2mri_trainer::graph::loss::mean_squared_error;
use ecg2mri_trainer::graph::tensor::Tensor;
use ecg2mri_trainer::graph::{
    Accumulation, AdamW, AdamWState, Graph, GraphError, Value, adamw_step, clip_gradient_norm,
    moving_average,
};
use serde::Deserialize;

use crate::check::assert_close;
use crate::goldens::Described;
use crate::step_runs::{Engine, State, on_both_engines};

#[derive(Deserialize)]
struct Golden {
    batches: usize,
    decay: f64,
    learning_rate: f64,
    clip: f32,
    x: Described,
    target: Described,
    start: BTreeMap<String, Described>,
    norms: Vec<f64>,
    trained: BTreeMap<String, Described>,
    averages: BTreeMap<String, Described>,
}

/// A step graph whose state goes in as `name` and comes out as `next name`.
fn step_graph(golden: &Golden) -> Result<(Graph, Accumulation), GraphError> {
    let mut graph = Graph::new("accumulated");
    let x = graph.input("x", &golden.x.shape[1..]);
    let target = graph.input("target", &golden.target.shape[1..]);
    let scalars = [
        "learning rate",
        "first correction",
        "second correction",
        "decay",
    ]
    .map(|name| graph.input(name, &[]));
    let [learning_rate, first, second, decay] = scalars;
    let accumulation = Accumulation::new(&mut graph, golden.batches)?;

    let names: Vec<&String> = golden.start.keys().collect();
    let mut of_kind = |kind: &str| -> Vec<Value> {
        let input =
            |name: &&String| graph.input(&format!("{kind}{name}"), &golden.start[*name].shape);
        names.iter().map(input).collect()
    };
    let parameters = of_kind("");
    let sums = of_kind("sum ");
    let averages = of_kind("average ");
    let first_moments = of_kind("first ");
    let second_moments = of_kind("second ");

    // In the order of the names: b, then w.
    let made = graph.linear(x, parameters[1], Some(parameters[0]))?;
    let loss = mean_squared_error(&mut graph, made, target)?;
    let gradients = graph.gradients(loss, &parameters)?;
    let sums: Vec<Value> = sums
        .iter()
        .zip(gradients)
        .map(|(&sum, gradient)| accumulation.add(&mut graph, sum, gradient))
        .collect::<Result<_, GraphError>>()?;
    let (clipped, norm) = clip_gradient_norm(&mut graph, &sums, golden.clip)?;
    graph.output("norm", norm);
    for (at, name) in names.iter().enumerate() {
        let before = AdamWState {
            parameter: parameters[at],
            gradient: clipped[at],
            first_moment: first_moments[at],
            second_moment: second_moments[at],
        };
        let settings = AdamW::default();
        let step = adamw_step(
            &mut graph,
            before,
            learning_rate,
            [first, second],
            &settings,
        )?;
        let average = moving_average(&mut graph, averages[at], step.parameter, decay)?;
        let states = [
            ("", step.parameter, before.parameter),
            ("first ", step.first_moment, before.first_moment),
            ("second ", step.second_moment, before.second_moment),
            ("average ", average, averages[at]),
        ];
        for (kind, stepped, before) in states {
            let chosen = accumulation.choose(&mut graph, stepped, before)?;
            graph.output(&format!("next {kind}{name}"), chosen);
        }
        graph.output(&format!("next sum {name}"), sums[at]);
    }
    Ok((graph, accumulation))
}

/// Trains with `run`, which takes inputs by name and gives the graph's outputs, and holds the end against the golden.
fn compare(
    who: &str,
    golden: &Golden,
    (graph, accumulation): &(Graph, Accumulation),
    tolerance: f64,
    mut run: impl FnMut(&State) -> Vec<Tensor>,
) {
    let scalar = |value: f32| Tensor::from_fn(&[], |_| f64::from(value));
    let mut state = State::new();
    for (name, start) in &golden.start {
        for kind in ["sum ", "first ", "second "] {
            let zeros = Tensor::from_fn(&start.shape, |_| 0.0);
            state.insert(format!("{kind}{name}"), zeros);
        }
        state.insert(name.clone(), start.tensor());
        state.insert(format!("average {name}"), start.tensor());
    }
    state.insert(
        "learning rate".to_owned(),
        scalar(golden.learning_rate as f32),
    );
    state.insert("decay".to_owned(), scalar(golden.decay as f32));
    for batch in 0..golden.x.shape[0] {
        for (name, all) in [("x", &golden.x), ("target", &golden.target)] {
            let size = all.values.len() / all.shape[0];
            let own = all.values[batch * size..][..size].to_vec();
            let own = Tensor::new(&all.shape[1..], own).expect("a batch has its values");
            state.insert(name.to_owned(), own);
        }
        let [keep, apply] = accumulation.flags(batch as u64);
        state.insert("keep".to_owned(), scalar(keep));
        state.insert("apply".to_owned(), scalar(apply));
        let step = batch / golden.batches;
        let corrections = AdamW::default().bias_corrections(step as u64 + 1);
        for (name, correction) in ["first", "second"].iter().zip(corrections) {
            state.insert(format!("{name} correction"), scalar(correction));
        }
        for ((name, _), tensor) in graph.outputs().iter().zip(run(&state)) {
            if let Some(next) = name.strip_prefix("next ") {
                state.insert(next.to_owned(), tensor);
            } else if apply == 1.0 {
                let norm = Tensor::from_fn(&[], |_| golden.norms[step]);
                assert_close(
                    &format!("{who}: norm of step {step}"),
                    &tensor,
                    &norm,
                    tolerance,
                );
            }
        }
    }
    for (kind, tensors) in [("", &golden.trained), ("average ", &golden.averages)] {
        for (name, expected) in tensors {
            let name = format!("{kind}{name}");
            assert_close(
                &format!("{who}: {name}"),
                &state[&name],
                &expected.tensor(),
                tolerance,
            );
        }
    }
}

#[test]
fn three_batches_a_step_train_as_in_pytorch() {
    let json = include_str!("../../../tests/goldens/autodiff/accumulated.json");
    let golden: Golden = serde_json::from_str(json).expect("the golden is JSON");
    let built = step_graph(&golden).expect("the network can be built");
    on_both_engines(&built.0, |engine, run| {
        let tolerance = match engine {
            Engine::Reference => 1e-6,
            Engine::Runtime => 1e-5,
        };
        compare(engine.name(), &golden, &built, tolerance, run);
    });
}
