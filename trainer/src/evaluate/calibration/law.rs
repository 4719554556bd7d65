//! How the errors of pixels are distributed, for a given standard deviation.

use serde::Serialize;
use std::f64::consts::{LN_2, PI, SQRT_2};

/// Shares of all errors that an interval is to hold, and the half-width of the central interval of the normal law that
/// does, in standard deviations: the quantile of (1 + share) / 2.
pub const LEVELS: [(f64, f64); 11] = [
    (0.10, 0.125_661_346_855_074),
    (0.20, 0.253_347_103_135_800),
    (0.30, 0.385_320_466_407_568),
    (0.40, 0.524_400_512_708_041),
    (0.50, 0.674_489_750_196_082),
    (0.60, 0.841_621_233_572_914),
    (0.70, 1.036_433_389_494),
    (0.80, 1.281_551_565_545),
    (0.90, 1.644_853_626_951),
    (0.95, 1.959_963_984_540),
    (0.99, 2.575_829_303_549),
];

/// A distribution of errors about 0 with a given standard deviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// Density exp(−|x|/b) / 2b with standard deviation √2·b: many small errors and a few large ones.
    Laplace,
    /// The normal distribution.
    Normal,
}

impl Law {
    /// Half-widths, in standard deviations, of the central intervals that hold the shares of [`LEVELS`].
    pub fn half_widths(self) -> [f64; LEVELS.len()] {
        LEVELS.map(|(share, normal)| match self {
            Law::Laplace => -(1.0 - share).ln() / SQRT_2,
            Law::Normal => normal,
        })
    }

    /// The factor on all deviations under which errors are likeliest, given the means of |error|/deviation and of its
    /// square.
    pub fn best_factor(self, mean_absolute: f64, mean_square: f64) -> f64 {
        match self {
            Law::Laplace => SQRT_2 * mean_absolute,
            Law::Normal => mean_square.sqrt(),
        }
    }

    /// Mean logarithm of the likelihood (nats a value) with the best factor, given what [`Law::best_factor`] is given
    /// and the mean logarithm of the deviations.
    pub fn best_log_likelihood(
        self,
        mean_absolute: f64,
        mean_square: f64,
        mean_log_deviation: f64,
    ) -> f64 {
        let log_factor = self.best_factor(mean_absolute, mean_square).ln();
        // With the best factor, the exponent's mean is −1 and −1/2.
        let shape = match self {
            Law::Laplace => -LN_2 / 2.0 - 1.0,
            Law::Normal => -(2.0 * PI).ln() / 2.0 - 0.5,
        };
        shape - log_factor - mean_log_deviation
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Law::Laplace => "Laplace",
            Law::Normal => "normal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_all_errors_lie_within_the_probable_error() {
        // Laplace: b·ln 2 = sd·ln 2/√2; normal: 0.6745 sd (the probable error).
        assert!((Law::Laplace.half_widths()[4] - LN_2 / SQRT_2).abs() < 1e-12);
        assert!((Law::Normal.half_widths()[4] - 0.6745).abs() < 1e-4);
    }

    /// The density, written out.
    fn log_density(law: Law, error: f64, deviation: f64) -> f64 {
        match law {
            Law::Laplace => {
                let b = deviation / SQRT_2;
                -(2.0 * b).ln() - error.abs() / b
            }
            Law::Normal => {
                -(2.0 * PI).ln() / 2.0 - deviation.ln() - (error / deviation).powi(2) / 2.0
            }
        }
    }

    #[test]
    fn the_best_factor_is_the_best_and_has_the_likelihood_told() {
        let errors = [0.3, -0.1, 0.7, -1.2, 0.05];
        let deviations = [0.2, 0.1, 0.5, 0.4, 0.1];
        let mean = |of: &dyn Fn(f64, f64) -> f64| -> f64 {
            errors
                .iter()
                .zip(deviations)
                .map(|(&error, deviation)| of(error, deviation))
                .sum::<f64>()
                / 5.0
        };
        let absolute = mean(&|error, deviation| (error / deviation).abs());
        let square = mean(&|error, deviation| (error / deviation).powi(2));
        let log = mean(&|_, deviation| deviation.ln());
        for law in [Law::Laplace, Law::Normal] {
            let factor = law.best_factor(absolute, square);
            let at =
                |factor: f64| mean(&|error, deviation| log_density(law, error, deviation * factor));
            assert!((at(factor) - law.best_log_likelihood(absolute, square, log)).abs() < 1e-12);
            assert!(at(factor) > at(1.01 * factor) && at(factor) > at(0.99 * factor));
        }
    }
}
