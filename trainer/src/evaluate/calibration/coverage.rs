//! How often the truth lies within the intervals that are told.

use super::Law;
use super::law::LEVELS;
use super::predictions::{Channel, Predictions};
use serde::Serialize;

/// One point of the coverage curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coverage {
    /// The share of errors that the central interval is to hold.
    pub nominal: f64,
    /// The share that it holds.
    pub observed: f64,
}

/// The coverage of the central intervals of `law` at [`LEVELS`], with all deviations multiplied by `factor`.
pub fn coverage(
    predictions: &Predictions,
    channel: Channel,
    law: Law,
    factor: f64,
) -> Vec<Coverage> {
    let half_widths = law.half_widths();
    // For each level, the errors that its interval holds and the next narrower one does not.
    let mut counts = [0usize; LEVELS.len() + 1];
    for value in predictions.values(channel) {
        let relative = value.error / (value.deviation * factor);
        counts[half_widths.partition_point(|&half_width| half_width < relative)] += 1;
    }
    let all = counts.iter().sum::<usize>().max(1) as f64;
    let mut within = 0;
    LEVELS
        .iter()
        .zip(counts)
        .map(|(&(nominal, _), count)| {
            within += count;
            Coverage {
                nominal,
                observed: within as f64 / all,
            }
        })
        .collect()
}

/// Mean over the levels of |observed − nominal|: the expected calibration error, as of Kuleshov, Fenner and Ermon (ICML
/// 2018), who square the differences.
pub fn expected_calibration_error(curve: &[Coverage]) -> f64 {
    let differences = curve
        .iter()
        .map(|point| (point.observed - point.nominal).abs());
    differences.sum::<f64>() / curve.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::calibration::recalibration::drawn;

    fn error(law: Law, told: Law, factor: f64) -> f64 {
        let (errors, deviations) = drawn(law, 1.0);
        let truth = vec![0.0; errors.len()];
        let predictions = Predictions::new(&errors, &deviations, &truth, 100).unwrap();
        expected_calibration_error(&coverage(&predictions, Channel::All, told, factor))
    }

    #[test]
    fn intervals_of_the_right_law_hold_what_they_should_and_others_do_not() {
        for law in [Law::Laplace, Law::Normal] {
            assert!(error(law, law, 1.0) < 0.005);
            assert!(error(law, law, 1.5) > 0.05);
            assert!(error(law, law, 0.6) > 0.05);
        }
        assert!(error(Law::Laplace, Law::Normal, 1.0) > 0.03);
    }

    #[test]
    fn counts_by_hand() {
        // Normal law, deviation 1: half-widths 0.674 and 1.645 hold two and three of four errors.
        let errors = [0.1, -0.5, 1.0, 3.0];
        let predictions = Predictions::new(&errors, &[1.0; 4], &[0.0; 4], 4).unwrap();
        let curve = coverage(&predictions, Channel::All, Law::Normal, 1.0);
        let at = |nominal: f64| {
            curve
                .iter()
                .find(|point| point.nominal == nominal)
                .unwrap()
                .observed
        };
        assert_eq!(
            [at(0.1), at(0.5), at(0.9), at(0.99)],
            [0.25, 0.5, 0.75, 0.75]
        );
    }
}
