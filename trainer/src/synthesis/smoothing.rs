//! Gaussian smoothing and smooth random fields for pictures.

use std::f64::consts::PI;

use super::random::Stream;

/// Smooths a square image of `side` pixels in place with a Gaussian of SD `sigma` pixels; the
/// border is continued by its last value.
pub fn gaussian(image: &mut [f64], side: usize, sigma: f64) {
    let reach = (4.0 * sigma + 0.5).floor() as usize;
    let mut kernel: Vec<f64> = (0..=reach)
        .map(|k| (-0.5 * (k as f64 / sigma).powi(2)).exp())
        .collect();
    let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f64>();
    for weight in &mut kernel {
        *weight /= total;
    }
    let last = side - 1;
    let mut rows = vec![0.0; image.len()];
    for (output, row) in rows.chunks_exact_mut(side).zip(image.chunks_exact(side)) {
        for (x, value) in output.iter_mut().enumerate() {
            *value = kernel[0] * row[x];
            for (k, weight) in kernel.iter().enumerate().skip(1) {
                *value += weight * (row[x.saturating_sub(k)] + row[(x + k).min(last)]);
            }
        }
    }
    for (y, output) in image.chunks_exact_mut(side).enumerate() {
        output.fill(0.0);
        for (k, weight) in kernel.iter().enumerate() {
            let weight = if k == 0 { 0.5 * weight } else { *weight };
            for source in [y.saturating_sub(k), (y + k).min(last)] {
                let row = &rows[source * side..(source + 1) * side];
                for (value, x) in output.iter_mut().zip(row) {
                    *value += weight * x;
                }
            }
        }
    }
}

/// White noise smoothed with a Gaussian of SD `sigma` pixels and scaled to SD 1.
pub fn texture(stream: &mut Stream, side: usize, sigma: f64) -> Vec<f64> {
    let mut field: Vec<f64> = (0..side * side).map(|_| stream.standard_normal()).collect();
    gaussian(&mut field, side, sigma);
    let n = field.len() as f64;
    let mean = field.iter().sum::<f64>() / n;
    let sd = (field.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt() + 1e-12;
    for x in &mut field {
        *x /= sd;
    }
    field
}

/// A field that varies over a quarter of the picture, in its lowest cosine modes; SD about 0.07.
pub fn slow_field(stream: &mut Stream, side: usize) -> Vec<f64> {
    const MODES: usize = 5;
    let amplitude = |mode: usize| {
        let spread = (-0.5 * (0.82 * mode as f64).powi(2)).exp();
        spread
            * if mode == 0 {
                1.0
            } else {
                std::f64::consts::SQRT_2
            }
    };
    let wave = |mode: usize, position: usize| {
        (PI * mode as f64 * (position as f64 + 0.5) / side as f64).cos()
    };
    let mut field = vec![0.0; side * side];
    for down in 0..MODES {
        let mut row = vec![0.0; side];
        for across in 0..MODES {
            let strength = 0.0625 * stream.standard_normal() * amplitude(down) * amplitude(across);
            for (x, value) in row.iter_mut().enumerate() {
                *value += strength * wave(across, x);
            }
        }
        for (y, output) in field.chunks_exact_mut(side).enumerate() {
            let height = wave(down, y);
            for (value, x) in output.iter_mut().zip(&row) {
                *value += height * x;
            }
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::random::Purpose;

    #[test]
    fn smoothing_keeps_a_level_and_spreads_a_point_evenly() {
        let mut level = vec![3.0; 81];
        gaussian(&mut level, 9, 1.2);
        assert!(level.iter().all(|x| (x - 3.0).abs() < 1e-12));
        let mut point = vec![0.0; 17 * 17];
        point[8 * 17 + 8] = 1.0;
        gaussian(&mut point, 17, 1.0);
        assert!((point.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        assert!((point[8 * 17 + 9] - point[9 * 17 + 8]).abs() < 1e-15);
        let ratio = point[8 * 17 + 8] / point[8 * 17 + 9];
        assert!((ratio - 0.5f64.exp()).abs() < 1e-9, "{ratio}");
    }

    #[test]
    fn textures_have_unit_sd_and_neighbours_alike() {
        let field = texture(&mut Stream::new(5, 0, Purpose::Texture), 64, 2.0);
        let power = field.iter().map(|x| x * x).sum::<f64>() / field.len() as f64;
        assert!((power - 1.0).abs() < 0.1, "{power}");
        let alike = field.windows(2).map(|w| w[0] * w[1]).sum::<f64>() / field.len() as f64;
        assert!(alike > 0.8, "{alike}");
    }
}
