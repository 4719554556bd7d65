//! Both modalities, both autoencoders and the way across, in one loss.

use super::contrastive::contrastive_loss;
use super::reconstruction::reconstruction_error;
use crate::architecture::networks::{
    ecg_decoder, ecg_encoder, ecg_truth, mri_decoder, mri_encoder,
};
use crate::architecture::{NetworkBuilder, normalise_latent};
use crate::graph::{GraphError, Value};
use crate::recipe::config::{Recipe, Stage, Weights};

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
    /// (batch, 1, 128, 128), 0..1.
    pub picture: Value,
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
    let ecg_latent = needs_ecg(weights)
        .then(|| ecg_encoder(recipe, builder, pairs.ecg))
        .transpose()?;
    let mri_latent = needs_mri(weights)
        .then(|| mri_encoder(recipe, builder, pairs.picture))
        .transpose()?;
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
    let decoded: Vec<(&'static str, f32, Value)> = [
        ("mri_reconstruction", weights.mri_reconstruction, mri_latent),
        ("cross_modal", weights.cross_modal, ecg_latent),
        ("fused", weights.fused, fused),
    ]
    .into_iter()
    .filter(|(_, weight, _)| *weight > 0.0)
    .filter_map(|(name, weight, latent)| Some((name, weight, latent?)))
    .collect();
    parts.extend(picture_losses(
        recipe,
        stage,
        builder,
        &decoded,
        pairs.picture,
    )?);

    if let (Some(ecg_latent), Some(mri_latent)) = (ecg_latent, mri_latent)
        && weights.contrastive > 0.0
    {
        let loss = contrastive_loss(&stage.contrast, builder, ecg_latent, mri_latent)?;
        parts.push(("contrastive", weights.contrastive, loss));
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

fn needs_ecg(weights: &Weights) -> bool {
    weights.ecg_reconstruction > 0.0
        || weights.cross_modal > 0.0
        || weights.fused > 0.0
        || weights.contrastive > 0.0
}

fn needs_mri(weights: &Weights) -> bool {
    weights.mri_reconstruction > 0.0 || weights.fused > 0.0 || weights.contrastive > 0.0
}

/// The errors of the pictures made from each of these latents.
fn picture_losses(
    recipe: &Recipe,
    stage: &Stage,
    builder: &mut NetworkBuilder<'_>,
    decoded: &[(&'static str, f32, Value)],
    truth: Value,
) -> Result<Vec<(&'static str, f32, Value)>, GraphError> {
    let latents: Vec<Value> = decoded.iter().map(|(_, _, latent)| *latent).collect();
    let together = match latents[..] {
        [] => return Ok(Vec::new()),
        [alone] => alone,
        _ => builder.graph.concat(&latents, 0)?,
    };
    let pictures = mri_decoder(recipe, builder, together)?;
    let batch = builder.graph.shape(truth).first().copied().unwrap_or(0);
    let mut losses = Vec::with_capacity(decoded.len());
    for (index, &(name, weight, _)) in decoded.iter().enumerate() {
        let own = match latents.len() {
            1 => pictures,
            _ => builder
                .graph
                .slice(pictures, 0, index * batch, (index + 1) * batch)?,
        };
        let loss = reconstruction_error(builder.graph, stage.mri_loss, own, truth)?;
        losses.push((name, weight, loss));
    }
    Ok(losses)
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
