//! The networks.
//!
//! - [`parameters`]: the table of all parameters, by name;
//! - [`builder`]: one description of a network that serves training and serving alike;
//! - [`networks`]: a recipe's four networks;
//! - [`fully_connected`]: the ECG autoencoder;
//! - [`residual_beat`]: the ECG encoder of the cart; `residual`: what it and the picture's networks are made of;
//! - [`convolutional`], [`double_convolution`], [`residual_picture`]: MRI autoencoders;
//! - [`inference`]: each network as an ONNX file;
//! - [`layers`]: each network's layers with their sizes and costs.

pub mod builder;
pub mod convolutional;
pub mod double_convolution;
pub mod fully_connected;
pub mod inference;
pub mod layers;
pub mod networks;
pub mod parameters;
mod residual;
pub mod residual_beat;
pub mod residual_picture;

pub use builder::{Convolution, Mode, NetworkBuilder, Start};
pub use inference::{NamedShape, Network, all_parameters};
pub use parameters::ParameterTable;

use crate::graph::layer::l2_normalise;
use crate::graph::{GraphError, Value};

/// Makes the latent's length 1 and then √length, so that each element has unit size on average: encoders of both
/// modalities speak to the decoder at one scale. A decoder that is fed two scales learns the louder one and shows the
/// other's average.
///
/// Takes and gives (batch, latent).
///
/// # Errors
/// Where `raw` has another rank than 2.
pub fn normalise_latent(builder: &mut NetworkBuilder<'_>, raw: Value) -> Result<Value, GraphError> {
    let length = builder.graph.shape(raw).last().copied().unwrap_or(1);
    let unit = l2_normalise(builder.graph, raw, 1, 1e-8)?;
    builder.graph.scale(unit, (length as f32).sqrt())
}
