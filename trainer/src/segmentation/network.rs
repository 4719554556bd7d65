//! The segmenter: a small U-shaped network (Ronneberger, Fischer & Brox, MICCAI 2015).
//!
//! ```text
//! picture 128²  ── standardised, four neighbours into channels ──► 64² × 4
//!   64²  two convolutions, 16 channels ───────────────────────────────┐
//!   32²  two convolutions, 24 ───────────────────────────────┐        │
//!   16²  two convolutions, 32 ──────────────────────┐        │        │
//!    8²  two convolutions, 32 ── doubled ── beside ─┘ 32     │        │
//!                                 doubled ── beside ─────────┘ 24     │
//!                                 doubled ── beside ──────────────────┘ 16
//! scores 128² × 4 ◄── channels into four neighbours ── 64² × 16
//! ```
//!
//! The widest maps are at half resolution, where a convolution costs a quarter; trading pixels for channels at both ends
//! keeps the edges of full resolution.

use crate::architecture::{Convolution, NetworkBuilder, Start};
use crate::cohort::label_maps::LABELS;
use crate::cohort::picture::SIDE;
use crate::graph::{GraphError, Value};

/// Name of the network's input: (batch, 1, 128, 128), grey in any unit.
pub const PICTURE: &str = "picture";
/// Name of its output: (batch, label, 128, 128), the larger the likelier.
pub const SCORES: &str = "scores";
/// The labels that it tells apart, [`LABELS`].
pub const CLASSES: usize = LABELS.len();

/// Channels at half the picture's resolution, a quarter, an eighth and a sixteenth.
const CHANNELS: [usize; 4] = [16, 24, 32, 32];
/// Pixels that become channels and back, along each axis.
const BLOCK: usize = 2;
/// Added to the variance of the grey before its root is taken, so that an empty picture stays one.
const LEAST_VARIANCE: f32 = 1e-6;

/// Shape of the input for a batch of this size.
pub fn input_shape(batch: usize) -> Vec<usize> {
    vec![batch, 1, SIDE, SIDE]
}

/// Picture (batch, 1, 128, 128) → scores (batch, [`CLASSES`], 128, 128).
///
/// # Errors
/// Where the picture has another shape.
pub fn scores(builder: &mut NetworkBuilder<'_>, picture: Value) -> Result<Value, GraphError> {
    let standard = standardised(builder, picture)?;
    let mut map = builder.graph.space_to_depth(standard, BLOCK)?;
    let mut beside = Vec::new();
    let [widest @ .., deepest] = CHANNELS;
    for (level, channels) in widest.into_iter().enumerate() {
        map = twice(builder, &format!("down{}", level + 1), map, channels)?;
        beside.push((channels, map));
        map = builder.graph.max_pool(map, 2)?;
    }
    map = twice(builder, "deepest", map, deepest)?;
    for (level, (channels, skipped)) in beside.into_iter().enumerate().rev() {
        let doubled = builder.graph.upsample_nearest(map, 2)?;
        let joined = builder.graph.concat(&[doubled, skipped], 1)?;
        map = twice(builder, &format!("up{}", level + 1), joined, channels)?;
    }
    let last = Convolution {
        kernel: 1,
        bias: true,
        start: Start::Linear,
        ..Convolution::PLAIN
    };
    let blocks = builder.convolution("scores", map, CLASSES * BLOCK * BLOCK, last)?;
    builder.graph.depth_to_space(blocks, BLOCK)
}

/// Each picture with mean 0 and variance 1, so that neither gain nor offset of its grey matters.
fn standardised(builder: &mut NetworkBuilder<'_>, picture: Value) -> Result<Value, GraphError> {
    let graph = &mut *builder.graph;
    let axes = [1, 2, 3];
    let mean = graph.reduce_mean(picture, &axes, true)?;
    let centred = graph.subtract(picture, mean)?;
    let variance = graph.reduce_variance(picture, &axes, true, 0)?;
    let variance = graph.offset(variance, LEAST_VARIANCE)?;
    let deviation = graph.sqrt(variance)?;
    graph.divide(centred, deviation)
}

/// (3 × 3 convolution, batch normalisation, rectifier) twice.
fn twice(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    input: Value,
    channels: usize,
) -> Result<Value, GraphError> {
    let mut map = input;
    for part in ["first", "second"] {
        let convolution = format!("{name}/{part}/convolution");
        map = builder.convolution(&convolution, map, channels, Convolution::PLAIN)?;
        map = builder.batch_normalisation(&format!("{name}/{part}/norm"), map)?;
        map = builder.graph.relu(map)?;
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::architecture::{Mode, ParameterTable};
    use crate::graph::Graph;

    #[test]
    fn is_small_and_gives_a_score_for_each_pixel_and_label() {
        let mut graph = Graph::new("segmenter");
        let mut table = ParameterTable::new(1);
        let picture = graph.input(PICTURE, &input_shape(2));
        let mut builder = NetworkBuilder::new(&mut graph, &mut table, Mode::Inference);
        let found = scores(&mut builder, picture).unwrap();
        assert_eq!(graph.shape(found), [2, CLASSES, SIDE, SIDE]);
        let count = table.trained_count("");
        assert!((50_000..120_000).contains(&count), "{count} parameters");
    }
}
