//! Where a template's wave lies in a single beat, and how well it fits there.

use super::curve::sizes;
use crate::signal::column_median::column_medians;
use crate::signal::dot::dot;
use crate::signal::milliseconds;
use crate::signal::quantile::{median, quantile};
use crate::signal::spline::Spline;

/// Width of the spline that the compared slopes are taken with.
const SPLINE: usize = milliseconds(32);
/// What a shift by all that is allowed costs in correlation: a shape that fits nearly as well where it is
/// expected is taken there.
const PULL: f64 = 0.15;

/// Slopes over the whole recording, each lead by the inverse of its usual slope, which is its noise.
pub(super) struct Slopes {
    rows: Vec<Vec<f64>>,
}

/// Where a wave fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Samples later than in the template.
    pub(super) lag: f64,
    /// Correlation of the slopes there, over all leads, −1 to 1.
    pub(super) correlation: f64,
}

impl Slopes {
    pub(super) fn new(rows: &[Vec<f64>]) -> Slopes {
        let spline = Spline::new(SPLINE);
        let mut slopes: Vec<Vec<f64>> = rows.iter().map(|row| spline.slopes(row)).collect();
        let noises: Vec<f64> = slopes
            .iter()
            .map(|row| quantile(&sizes(row), 0.5))
            .collect();
        let floor = (median(&noises) / 2.0).max(f64::MIN_POSITIVE);
        for (row, noise) in slopes.iter_mut().zip(noises) {
            let weight = 1.0 / noise.max(floor);
            row.iter_mut().for_each(|value| *value *= weight);
        }
        Slopes { rows: slopes }
    }

    /// The part of the recording about a wave, at a beat whose template begins at sample `start`.
    pub(super) fn part(&self, start: f64, from: f64, to: f64) -> Option<Vec<&[f64]>> {
        let from = (start + from).round();
        let to = (start + to).round();
        if from < 0.0 {
            return None;
        }
        self.rows
            .iter()
            .map(|row| row.get(from as usize..to as usize))
            .collect()
    }
}

/// The median over beats of a wave's slopes, shape (lead, sample).
pub(super) fn usual_shape(parts: &[Vec<&[f64]>]) -> Vec<Vec<f64>> {
    let Some(first) = parts.first() else {
        return Vec::new();
    };
    (0..first.len())
        .map(|lead| {
            let mut rows: Vec<Vec<f64>> = parts.iter().map(|part| part[lead].to_vec()).collect();
            column_medians(&mut rows)
        })
        .collect()
}

/// The place within `most` samples of where it is expected at which the `part` of the recording, longer
/// than the shape by `most` at either end, fits `shape` best.
pub(super) fn best_fit(shape: &[Vec<f64>], part: &[&[f64]], most: usize) -> Option<Fit> {
    let own: f64 = shape.iter().map(|row| dot(row, row)).sum();
    let energies = energies(part, shape.first()?.len())?;
    let correlation = |lag: usize| -> Option<f64> {
        let mut product = 0.0;
        for (shape, row) in shape.iter().zip(part) {
            product += dot(shape, row.get(lag..lag + shape.len())?);
        }
        let norm = (own * energies.get(lag)?).sqrt();
        Some(if norm > 0.0 { product / norm } else { 0.0 })
    };
    let scores: Vec<(f64, f64)> = (0..=2 * most)
        .map(|lag| {
            let away = (lag as f64 - most as f64) / most.max(1) as f64;
            correlation(lag).map(|found| (found - PULL * away * away, found))
        })
        .collect::<Option<_>>()?;
    let best =
        (0..scores.len()).max_by(|&one, &other| scores[one].0.total_cmp(&scores[other].0))?;
    let mut fraction = 0.0;
    if let (Some(before), Some(after)) = (
        best.checked_sub(1).and_then(|n| scores.get(n)),
        scores.get(best + 1),
    ) {
        let bend = before.0 - 2.0 * scores[best].0 + after.0;
        if bend < 0.0 {
            fraction = ((before.0 - after.0) / (2.0 * bend)).clamp(-0.5, 0.5);
        }
    }
    Some(Fit {
        lag: best as f64 + fraction - most as f64,
        correlation: scores[best].1,
    })
}

/// Sums over leads of the squares of every window of so many samples, by the window's first sample.
fn energies(part: &[&[f64]], window: usize) -> Option<Vec<f64>> {
    let windows = (part.first()?.len() + 1).checked_sub(window)?;
    let mut energies = vec![0.0; windows];
    for row in part {
        let mut sum: f64 = row.get(..window)?.iter().map(|value| value * value).sum();
        for (first, energy) in energies.iter_mut().enumerate() {
            *energy += sum.max(0.0);
            if let Some(next) = row.get(first + window) {
                sum += next * next - row[first] * row[first];
            }
        }
    }
    Some(energies)
}
