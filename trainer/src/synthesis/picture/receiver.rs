//! The scanner's part in a picture: point spread, coil sensitivity, noise, magnitude, integers.

use super::grid::Grid;
use super::tile::{Corner, NOISE, RUN, slow_field};
use crate::synthesis::imaging::Scanner;
use crate::synthesis::random::Stream;
use crate::synthesis::torso::Torso;

/// The receiver of one slice.
pub struct Receiver {
    side: usize,
    /// Weights of a pixel, its neighbours and theirs.
    kernel: [f32; 3],
    /// Stored units of signal 1, by pixel.
    sensitivity: Vec<f32>,
    /// SD of the noise in either channel, stored units.
    noise: f32,
    /// Rows blurred along themselves, kept to save allocations.
    across: Vec<f32>,
}

impl Receiver {
    /// The receiver for a slice on this grid; `stream` gives the coils' unevenness and `noise` is
    /// the SD relative to blood.
    pub fn new(
        grid: &Grid,
        torso: &Torso,
        scanner: &Scanner,
        noise: f64,
        stream: &mut Stream,
    ) -> Self {
        let slope = (scanner.coil_slope / torso.half_depth_mm) as f32;
        let unevenness = scanner.coil_unevenness as f32;
        let mut sensitivity: Vec<f32> = slow_field(stream, grid.side)
            .iter()
            .enumerate()
            .map(|(pixel, slow)| {
                // The coils in front see what is near the chest best.
                let [_, y, _] = grid.in_torso(grid.pixel(pixel));
                (unevenness * slow - slope * y).exp()
            })
            .collect();
        // The operator's gain is set where the heart is.
        let middle = sensitivity[sensitivity.len() / 2 + grid.side / 2];
        let units = scanner.blood_units as f32;
        for value in &mut sensitivity {
            *value *= units / middle;
        }
        Self {
            side: grid.side,
            kernel: kernel(scanner.blur_pixels as f32, scanner.ringing as f32),
            sensitivity,
            noise: noise as f32 * units,
            across: vec![0.0; grid.side * grid.side],
        }
    }

    /// What is stored of a frame's signal (row by row, fat negative); `stream` is the frame's own.
    pub fn receive(&mut self, signal: &[f32], stream: &mut Stream) -> Vec<i16> {
        let side = self.side;
        let rows = self.across.chunks_exact_mut(side);
        for (output, row) in rows.zip(signal.chunks_exact(side)) {
            blur_row(output, row, self.kernel);
        }
        let (real, imaginary) = (Corner::draw(stream), Corner::draw(stream));
        let mut stored = vec![0; side * side];
        let mut line = vec![0.0; side];
        for (y, output) in stored.chunks_exact_mut(side).enumerate() {
            let row = |y: usize| &self.across[y.min(side - 1) * side..][..side];
            let above = [row(y.saturating_sub(1)), row(y.saturating_sub(2))];
            let below = [row(y + 1), row(y + 2)];
            blur_column(&mut line, row(y), above, below, self.kernel);
            let sensitivity = &self.sensitivity[y * side..][..side];
            for start in (0..side).step_by(RUN) {
                let end = (start + RUN).min(side);
                let noises = [real, imaginary].map(|at| NOISE.run(at, y, start, end - start));
                store(
                    &mut output[start..end],
                    &line[start..end],
                    &sensitivity[start..end],
                    noises,
                    self.noise,
                );
            }
        }
        stored
    }
}

/// Magnitude of signal and noise in two channels (Rician), rounded to integers.
fn store(output: &mut [i16], signal: &[f32], sensitivity: &[f32], noises: [&[f32]; 2], sd: f32) {
    let [real, imaginary] = noises;
    let inputs = signal
        .iter()
        .zip(sensitivity)
        .zip(real.iter().zip(imaginary));
    for (value, ((signal, sensitivity), (real, imaginary))) in output.iter_mut().zip(inputs) {
        let real = signal * sensitivity + sd * real;
        let imaginary = sd * imaginary;
        let magnitude = (real * real + imaginary * imaginary).sqrt();
        *value = (magnitude + 0.5).min(f32::from(i16::MAX)) as i32 as i16;
    }
}

/// A Gaussian of this SD (pixels) with two negative lobes that overshoot a step by `ringing`.
fn kernel(sigma: f32, ringing: f32) -> [f32; 3] {
    let near = (-0.5 / (sigma * sigma)).exp();
    let far = (-2.0 / (sigma * sigma)).exp();
    let total = 1.0 + 2.0 * (near + far);
    let [middle, near, far] = [1.0, near, far].map(|weight| weight / total);
    [middle + 2.0 * ringing, near, far - ringing]
}

fn blur_row(output: &mut [f32], row: &[f32], [middle, near, far]: [f32; 3]) {
    let side = row.len();
    if side < 5 {
        output.copy_from_slice(row);
        return;
    }
    let inner = output[2..side - 2].iter_mut();
    for (value, x) in inner.zip(row.windows(5)) {
        *value = middle * x[2] + near * (x[1] + x[3]) + far * (x[0] + x[4]);
    }
    // The border goes on as its last pixel.
    for x in [0, 1, side - 2, side - 1] {
        let at = |shift: isize| row[(x as isize + shift).clamp(0, side as isize - 1) as usize];
        output[x] = middle * at(0) + near * (at(-1) + at(1)) + far * (at(-2) + at(2));
    }
}

fn blur_column(
    output: &mut [f32],
    row: &[f32],
    [above, above2]: [&[f32]; 2],
    [below, below2]: [&[f32]; 2],
    [middle, near, far]: [f32; 3],
) {
    let neighbours = above.iter().zip(below);
    let second = above2.iter().zip(below2);
    let inputs = row.iter().zip(neighbours.zip(second));
    for (value, (x, ((a, b), (c, d)))) in output.iter_mut().zip(inputs) {
        *value = middle * x + near * (a + b) + far * (c + d);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_stays_a_level_and_a_step_overshoots_by_the_ringing() {
        let kernel = kernel(0.5, 0.03);
        let mut output = [0.0; 12];
        blur_row(&mut output, &[3.0; 12], kernel);
        assert!(output.iter().all(|x| (x - 3.0).abs() < 1e-5), "{output:?}");
        let step: [f32; 12] = std::array::from_fn(|x| if x < 6 { 0.0 } else { 1.0 });
        blur_row(&mut output, &step, kernel);
        let highest = output.iter().fold(0.0f32, |high, &x| high.max(x));
        assert!(highest > 1.02 && highest < 1.04, "{highest}");
    }
}
