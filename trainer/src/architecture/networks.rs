//! A recipe's four networks: which description serves for each.

use super::{
    NetworkBuilder, convolutional, double_convolution, fully_connected, normalise_latent,
    residual_beat, residual_picture,
};
use crate::graph::{GraphError, Value};
use crate::recipe::config::{EcgNetwork, FullyConnected, MriNetwork, Recipe, ResidualBeat};
use ecg2mri::model::network_input::SAMPLES;

/// What an MRI decoder makes of a latent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decoded {
    /// The image (batch, channels, 128, 128), 0..1.
    pub picture: Value,
    /// Where the network says it: the logarithm of the scale of the Laplace distribution that each pixel's error is
    /// expected to have, of the same shape.
    pub log_scale: Option<Value>,
}

impl Decoded {
    /// A picture without a word on its error.
    pub fn picture_alone(picture: Value) -> Decoded {
        Decoded {
            picture,
            log_scale: None,
        }
    }
}

/// Numbers in the ECG that the decoder rebuilds.
pub fn rebuilt_ecg_length(recipe: &Recipe) -> usize {
    recipe.input.leads() * SAMPLES / averaged_run(recipe).max(1)
}

fn averaged_run(recipe: &Recipe) -> usize {
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => network.average,
        EcgNetwork::Residual(network) => network.average,
    }
}

/// Whether the ECG encoder is given the heart rate.
pub fn takes_heart_rate(recipe: &Recipe) -> bool {
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(_) => false,
        EcgNetwork::Residual(network) => network.heart_rate,
    }
}

/// Whether the MRI decoder says how far from the truth it expects its pixels to be.
pub fn gives_deviation(recipe: &Recipe) -> bool {
    match &recipe.architecture.mri {
        MriNetwork::Residual(network) => network.deviation,
        MriNetwork::Convolutional(_) | MriNetwork::DoubleConvolution(_) => false,
    }
}

/// (batch, leads, 600) and, where it is taken, the heart rate (batch, 1) in beats per minute → latent (batch, latent).
///
/// # Errors
/// Where the inputs have other shapes.
pub fn ecg_encoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
    heart_rate: Option<Value>,
) -> Result<Value, GraphError> {
    let latent = recipe.architecture.latent;
    let raw = match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => {
            fully_connected::encoder(network, latent, builder, ecg)?
        }
        EcgNetwork::Residual(network) => {
            residual_beat::encoder(network, latent, builder, ecg, heart_rate)?
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
    let length = rebuilt_ecg_length(recipe);
    match &recipe.architecture.ecg {
        EcgNetwork::FullyConnected(network) => {
            fully_connected::decoder(network, length, builder, latent)
        }
        EcgNetwork::Residual(network) => {
            fully_connected::decoder(&decoder_of(network), length, builder, latent)
        }
    }
}

/// The decoder that goes with a residual encoder.
fn decoder_of(network: &ResidualBeat) -> FullyConnected {
    FullyConnected {
        average: network.average,
        widths: network.decoder.clone(),
        rectify_latent: false,
        output: Default::default(),
        first_values: Default::default(),
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
    fully_connected::averaged(averaged_run(recipe), builder, ecg)
}

/// Image (batch, channels, 128, 128) → latent (batch, latent).
///
/// # Errors
/// Where the image has another shape.
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
        MriNetwork::Residual(network) => {
            residual_picture::encoder(network, latent, builder, picture)?
        }
    };
    shared_latent(recipe, builder, raw)
}

/// Latent (batch, latent) → image (batch, channels, 128, 128).
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn mri_decoder(
    recipe: &Recipe,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Decoded, GraphError> {
    let channels = recipe.picture.channels();
    match &recipe.architecture.mri {
        MriNetwork::Convolutional(network) => {
            convolutional::decoder(network, channels, builder, latent).map(Decoded::picture_alone)
        }
        MriNetwork::DoubleConvolution(network) => {
            double_convolution::decoder(network, channels, builder, latent)
                .map(Decoded::picture_alone)
        }
        MriNetwork::Residual(network) => {
            residual_picture::decoder(network, channels, builder, latent)
        }
    }
}

/// The standard deviation of each pixel's error from the logarithm of its scale: a Laplace distribution's is √2 times its
/// scale.
///
/// # Errors
/// Where the value is of another graph.
pub fn deviation(builder: &mut NetworkBuilder<'_>, log_scale: Value) -> Result<Value, GraphError> {
    let scale = builder.graph.exp(log_scale)?;
    builder.graph.scale(scale, std::f32::consts::SQRT_2)
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
