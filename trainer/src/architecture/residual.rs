//! What the residual networks are made of, in time and in the plane alike (He et al., CVPR 2016).

use super::builder::{Convolution, NetworkBuilder, Start};
use crate::graph::{GraphError, Value};

/// A convolution and its batch normalisation, (batch, inputs, …) → (batch, `channels`, …).
///
/// # Errors
/// Where `map` has another rank than 3 or 4.
pub(super) fn normalised(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    map: Value,
    (channels, convolution): (usize, Convolution),
) -> Result<Value, GraphError> {
    let map = builder.convolution(&format!("{name}/conv"), map, channels, convolution)?;
    builder.batch_normalisation(&format!("{name}/norm"), map)
}

/// x + convolution(convolution(x)), each normalised, a rectifier between and behind; the shape stays.
///
/// # Errors
/// As [`normalised`].
pub(super) fn block(
    builder: &mut NetworkBuilder<'_>,
    name: &str,
    map: Value,
    (channels, kernel): (usize, usize),
) -> Result<Value, GraphError> {
    let plain = Convolution {
        kernel,
        ..Convolution::PLAIN
    };
    let inner = normalised(builder, &format!("{name}/inner"), map, (channels, plain))?;
    let inner = builder.graph.relu(inner)?;
    let linear = Convolution {
        start: Start::Linear,
        ..plain
    };
    let outer = normalised(builder, &format!("{name}/outer"), inner, (channels, linear))?;
    let sum = builder.graph.add(map, outer)?;
    builder.graph.relu(sum)
}
