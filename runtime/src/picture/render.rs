//! Magnifying a picture.
//!
//! A 128 × 128 picture is small on a screen. It is magnified by a whole factor with
//! cubic convolution (R. G. Keys, IEEE Trans. ASSP 29, 1981, a = −0.5), which passes
//! through the decoder's values and invents no edges that a nearest-neighbour
//! magnification would show.

/// Magnifies a picture of `width` columns by a whole factor, and hands over its rows from the top.
pub fn magnify(values: &[f32], width: usize, factor: usize, mut take_row: impl FnMut(&[f32])) {
    let kernels: Vec<(isize, [f32; 4])> = (0..factor).map(|step| kernel(step, factor)).collect();
    let wide = stretch_rows(values, width, &kernels);
    let rows: Vec<&[f32]> = wide.chunks_exact(width * factor).collect();
    let mut magnified = vec![0.0; width * factor];
    for row in 0..rows.len() {
        for (first, weights) in &kernels {
            let [a, b, c, d] = [0, 1, 2, 3].map(|tap| {
                let source = row as isize + first + tap;
                rows[source.clamp(0, rows.len() as isize - 1) as usize]
            });
            let taps = a.iter().zip(b).zip(c.iter().zip(d));
            for (value, ((&a, &b), (&c, &d))) in magnified.iter_mut().zip(taps) {
                *value = weighted(weights, [a, b, c, d]);
            }
            take_row(&magnified);
        }
    }
}

/// Stretches every row of `width` values, each to as many as there are kernels.
fn stretch_rows(values: &[f32], width: usize, kernels: &[(isize, [f32; 4])]) -> Vec<f32> {
    let mut stretched = Vec::with_capacity(values.len() * kernels.len());
    let mut padded = Vec::with_capacity(width + 4);
    for row in values.chunks_exact(width) {
        // Beyond the border the outermost value goes on.
        padded.clear();
        padded.extend_from_slice(&[row[0]; 2]);
        padded.extend_from_slice(row);
        padded.extend_from_slice(&[row[width - 1]; 2]);
        for around in padded.windows(5) {
            let &[before, left, here, right, after] = around else {
                continue;
            };
            for (first, weights) in kernels {
                let taps = match first {
                    -2 => [before, left, here, right],
                    _ => [left, here, right, after],
                };
                stretched.push(weighted(weights, taps));
            }
        }
    }
    stretched
}

/// The sum of four values by their weights.
fn weighted(weights: &[f32; 4], [a, b, c, d]: [f32; 4]) -> f32 {
    weights[0] * a + weights[1] * b + weights[2] * c + weights[3] * d
}

/// Weights of four neighbouring values for part `step` of `factor` of a pixel, and where
/// the first of them lies relative to that pixel. Pixel centres are at half steps.
fn kernel(step: usize, factor: usize) -> (isize, [f32; 4]) {
    let offset = (step as f32 + 0.5) / factor as f32 - 0.5;
    let first = offset.floor() as isize - 1;
    let distance = |tap: usize| (offset - (first + tap as isize) as f32).abs();
    (first, [0, 1, 2, 3].map(|tap| keys(distance(tap))))
}

/// Keys's cubic convolution kernel with a = −0.5.
fn keys(distance: f32) -> f32 {
    let d = distance;
    if d < 1.0 {
        (1.5 * d - 2.5) * d * d + 1.0
    } else if d < 2.0 {
        ((-0.5 * d + 2.5) * d - 4.0) * d + 2.0
    } else {
        0.0
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// All rows of a magnified picture.
    pub(in super::super) fn magnified(values: &[f32], width: usize, factor: usize) -> Vec<f32> {
        let mut rows = Vec::new();
        magnify(values, width, factor, |row| rows.extend_from_slice(row));
        rows
    }

    fn picture(height: usize, width: usize, value: impl Fn(usize, usize) -> f32) -> Vec<f32> {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (y, x)));
        pixels.map(|(y, x)| value(y, x)).collect()
    }

    #[test]
    fn weights_add_up_to_one() {
        for factor in 1..9 {
            for step in 0..factor {
                let sum: f32 = kernel(step, factor).1.iter().sum();
                assert!((sum - 1.0).abs() < 1e-6, "{factor} {step}: {sum}");
            }
        }
    }

    #[test]
    fn a_ramp_stays_a_ramp_and_keeps_its_direction() {
        let image = magnified(&picture(64, 128, |_, x| x as f32 / 127.0), 128, 4);
        assert_eq!(image.len(), 256 * 512);
        let row = &image[100 * 512..101 * 512];
        for (x, &value) in row.iter().enumerate().skip(8).take(496) {
            let exact = ((x as f32 + 0.5) / 4.0 - 0.5) / 127.0;
            assert!((value - exact).abs() < 1e-4, "{x}: {value} {exact}");
        }
        let image = magnified(&picture(128, 64, |y, _| y as f32 / 127.0), 64, 8);
        assert_eq!(image.len(), 1024 * 512);
        assert!(image[..512].iter().all(|&value| value < 0.008));
        assert!(image[1023 * 512..].iter().all(|&value| value > 0.992));
    }

    #[test]
    fn at_factor_one_the_values_are_kept() {
        let values = picture(2, 600, |y, x| (y + x) as f32);
        assert_eq!(magnified(&values, 600, 1), values);
    }
}
