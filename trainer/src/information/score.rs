//! How good predictions of a target are, by what the target is.

use super::auroc::auroc;
use super::interval::Estimate;
use super::r_squared::{r_squared, r_squared_within};
use super::target::{Kind, Target};
use ndarray::{Array2, Axis};

/// R² (or AUROC) and R² within sex and body size, over the subjects with both a value and a prediction; row *i* of
/// `demographics` is subject *i* of both. `None` where there is nothing to measure.
pub fn score(
    target: &Target,
    predicted: &[Option<f64>],
    demographics: &Array2<f64>,
    seed: u64,
) -> Option<(Estimate, Option<f64>)> {
    let mut known = Vec::new();
    let (mut truth, mut answers) = (Vec::new(), Vec::new());
    for (subject, (value, answer)) in target.values.iter().zip(predicted).enumerate() {
        if let (Some(value), Some(answer)) = (value, answer) {
            known.push(subject);
            truth.push(*value);
            answers.push(*answer);
        }
    }
    match target.kind {
        Kind::Class => {
            let cases: Vec<bool> = truth.iter().map(|&value| value > 0.0).collect();
            Some((auroc(&answers, &cases)?, None))
        }
        Kind::Quantity => {
            let demographics = demographics.select(Axis(0), &known);
            let within = match demographics.ncols() {
                0 => None,
                _ => r_squared_within(&truth, &answers, &demographics),
            };
            Some((r_squared(&truth, &answers, seed)?, within))
        }
    }
}
