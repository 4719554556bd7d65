//! Noise and texture: second differences, and the spectrum about the heart.

use std::f64::consts::{PI, TAU};

use crate::MUSCLE;
use crate::picture::{LV_BLOOD, Picture};
use crate::table::quantile;
use crate::tissue::inner_pixels;

/// Side of the square about the heart whose spectrum is taken, samples of [`SAMPLE_MM`].
const SIDE: usize = 64;
/// Distance between its samples, mm.
const SAMPLE_MM: f64 = 1.8;
/// Frequencies between which the spectrum's slope is fitted, cycles per mm.
const BAND_PER_MM: [f64; 2] = [0.03, 0.20];

/// The figures, in a fixed order.
pub fn figures(picture: &Picture) -> Vec<(String, f64)> {
    let blood = picture.blood();
    vec![
        (
            "noise in LV blood, SD / LV blood".to_owned(),
            noise(picture, inner_pixels(picture, LV_BLOOD)) / blood,
        ),
        (
            "noise in muscle, SD / LV blood".to_owned(),
            noise(picture, inner_pixels(picture, MUSCLE)) / blood,
        ),
        (
            "noise in the darkest tenth (lung, air), SD / LV blood".to_owned(),
            noise(picture, darkest(picture).into_iter()) / blood,
        ),
        (
            "spectrum about the heart, exponent of power".to_owned(),
            spectral_exponent(picture).unwrap_or(f64::NAN),
        ),
    ]
}

/// SD of white noise with the same median absolute second difference along rows and columns.
fn noise(picture: &Picture, pixels: impl Iterator<Item = usize>) -> f64 {
    let signal = |pixel: usize| f64::from(picture.signal[pixel]);
    let mut differences = Vec::new();
    for pixel in pixels {
        for step in [1, picture.width] {
            if pixel >= step && pixel + step < picture.signal.len() {
                let second = signal(pixel - step) - 2.0 * signal(pixel) + signal(pixel + step);
                differences.push(second.abs());
            }
        }
    }
    // The variance of a second difference is 1 + 4 + 1 times the noise's.
    quantile(&differences, 0.5) / 0.6745 / 6f64.sqrt()
}

/// The darkest tenth of the pixels that are not outright zero (beyond the reconstruction).
fn darkest(picture: &Picture) -> Vec<usize> {
    let lit: Vec<f64> = (picture.signal.iter())
        .filter(|signal| **signal > 0.0)
        .map(|signal| f64::from(*signal))
        .collect();
    let limit = quantile(&lit, 0.1);
    (0..picture.signal.len())
        .filter(|&pixel| (0.0..=limit).contains(&f64::from(picture.signal[pixel])))
        .filter(|&pixel| picture.signal[pixel] > 0.0)
        .collect()
}

/// The exponent p of power ~ frequency^p in the band, about −3 for a picture of sharp borders.
fn spectral_exponent(picture: &Picture) -> Option<f64> {
    let (column, row) = picture.centre_of(|label| label != 0)?;
    let window = |index: usize| 0.5 - 0.5 * (TAU * (index as f64 + 0.5) / SIDE as f64).cos();
    let pixels = SAMPLE_MM / picture.pixel_mm;
    let middle = 0.5 * (SIDE as f64 - 1.0);
    let mut field: Vec<f64> = (0..SIDE * SIDE)
        .map(|k| {
            let (x, y) = ((k % SIDE) as f64 - middle, (k / SIDE) as f64 - middle);
            picture.signal_at(column + pixels * x, row + pixels * y)
        })
        .collect();
    let mean = field.iter().sum::<f64>() / field.len() as f64;
    for (k, value) in field.iter_mut().enumerate() {
        *value = (*value - mean) * window(k % SIDE) * window(k / SIDE);
    }
    let power = power_spectrum(&field);

    // A line through (log frequency, log power) of rings one frequency step wide.
    let step = 1.0 / (SIDE as f64 * SAMPLE_MM);
    let rings = SIDE / 2;
    let mut sums = vec![(0.0, 0.0); rings];
    for (k, value) in power.iter().enumerate() {
        let signed = |index: usize| index as f64 - if index > SIDE / 2 { SIDE as f64 } else { 0.0 };
        let ring = signed(k % SIDE).hypot(signed(k / SIDE)).round() as usize;
        if let Some(sum) = sums.get_mut(ring) {
            sum.0 += value;
            sum.1 += 1.0;
        }
    }
    let points: Vec<(f64, f64)> = sums
        .iter()
        .enumerate()
        .filter(|(ring, (power, _))| {
            let frequency = *ring as f64 * step;
            (BAND_PER_MM[0]..=BAND_PER_MM[1]).contains(&frequency) && *power > 0.0
        })
        .map(|(ring, (power, count))| ((ring as f64 * step).ln(), (power / count).ln()))
        .collect();
    let count = points.len() as f64;
    let (sx, sy) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), p| (x + p.0, y + p.1));
    let sxx: f64 = points.iter().map(|(x, _)| (x - sx / count).powi(2)).sum();
    let sxy: f64 = points
        .iter()
        .map(|(x, y)| (x - sx / count) * (y - sy / count))
        .sum();
    (sxx > 0.0).then(|| sxy / sxx)
}

/// Squared magnitude of the two-dimensional Fourier transform of a square field.
fn power_spectrum(field: &[f64]) -> Vec<f64> {
    let wave: Vec<(f64, f64)> = (0..SIDE)
        .map(|k| (2.0 * PI * k as f64 / SIDE as f64).sin_cos())
        .collect();
    let transform = |line: &[(f64, f64)]| -> Vec<(f64, f64)> {
        (0..SIDE)
            .map(|frequency| {
                line.iter()
                    .enumerate()
                    .fold((0.0, 0.0), |(real, imaginary), (k, (a, b))| {
                        let (sine, cosine) = wave[frequency * k % SIDE];
                        (
                            real + a * cosine + b * sine,
                            imaginary + b * cosine - a * sine,
                        )
                    })
            })
            .collect()
    };
    let rows: Vec<Vec<(f64, f64)>> = field
        .chunks_exact(SIDE)
        .map(|row| transform(&row.iter().map(|&x| (x, 0.0)).collect::<Vec<_>>()))
        .collect();
    let mut power = vec![0.0; SIDE * SIDE];
    for column in 0..SIDE {
        let line: Vec<(f64, f64)> = rows.iter().map(|row| row[column]).collect();
        for (row, (a, b)) in transform(&line).into_iter().enumerate() {
            power[row * SIDE + column] = a * a + b * b;
        }
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phantom::{Phantom, figure};

    #[test]
    fn the_noise_of_tissue_is_what_was_added() {
        for sd in [0.02, 0.06] {
            let picture = Phantom {
                noise: sd,
                ..Phantom::default()
            }
            .picture();
            let all = figures(&picture);
            // The wall is thin: some of its second differences reach into its borders.
            for (name, most) in [("noise in LV blood", 1.15), ("noise in muscle", 1.6)] {
                let found = figure(&all, name) / sd;
                assert!((0.85..most).contains(&found), "{name}: {found} of {sd}");
            }
        }
    }

    #[test]
    fn the_spectrum_of_white_noise_is_flat_and_that_of_borders_steep() {
        let noise = Phantom {
            noise: 20.0,
            ..Phantom::default()
        };
        let flat = spectral_exponent(&noise.picture()).unwrap();
        // Bilinear sampling takes from the high frequencies.
        assert!((-1.0..0.3).contains(&flat), "{flat}");
        let steep = spectral_exponent(&Phantom::default().picture()).unwrap();
        assert!((-6.0..-2.5).contains(&steep), "{steep}");
    }
}
