//! One training step of the segmenter as a graph.

use super::loss::segmentation_loss;
use super::network::{PICTURE, input_shape, scores};
use crate::architecture::parameters::Kind;
use crate::architecture::{Mode, NetworkBuilder, ParameterTable};
use crate::cohort::picture::SIDE;
use crate::engine::StateTensor;
use crate::engine::step::Port;
use crate::graph::{
    AdamW, AdamWState, Graph, GraphError, Opset, Value, adamw_step, clip_gradient_norm,
};

/// Settings of the optimiser.
pub(super) const OPTIMISER: AdamW = AdamW {
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weight_decay: 0.01,
};
/// The largest norm of a step's gradients.
const LARGEST_NORM: f32 = 1.0;
/// The report that a step gives.
pub(super) const LOSS: &str = "loss";

/// A step ready to be opened by [`crate::engine::TrainingStep`].
pub(super) struct StepGraph {
    /// The encoded ONNX model.
    pub(super) model: Vec<u8>,
    /// First values of the state.
    pub(super) state: Vec<StateTensor>,
    /// The inputs of each step: pictures, labels, learning rate, AdamW's two corrections.
    pub(super) inputs: Vec<Port>,
}

/// Builds the step for batches of `batch` pictures; parameters that the table lacks are drawn into it.
///
/// # Errors
/// Where the network's shapes do not fit together, which would be a mistake of this program.
pub(super) fn build(table: &mut ParameterTable, batch: usize) -> Result<StepGraph, GraphError> {
    let mut graph = Graph::new("segmenter training");
    let scalars = ["learning_rate", "first_correction", "second_correction"];
    let mut inputs: Vec<Port> = vec![
        (PICTURE.to_owned(), input_shape(batch)),
        ("labels".to_owned(), vec![batch, SIDE, SIDE]),
    ];
    inputs.extend(scalars.map(|name| (name.to_owned(), Vec::new())));
    let mut ports = inputs
        .iter()
        .map(|(name, shape)| graph.input(name, shape))
        .collect::<Vec<Value>>();
    let corrections = ports.split_off(3);
    let [picture, labels, learning_rate] = [ports[0], ports[1], ports[2]];
    let corrections = [corrections[0], corrections[1]];

    let mut builder = NetworkBuilder::new(&mut graph, table, Mode::Training);
    let scores = scores(&mut builder, picture)?;
    let used = builder.into_used();
    let loss = segmentation_loss(&mut graph, scores, labels)?;
    graph.output(LOSS, loss);

    let (trained, statistics): (Vec<_>, Vec<_>) = used
        .iter()
        .partition(|parameter| parameter.kind != Kind::Statistic);
    let values: Vec<Value> = trained.iter().map(|parameter| parameter.value).collect();
    let gradients = graph.gradients(loss, &values)?;
    let (gradients, _) = clip_gradient_norm(&mut graph, &gradients, LARGEST_NORM)?;
    let mut state = Vec::new();
    for (parameter, gradient) in trained.iter().zip(gradients) {
        let shape = graph.shape(parameter.value).to_vec();
        let moments =
            ["first_moment", "second_moment"].map(|moment| format!("{moment}/{}", parameter.name));
        let [first_moment, second_moment] =
            [0, 1].map(|index| graph.input(&format!("state/{}", moments[index]), &shape));
        let settings = AdamW {
            weight_decay: match parameter.kind {
                Kind::Weight => OPTIMISER.weight_decay,
                Kind::Offset | Kind::Statistic => 0.0,
            },
            ..OPTIMISER
        };
        let before = AdamWState {
            parameter: parameter.value,
            gradient,
            first_moment,
            second_moment,
        };
        let next = adamw_step(&mut graph, before, learning_rate, corrections, &settings)?;
        graph.output(&format!("next/{}", parameter.name), next.parameter);
        state.push(first_values(table, &parameter.name, &shape));
        let followers = [next.first_moment, next.second_moment];
        for (name, follower) in moments.into_iter().zip(followers) {
            graph.output(&format!("next/{name}"), follower);
            state.push(StateTensor {
                name,
                shape: shape.clone(),
                values: vec![0.0; shape.iter().product()],
            });
        }
    }
    for statistic in statistics {
        if let Some(next) = statistic.next {
            graph.output(&format!("next/{}", statistic.name), next);
            let shape = graph.shape(statistic.value).to_vec();
            state.push(first_values(table, &statistic.name, &shape));
        }
    }
    Ok(StepGraph {
        model: graph.to_model(Opset::Training)?,
        state,
        inputs,
    })
}

fn first_values(table: &ParameterTable, name: &str, shape: &[usize]) -> StateTensor {
    let parameter = table.get(name);
    StateTensor {
        name: name.to_owned(),
        shape: shape.to_vec(),
        values: parameter.map_or_else(Vec::new, |parameter| parameter.values.clone()),
    }
}
