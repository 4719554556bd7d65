//! Change of sampling rate by a Kaiser-windowed sinc, for any pair of rates.

use std::f64::consts::PI;

use super::SignalError;
use super::dot::dot;
use crate::ecg::EcgError;

/// Zero crossings of the sinc to either side.
const ZERO_CROSSINGS: f64 = 24.0;
/// Corner as a fraction of half the lower rate; leaves room for the filter's slope.
const CORNER: f64 = 0.92;
/// Kaiser parameter, for a stop band of about −80 dB.
const BETA: f64 = 8.0;
/// Ratios of whole numbers up to this size reuse their weights.
const MAX_PHASES: u32 = 1000;
/// How far, relatively, a ratio of rates may be from one of whole numbers and count as it.
const RATIO_TOLERANCE: f64 = 1e-9;
/// Rates in Hz between which the filter has a sensible length.
const LOWEST_RATE: f64 = 1.0;
const HIGHEST_RATE: f64 = 100_000.0;

/// Resamples `rows` (shape (lead, sample), any unit) from `from` Hz to `to` Hz.
///
/// Sample n of the result is the input at n / `to` seconds; its length is ⌈length · to / from⌉. Frequencies
/// up to 0.8 of half the lower rate pass unchanged (to 1e-3), those above 1.04 of it are stopped.
/// Beyond its ends the signal is continued turned about the end point.
///
/// # Errors
/// A rate below 1 Hz, above 100 kHz, or not a number.
pub fn resample(rows: &[Vec<f64>], from: f64, to: f64) -> Result<Vec<Vec<f64>>, SignalError> {
    check_rate(from)?;
    check_rate(to)?;
    if from == to {
        return Ok(rows.to_vec());
    }
    let length = rows.first().map_or(0, Vec::len);
    // A hair less than exact, lest rounding add a sample.
    let resampled_length = (length as f64 * to / from - 1e-6).ceil().max(0.0) as usize;
    let kernel = Kernel::new(from, to);
    let cycle = Cycle::of(from / to);
    let mut known: Vec<Option<Vec<f64>>> =
        vec![None; cycle.as_ref().map_or(0, |cycle| cycle.outputs)];
    let mut resampled = vec![Vec::with_capacity(resampled_length); rows.len()];
    for n in 0..resampled_length {
        let (whole_cycles, phase) = match &cycle {
            Some(cycle) => (n / cycle.outputs * cycle.inputs, n % cycle.outputs),
            None => (0, n),
        };
        let position = phase as f64 * from / to;
        let start = position.floor();
        let fraction = position - start;
        let slot = known.get_mut(phase);
        let fresh;
        let weights: &[f64] = match slot {
            Some(slot) => slot.get_or_insert_with(|| kernel.weights(fraction)),
            None => {
                fresh = kernel.weights(fraction);
                &fresh
            }
        };
        let first = (whole_cycles + start as usize) as isize + 1 - kernel.half_taps as isize;
        for (row, out) in rows.iter().zip(&mut resampled) {
            out.push(weighted_sum(row, first, weights));
        }
    }
    Ok(resampled)
}

/// Refuses rates that make the filter, or the result, as long as the memory.
pub(super) fn check_rate(rate: f64) -> Result<(), SignalError> {
    if rate.is_nan() {
        Err(EcgError::SamplingRate { rate }.into())
    } else if rate < LOWEST_RATE {
        Err(SignalError::RateTooLow {
            rate,
            least: LOWEST_RATE,
        })
    } else if rate > HIGHEST_RATE {
        Err(SignalError::RateTooHigh {
            rate,
            most: HIGHEST_RATE,
        })
    } else {
        Ok(())
    }
}

/// After how many samples the position of an output within the input recurs.
struct Cycle {
    inputs: usize,
    outputs: usize,
}

impl Cycle {
    /// The cycle of a ratio of input to output rate, if it is one of small whole numbers.
    fn of(ratio: f64) -> Option<Cycle> {
        (1..=MAX_PHASES).find_map(|outputs| {
            let inputs = ratio * f64::from(outputs);
            let whole = (inputs - inputs.round()).abs() < RATIO_TOLERANCE * inputs;
            whole.then_some(Cycle {
                inputs: inputs.round() as usize,
                outputs: outputs as usize,
            })
        })
    }
}

fn weighted_sum(row: &[f64], first: isize, weights: &[f64]) -> f64 {
    let inside = usize::try_from(first)
        .ok()
        .and_then(|first| row.get(first..first + weights.len()));
    match inside {
        Some(window) => dot(window, weights),
        None => weights
            .iter()
            .zip(first..)
            .map(|(weight, index)| weight * continued(row, index))
            .sum(),
    }
}

/// The signal at `index`, turned about the end point where that lies outside.
fn continued(row: &[f64], index: isize) -> f64 {
    let last = row.len() as isize - 1;
    if last < 0 {
        return 0.0;
    }
    let at = |index: isize| row[index.clamp(0, last) as usize];
    if index < 0 {
        2.0 * at(0) - at(-index)
    } else if index > last {
        2.0 * at(last) - at(2 * last - index)
    } else {
        at(index)
    }
}

struct Kernel {
    /// Twice the corner frequency in cycles per input sample.
    bandwidth: f64,
    half_taps: usize,
}

impl Kernel {
    fn new(from: f64, to: f64) -> Kernel {
        let lower = (to / from).min(1.0);
        Kernel {
            bandwidth: CORNER * lower,
            half_taps: (ZERO_CROSSINGS / lower).ceil() as usize,
        }
    }

    /// Weights of the input samples around a position `fraction` behind one of them; they sum to 1.
    fn weights(&self, fraction: f64) -> Vec<f64> {
        let half = self.half_taps as f64;
        let mut weights: Vec<f64> = (0..2 * self.half_taps)
            .map(|tap| {
                let distance = tap as f64 + 1.0 - half - fraction;
                let edge = distance / half;
                let window = bessel_i0(BETA * (1.0 - edge * edge).max(0.0).sqrt());
                sinc(self.bandwidth * distance) * window
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        weights
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else {
        (PI * x).sin() / (PI * x)
    }
}

/// The modified Bessel function of order 0, by its power series.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum, mut k) = (1.0, 1.0, 1.0);
    while term > sum * 1e-16 {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sine(frequency: f64, rate: f64, seconds: f64) -> Vec<f64> {
        (0..(seconds * rate).round() as usize)
            .map(|n| (2.0 * PI * frequency * n as f64 / rate + 0.3).sin())
            .collect()
    }

    #[test]
    fn sines_keep_amplitude_and_time() {
        for (from, to) in [
            (250.0, 500.0),
            (360.0, 500.0),
            (1000.0, 500.0),
            (257.0, 500.0),
            (999.56, 500.0),
            (128.0, 500.0),
        ] {
            for fraction in [0.02, 0.3, 0.8] {
                let frequency = fraction * f64::min(from, to) / 2.0;
                let resampled = resampled(sine(frequency, from, 4.0), from);
                let expected = sine(frequency, to, 4.0);
                assert!(
                    resampled.len().abs_diff(expected.len()) <= 1,
                    "{from}: {}",
                    resampled.len()
                );
                let inner = 150..expected.len() - 150;
                let worst = resampled[inner.clone()]
                    .iter()
                    .zip(&expected[inner])
                    .map(|(is, should)| (is - should).abs())
                    .fold(0.0, f64::max);
                assert!(
                    worst < 1e-3,
                    "{from} Hz to {to} Hz, {frequency} Hz: {worst}"
                );
            }
        }
    }

    fn resampled(row: Vec<f64>, from: f64) -> Vec<f64> {
        resample(&[row], from, 500.0).unwrap().remove(0)
    }

    #[test]
    fn a_hair_off_the_rate_is_no_sample_off() {
        let row = sine(10.0, 500.0, 60.0);
        for from in [499.999_999_75, 500.000_000_25, 500.0 * (1.0 + 3e-9)] {
            let resampled = resampled(row.clone(), from);
            let worst = row[200..29_800]
                .iter()
                .zip(&resampled[200..29_800])
                .map(|(was, is)| (was - is).abs())
                .fold(0.0, f64::max);
            assert!(worst < 1e-3, "{from} Hz: {worst}");
        }
    }

    #[test]
    fn impossible_rates_are_errors() {
        for rate in [0.0, -500.0, f64::NAN, f64::INFINITY, 1e-300, 1e12] {
            assert!(resample(&[vec![0.0; 9]], rate, 500.0).is_err(), "{rate}");
            assert!(resample(&[vec![0.0; 9]], 500.0, rate).is_err(), "{rate}");
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_stopped() {
        let resampled = resampled(sine(260.0, 1000.0, 4.0), 1000.0);
        let worst = resampled[150..1850]
            .iter()
            .map(|value| value.abs())
            .fold(0.0, f64::max);
        assert!(worst < 2e-3, "{worst}");
    }

    #[test]
    fn agrees_with_scipys_polyphase_resampling() {
        #[derive(serde::Deserialize)]
        struct Case {
            from: f64,
            input: Vec<f64>,
            expected: Vec<f64>,
        }
        let text = include_str!("../../../tests/goldens/signal/resampling.json");
        let cases: Vec<Case> = serde_json::from_str(text).unwrap();
        for case in cases {
            let resampled = resampled(case.input, case.from);
            assert_eq!(resampled.len(), case.expected.len());
            let inner = 60..resampled.len() - 60;
            for (is, should) in resampled[inner.clone()].iter().zip(&case.expected[inner]) {
                assert!(
                    (is - should).abs() < 1e-3,
                    "{} Hz: {is}, not {should}",
                    case.from
                );
            }
        }
    }

    #[test]
    fn the_same_rate_changes_nothing() {
        let row = sine(7.0, 500.0, 1.0);
        assert_eq!(
            resample(std::slice::from_ref(&row), 500.0, 500.0),
            Ok(vec![row])
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_rate_and_length(length in 0_usize..60, from in 40.0_f64..3000.0, level in -9.0_f64..9.0) {
            let resampled = resampled(vec![level; length], from);
            prop_assert_eq!(resampled.len(), (length as f64 * 500.0 / from - 1e-6).ceil().max(0.0) as usize);
            prop_assert!(resampled.iter().all(|value| (value - level).abs() < 1e-9));
        }
    }
}
