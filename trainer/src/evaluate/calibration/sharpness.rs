//! Whether a larger predicted deviation means a larger error.

use super::correlation::rank_correlation;
use super::predictions::{Channel, Predicted, Predictions};
use serde::Serialize;

/// Values that are sorted: more are thinned out evenly, so that 2,000 subjects' pictures need no gigabytes.
const MOST_SORTED: usize = 1_000_000;

/// Groups of equally many values.
pub const GROUPS: usize = 10;

/// A tenth of all values, by their predicted deviation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DeviationGroup {
    /// Root mean square of the predicted deviations, after recalibration.
    pub deviation: f64,
    /// Root mean square of the errors: as large as the deviation where that is right.
    pub root_mean_squared_error: f64,
    /// Mean size of the errors.
    pub mean_absolute_error: f64,
}

/// How errors grow with the predicted deviations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sharpness {
    /// Tenths of all values, the smallest deviations first.
    pub groups: Vec<DeviationGroup>,
    /// Spearman's correlation of deviation and |error|, value by value.
    pub rank_correlation: f64,
    /// Mean over the groups of |deviation − error| / deviation, both root mean squares: the expected normalised
    /// calibration error (Levi et al., Sensors 2022;22:5540).
    pub expected_normalised_calibration_error: f64,
}

/// Groups values by deviation, all deviations multiplied by `factor`.
pub fn sharpness(predictions: &Predictions, channel: Channel, factor: f64) -> Sharpness {
    let every = predictions.count().div_ceil(MOST_SORTED);
    // A step that has no divisor in common with a picture's side, lest it pick the same columns everywhere.
    let mut values: Vec<Predicted> = predictions.values(channel).step_by(every | 1).collect();
    let pairs: Vec<[f64; 2]> = values
        .iter()
        .map(|value| [value.deviation, value.error])
        .collect();
    values.sort_unstable_by(|one, other| one.deviation.total_cmp(&other.deviation));
    let groups: Vec<DeviationGroup> = (0..GROUPS)
        .map(|group| [group, group + 1].map(|edge| edge * values.len() / GROUPS))
        .filter(|[from, to]| from < to)
        .map(|[from, to]| group(&values[from..to], factor))
        .collect();
    let off = |group: &DeviationGroup| {
        (group.deviation - group.root_mean_squared_error).abs() / group.deviation
    };
    Sharpness {
        rank_correlation: rank_correlation(&pairs),
        expected_normalised_calibration_error: groups.iter().map(off).sum::<f64>()
            / groups.len() as f64,
        groups,
    }
}

fn group(values: &[Predicted], factor: f64) -> DeviationGroup {
    let mean =
        |of: &dyn Fn(&Predicted) -> f64| values.iter().map(of).sum::<f64>() / values.len() as f64;
    DeviationGroup {
        deviation: factor * mean(&|value| value.deviation.powi(2)).sqrt(),
        root_mean_squared_error: mean(&|value| value.error.powi(2)).sqrt(),
        mean_absolute_error: mean(&|value| value.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::calibration::Law;
    use crate::evaluate::calibration::recalibration::drawn;

    #[test]
    fn true_deviations_are_as_large_as_the_errors_in_each_group() {
        let (errors, deviations) = drawn(Law::Normal, 2.0);
        let truth = vec![0.0; errors.len()];
        let predictions = Predictions::new(&errors, &deviations, &truth, 100).unwrap();
        let right = sharpness(&predictions, Channel::All, 2.0);
        assert_eq!(right.groups.len(), GROUPS);
        assert!(
            right.expected_normalised_calibration_error < 0.02,
            "{right:?}"
        );
        assert!(right.rank_correlation > 0.5);
        assert!(
            right
                .groups
                .windows(2)
                .all(|two| two[0].deviation <= two[1].deviation)
        );
        let wrong = sharpness(&predictions, Channel::All, 1.0);
        assert!((wrong.expected_normalised_calibration_error - 1.0).abs() < 0.05);
    }
}
