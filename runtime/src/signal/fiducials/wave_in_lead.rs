//! The peak of a wave whose ends are known.

use super::curve::{highest, joined};
use super::wave::Wave;

/// The wave between two places of a lead, with its peak: where the lead is farthest from the line
/// between its values there. None where the lead is straight.
pub(super) fn peak_in_lead(row: &[f64], onset: f64, offset: f64) -> Option<Wave> {
    let heights = heights(row, onset, offset);
    let peak = highest(&heights, 0..heights.len())?;
    (heights[peak] > 0.0).then(|| Wave {
        onset,
        peak: onset.ceil() + peak as f64,
        offset,
    })
}

/// As [`peak_in_lead`], of the vector of all leads.
pub(super) fn peak_over_leads(rows: &[Vec<f64>], onset: f64, offset: f64) -> f64 {
    let rows: Vec<Vec<f64>> = rows.iter().map(|row| heights(row, onset, offset)).collect();
    let vector = joined(&rows);
    match highest(&vector, 0..vector.len()) {
        Some(peak) => onset.ceil() + peak as f64,
        None => (onset + offset) / 2.0,
    }
}

/// Largest height of a wave in the vector of all leads, over the line between its ends.
pub(super) fn height_over_leads(rows: &[Vec<f64>], wave: &Wave) -> f64 {
    let heights = rows.iter().map(|row| heights(row, wave.onset, wave.offset));
    joined(&heights.collect::<Vec<_>>())
        .into_iter()
        .fold(0.0, f64::max)
}

/// Largest height of a wave over the line between its ends, in the unit of `row`.
pub(super) fn height(row: &[f64], onset: f64, offset: f64) -> f64 {
    heights(row, onset, offset).into_iter().fold(0.0, f64::max)
}

/// Distances of the samples between two places from the line between the values there.
fn heights(row: &[f64], onset: f64, offset: f64) -> Vec<f64> {
    let from = onset.max(0.0).ceil() as usize;
    let to = (offset.max(0.0).floor() as usize + 1).min(row.len());
    let Some(part) = row.get(from..to) else {
        return Vec::new();
    };
    let (Some(&first), Some(&last)) = (part.first(), part.last()) else {
        return Vec::new();
    };
    let length = (part.len() - 1).max(1) as f64;
    part.iter()
        .enumerate()
        .map(|(n, value)| (value - first - (last - first) * n as f64 / length).abs())
        .collect()
}
