//! How well two methods agree on one quantity, after Bland and Altman.

use crate::information::interval::Estimate;
use crate::information::r_squared::r_squared;
use serde::Serialize;

/// Agreement of what was found with the truth, over the subjects of whom both are known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Subjects of whom both are known.
    pub subjects: usize,
    /// R² = 1 − Σ(truth − found)² / Σ(truth − mean)², with its 95 % interval.
    pub r_squared: Estimate,
    /// Pearson's correlation; `None` where what was found does not vary.
    pub correlation: Option<f64>,
    /// Mean absolute difference, in the quantity's unit.
    pub mean_absolute_error: f64,
    /// Mean of found − truth, in the quantity's unit.
    pub bias: f64,
    /// Limits of agreement, bias ± 1.96 standard deviations of found − truth (Bland & Altman, Lancet 1986), in the
    /// quantity's unit.
    pub limits_of_agreement: [f64; 2],
}

/// The fewest subjects whose agreement is told.
const FEWEST: usize = 3;

/// Agreement of `found` with `truth`, one number a subject each, NaN where unknown; `None` where fewer than three
/// subjects have both or the truth does not vary. `seed` draws the bootstrap of the interval.
pub fn agreement(found: &[f64], truth: &[f64], seed: u64) -> Option<Agreement> {
    let known = |(found, truth): (&f64, &f64)| {
        (found.is_finite() && truth.is_finite()).then_some((*found, *truth))
    };
    let (found, truth): (Vec<f64>, Vec<f64>) = found.iter().zip(truth).filter_map(known).unzip();
    if found.len() < FEWEST {
        return None;
    }
    let count = found.len() as f64;
    let differences: Vec<f64> = found.iter().zip(&truth).map(|(a, b)| a - b).collect();
    let bias = differences.iter().sum::<f64>() / count;
    let apart = |difference: &f64| (difference - bias).powi(2);
    let deviation = (differences.iter().map(apart).sum::<f64>() / (count - 1.0)).sqrt();
    Some(Agreement {
        subjects: found.len(),
        r_squared: r_squared(&truth, &found, seed)?,
        correlation: correlation(&found, &truth),
        mean_absolute_error: differences.iter().map(|one| one.abs()).sum::<f64>() / count,
        bias,
        limits_of_agreement: [bias - 1.96 * deviation, bias + 1.96 * deviation],
    })
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut of_a, mut of_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        (both, of_a, of_b) = (both + a * b, of_a + a * a, of_b + b * b);
    }
    let value: f64 = both / (of_a * of_b).sqrt();
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_four_subjects() {
        let truth = [1.0, 2.0, 3.0, 6.0, f64::NAN, 9.0];
        let found = [2.0, 3.0, 3.0, 8.0, 4.0, f64::NAN];
        let all = agreement(&found, &truth, 1).unwrap();
        assert_eq!(all.subjects, 4);
        assert_eq!((all.bias, all.mean_absolute_error), (1.0, 1.0));
        // Differences 1, 1, 0, 2: variance 2/3.
        let half = 1.96 * (2.0f64 / 3.0).sqrt();
        assert!((all.limits_of_agreement[1] - 1.0 - half).abs() < 1e-12);
        assert!((all.limits_of_agreement[0] - 1.0 + half).abs() < 1e-12);
        assert!((all.r_squared.value - (1.0 - 6.0 / 14.0)).abs() < 1e-12);
        assert!((all.correlation.unwrap() - 17.0 / (14.0f64 * 22.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn nothing_is_told_of_too_few_or_of_one_truth() {
        assert!(agreement(&[1.0, 2.0], &[1.0, 2.0], 1).is_none());
        assert!(agreement(&[1.0, 2.0, f64::NAN], &[1.0, 2.0, 3.0], 1).is_none());
        assert!(agreement(&[1.0, 2.0, 3.0], &[5.0; 3], 1).is_none());
        let flat = agreement(&[5.0; 3], &[1.0, 2.0, 3.0], 1).unwrap();
        assert!(flat.correlation.is_none());
    }
}
