//! Comparing tract with ONNX Runtime, end to end.

use super::{ExportError, PARITY_INPUTS, PARITY_TOLERANCE};
use crate::architecture::Network;
use crate::engine::{Device, Engine, Inference};
use crate::recipe::config::Architecture;
use ecg2mri::model::Model;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;

/// Runs 16 random ECGs through both programs, end to end, and gives the largest difference of a picture's value.
pub(super) fn largest_difference(
    engine: &Engine,
    folder: &Path,
    architecture: &Architecture,
    encoder: &[u8],
    decoder: &[u8],
) -> Result<f64, ExportError> {
    let served = Model::load(folder)?;
    let mut encoder = Inference::open(engine, encoder, Device::Cpu, 1)?;
    let mut decoder = Inference::open(engine, decoder, Device::Cpu, 1)?;
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut largest = 0.0f64;
    for input in 1..=PARITY_INPUTS {
        let ecg: Vec<f32> = (0..12 * 600)
            .map(|_| StandardNormal.sample(&mut random))
            .collect();
        let latent = run_one(&mut encoder, Network::EcgEncoder, architecture, &ecg)?;
        let expected = run_one(&mut decoder, Network::MriDecoder, architecture, &latent)?;
        let picture = served.decode(&served.encode(&ecg)?)?;
        let difference = picture
            .values()
            .iter()
            .zip(&expected)
            .map(|(a, b)| f64::from((a - b).abs()))
            .fold(0.0, f64::max);
        if difference > PARITY_TOLERANCE || picture.values().len() != expected.len() {
            return Err(ExportError::Parity { difference, input });
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

fn run_one(
    session: &mut Inference,
    network: Network,
    architecture: &Architecture,
    values: &[f32],
) -> Result<Vec<f32>, ExportError> {
    let (name, shape) = network.input(architecture, 1);
    let mut outputs = session.run(&[(name, &shape, values)])?;
    Ok(outputs.remove(network.output()).unwrap_or_default())
}
