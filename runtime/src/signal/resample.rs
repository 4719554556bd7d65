//! Change of sampling rate by a Kaiser-windowed sinc, for any pair of rates.

use std::f64::consts::PI;

use super::dot::dot;

/// Zero crossings of the sinc to either side.
const ZERO_CROSSINGS: f64 = 24.0;
/// Corner as a fraction of half the lower rate; leaves room for the filter's slope.
const CORNER: f64 = 0.92;
/// Kaiser parameter, for a stop band of about −80 dB.
const BETA: f64 = 8.0;
/// Ratios of whole numbers up to this size reuse their weights.
const MAX_PHASES: u32 = 1000;

/// Resamples `rows` (shape (lead, sample), any unit) from `from` Hz to `to` Hz.
///
/// Sample n of the result is the input at n / `to` seconds; its length is ⌈length · to / from⌉. Frequencies
/// up to 0.8 of half the lower rate pass unchanged (to 1e-3), those above 1.04 of it are stopped.
/// Beyond its ends the signal is continued turned about the end point.
pub fn resample(rows: &[Vec<f64>], from: f64, to: f64) -> Vec<Vec<f64>> {
    if from == to {
        return rows.to_vec();
    }
    let length = rows.first().map_or(0, Vec::len);
    // A hair less than exact, lest rounding add a sample.
    let resampled_length = (length as f64 * to / from - 1e-6).ceil().max(0.0) as usize;
    let kernel = Kernel::new(from, to);
    let phases = phases(from / to);
    let mut known: Vec<Option<Vec<f64>>> = vec![None; phases as usize];
    let mut resampled = vec![Vec::with_capacity(resampled_length); rows.len()];
    for n in 0..resampled_length {
        let position = n as f64 * from / to;
        let mut start = position.floor();
        let mut fraction = position - start;
        // The last phase and the first of the next sample are the same but for rounding.
        if fraction > 1.0 - 1e-9 {
            start += 1.0;
            fraction = 0.0;
        }
        let slot = known.get_mut(n % phases.max(1) as usize);
        let fresh;
        let weights: &[f64] = match slot {
            Some(slot) => slot.get_or_insert_with(|| kernel.weights(fraction)),
            None => {
                fresh = kernel.weights(fraction);
                &fresh
            }
        };
        let first = start as isize + 1 - kernel.half_taps as isize;
        for (row, out) in rows.iter().zip(&mut resampled) {
            out.push(weighted_sum(row, first, weights));
        }
    }
    resampled
}

/// After how many output samples the position within the input sample recurs, or 0 if never.
fn phases(ratio: f64) -> u32 {
    (1..=MAX_PHASES)
        .find(|&phases| {
            let whole = ratio * f64::from(phases);
            (whole - whole.round()).abs() < 1e-9 * whole
        })
        .unwrap_or(0)
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
                let resampled = &resample(&[sine(frequency, from, 4.0)], from, to)[0];
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

    #[test]
    fn what_the_lower_rate_cannot_hold_is_stopped() {
        let resampled = &resample(&[sine(260.0, 1000.0, 4.0)], 1000.0, 500.0)[0];
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
            let resampled = &resample(&[case.input], case.from, 500.0)[0];
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
        assert_eq!(resample(std::slice::from_ref(&row), 500.0, 500.0), [row]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_rate_and_length(length in 0_usize..60, from in 40.0_f64..3000.0, level in -9.0_f64..9.0) {
            let resampled = resample(&[vec![level; length]], from, 500.0);
            prop_assert_eq!(resampled[0].len(), (length as f64 * 500.0 / from - 1e-6).ceil().max(0.0) as usize);
            prop_assert!(resampled[0].iter().all(|value| (value - level).abs() < 1e-9));
        }
    }
}
