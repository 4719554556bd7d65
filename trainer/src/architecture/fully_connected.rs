//! The ECG autoencoder: fully connected layers over the twelve leads of the median beat.
//!
//! Neighbouring samples are averaged first: at 500 Hz the beat holds little above 100 Hz, and each halving of the
//! input halves the first layer, which holds most of the parameters.

use super::{NetworkBuilder, normalise_latent};
use crate::graph::{GraphError, Value};
use crate::recipe::config::FullyConnected;
use ecg2mri::model::network_input::{LEADS, SAMPLES};

/// The input averaged in runs of `average` samples, as one row: (batch, 12, 600) → (batch, 12 · 600 / average). It is
/// what the encoder sees first and what the decoder rebuilds.
///
/// # Errors
/// Where the input has another rank than 3.
pub fn averaged(
    network: &FullyConnected,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let pooled = builder.graph.average_pool(ecg, network.average)?;
    builder.graph.flatten(pooled)
}

/// (batch, 12, 600) → normalised latent (batch, `latent`).
///
/// # Errors
/// Where the input has another rank than 3.
pub fn encoder(
    network: &FullyConnected,
    latent: usize,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let mut hidden = averaged(network, builder, ecg)?;
    for (index, &width) in network.widths.iter().enumerate() {
        hidden = builder.linear(
            &format!("ecg_encoder/linear{}", index + 1),
            hidden,
            width,
            true,
        )?;
        hidden = builder.graph.relu(hidden)?;
    }
    let raw = builder.linear("ecg_encoder/latent", hidden, latent, false)?;
    normalise_latent(builder, raw)
}

/// Latent (batch, `latent`) → averaged ECG (batch, 12 · 600 / average), without a limit at the end: an ECG is signed.
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn decoder(
    network: &FullyConnected,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    let mut hidden = latent;
    for (index, &width) in network.widths.iter().rev().enumerate() {
        hidden = builder.linear(
            &format!("ecg_decoder/linear{}", index + 1),
            hidden,
            width,
            true,
        )?;
        hidden = builder.graph.relu(hidden)?;
    }
    builder.linear(
        "ecg_decoder/ecg",
        hidden,
        LEADS * SAMPLES / network.average,
        false,
    )
}
