//! One training step as a graph: forward, losses, gradients, the optimiser and the running statistics.

use super::RecipeError;
use super::config::{Optimiser, Precision, Recipe, Stage};
use super::mixed_precision::{LOSS_SCALE, LossScale, halve_products};
use super::step_state::{FIRST_MOMENT, Following, SECOND_MOMENT};
use crate::architecture::builder::UsedParameter;
use crate::architecture::parameters::Kind;
use crate::architecture::{Mode, Network, NetworkBuilder, ParameterTable};
use crate::engine::StateTensor;
use crate::engine::step::Port;
use crate::graph::adamw::{AdamW, AdamWState, adamw_step, clip_gradient_norm};
use crate::graph::{Accumulation, Graph, Opset, Value};
use crate::objective::joint::{Pairs, joint_loss, needs_pictures};

pub use super::step_state::is_parameter;

/// A training step ready to be opened by [`crate::engine::TrainingStep`].
pub struct StepGraph {
    /// The encoded ONNX model.
    pub model: Vec<u8>,
    /// First values of the state: parameters from the table, moments at zero.
    pub state: Vec<StateTensor>,
    /// The inputs that change with every step: `ecg`, and as losses need them `heart_rate`, `picture`, [`MRI_LATENT`] and
    /// [`PHENOTYPES`]; `learning_rate`, AdamW's two
    /// corrections and, where they are wanted, [`KEPT`], [`AVERAGE_DECAY`] and [`ACCUMULATION`].
    pub batch: Vec<Port>,
    /// The outputs that are read back: `loss`, each of its parts, [`GRADIENT_NORM`].
    pub reports: Vec<String>,
    /// What steers the accumulation of gradients, where a step takes several batches.
    pub accumulation: Option<Accumulation>,
}

/// Name of the input of MRI latents that were computed beforehand.
pub const MRI_LATENT: &str = "mri_latent";
/// Names of the inputs of standardised phenotypes and of whether they are known.
pub const PHENOTYPES: [&str; 2] = ["true_phenotypes", "known_phenotypes"];
/// Names of the inputs that say which ECGs and which pictures count in the fused latent.
pub const KEPT: [&str; 2] = ["kept_ecg", "kept_picture"];
/// Name of the input that says how slowly the weights' average moves at this step.
pub const AVERAGE_DECAY: &str = "average_decay";
/// Names of the inputs that say where in a step of several batches one stands.
pub const ACCUMULATION: [&str; 2] = ["keep", "apply"];
/// Name of the report of the gradient's norm, before it is cut off.
pub const GRADIENT_NORM: &str = "gradient_norm";
/// AdamW with the recipe's settings.
pub fn adamw(optimiser: &Optimiser) -> AdamW {
    AdamW {
        beta1: optimiser.beta1,
        beta2: optimiser.beta2,
        epsilon: optimiser.epsilon,
        weight_decay: optimiser.weight_decay,
    }
}

/// Builds the step of one stage. Parameters that the table lacks are drawn into it.
///
/// # Errors
/// Where the architecture's shapes do not fit together.
pub fn build(
    recipe: &Recipe,
    stage: &Stage,
    table: &mut ParameterTable,
) -> Result<StepGraph, RecipeError> {
    let mut graph = Graph::new(&format!("{} {}", recipe.name, stage.name));
    let mut batch: Vec<Port> = Vec::new();
    let mut port = |graph: &mut Graph, (name, shape): (&str, Vec<usize>)| {
        let value = graph.input(name, &shape);
        batch.push((name.to_owned(), shape));
        value
    };
    let mut of_ecg = Network::EcgEncoder.inputs(recipe, stage.batch);
    let heart_rate = match of_ecg.len() {
        1 => None,
        _ => of_ecg.pop(),
    };
    let ecg = port(&mut graph, of_ecg.remove(0));
    let heart_rate = heart_rate.map(|input| port(&mut graph, input));
    let pairs = Pairs {
        ecg,
        heart_rate,
        // An input is copied at every step, which takes long beside a step of the ECG networks.
        picture: needs_pictures(stage).then(|| {
            let shape = Network::MriEncoder.inputs(recipe, stage.batch).remove(0).1;
            port(&mut graph, ("picture", shape))
        }),
        mri_latent: stage.keeps_mri_latents().then(|| {
            let shape = vec![stage.batch, recipe.architecture.latent];
            port(&mut graph, (MRI_LATENT, shape))
        }),
        phenotypes: (stage.weights.phenotypes > 0.0).then(|| {
            let shape = vec![stage.batch, recipe.phenotypes.len()];
            PHENOTYPES.map(|name| port(&mut graph, (name, shape.clone())))
        }),
        kept: (stage.weights.fused > 0.0)
            .then(|| KEPT.map(|name| port(&mut graph, (name, vec![stage.batch, 1])))),
    };
    let learning_rate = port(&mut graph, ("learning_rate", vec![]));
    let corrections =
        ["first_correction", "second_correction"].map(|name| port(&mut graph, (name, vec![])));
    let decay =
        (recipe.optimiser.moving_average > 0.0).then(|| port(&mut graph, (AVERAGE_DECAY, vec![])));
    let accumulation = match stage.accumulate {
        1 => None,
        batches => {
            batch.extend(ACCUMULATION.map(|name| (name.to_owned(), vec![])));
            Some(Accumulation::new(&mut graph, batches)?)
        }
    };

    let mut builder = NetworkBuilder::new(&mut graph, table, Mode::Training);
    let loss = joint_loss(recipe, stage, &mut builder, pairs)?;
    let mut used = builder.into_used();
    // A frozen network's parameters are read and stay: they are state that is followed by itself.
    let (frozen, used): (Vec<UsedParameter>, Vec<UsedParameter>) =
        used.drain(..).partition(|parameter| {
            let frozen = |network: &Network| parameter.name.starts_with(network.prefix());
            stage.frozen.iter().any(frozen)
        });

    let (trained, statistics): (Vec<&UsedParameter>, Vec<&UsedParameter>) = used
        .iter()
        .partition(|parameter| parameter.kind != Kind::Statistic);
    let values: Vec<Value> = trained.iter().map(|parameter| parameter.value).collect();
    let scale = match recipe.optimiser.precision {
        Precision::Full => None,
        Precision::Mixed => Some(LossScale::new(&mut graph)),
    };
    let mut gradients = match &scale {
        None => graph.gradients(loss.total, &values)?,
        Some(scale) => {
            let scaled = scale.scaled(&mut graph, loss.total)?;
            graph.gradients(scaled, &values)?
        }
    };
    let mut follow = Following {
        table,
        accumulation,
        decay,
        sound: None,
        state: Vec::new(),
    };
    for (parameter, gradient) in trained.iter().zip(&mut gradients) {
        if let Some(scale) = &scale {
            *gradient = scale.unscaled(&mut graph, *gradient)?;
        }
        *gradient = follow.gradient(&mut graph, &parameter.name, *gradient)?;
    }
    let limit = recipe.optimiser.clip_norm;
    let (gradients, gradient_norm) = match limit > 0.0 {
        true => clip_gradient_norm(&mut graph, &gradients, limit)?,
        // Only the norm is wanted; products with a factor of 1 would go over all parameters once more.
        false => {
            let (_, norm) = clip_gradient_norm(&mut graph, &gradients, f32::MAX)?;
            (gradients, norm)
        }
    };

    let gradient_norm = match &scale {
        None => gradient_norm,
        Some(scale) => scale.watch(&mut graph, &mut follow, gradient_norm)?,
    };

    let optimiser = adamw(&recipe.optimiser);
    for (parameter, gradient) in trained.iter().zip(gradients) {
        let name = &parameter.name;
        let shape = graph.shape(parameter.value).to_vec();
        let moments = [FIRST_MOMENT, SECOND_MOMENT].map(|prefix| format!("{prefix}{name}"));
        let [first, second] =
            [0, 1].map(|index| graph.input(&format!("state/{}", moments[index]), &shape));
        let settings = AdamW {
            weight_decay: match parameter.kind {
                Kind::Weight => optimiser.weight_decay,
                Kind::Offset | Kind::Statistic => 0.0,
            },
            ..optimiser
        };
        let next = graph.scope(&format!("adamw/{name}"), |graph| {
            adamw_step(
                graph,
                AdamWState {
                    parameter: parameter.value,
                    gradient,
                    first_moment: first,
                    second_moment: second,
                },
                learning_rate,
                corrections,
                &settings,
            )
        })?;
        follow.parameter(&mut graph, name, parameter.value, next.parameter)?;
        let moments = moments
            .into_iter()
            .zip([(first, next.first_moment), (second, next.second_moment)]);
        for (moment, (before, next)) in moments {
            follow.moment(&mut graph, &moment, before, next)?;
        }
    }
    for parameter in statistics {
        if let Some(next) = parameter.next {
            follow.statistic(&mut graph, &parameter.name, parameter.value, next)?;
        }
    }

    for parameter in &frozen {
        follow.frozen(&mut graph, &parameter.name, parameter.value)?;
    }

    let mut reports = vec!["loss".to_owned()];
    graph.output("loss", loss.total);
    for (name, part) in &loss.parts {
        graph.output(name, *part);
        reports.push((*name).to_owned());
    }
    graph.output(GRADIENT_NORM, gradient_norm);
    reports.push(GRADIENT_NORM.to_owned());
    let model = graph.to_model(Opset::Training)?;
    let model = match scale {
        None => model,
        Some(_) => {
            reports.push(LOSS_SCALE.to_owned());
            halve_products(&model)?
        }
    };
    Ok(StepGraph {
        model,
        state: follow.state,
        batch,
        reports,
        accumulation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::all_parameters;
    use crate::graph::check_cuda_kernels;

    #[test]
    fn every_step_of_every_recipe_runs_on_cuda_alone() {
        for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes")).unwrap() {
            let path = entry.unwrap().path();
            let mut recipe = Recipe::read(&path).unwrap();
            // What no shipped recipe asks for yet.
            for stage in &mut recipe.stages {
                if stage.weights.cross_modal > 0.0 {
                    stage.weights.fused = 0.5;
                }
                stage.accumulate = 2;
            }
            recipe.optimiser.moving_average = 0.999;
            let mut table = all_parameters(&recipe).unwrap();
            for stage in &recipe.stages {
                let step = build(&recipe, stage, &mut table).unwrap();
                check_cuda_kernels(&step.model)
                    .unwrap_or_else(|error| panic!("{}, {}: {error}", path.display(), stage.name));
                recipe.optimiser.precision = Precision::Mixed;
                let step = build(&recipe, stage, &mut table).unwrap();
                check_cuda_kernels(&step.model)
                    .unwrap_or_else(|error| panic!("{}, {}: {error}", path.display(), stage.name));
                recipe.optimiser.precision = Precision::Full;
            }
        }
    }
}
