//! Changes of a picture's grey: the coils' shading, contrast, sharpness, noise.

use crate::cohort::picture::SIDE;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f32::consts::TAU;

/// Largest natural logarithm of the shading across a picture.
const SHADING: f32 = 0.5;
/// Wavelengths of the shading, pixels.
const SHADING_WAVELENGTH: [f32; 2] = [120.0, 500.0];
/// Largest natural logarithm of the exponent that bends the grey scale.
const EXPONENT: f32 = 0.5;
/// The brightest grey that is kept apart, as part of white: surface coils' pictures are cut off there.
const WHITE: [f32; 2] = [0.6, 1.3];
/// Share of the pictures that are blurred.
const BLURRED: f64 = 0.5;
/// Deviation of the blur, pixels: as what a network makes of what it does not know.
const BLUR: [f32; 2] = [0.4, 2.5];
/// Natural logarithms of the smallest and largest deviation of the noise, part of white.
const NOISE: [f32; 2] = [-6.0, -2.4];

/// Changes a picture (128, 128) of grey 0..1 at random; it stays in 0..1.
pub fn change(picture: &mut Vec<f32>, random: &mut ChaCha8Rng) {
    shade(picture, random);
    let exponent = random.random_range(-EXPONENT..EXPONENT).exp();
    let white: f32 = random.random_range(WHITE[0]..WHITE[1]);
    for value in picture.iter_mut() {
        *value = (value.clamp(0.0, 1.0).powf(exponent) / white).min(1.0);
    }
    if random.random_bool(BLURRED) {
        *picture = blurred(picture, random.random_range(BLUR[0]..BLUR[1]));
    }
    let noise = random.random_range(NOISE[0]..NOISE[1]).exp();
    for value in picture.iter_mut() {
        let more: f32 = StandardNormal.sample(random);
        *value = (*value + noise * more).clamp(0.0, 1.0);
    }
}

/// A slow wave of brightness across the picture.
fn shade(picture: &mut [f32], random: &mut ChaCha8Rng) {
    let size = random.random_range(0.0..SHADING);
    let (angle, phase) = (random.random_range(0.0..TAU), random.random_range(0.0..TAU));
    let frequency = TAU / random.random_range(SHADING_WAVELENGTH[0]..SHADING_WAVELENGTH[1]);
    let (sine, cosine) = angle.sin_cos();
    for (pixel, value) in picture.iter_mut().enumerate() {
        let (x, y) = ((pixel % SIDE) as f32, (pixel / SIDE) as f32);
        let wave = (frequency * (cosine * x + sine * y) + phase).sin();
        *value *= (size * wave).exp();
    }
}

/// The picture (128, 128) under a Gaussian of this deviation in pixels; beyond the edge its grey goes on.
pub fn blurred(picture: &[f32], deviation: f32) -> Vec<f32> {
    let reach = (2.5 * deviation).ceil() as i64;
    let weights: Vec<f32> = (-reach..=reach)
        .map(|step| (-0.5 * (step as f32 / deviation).powi(2)).exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    let last = SIDE as i64 - 1;
    // Each pass blurs along rows and turns the picture over, so two passes blur along both axes.
    let pass = |from: &[f32]| -> Vec<f32> {
        let mut turned = vec![0.0; from.len()];
        for (row, line) in from.chunks(SIDE).enumerate() {
            for column in 0..SIDE as i64 {
                let steps = (-reach..=reach).zip(&weights);
                let value: f32 = steps
                    .map(|(step, weight)| weight * line[(column + step).clamp(0, last) as usize])
                    .sum();
                turned[column as usize * SIDE + row] = value / sum;
            }
        }
        turned
    };
    pass(&pass(picture))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_point_becomes_a_gaussian() {
        let mut picture = vec![0.0; SIDE * SIDE];
        picture[60 * SIDE + 50] = 1.0;
        let soft = blurred(&picture, 2.0);
        assert!((soft.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let at = |row: usize, column: usize| soft[row * SIDE + column];
        let expected = (-0.5f32 * (9.0 + 4.0) / 4.0).exp();
        assert!((at(63, 52) / at(60, 50) - expected).abs() < 1e-4);
        assert_eq!(at(63, 52), at(57, 48));
        // A flat picture stays flat up to its edge.
        assert!(
            blurred(&picture.iter().map(|_| 0.3).collect::<Vec<_>>(), 1.3)
                .iter()
                .all(|value| (value - 0.3).abs() < 1e-5)
        );
    }

    #[test]
    fn brighter_stays_brighter_where_noise_and_shading_allow() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        for _ in 0..30 {
            let mut picture: Vec<f32> = (0..SIDE * SIDE)
                .map(|pixel| if pixel % SIDE < 64 { 0.15 } else { 0.7 })
                .collect();
            change(&mut picture, &mut random);
            assert!(picture.iter().all(|value| (0.0..=1.0).contains(value)));
            let mean = |from: usize, to: usize| {
                let part = picture
                    .iter()
                    .enumerate()
                    .filter(|(pixel, _)| (from..to).contains(&(pixel % SIDE)));
                let (sum, count) = part.fold((0.0, 0.0), |(sum, count), (_, value)| {
                    (sum + value, count + 1.0)
                });
                sum / count
            };
            assert!(mean(70, 90) > mean(40, 60) + 0.05);
        }
    }
}
