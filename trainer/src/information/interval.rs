//! A figure with its 95 % interval, and the bootstrap over subjects.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Resamples of the bootstrap, where nothing else is asked for.
const RESAMPLES: usize = 400;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// The figure.
    pub value: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end of its 95 % interval.
    pub high: f64,
}

/// `value` with the 2.5th and 97.5th percentile of `figure` over [`RESAMPLES`] draws of `subjects` subjects with
/// replacement (the percentile bootstrap, Efron 1979). The draws depend on `seed` and `subjects` only, so that two
/// figures of the same subjects are resampled alike.
pub fn bootstrap(
    value: f64,
    subjects: usize,
    seed: u64,
    figure: impl Fn(&[usize]) -> f64,
) -> Estimate {
    let all: Vec<usize> = (0..subjects).collect();
    bootstrap_of(value, &all, RESAMPLES, seed, figure)
}

/// As [`bootstrap`], with draws from `members` and `resamples` of them. A draw of which the figure is no number (one
/// without a single case) does not count; NaN is the interval where none counts.
pub fn bootstrap_of(
    value: f64,
    members: &[usize],
    resamples: usize,
    seed: u64,
    figure: impl Fn(&[usize]) -> f64,
) -> Estimate {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = vec![0; members.len()];
    let mut figures: Vec<f64> = (0..resamples)
        .map(|_| {
            drawn.fill_with(|| members[stream.random_range(0..members.len())]);
            figure(&drawn)
        })
        .filter(|figure| !figure.is_nan())
        .collect();
    figures.sort_by(f64::total_cmp);
    let last = figures.len().saturating_sub(1) as f64;
    let percentile = |part: f64| figures.get((last * part).round() as usize).copied();
    Estimate {
        value,
        low: percentile(0.025).unwrap_or(f64::NAN),
        high: percentile(0.975).unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_that_of_theory() {
        // 400 values, half 0 and half 1: the standard error of the mean is 0.025.
        let mean = |drawn: &[usize]| {
            drawn.iter().filter(|&&one| one % 2 == 0).count() as f64 / drawn.len() as f64
        };
        let found = bootstrap(0.5, 400, 1, mean);
        assert!((found.low - 0.451).abs() < 0.01, "{found:?}");
        assert!((found.high - 0.549).abs() < 0.01, "{found:?}");
        assert_eq!(found, bootstrap(0.5, 400, 1, mean));
    }

    #[test]
    fn only_members_are_drawn_and_what_is_no_number_does_not_count() {
        let figure = |drawn: &[usize]| match drawn[0] {
            3 => f64::NAN,
            first => first as f64,
        };
        let found = bootstrap_of(7.0, &[3, 5, 9], 300, 1, figure);
        assert_eq!((found.value, found.low, found.high), (7.0, 5.0, 9.0));
        assert!(bootstrap_of(7.0, &[3], 300, 1, figure).low.is_nan());
        assert!(bootstrap_of(7.0, &[], 300, 1, |_| 0.0).low.is_finite());
    }
}
