//! Both modalities, both autoencoders and the way across, in one loss.

use super::contrastive::contrastive_loss;
use super::phenotypes::phenotype_error;
use super::picture_terms::{deviation_misfit, edge_error, variety_shortfall};
use super::reconstruction::reconstruction_error;
use crate::architecture::networks::{
    Decoded, ecg_decoder, ecg_encoder, ecg_truth, mri_decoder, mri_encoder,
};
use crate::architecture::{NetworkBuilder, normalise_latent};
use crate::graph::loss::{Ssim, mean_squared_error, ssim_loss};
use crate::graph::{GraphError, Value};
use crate::recipe::config::{Recipe, Stage};

/// A loss and its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct JointLoss {
    /// The weighted sum.
    pub total: Value,
    /// The parts that were asked for, unweighted, by name.
    pub parts: Vec<(&'static str, Value)>,
}

/// A batch of pairs as a graph sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pairs {
    /// (batch, leads, 600).
    pub ecg: Value,
    /// (batch, 1), in beats per minute, where the encoder takes it.
    pub heart_rate: Option<Value>,
    /// (batch, channels, 128, 128), 0..1; none where no loss looks at pictures.
    pub picture: Option<Value>,
    /// (batch, latent): the MRI's latents where they are given; else the encoder makes them of the picture.
    pub mri_latent: Option<Value>,
    /// (batch, phenotype) each: standardised values, and 1 where they are known, else 0.
    pub phenotypes: Option<[Value; 2]>,
    /// (batch, 1) each: 1 where the ECG and where the picture counts in the fused latent, else 0; not both 0.
    pub kept: Option<[Value; 2]>,
}

/// The weighted sum of the losses that a stage asks for; networks that no loss needs are not built.
///
/// Where several latents are decoded, they go through the decoder as one batch, so that its normalisation sees all.
///
/// # Errors
/// Where the shapes disagree with the architecture.
pub fn joint_loss(
    recipe: &Recipe,
    stage: &Stage,
    builder: &mut NetworkBuilder<'_>,
    pairs: Pairs,
) -> Result<JointLoss, GraphError> {
    let weights = &stage.weights;
    let ecg_latent = needs_ecg(stage)
        .then(|| ecg_encoder(recipe, builder, pairs.ecg, pairs.heart_rate))
        .transpose()?;
    let mri_latent = match (pairs.mri_latent, pairs.picture) {
        (Some(given), _) => Some(given),
        (None, Some(picture)) if needs_mri(stage) => Some(mri_encoder(recipe, builder, picture)?),
        _ => None,
    };
    let mut parts: Vec<(&'static str, f32, Value)> = Vec::new();

    if let Some(ecg_latent) = ecg_latent.filter(|_| weights.ecg_reconstruction > 0.0) {
        let rebuilt = ecg_decoder(recipe, builder, ecg_latent)?;
        let truth = ecg_truth(recipe, builder, pairs.ecg)?;
        let loss = reconstruction_error(builder.graph, stage.ecg_loss, rebuilt, truth)?;
        parts.push(("ecg_reconstruction", weights.ecg_reconstruction, loss));
    }

    let fused = match (ecg_latent, mri_latent, pairs.kept) {
        (Some(ecg), Some(mri), Some(kept)) if weights.fused > 0.0 => {
            Some(fused_latent(recipe, builder, [ecg, mri], kept)?)
        }
        _ => None,
    };
    let decoded: Vec<(Way, Value)> = [
        (Way::Rebuilt, weights.mri_reconstruction > 0.0, mri_latent),
        (Way::FromEcg, weights.decode_ecg(), ecg_latent),
        (Way::Fused, weights.fused > 0.0, fused),
    ]
    .into_iter()
    .filter(|(_, wanted, _)| *wanted)
    .filter_map(|(way, _, latent)| Some((way, latent?)))
    .collect();
    if let Some(truth) = pairs.picture {
        parts.extend(picture_losses(recipe, stage, builder, &decoded, truth)?);
    }

    if let (Some(ecg_latent), Some(mri_latent)) = (ecg_latent, mri_latent) {
        if weights.contrastive > 0.0 {
            let loss = contrastive_loss(&stage.contrast, builder, ecg_latent, mri_latent)?;
            parts.push(("contrastive", weights.contrastive, loss));
        }
        if weights.latent > 0.0 {
            let loss = mean_squared_error(builder.graph, ecg_latent, mri_latent)?;
            parts.push(("latent", weights.latent, loss));
        }
    }
    if let Some([truth, known]) = pairs.phenotypes {
        // Latents that were computed beforehand have nothing to learn.
        let own_mri = mri_latent.filter(|_| pairs.mri_latent.is_none());
        let told: Vec<Value> = [ecg_latent, own_mri].into_iter().flatten().collect();
        let mut sum = builder.graph.scalar(0.0);
        for &latent in &told {
            let error = phenotype_error(builder, latent, truth, known)?;
            sum = builder.graph.add(sum, error)?;
        }
        let loss = builder.graph.scale(sum, 1.0 / told.len().max(1) as f32)?;
        parts.push(("phenotypes", weights.phenotypes, loss));
    }

    let mut total = builder.graph.scalar(0.0);
    for &(_, weight, loss) in &parts {
        let weighted = builder.graph.scale(loss, weight)?;
        total = builder.graph.add(total, weighted)?;
    }
    Ok(JointLoss {
        total,
        parts: parts
            .into_iter()
            .map(|(name, _, loss)| (name, loss))
            .collect(),
    })
}

fn needs_ecg(stage: &Stage) -> bool {
    let weights = &stage.weights;
    weights.ecg_reconstruction > 0.0
        || weights.decode_ecg()
        || weights.fused > 0.0
        || weights.compare_latents()
        || weights.phenotypes > 0.0 && !needs_mri(stage)
}

/// Whether the stage's losses need the MRI encoder to run at every step.
fn needs_mri(stage: &Stage) -> bool {
    let weights = &stage.weights;
    let compares = weights.compare_latents() && !stage.keeps_mri_latents();
    weights.mri_reconstruction > 0.0 || weights.fused > 0.0 || compares
}

/// Whether the stage's losses look at pictures at every step.
pub fn needs_pictures(stage: &Stage) -> bool {
    needs_mri(stage) || stage.weights.decode_ecg()
}

/// Where a decoded latent came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Rebuilt,
    FromEcg,
    Fused,
}

/// The errors of the pictures made from each of these latents.
fn picture_losses(
    recipe: &Recipe,
    stage: &Stage,
    builder: &mut NetworkBuilder<'_>,
    decoded: &[(Way, Value)],
    truth: Value,
) -> Result<Vec<(&'static str, f32, Value)>, GraphError> {
    let latents: Vec<Value> = decoded.iter().map(|(_, latent)| *latent).collect();
    let together = match latents[..] {
        [] => return Ok(Vec::new()),
        [alone] => alone,
        _ => builder.graph.concat(&latents, 0)?,
    };
    let all = mri_decoder(recipe, builder, together)?;
    let batch = builder.graph.shape(truth).first().copied().unwrap_or(0);
    let weights = &stage.weights;
    let mut losses = Vec::with_capacity(decoded.len());
    for (index, &(way, _)) in decoded.iter().enumerate() {
        let mut of_way = |value: Value| match latents.len() {
            1 => Ok(value),
            _ => builder
                .graph
                .slice(value, 0, index * batch, (index + 1) * batch),
        };
        let own = Decoded {
            picture: of_way(all.picture)?,
            log_scale: match (way, weights.deviation > 0.0) {
                (Way::FromEcg, true) => all.log_scale.map(of_way).transpose()?,
                _ => None,
            },
        };
        let (name, weight) = match way {
            Way::Rebuilt => ("mri_reconstruction", weights.mri_reconstruction),
            Way::FromEcg => ("cross_modal", weights.cross_modal),
            Way::Fused => ("fused", weights.fused),
        };
        if weight > 0.0 {
            let loss = reconstruction_error(builder.graph, stage.mri_loss, own.picture, truth)?;
            losses.push((name, weight, loss));
        }
        if way == Way::FromEcg {
            losses.extend(further_terms(stage, builder, own, truth)?);
        }
    }
    Ok(losses)
}

/// What a stage asks of the picture made from the ECG besides its error pixel by pixel.
fn further_terms(
    stage: &Stage,
    builder: &mut NetworkBuilder<'_>,
    made: Decoded,
    truth: Value,
) -> Result<Vec<(&'static str, f32, Value)>, GraphError> {
    let weights = &stage.weights;
    let graph = &mut *builder.graph;
    let mut terms = Vec::new();
    if weights.variety > 0.0 {
        let loss = variety_shortfall(graph, made.picture, truth, stage.variety_share)?;
        terms.push(("variety", weights.variety, loss));
    }
    if weights.edges > 0.0 {
        let loss = edge_error(graph, made.picture, truth)?;
        terms.push(("edges", weights.edges, loss));
    }
    if weights.structure > 0.0 {
        let loss = ssim_loss(graph, made.picture, truth, &Ssim::default())?;
        terms.push(("structure", weights.structure, loss));
    }
    if let Some(log_scale) = made.log_scale {
        let loss = deviation_misfit(graph, made.picture, truth, log_scale)?;
        terms.push(("deviation", weights.deviation, loss));
    }
    Ok(terms)
}

/// The mean of those latents of each pair that are kept.
fn fused_latent(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    latents: [Value; 2],
    kept: [Value; 2],
) -> Result<Value, GraphError> {
    let graph = &mut *builder.graph;
    let ecg = graph.multiply(latents[0], kept[0])?;
    let mri = graph.multiply(latents[1], kept[1])?;
    let sum = graph.add(ecg, mri)?;
    let count = graph.add(kept[0], kept[1])?;
    let mean = graph.divide(sum, count)?;
    match recipe.architecture.normalise_latent {
        true => normalise_latent(builder, mean),
        false => Ok(mean),
    }
}
