//! A figure with its 95 % interval, and the bootstrap over subjects.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

/// Resamples of the bootstrap.
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
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = vec![0; subjects];
    let mut figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.fill_with(|| stream.random_range(0..subjects));
            figure(&drawn)
        })
        .collect();
    figures.sort_by(f64::total_cmp);
    let percentile = |part: f64| figures[((RESAMPLES - 1) as f64 * part).round() as usize];
    Estimate {
        value,
        low: percentile(0.025),
        high: percentile(0.975),
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
}
