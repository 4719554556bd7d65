//! The thesis' MRI autoencoder: two convolutions a level, maximum pooling downwards, bilinear doubling upwards.
//!
//! Encoder: a double convolution at 128 × 128, then at each further level a pooling by two and a double convolution;
//! what the last level leaves is pooled into one pixel, whose channels are the latent. Decoder: the latent as one pixel
//! is doubled until it is 128 × 128, with a double convolution after each doubling, and a 1 × 1 convolution makes the
//! picture, unlimited.

use super::builder::{Convolution, NetworkBuilder, Start};
use crate::graph::{GraphError, Value};
use crate::recipe::config::architecture::DoubleConvolution;

/// 3 × 3 with a bias, though a batch normalisation follows: so the thesis has it.
const WITH_BIAS: Convolution = Convolution {
    kernel: 3,
    stride: 1,
    bias: true,
    start: Start::Uniform,
};

/// Picture (batch, 1, 128, 128) → latent (batch, channels of the last level).
///
/// # Errors
/// Where the input has another shape.
pub fn encoder(
    network: &DoubleConvolution,
    builder: &mut NetworkBuilder<'_>,
    picture: Value,
) -> Result<Value, GraphError> {
    let mut map = picture;
    for (index, &channels) in network.encoder.iter().enumerate() {
        if index > 0 {
            map = builder.graph.max_pool(map, 2)?;
        }
        let name = format!("mri_encoder/level{}", index + 1);
        map = double(builder, &name, map, channels, channels)?;
    }
    let side = builder.graph.shape(map).last().copied().unwrap_or(1);
    let pixel = builder.graph.max_pool(map, side)?;
    builder.graph.flatten(pixel)
}

/// Latent (batch, `latent`) → image (batch, `channels`, 128, 128), not limited to 0..1.
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn decoder(
    network: &DoubleConvolution,
    channels: usize,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    let shape = builder.graph.shape(latent).to_vec();
    let mut map = builder
        .graph
        .reshape(latent, &[shape[..].to_vec(), vec![1, 1]].concat())?;
    for (index, &width) in network.decoder.iter().enumerate() {
        let inputs = builder.graph.shape(map).get(1).copied().unwrap_or(0);
        map = builder.graph.upsample_bilinear(map, 2)?;
        let name = format!("mri_decoder/level{}", index + 1);
        map = double(builder, &name, map, inputs / 2, width)?;
    }
    let last = Convolution {
        kernel: 1,
        ..WITH_BIAS
    };
    builder.convolution("mri_decoder/picture", map, channels, last)
}

/// (3 × 3 convolution, batch normalisation, rectifier) twice.
fn double(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    input: Value,
    middle: usize,
    outputs: usize,
) -> Result<Value, GraphError> {
    let mut map = input;
    for (index, channels) in [middle, outputs].into_iter().enumerate() {
        let part = |what: &str| format!("{name}/{what}{}", index + 1);
        map = builder.convolution(&part("conv"), map, channels, WITH_BIAS)?;
        map = builder.batch_normalisation(&part("norm"), map)?;
        map = builder.graph.relu(map)?;
    }
    Ok(map)
}
