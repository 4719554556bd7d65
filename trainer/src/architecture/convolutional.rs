//! The MRI autoencoder: halvings down to 4 × 4, doublings back to 128 × 128, channels fewer where pixels are many.

use super::builder::{Convolution, NetworkBuilder, Start};
use super::residual::normalised;
use crate::graph::{GraphError, Value};
use crate::recipe::config::architecture::Convolutional;

/// Side of the smallest map.
pub(super) const SMALLEST: usize = 4;

/// Image (batch, channels, 128, 128) → latent (batch, `latent`).
///
/// # Errors
/// Where the input has another shape.
pub fn encoder(
    network: &Convolutional,
    latent: usize,
    builder: &mut NetworkBuilder<'_>,
    picture: Value,
) -> Result<Value, GraphError> {
    let mut map = picture;
    for (index, &channels) in network.encoder.iter().enumerate() {
        let name = format!("mri_encoder/down{}", index + 1);
        let halving = Convolution {
            stride: 2,
            ..Convolution::PLAIN
        };
        map = normalised(builder, &name, map, (channels, halving))?;
        map = builder.graph.relu(map)?;
    }
    let flat = builder.graph.flatten(map)?;
    builder.linear("mri_encoder/latent", flat, latent, Start::Linear)
}

/// Latent (batch, `latent`) → image (batch, `channels`, 128, 128), 0..1.
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn decoder(
    network: &Convolutional,
    channels: usize,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    let Some((&first, rest)) = network.decoder.split_first() else {
        return Ok(latent);
    };
    let mut map = grid(builder, latent, first)?;
    for (index, &width) in rest.iter().enumerate() {
        let name = format!("mri_decoder/up{}", index + 1);
        map = builder.graph.upsample_nearest(map, 2)?;
        map = normalised(builder, &name, map, (width, Convolution::PLAIN))?;
        map = builder.graph.relu(map)?;
    }
    let last = Convolution {
        bias: true,
        start: Start::Linear,
        ..Convolution::PLAIN
    };
    let logits = builder.convolution("mri_decoder/picture", map, channels, last)?;
    builder.graph.sigmoid(logits)
}

/// What a decoder begins with: latent (batch, latent) → map (batch, `channels`, 4, 4), rectified.
///
/// # Errors
/// Where the latent has another rank than 2.
pub(super) fn grid(
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
    channels: usize,
) -> Result<Value, GraphError> {
    let batch = builder.graph.shape(latent).first().copied().unwrap_or(1);
    let flat = builder.linear(
        "mri_decoder/grid",
        latent,
        channels * SMALLEST * SMALLEST,
        Start::Rectified,
    )?;
    let flat = builder.graph.relu(flat)?;
    builder
        .graph
        .reshape(flat, &[batch, channels, SMALLEST, SMALLEST])
}
