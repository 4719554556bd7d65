//! All figures of the predicted uncertainty.

use super::Recalibration;
use super::correlation::{correlation, rank_correlation};
use super::coverage::{Coverage, coverage, expected_calibration_error};
use super::predictions::{Channel, Predictions};
use super::sharpness::{Sharpness, sharpness};
use serde::Serialize;

/// The figures of the predicted uncertainty on one split, with the recalibration that another split gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationFigures {
    /// Subjects measured.
    pub subjects: usize,
    /// Law and factor, from the validation split.
    pub recalibration: Recalibration,
    /// Coverage of the deviations as they were predicted.
    pub coverage_as_predicted: Vec<Coverage>,
    /// Coverage after recalibration.
    pub coverage: Vec<Coverage>,
    /// Mean |observed − nominal| of the coverage as predicted.
    pub expected_calibration_error_as_predicted: f64,
    /// The same after recalibration.
    pub expected_calibration_error: f64,
    /// The same after recalibration for each channel.
    pub expected_calibration_error_of_channel: Vec<f64>,
    /// Pearson's correlation of deviation and |error|, value by value.
    pub correlation: f64,
    /// Pearson's correlation of a subject's mean deviation with its mean |error|: whether it is known whose pictures
    /// are wrong.
    pub subject_correlation: f64,
    /// Spearman's correlation of the same.
    pub subject_rank_correlation: f64,
    /// Mean deviation after recalibration, in grey 0 to 1.
    pub mean_deviation: f64,
    /// Mean |error|, in grey 0 to 1.
    pub mean_absolute_error: f64,
    /// Errors by tenths of the deviation.
    pub sharpness: Sharpness,
    /// Each subject's mean deviation after recalibration and mean |error|.
    #[serde(skip)]
    pub of_subject: Vec<[f64; 2]>,
}

/// Measures the predicted uncertainty of pictures that were not used for `recalibration`; a subject's values are
/// `channels` pictures of one size.
pub fn calibration(
    predictions: &Predictions,
    channels: usize,
    recalibration: Recalibration,
) -> CalibrationFigures {
    let Recalibration { law, factor, .. } = recalibration;
    let curve = |channel: Channel, factor: f64| coverage(predictions, channel, law, factor);
    let as_predicted = curve(Channel::All, 1.0);
    let recalibrated = curve(Channel::All, factor);
    let of_channel = (0..channels).map(|number| {
        let channel = Channel::One {
            number,
            of: channels,
        };
        expected_calibration_error(&curve(channel, factor))
    });
    let pairs = predictions
        .values(Channel::All)
        .map(|value| [value.deviation, value.error]);
    let of_subject: Vec<[f64; 2]> = (0..predictions.subjects())
        .map(|subject| {
            let (count, deviation, error) = predictions.of_subject(subject).fold(
                (0usize, 0.0, 0.0),
                |(count, deviation, error), value| {
                    (count + 1, deviation + value.deviation, error + value.error)
                },
            );
            [factor * deviation / count as f64, error / count as f64]
        })
        .collect();
    let mean = |which: usize| {
        of_subject.iter().map(|pair| pair[which]).sum::<f64>() / of_subject.len() as f64
    };
    CalibrationFigures {
        subjects: predictions.subjects(),
        recalibration,
        expected_calibration_error_as_predicted: expected_calibration_error(&as_predicted),
        expected_calibration_error: expected_calibration_error(&recalibrated),
        expected_calibration_error_of_channel: of_channel.collect(),
        coverage_as_predicted: as_predicted,
        coverage: recalibrated,
        correlation: correlation(pairs),
        subject_correlation: correlation(of_subject.iter().copied()),
        subject_rank_correlation: rank_correlation(&of_subject),
        mean_deviation: mean(0),
        mean_absolute_error: mean(1),
        sharpness: sharpness(predictions, Channel::All, factor),
        of_subject,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::calibration::Law;
    use crate::evaluate::calibration::recalibration::drawn;

    #[test]
    fn one_factor_makes_deviations_right_that_are_wrong_by_one() {
        let (errors, deviations) = drawn(Law::Laplace, 1.7);
        let truth = vec![0.0; errors.len()];
        let half = errors.len() / 2;
        let part = |from: usize, to: usize| {
            Predictions::new(
                &errors[from..to],
                &deviations[from..to],
                &truth[from..to],
                200,
            )
            .unwrap()
        };
        let fitted = Recalibration::fit(&part(0, half));
        let found = calibration(&part(half, 2 * half), 2, fitted);
        assert_eq!(found.subjects, half / 200);
        assert_eq!(found.recalibration.law, Law::Laplace);
        assert!(found.expected_calibration_error < 0.01, "{found:?}");
        assert!(found.expected_calibration_error_as_predicted > 0.1);
        assert_eq!(found.expected_calibration_error_of_channel.len(), 2);
        // The mean size of a Laplace error is its standard deviation over √2.
        let ratio = found.mean_deviation / found.mean_absolute_error;
        assert!((ratio - std::f64::consts::SQRT_2).abs() < 0.05, "{ratio}");
        assert!(found.correlation > 0.4);
        let json = serde_json::to_value(&found).unwrap();
        assert_eq!(json["recalibration"]["law"], "laplace");
        assert!(json.get("of_subject").is_none());
    }
}
