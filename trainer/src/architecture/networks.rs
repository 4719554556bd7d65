//! A recipe's four networks: which description serves for each.

use super::{NetworkBuilder, convolutional, double_convolution, fully_connected, normalise_latent};
use crate::graph::{GraphError, Value};
use crate::recipe::config::{EcgNetwork, MriNetwork, Recipe};
use ecg2mri::model::network_input::SAMPLES;

/// Numbers in the ECG that the decoder rebuilds.
pub fn rebuilt_ecg_length(recipe: &Recipe) -> usize {
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => {
            recipe.input.leads() * SAMPLES / network.average.max(1)
        }
    }
}

/// (batch, leads, 600) → latent (batch, latent).
///
/// # Errors
/// Where the input has another shape.
pub fn ecg_encoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let latent = recipe.architecture.latent;
    let raw = match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => {
            fully_connected::encoder(network, latent, builder, ecg)?
        }
    };
    shared_latent(recipe, builder, raw)
}

/// Latent (batch, latent) → rebuilt ECG (batch, [`rebuilt_ecg_length`]).
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn ecg_decoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => {
            fully_connected::decoder(network, rebuilt_ecg_length(recipe), builder, latent)
        }
    }
}

/// What the ECG decoder should give: (batch, leads, 600) → (batch, [`rebuilt_ecg_length`]).
///
/// # Errors
/// Where the input has another rank than 3.
pub fn ecg_truth(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => fully_connected::averaged(network, builder, ecg),
    }
}

/// Picture (batch, 1, 128, 128) → latent (batch, latent).
///
/// # Errors
/// Where the picture has another shape.
pub fn mri_encoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    picture: Value,
) -> Result<Value, GraphError> {
    let latent = recipe.architecture.latent;
    let raw = match &recipe.architecture.mri {
        MriNetwork::Convolutional(network) => {
            convolutional::encoder(network, latent, builder, picture)?
        }
        MriNetwork::DoubleConvolution(network) => {
            double_convolution::encoder(network, builder, picture)?
        }
    };
    shared_latent(recipe, builder, raw)
}

/// Latent (batch, latent) → picture (batch, 1, 128, 128).
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn mri_decoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    match &recipe.architecture.mri {
        MriNetwork::Convolutional(network) => convolutional::decoder(network, builder, latent),
        MriNetwork::DoubleConvolution(network) => {
            double_convolution::decoder(network, builder, latent)
        }
    }
}

fn shared_latent(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    raw: Value,
) -> Result<Value, GraphError> {
    match recipe.architecture.normalise_latent {
        true => normalise_latent(builder, raw),
        false => Ok(raw),
    }
}
