//! The MRI autoencoder of the cart: residual blocks, self-attention where pixels are few, channels that shrink as pixels
//! grow.
//!
//! The decoder's last doubling rearranges channels into pixels (Shi et al., CVPR 2016), so that nothing but the picture
//! itself is computed at full resolution.

use super::builder::{Convolution, NetworkBuilder, Start};
use super::convolutional::{SMALLEST, grid};
use super::networks::Decoded;
use super::residual::{block, normalised};
use crate::graph::layer::{AttentionWeights, multi_head_attention};
use crate::graph::{Corners, GraphError, Value};
use crate::recipe::config::Residual;

/// Pixels along a side of a convolution.
const KERNEL: usize = Convolution::PLAIN.kernel;
/// Side of the map that is attended to.
const ATTENDED: usize = 8;
/// Bounds of the logarithm of the expected error's scale: from a tenth of a grey level of 256 to the whole range.
const LOG_SCALE: [f32; 2] = [-7.8, 0.0];

/// Image (batch, channels, 128, 128) → latent (batch, `latent`).
///
/// # Errors
/// Where the input has another shape.
pub fn encoder(
    network: &Residual,
    latent: usize,
    builder: &mut NetworkBuilder<'_>,
    picture: Value,
) -> Result<Value, GraphError> {
    let mut map = picture;
    for (index, &channels) in network.encoder.iter().enumerate() {
        let name = format!("mri_encoder/level{}", index + 1);
        let halving = Convolution {
            stride: 2,
            ..Convolution::PLAIN
        };
        map = normalised(builder, &format!("{name}/down"), map, (channels, halving))?;
        map = builder.graph.relu(map)?;
        // At 64 pixels a block would cost more than all that follows.
        if index > 0 {
            map = block(builder, &name, map, (channels, KERNEL))?;
        }
    }
    let flat = builder.graph.flatten(map)?;
    builder.linear("mri_encoder/latent", flat, latent, Start::Linear)
}

/// Latent (batch, `latent`) → image (batch, `channels`, 128, 128), 0..1, and where the recipe asks for it the logarithm
/// of the scale of the error that is expected of each pixel, of the same shape.
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn decoder(
    network: &Residual,
    channels: usize,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Decoded, GraphError> {
    let (&first, rest) = network.decoder.split_first().unwrap_or((&1, &[]));
    let mut map = grid(builder, latent, first)?;
    let mut side = SMALLEST;
    for (index, &width) in rest.iter().enumerate() {
        side *= 2;
        let name = format!("mri_decoder/level{}", index + 1);
        map = builder.graph.upsample_nearest(map, 2)?;
        map = normalised(
            builder,
            &format!("{name}/up"),
            map,
            (width, Convolution::PLAIN),
        )?;
        map = builder.graph.relu(map)?;
        map = block(builder, &name, map, (width, KERNEL))?;
        if side == ATTENDED && network.attention_heads > 0 {
            let name = format!("{name}/attention");
            map = attention(builder, &name, map, network.attention_heads)?;
        }
    }
    let maps = match network.deviation {
        true => 2 * channels,
        false => channels,
    };
    let last = Convolution {
        bias: true,
        start: Start::Linear,
        ..Convolution::PLAIN
    };
    let phases = builder.convolution("mri_decoder/picture", map, 4 * maps, last)?;
    let logits = match network.deviation {
        true => builder.graph.slice(phases, 1, 0, 4 * channels)?,
        false => phases,
    };
    let logits = builder.graph.depth_to_space(logits, 2)?;
    let picture = builder.graph.sigmoid(logits)?;
    if !network.deviation {
        return Ok(Decoded::picture_alone(picture));
    }
    let spread = builder.graph.slice(phases, 1, 4 * channels, 4 * maps)?;
    Ok(Decoded {
        picture,
        log_scale: Some(log_scale(builder, spread, channels)?),
    })
}

/// Scales of errors are told at half the resolution, by the mean of four maps each: how far off a pixel may be differs
/// little from its neighbours', and a map that is told pixel by pixel shows the rearrangement's grid.
fn log_scale(
    builder: &mut NetworkBuilder<'_>,
    maps: Value,
    channels: usize,
) -> Result<Value, GraphError> {
    let graph = &mut *builder.graph;
    let shape = graph.shape(maps).to_vec();
    let &[batch, _, height, width] = shape.as_slice() else {
        return Ok(maps);
    };
    let fours = graph.reshape(maps, &[batch, channels, 4, height, width])?;
    let mean = graph.reduce_mean(fours, &[2], false)?;
    let full = graph.resize_bilinear(mean, [2 * height, 2 * width], Corners::HalfPixel)?;
    // The scale begins near the error that a picture of no training has, and stays within its bounds.
    let [least, most] = LOG_SCALE;
    let full = graph.offset(full, -2.0)?;
    graph.clip(full, least, most)
}

/// x + self-attention(x) over the pixels of a map (batch, channels, y, x).
fn attention(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    map: Value,
    heads: usize,
) -> Result<Value, GraphError> {
    let shape = builder.graph.shape(map).to_vec();
    let &[batch, channels, height, width] = shape.as_slice() else {
        return Ok(map);
    };
    let mut layer =
        |part: &str| builder.dense_parameters(&format!("{name}/{part}"), channels, channels);
    let weights = AttentionWeights {
        query: layer("query"),
        key: layer("key"),
        value: layer("value"),
        output: layer("output"),
    };
    let attended = builder.graph.scope(name, |graph| {
        let rows = graph.reshape(map, &[batch, channels, height * width])?;
        let tokens = graph.swap_axes(rows, 1, 2)?;
        let mixed = multi_head_attention(graph, tokens, tokens, &weights, heads, None)?;
        let rows = graph.swap_axes(mixed, 1, 2)?;
        graph.reshape(rows, &[batch, channels, height, width])
    })?;
    builder.graph.add(map, attended)
}
