//! The ECG autoencoder: fully connected layers over the samples of all leads.
//!
//! Neighbouring samples may be averaged first: at 500 Hz a beat holds little above 100 Hz, and each halving of the
//! input halves the first layer, which holds most of the parameters.

use super::builder::{NetworkBuilder, Start};
use crate::graph::{GraphError, Value};
use crate::recipe::config::architecture::{FirstValues, FullyConnected, Squash};

/// The input averaged in runs of `average` samples, as one row: (batch, leads, 600) → (batch, leads · 600 / average).
/// It is what the encoder sees first and what the decoder rebuilds.
///
/// # Errors
/// Where the input has another rank than 3.
pub fn averaged(
    average: usize,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let pooled = match average {
        1 => ecg,
        run => builder.graph.average_pool(ecg, run)?,
    };
    builder.graph.flatten(pooled)
}

/// (batch, leads, 600) → latent (batch, `latent`).
///
/// # Errors
/// Where the input has another rank than 3.
pub fn encoder(
    network: &FullyConnected,
    latent: usize,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let mut hidden = averaged(network.average, builder, ecg)?;
    for (index, &width) in network.widths.iter().enumerate() {
        let name = format!("ecg_encoder/linear{}", index + 1);
        hidden = builder.linear(&name, hidden, width, start(network, true))?;
        hidden = builder.graph.relu(hidden)?;
    }
    let last = start(network, network.rectify_latent);
    let raw = builder.linear("ecg_encoder/latent", hidden, latent, last)?;
    match network.rectify_latent {
        true => builder.graph.relu(raw),
        false => Ok(raw),
    }
}

/// Latent (batch, `latent`) → averaged ECG (batch, `outputs`).
///
/// # Errors
/// Where the latent has another rank than 2.
pub fn decoder(
    network: &FullyConnected,
    outputs: usize,
    builder: &mut NetworkBuilder<'_>,
    latent: Value,
) -> Result<Value, GraphError> {
    let mut hidden = latent;
    for (index, &width) in network.widths.iter().rev().enumerate() {
        let name = format!("ecg_decoder/linear{}", index + 1);
        hidden = builder.linear(&name, hidden, width, start(network, true))?;
        hidden = builder.graph.relu(hidden)?;
    }
    let rebuilt = builder.linear("ecg_decoder/ecg", hidden, outputs, start(network, false))?;
    match network.output {
        Squash::None => Ok(rebuilt),
        Squash::Sigmoid => builder.graph.sigmoid(rebuilt),
    }
}

fn start(network: &FullyConnected, rectified: bool) -> Start {
    match (network.first_values, rectified) {
        (FirstValues::Uniform, _) => Start::Uniform,
        (FirstValues::Normal, true) => Start::Rectified,
        (FirstValues::Normal, false) => Start::Linear,
    }
}
