//! Both modalities, both autoencoders and the way across, in one loss.

use super::contrastive::symmetric_info_nce;
use super::reconstruction::{mean_absolute_error, mean_squared_error};
use crate::architecture::{NetworkBuilder, convolutional, fully_connected};
use crate::graph::{GraphError, Value};
use crate::recipe::config::{Architecture, Stage};

/// A loss and its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct JointLoss {
    /// The weighted sum.
    pub total: Value,
    /// The parts that were asked for, unweighted, by name.
    pub parts: Vec<(&'static str, Value)>,
}

/// The weighted sum of the losses that a stage asks for; networks that no loss needs are not built.
///
/// `ecg` is (batch, 12, 600), `picture` (batch, 1, 128, 128) in 0..1. Where both latents are decoded, they go through
/// the decoder as one batch, so that its normalisation sees both.
///
/// # Errors
/// Where the shapes disagree with the architecture.
pub fn joint_loss(
    architecture: &Architecture,
    stage: &Stage,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
    picture: Value,
) -> Result<JointLoss, GraphError> {
    let weights = &stage.weights;
    let needs_ecg =
        weights.ecg_reconstruction > 0.0 || weights.cross_modal > 0.0 || weights.contrastive > 0.0;
    let needs_mri = weights.mri_reconstruction > 0.0 || weights.contrastive > 0.0;
    let latent = architecture.latent;
    let ecg_latent = needs_ecg
        .then(|| fully_connected::encoder(&architecture.ecg, latent, builder, ecg))
        .transpose()?;
    let mri_latent = needs_mri
        .then(|| convolutional::encoder(&architecture.mri, latent, builder, picture))
        .transpose()?;

    let mut parts: Vec<(&'static str, f32, Value)> = Vec::new();
    if let Some(ecg_latent) = ecg_latent.filter(|_| weights.ecg_reconstruction > 0.0) {
        let rebuilt = fully_connected::decoder(&architecture.ecg, builder, ecg_latent)?;
        let truth = fully_connected::averaged(&architecture.ecg, builder, ecg)?;
        let loss = mean_squared_error(builder.graph, rebuilt, truth)?;
        parts.push(("ecg_reconstruction", weights.ecg_reconstruction, loss));
    }

    let decoded = [
        ("mri_reconstruction", weights.mri_reconstruction, mri_latent),
        ("cross_modal", weights.cross_modal, ecg_latent),
    ];
    let decoded: Vec<_> = decoded
        .into_iter()
        .filter_map(|(name, weight, latent)| Some((name, weight, latent?)))
        .filter(|(_, weight, _)| *weight > 0.0)
        .collect();
    if !decoded.is_empty() {
        let latents: Vec<Value> = decoded.iter().map(|(_, _, latent)| *latent).collect();
        let together = match latents[..] {
            [alone] => alone,
            _ => builder.graph.concat(&latents, 0)?,
        };
        let pictures = convolutional::decoder(&architecture.mri, builder, together)?;
        let batch = builder.graph.shape(picture)[0];
        for (index, (name, weight, _)) in decoded.into_iter().enumerate() {
            let own = match latents.len() {
                1 => pictures,
                _ => builder
                    .graph
                    .slice(pictures, 0, index * batch, (index + 1) * batch)?,
            };
            let loss = mean_absolute_error(builder.graph, own, picture)?;
            parts.push((name, weight, loss));
        }
    }

    if let (Some(ecg_latent), Some(mri_latent)) = (ecg_latent, mri_latent)
        && weights.contrastive > 0.0
    {
        let loss = symmetric_info_nce(builder.graph, ecg_latent, mri_latent, stage.temperature)?;
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
