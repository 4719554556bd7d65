//! The discrete wavelet transform with Daubechies' wavelet of six vanishing moments (db6), and
//! noise taken out of a signal by shrinking its coefficients.
//!
//! Conventions are those of PyWavelets in its mode `symmetric`: the signal is mirrored beyond its
//! ends with the end sample repeated, and a level of n samples has ⌊(n + 11) / 2⌋ coefficients.

use super::dot::dot;

/// Coefficients of the scaling function (Daubechies, Ten Lectures on Wavelets, table 6.1, N = 6).
const SCALING: [f64; TAPS] = [
    0.111_540_743_350_109_47,
    0.494_623_890_398_453_06,
    0.751_133_908_021_095_4,
    0.315_250_351_709_197_63,
    -0.226_264_693_965_439_83,
    -0.129_766_867_567_261_94,
    0.097_501_605_587_323_04,
    0.027_522_865_530_305_727,
    -0.031_582_039_317_486_03,
    0.000_553_842_201_161_496_1,
    0.004_777_257_510_945_511,
    -0.001_077_301_085_308_479_6,
];
const TAPS: usize = 12;

/// The median of the magnitude of normal noise, in standard deviations.
const MEDIAN_OF_NOISE: f64 = 0.6745;

/// A signal as its coarsest approximation and the details of every level.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// Samples of the signal.
    length: usize,
    /// What is left after the last level.
    approximation: Vec<f64>,
    /// Details from the finest to the coarsest level.
    details: Vec<Vec<f64>>,
}

impl Decomposition {
    /// The most levels a signal of so many samples is taken apart into: beyond them, mirrored ends
    /// would reach everywhere.
    pub fn most_levels(length: usize) -> usize {
        (length / (TAPS - 1)).checked_ilog2().unwrap_or(0) as usize
    }

    /// Takes a signal apart into so many levels.
    pub fn of(signal: &[f64], levels: usize) -> Self {
        let mut approximation = signal.to_vec();
        let mut details = Vec::with_capacity(levels);
        for _ in 0..levels {
            let (coarser, detail) = split(&approximation);
            approximation = coarser;
            details.push(detail);
        }
        Self {
            length: signal.len(),
            approximation,
            details,
        }
    }

    /// Puts the signal together again.
    pub fn signal(&self) -> Vec<f64> {
        let mut signal = self.approximation.clone();
        for detail in self.details.iter().rev() {
            // A level of odd length comes back with one sample more.
            signal.truncate(detail.len());
            signal = join(&signal, detail);
        }
        signal.truncate(self.length);
        signal
    }

    /// Brings all details closer to zero by the universal threshold σ √(2 ln n) (Donoho & Johnstone,
    /// Biometrika 1994), where the finest details give the noise: σ is the median of their magnitude
    /// divided by 0.6745.
    pub fn shrink(&mut self) {
        let Some(finest) = self.details.first() else {
            return;
        };
        let noise = median_magnitude(finest) / MEDIAN_OF_NOISE;
        let threshold = noise * (2.0 * (self.length as f64).ln()).sqrt();
        for value in self.details.iter_mut().flatten() {
            *value = value.signum() * (value.abs() - threshold).max(0.0);
        }
    }
}

/// The signal without the noise that [`Decomposition::shrink`] takes out.
pub fn without_noise(signal: &[f64], levels: usize) -> Vec<f64> {
    let mut decomposition = Decomposition::of(signal, levels);
    decomposition.shrink();
    decomposition.signal()
}

/// The other half of the filter pair.
fn wavelet() -> [f64; TAPS] {
    std::array::from_fn(|tap| {
        let sign = if tap.is_multiple_of(2) { 1.0 } else { -1.0 };
        sign * SCALING[TAPS - 1 - tap]
    })
}

/// One level: approximation and detail.
fn split(signal: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let count = (signal.len() + TAPS - 1) / 2;
    let wavelet = wavelet();
    let mut window = [0.0; TAPS];
    let mut coarse = Vec::with_capacity(count);
    let mut detail = Vec::with_capacity(count);
    for number in 0..count {
        let first = 2 * number as isize + 2 - TAPS as isize;
        for (value, index) in window.iter_mut().zip(first..) {
            *value = mirrored(signal, index);
        }
        coarse.push(dot(&window, &SCALING));
        detail.push(dot(&window, &wavelet));
    }
    (coarse, detail)
}

/// The inverse of [`split`], for a signal of even length.
fn join(coarse: &[f64], detail: &[f64]) -> Vec<f64> {
    let wavelet = wavelet();
    let mut signal = vec![0.0; 2 * coarse.len() + TAPS];
    for (number, (coarse, detail)) in coarse.iter().zip(detail).enumerate() {
        let window = &mut signal[2 * number..2 * number + TAPS];
        for ((value, low), high) in window.iter_mut().zip(SCALING).zip(wavelet) {
            *value += coarse * low + detail * high;
        }
    }
    let length = (2 * coarse.len()).saturating_sub(TAPS - 2);
    signal.drain(..TAPS - 2);
    signal.truncate(length);
    signal
}

/// The signal at `index`, mirrored beyond its ends as often as it takes.
fn mirrored(signal: &[f64], index: isize) -> f64 {
    let length = signal.len() as isize;
    if length == 0 {
        return 0.0;
    }
    let turned = index.rem_euclid(2 * length);
    let inside = turned.min(2 * length - 1 - turned);
    signal[inside as usize]
}

fn median_magnitude(values: &[f64]) -> f64 {
    let magnitudes: Vec<f64> = values.iter().map(|value| value.abs()).collect();
    super::quantile::median(&magnitudes)
}

#[cfg(test)]
mod tests;
