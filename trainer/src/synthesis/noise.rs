//! What the electrodes pick up besides the heart: muscle, breathing and mains.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use super::random::Stream;

/// Median SD of muscle noise, mV; its logarithm varies between recordings with SD 0.5.
const MUSCLE_MV: f64 = 0.008;
/// Pass band of muscle noise, Hz.
const MUSCLE_BAND_HZ: [f64; 2] = [15.0, 150.0];
/// Median SD of baseline wander, mV; its logarithm varies with SD 0.5.
const WANDER_MV: f64 = 0.035;
/// Wander consists of this many harmonics of 0.1 Hz with 1/f amplitudes.
const WANDER_HARMONICS: usize = 5;
/// Median amplitude of mains hum, mV; its logarithm varies with SD 0.7.
const MAINS_MV: f64 = 0.006;
/// Mains frequency, Hz.
const MAINS_HZ: f64 = 50.0;

/// Noise in mV of `electrodes` electrodes, `samples` samples each, at `rate` Hz.
pub fn electrode_noise(
    stream: &mut Stream,
    electrodes: usize,
    samples: usize,
    rate: f64,
) -> Vec<Vec<f64>> {
    let muscle_sd = MUSCLE_MV * stream.normal(0.0, 0.5).exp();
    let wander_sd = WANDER_MV * stream.normal(0.0, 0.5).exp();
    let mains = MAINS_MV * stream.normal(0.0, 0.7).exp();
    let mains_phase = stream.uniform_in(0.0, TAU);
    let hum: Vec<f64> = (0..samples)
        .map(|i| (TAU * MAINS_HZ * i as f64 / rate + mains_phase).sin())
        .collect();
    (0..electrodes)
        .map(|_| {
            let muscle = scaled_to(muscle_noise(stream, samples, rate), muscle_sd);
            let wander = scaled_to(wander(stream, samples, rate), wander_sd);
            let height = mains * stream.standard_normal();
            let slow_and_fast = muscle.iter().zip(&wander).map(|(m, w)| m + w);
            slow_and_fast
                .zip(&hum)
                .map(|(noise, hum)| noise + height * hum)
                .collect()
        })
        .collect()
}

fn scaled_to(mut signal: Vec<f64>, sd: f64) -> Vec<f64> {
    let n = signal.len() as f64;
    let mean = signal.iter().sum::<f64>() / n;
    let variance = signal.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
    let factor = sd / (variance.sqrt() + 1e-9);
    for x in &mut signal {
        *x *= factor;
    }
    signal
}

/// White noise through second-order Butterworth high- and low-pass filters.
fn muscle_noise(stream: &mut Stream, samples: usize, rate: f64) -> Vec<f64> {
    let mut high_pass = Biquad::butterworth(MUSCLE_BAND_HZ[0], rate, true);
    let mut low_pass = Biquad::butterworth(MUSCLE_BAND_HZ[1], rate, false);
    (0..samples)
        .map(|_| low_pass.next(high_pass.next(stream.standard_normal())))
        .collect()
}

/// Low harmonics of ten seconds with random amplitude and phase, stronger when slower.
fn wander(stream: &mut Stream, samples: usize, rate: f64) -> Vec<f64> {
    // Rotating a phasor is much cheaper than a sine per sample; all harmonics turn together.
    let mut strengths = [[0.0; 2]; WANDER_HARMONICS];
    let mut steps = [[0.0; 2]; WANDER_HARMONICS];
    for (harmonic, (strength, step)) in strengths.iter_mut().zip(&mut steps).enumerate() {
        let frequency = 0.1 * (harmonic + 1) as f64;
        *strength = [(); 2].map(|()| stream.standard_normal() / frequency);
        *step = (TAU * frequency / rate).sin_cos().into();
    }
    let mut phasors = [[0.0, 1.0]; WANDER_HARMONICS];
    (0..samples)
        .map(|_| {
            let mut sum = 0.0;
            for ((phasor, step), [cosine, sine]) in phasors.iter_mut().zip(&steps).zip(strengths) {
                let ([s, c], [step_sine, step_cosine]) = (*phasor, *step);
                sum += cosine * c + sine * s;
                *phasor = [
                    s * step_cosine + c * step_sine,
                    c * step_cosine - s * step_sine,
                ];
            }
            sum
        })
        .collect()
}

/// A second-order recursive filter, direct form II transposed.
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// Butterworth by the bilinear transform with the cut-off prewarped.
    fn butterworth(cutoff: f64, rate: f64, high_pass: bool) -> Self {
        let (sine, cosine) = (TAU * cutoff / rate).sin_cos();
        let alpha = sine * FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        let b = if high_pass {
            let edge = (1.0 + cosine) / 2.0;
            [edge, -2.0 * edge, edge]
        } else {
            let edge = (1.0 - cosine) / 2.0;
            [edge, 2.0 * edge, edge]
        };
        Self {
            b: b.map(|x| x / a0),
            a: [-2.0 * cosine / a0, (1.0 - alpha) / a0],
            state: [0.0; 2],
        }
    }

    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.state[0];
        self.state[0] = self.b[1] * x - self.a[0] * y + self.state[1];
        self.state[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::random::Purpose;

    fn gain(filter: &mut Biquad, frequency: f64) -> f64 {
        let response: Vec<f64> = (0..4000)
            .map(|i| filter.next((TAU * frequency * f64::from(i) / 500.0).sin()))
            .collect();
        response[2000..]
            .iter()
            .fold(0.0, |peak: f64, x| peak.max(x.abs()))
    }

    #[test]
    fn filters_pass_their_band_and_halve_power_at_the_edge() {
        let high = || Biquad::butterworth(15.0, 500.0, true);
        assert!((gain(&mut high(), 15.0) - FRAC_1_SQRT_2).abs() < 0.01);
        assert!(gain(&mut high(), 1.0) < 0.01);
        assert!((gain(&mut high(), 80.0) - 1.0).abs() < 0.02);
        let low = || Biquad::butterworth(150.0, 500.0, false);
        assert!((gain(&mut low(), 150.0) - FRAC_1_SQRT_2).abs() < 0.02);
        assert!((gain(&mut low(), 10.0) - 1.0).abs() < 0.01);
    }

    #[test]
    fn wander_is_slow_and_muscle_is_not() {
        let mut stream = Stream::new(3, 0, Purpose::Recording);
        let jump = |x: &[f64]| x.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f64>();
        let slow = scaled_to(wander(&mut stream, 5000, 500.0), 1.0);
        let fast = scaled_to(muscle_noise(&mut stream, 5000, 500.0), 1.0);
        assert!(jump(&slow) < 0.01 * jump(&fast));
    }
}
