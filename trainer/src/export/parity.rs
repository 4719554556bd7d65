//! Comparing tract with ONNX Runtime, end to end.

use super::{ExportError, PARITY_INPUTS, PARITY_TOLERANCE};
use crate::architecture::{NamedShape, Network};
use crate::engine::{Device, Engine, Inference};
use crate::recipe::Recipe;
use crate::recipe::config::Input;
use ecg2mri::model::Model;
use ecg2mri::model::network_file::{ECG, HEART_RATE};
use ecg2mri::model::network_input::SAMPLES;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::path::Path;

/// Heart rates in beats per minute that are drawn: from a slow heart to a racing one.
const HEART_RATES: std::ops::RangeInclusive<f32> = 40.0..=180.0;

/// What the encoder is given in one comparison.
pub(super) struct Given {
    ecg: Vec<f32>,
    heart_rate_bpm: f32,
}

/// Inputs of the size that the recipe's input has, drawn at random: millivolts scaled to about 1, or a strip in 0..1.
pub(super) fn random_inputs(recipe: &Recipe) -> Vec<Given> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let count = recipe.input.leads() * SAMPLES;
    let mut draw = || {
        let ecg = match &recipe.input {
            Input::MedianBeat(beat) => (0..count)
                .map(|_| StandardNormal.sample(&mut random))
                .map(|value: f32| value.clamp(-beat.clip, beat.clip))
                .collect(),
            Input::FirstSamples(_) => (0..count).map(|_| random.random_range(0.0..=1.0)).collect(),
        };
        Given {
            ecg,
            heart_rate_bpm: random.random_range(HEART_RATES),
        }
    };
    (0..PARITY_INPUTS).map(|_| draw()).collect()
}

/// What the model in `folder` makes of each input, in tract: picture and deviation one after the other, as the decoder
/// gives them, not limited to 0..1.
pub(super) fn served(folder: &Path, inputs: &[Given]) -> Result<Vec<Vec<f32>>, ExportError> {
    let model = Model::load(folder)?;
    let made = |given: &Given| -> Result<Vec<f32>, ExportError> {
        let latent = model.encode(&given.ecg, f64::from(given.heart_rate_bpm))?;
        let picture = model.decode(&latent)?;
        Ok([picture.values(), picture.deviation().unwrap_or_default()].concat())
    };
    inputs.iter().map(made).collect()
}

/// What encoder and decoder make of each input, in ONNX Runtime, of all of them at once or of one after the other.
pub(super) fn run_in_onnx_runtime(
    engine: &Engine,
    recipe: &Recipe,
    [encoder, decoder]: [&[u8]; 2],
    inputs: &[Given],
    at_once: usize,
) -> Result<Vec<Vec<f32>>, ExportError> {
    let mut encoder = Inference::open(engine, encoder, Device::Cpu, 1)?;
    let mut decoder = Inference::open(engine, decoder, Device::Cpu, 1)?;
    let mut results = Vec::new();
    for some in inputs.chunks(at_once.max(1)) {
        let subjects = some.len();
        let ecgs: Vec<f32> = some.iter().flat_map(|given| &given.ecg).copied().collect();
        let rates: Vec<f32> = some.iter().map(|given| given.heart_rate_bpm).collect();
        let ports = Network::EcgEncoder.inputs(recipe, subjects);
        let fed: Vec<(&str, &[usize], &[f32])> = ports
            .iter()
            .map(|(name, shape)| match *name {
                HEART_RATE => (HEART_RATE, shape.as_slice(), rates.as_slice()),
                _ => (ECG, shape.as_slice(), ecgs.as_slice()),
            })
            .collect();
        let mut latents = encoder.run(&fed)?;
        let latent = |ports: Vec<NamedShape>| ports.into_iter().next().unwrap_or_default();
        let (name, _) = latent(Network::EcgEncoder.outputs(recipe, subjects));
        let values = latents.remove(name).unwrap_or_default();
        let (name, shape) = latent(Network::MriDecoder.inputs(recipe, subjects));
        let outputs = decoder.run(&[(name, &shape, &values)])?;
        let ports = Network::MriDecoder.outputs(recipe, subjects);
        for subject in 0..subjects {
            let mut one = Vec::new();
            for (name, _) in &ports {
                let values = outputs.get(*name).map_or(&[][..], Vec::as_slice);
                let length = values.len() / subjects;
                one.extend_from_slice(&values[subject * length..(subject + 1) * length]);
            }
            results.push(one);
        }
    }
    Ok(results)
}

/// The largest difference of a value that tract makes from what ONNX Runtime makes.
///
/// # Errors
/// [`ExportError::Parity`] where it is above [`PARITY_TOLERANCE`].
pub(super) fn checked_difference(
    made: &[Vec<f32>],
    expected: &[Vec<f32>],
) -> Result<f64, ExportError> {
    let mut largest = 0.0f64;
    for (input, difference) in (1..).zip(differences(made, expected)) {
        if difference > PARITY_TOLERANCE {
            return Err(ExportError::Parity { difference, input });
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

/// The largest difference of a value.
pub(super) fn largest_difference(one: &[Vec<f32>], other: &[Vec<f32>]) -> f64 {
    differences(one, other).fold(0.0, f64::max)
}

/// The mean difference of all values, of which there are as many of the one as of the other.
pub(super) fn mean_difference(one: &[Vec<f32>], other: &[Vec<f32>]) -> f64 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    let (sum, count) = pairs.fold((0.0, 0usize), |(sum, count), (a, b)| {
        (sum + f64::from((a - b).abs()), count + 1)
    });
    sum / count.max(1) as f64
}

/// For each input the largest difference; infinite where there are more values of the one than of the other.
fn differences(one: &[Vec<f32>], other: &[Vec<f32>]) -> impl Iterator<Item = f64> {
    one.iter().zip(other).map(|(one, other)| {
        if one.len() == other.len() {
            difference_of(one, other)
        } else {
            f64::INFINITY
        }
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_is_no_agreement() {
        assert_eq!(difference_of(&[0.0, 1.0], &[0.5, 1.0]), 0.5);
        for (one, other) in [
            ([0.0, f32::NAN], [0.0, 1.0]),
            ([f32::NAN, 0.0], [f32::NAN, 0.0]),
        ] {
            assert_eq!(difference_of(&one, &other), f64::INFINITY);
        }
    }

    #[test]
    fn what_differs_or_lacks_values_is_refused_with_its_number() {
        let (made, close) = (vec![vec![0.5, 0.5]; 2], vec![vec![0.5, 0.500_01]; 2]);
        assert!(checked_difference(&made, &close).unwrap() > 0.0);
        let short = vec![vec![0.5, 0.5], vec![0.5]];
        let refused = checked_difference(&made, &short).unwrap_err();
        assert!(
            matches!(refused, ExportError::Parity { input: 2, .. }),
            "{refused}"
        );
        assert_eq!(largest_difference(&made, &short), f64::INFINITY);
        let far = vec![vec![0.5, 0.75]; 2];
        assert_eq!(mean_difference(&made, &far), 0.125);
        assert_eq!(largest_difference(&made, &far), 0.25);
    }
}
