//! Which law fits the errors, and the one factor on the predicted deviations under which they are likeliest.

use super::Law;
use super::predictions::{Channel, Predictions};
use serde::Serialize;

/// What the validation split tells of the predicted deviations. One factor cannot be fitted to chance, so that
/// coverage on the test split shows what is to be expected of unseen subjects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Recalibration {
    /// The likelier of the two laws.
    pub law: Law,
    /// What the predicted deviations are multiplied with: 1 where they were right.
    pub factor: f64,
    /// Mean log-likelihood under the Laplace law with its best factor, in nats a value.
    pub laplace_log_likelihood: f64,
    /// The same under the normal law.
    pub normal_log_likelihood: f64,
}

impl Recalibration {
    /// Fits law and factor by maximum likelihood.
    pub fn fit(predictions: &Predictions) -> Recalibration {
        let count = predictions.count() as f64;
        let [absolute, square, log] = predictions
            .values(Channel::All)
            .fold([0.0; 3], |[absolute, square, log], value| {
                let relative = value.error / value.deviation;
                [
                    absolute + relative,
                    square + relative * relative,
                    log + value.deviation.ln(),
                ]
            })
            .map(|sum| sum / count);
        let [laplace, normal] =
            [Law::Laplace, Law::Normal].map(|law| law.best_log_likelihood(absolute, square, log));
        let law = if laplace >= normal {
            Law::Laplace
        } else {
            Law::Normal
        };
        Recalibration {
            law,
            factor: law.best_factor(absolute, square),
            laplace_log_likelihood: laplace,
            normal_log_likelihood: normal,
        }
    }
}

#[cfg(test)]
pub(super) use tests::drawn;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Exp1, StandardNormal};

    /// Errors of a law with standard deviation `scale` times what is predicted.
    pub(in crate::evaluate::calibration) fn drawn(law: Law, scale: f64) -> (Vec<f32>, Vec<f32>) {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        (0..40_000)
            .map(|number| {
                let deviation = 0.02 + 0.1 * f64::from(number % 7);
                let draw: f64 = match law {
                    Law::Normal => StandardNormal.sample(&mut random),
                    Law::Laplace => {
                        let size: f64 = Exp1.sample(&mut random);
                        let sign = if number % 2 == 0 { 1.0 } else { -1.0 };
                        sign * size / std::f64::consts::SQRT_2
                    }
                };
                ((draw * scale * deviation) as f32, deviation as f32)
            })
            .unzip()
    }

    #[test]
    fn finds_the_law_and_the_factor_that_the_errors_were_drawn_with() {
        for (law, scale) in [(Law::Laplace, 0.5), (Law::Normal, 2.0)] {
            let (errors, deviations) = drawn(law, scale);
            let truth = vec![0.0; errors.len()];
            let predictions = Predictions::new(&errors, &deviations, &truth, 100).unwrap();
            let found = Recalibration::fit(&predictions);
            assert_eq!(found.law, law);
            assert!((found.factor / scale - 1.0).abs() < 0.02, "{found:?}");
        }
    }
}
