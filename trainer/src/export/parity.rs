//! Comparing tract with ONNX Runtime, end to end.

use super::{ExportError, PARITY_INPUTS, PARITY_TOLERANCE};
use crate::architecture::Network;
use crate::engine::{Device, Engine, Inference};
use crate::recipe::Recipe;
use crate::recipe::config::Input;
use ecg2mri::model::Model;
use ecg2mri::model::network_input::SAMPLES;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;

/// Runs 16 random inputs end to end, the exported model in `folder` through tract and the networks as they were trained
/// (encoder and decoder) through ONNX Runtime, and gives the largest difference of a picture's value. Pictures are
/// compared as the decoder gives them, not limited to 0..1.
pub(super) fn largest_difference(
    engine: &Engine,
    folder: &Path,
    recipe: &Recipe,
    [encoder, decoder]: &[Vec<u8>; 2],
) -> Result<f64, ExportError> {
    let served = Model::load(folder)?;
    let mut encoder = Inference::open(engine, encoder, Device::Cpu, 1)?;
    let mut decoder = Inference::open(engine, decoder, Device::Cpu, 1)?;
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut largest = 0.0f64;
    for input in 1..=PARITY_INPUTS {
        let ecg = random_input(&recipe.input, &mut random);
        let latent = run_one(&mut encoder, Network::EcgEncoder, recipe, &ecg)?;
        let expected = run_one(&mut decoder, Network::MriDecoder, recipe, &latent)?;
        let picture = served.decode(&served.encode(&ecg)?)?;
        let difference = match picture.values().len() == expected.len() {
            true => difference_of(picture.values(), &expected),
            false => f64::INFINITY,
        };
        if difference > PARITY_TOLERANCE {
            return Err(ExportError::Parity { difference, input });
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

/// Runs the same inputs all at once through the exported networks with an open batch (`exported`), in ONNX Runtime, and
/// gives the largest difference of a picture's value from the networks as they were trained.
pub(super) fn difference_together(
    engine: &Engine,
    recipe: &Recipe,
    trained: &[Vec<u8>; 2],
    exported: [&[u8]; 2],
) -> Result<f64, ExportError> {
    let open = |model: &[u8]| Inference::open(engine, model, Device::Cpu, 1);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut alone = [open(&trained[0])?, open(&trained[1])?];
    let (mut ecgs, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..PARITY_INPUTS {
        let ecg = random_input(&recipe.input, &mut random);
        let latent = run_one(&mut alone[0], Network::EcgEncoder, recipe, &ecg)?;
        expected.push(run_one(
            &mut alone[1],
            Network::MriDecoder,
            recipe,
            &latent,
        )?);
        ecgs.extend(ecg);
    }
    let [mut encoder, mut decoder] = [open(exported[0])?, open(exported[1])?];
    let latents = run(
        &mut encoder,
        Network::EcgEncoder,
        recipe,
        PARITY_INPUTS,
        &ecgs,
    )?;
    let pictures = run(
        &mut decoder,
        Network::MriDecoder,
        recipe,
        PARITY_INPUTS,
        &latents,
    )?;
    let mut largest = 0.0f64;
    for (place, expected) in expected.iter().enumerate() {
        let length = expected.len();
        let picture = pictures.get(place * length..(place + 1) * length);
        let difference = picture.map_or(f64::INFINITY, |one| difference_of(one, expected));
        if difference > PARITY_TOLERANCE {
            let input = place + 1;
            return Err(ExportError::Parity { difference, input });
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

/// Numbers of the size that the input has: millivolts scaled to about 1, or a strip in 0..1.
fn random_input(input: &Input, random: &mut ChaCha8Rng) -> Vec<f32> {
    let count = input.leads() * SAMPLES;
    match input {
        Input::MedianBeat(beat) => (0..count)
            .map(|_| StandardNormal.sample(random))
            .map(|value: f32| value.clamp(-beat.clip, beat.clip))
            .collect(),
        Input::FirstSamples(_) => (0..count).map(|_| random.random_range(0.0..=1.0)).collect(),
    }
}

/// The largest absolute difference; infinite where there is a NaN, which no comparison would find.
fn difference_of(one: &[f32], other: &[f32]) -> f64 {
    one.iter()
        .zip(other)
        .map(|(a, b)| f64::from((a - b).abs()))
        .fold(0.0, |most, difference| match difference.is_nan() {
            true => f64::INFINITY,
            false => most.max(difference),
        })
}

fn run_one(
    session: &mut Inference,
    network: Network,
    recipe: &Recipe,
    values: &[f32],
) -> Result<Vec<f32>, ExportError> {
    run(session, network, recipe, 1, values)
}

fn run(
    session: &mut Inference,
    network: Network,
    recipe: &Recipe,
    subjects: usize,
    values: &[f32],
) -> Result<Vec<f32>, ExportError> {
    let (name, shape) = network.inputs(recipe, subjects).remove(0);
    let mut outputs = session.run(&[(name, &shape, values)])?;
    Ok(outputs
        .remove(network.outputs(recipe, subjects)[0].0)
        .unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_is_no_agreement() {
        assert_eq!(difference_of(&[0.0, 1.0], &[0.5, 1.0]), 0.5);
        assert_eq!(difference_of(&[0.0, f32::NAN], &[0.0, 1.0]), f64::INFINITY);
        assert_eq!(
            difference_of(&[f32::NAN, 0.0], &[f32::NAN, 0.0]),
            f64::INFINITY
        );
    }
}
