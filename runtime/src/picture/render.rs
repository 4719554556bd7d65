//! Magnifying a picture.
//!
//! A 128 × 128 picture is small on a screen. It is magnified by a whole factor with
//! cubic convolution (R. G. Keys, IEEE Trans. ASSP 29, 1981, a = −0.5), which passes
//! through the decoder's values and invents no edges that a nearest-neighbour
//! magnification would show.

/// Magnifies a picture of `width` columns by a whole factor.
pub fn magnified(values: &[f32], width: usize, factor: usize) -> Vec<f32> {
    let height = values.len() / width.max(1);
    let wide = stretch_rows(values, width, factor);
    let tall = transpose(&wide, width * factor);
    transpose(&stretch_rows(&tall, height, factor), height * factor)
}

/// Stretches every row of `width` values to `width * factor`.
fn stretch_rows(values: &[f32], width: usize, factor: usize) -> Vec<f32> {
    let kernels: Vec<(isize, [f32; 4])> = (0..factor).map(|step| kernel(step, factor)).collect();
    let mut stretched = Vec::with_capacity(values.len() * factor);
    for row in values.chunks_exact(width) {
        for column in 0..width {
            for (first, weights) in &kernels {
                let sum = weights.iter().zip(0_isize..).map(|(weight, tap)| {
                    // Beyond the border the outermost value goes on.
                    let source = (column as isize + first + tap).clamp(0, width as isize - 1);
                    weight * row[source as usize]
                });
                stretched.push(sum.sum());
            }
        }
    }
    stretched
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

/// Exchanges rows of `width` values with columns.
fn transpose(values: &[f32], width: usize) -> Vec<f32> {
    (0..width)
        .flat_map(|column| values.iter().skip(column).step_by(width).copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
