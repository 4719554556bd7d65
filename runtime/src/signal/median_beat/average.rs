//! The median over aligned beats, sample by sample.

use super::MedianBeat;
use crate::signal::fractional::{Window, median_of_windows};
use crate::signal::milliseconds;
use crate::signal::quantile::median;

/// The PR level is read between these times before QRS onset.
const PR_FROM: usize = milliseconds(24);
const PR_TO: usize = milliseconds(4);

/// The median, shape (lead, `before` + `after`), of what lies so many samples about each of `references`.
pub(super) fn median_about(
    rows: &[&[f64]],
    references: &[f64],
    before: usize,
    after: usize,
) -> Vec<Vec<f64>> {
    let cut = |row: &[f64], at: f64| Window::cut(row, at - before as f64, before + after);
    rows.iter()
        .map(|row| median_of_windows(references.iter().map(|&at| cut(row, at)).collect()))
        .collect()
}

/// The median beat, shape (lead, 600), of windows that begin `start` samples after each of `references`,
/// with QRS onset at its place in the window: the PR level is taken off each beat and off the result.
pub(super) fn median_of_levelled_beats(
    rows: &[Vec<f64>],
    references: &[f64],
    start: f64,
) -> Vec<Vec<f64>> {
    let segment = MedianBeat::QRS_ONSET - PR_FROM..MedianBeat::QRS_ONSET - PR_TO;
    rows.iter()
        .map(|row| {
            let mut windows = windows(row, references, start);
            for window in &mut windows {
                let known =
                    segment.start.max(window.known.start)..segment.end.min(window.known.end);
                let level = median(window.values.get(known).unwrap_or_default());
                window.values.iter_mut().for_each(|value| *value -= level);
            }
            let mut beat = median_of_windows(windows);
            let level = median(&beat[segment.clone()]);
            beat.iter_mut().for_each(|value| *value -= level);
            beat
        })
        .collect()
}

fn windows(row: &[f64], references: &[f64], start: f64) -> Vec<Window> {
    references
        .iter()
        .map(|at| Window::cut(row, at + start, MedianBeat::SAMPLES))
        .collect()
}
