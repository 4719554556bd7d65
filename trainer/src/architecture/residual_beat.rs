//! The ECG encoder of the cart: residual convolutions in time (He et al., CVPR 2016, in one dimension as in Ribeiro et
//! al., Nature Communications 2020), then one linear layer over what is left of the beat, with the heart rate beside it.
//!
//! The beat is aligned to its QRS onset, so where in time something happens is itself the finding: the last map is
//! flattened and not averaged over time.

use super::builder::{Convolution, NetworkBuilder, Start};
use super::residual::{block, normalised};
use crate::graph::{GraphError, Value};
use crate::recipe::config::ResidualBeat;
use ecg2mri::ecg::Lead;

/// Heart rates are fed less this and divided by [`RATE_SPREAD_BPM`].
const RATE_CENTRE_BPM: f32 = 70.0;
/// See [`RATE_CENTRE_BPM`].
const RATE_SPREAD_BPM: f32 = 15.0;

/// Beat (batch, 12, 600) and heart rate (batch, 1) in beats per minute → latent (batch, `latent`).
///
/// # Errors
/// Where the inputs have other shapes.
pub fn encoder(
    network: &ResidualBeat,
    latent: usize,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
    heart_rate: Option<Value>,
) -> Result<Value, GraphError> {
    let leads = chosen_leads(network, builder, ecg)?;
    let mut map = match network.average {
        1 => leads,
        run => builder.graph.average_pool(leads, run)?,
    };
    for (index, &channels) in network.channels.iter().enumerate() {
        map = level(network, builder, map, (index + 1, channels))?;
    }
    let mut features = builder.graph.flatten(map)?;
    if let Some(rate) = heart_rate {
        let centred = builder.graph.offset(rate, -RATE_CENTRE_BPM)?;
        let scaled = builder.graph.scale(centred, 1.0 / RATE_SPREAD_BPM)?;
        features = builder.graph.concat(&[features, scaled], 1)?;
    }
    builder.linear("ecg_encoder/latent", features, latent, Start::Linear)
}

/// A convolution that halves the samples, then one residual block.
fn level(
    network: &ResidualBeat,
    builder: &mut NetworkBuilder<'_>,
    map: Value,
    (number, channels): (usize, usize),
) -> Result<Value, GraphError> {
    let name = format!("ecg_encoder/level{number}");
    let halving = Convolution {
        kernel: network.kernel,
        stride: 2,
        ..Convolution::PLAIN
    };
    let halved = normalised(builder, &format!("{name}/down"), map, (channels, halving))?;
    let halved = builder.graph.relu(halved)?;
    block(builder, &name, halved, (channels, network.kernel))
}

/// The rows of the leads that the recipe names, in its order; a name that is no lead is refused when a recipe is read.
fn chosen_leads(
    network: &ResidualBeat,
    builder: &mut NetworkBuilder<'_>,
    ecg: Value,
) -> Result<Value, GraphError> {
    let Some(names) = &network.leads else {
        return Ok(ecg);
    };
    let row = |name: &String| {
        let same = |lead: &Lead| lead.name().eq_ignore_ascii_case(name);
        Lead::STANDARD.iter().position(same)
    };
    let rows: Vec<Value> = names
        .iter()
        .filter_map(row)
        .map(|row| builder.graph.slice(ecg, 1, row, row + 1))
        .collect::<Result<_, _>>()?;
    builder.graph.concat(&rows, 1)
}
