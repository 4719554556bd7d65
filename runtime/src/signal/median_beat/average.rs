//! The median over aligned beats, sample by sample.

use super::MedianBeat;
use crate::signal::milliseconds;
use crate::signal::qrs::median;

/// The PR level is read between these times before QRS onset.
const PR_FROM: usize = milliseconds(24);
const PR_TO: usize = milliseconds(4);

/// The median beat, shape (lead, 600), of windows that begin `start` samples after each of `references`.
pub(super) fn median_of_beats(
    rows: &[Vec<f64>],
    references: &[isize],
    start: isize,
) -> Vec<Vec<f64>> {
    rows.iter()
        .map(|row| {
            median_row(
                row,
                &references
                    .iter()
                    .map(|&at| (at + start, 0.0))
                    .collect::<Vec<_>>(),
            )
        })
        .collect()
}

/// As [`median_of_beats`], with QRS onset at its place in the window: the PR level is taken off each
/// beat and off the result.
pub(super) fn median_of_levelled_beats(
    rows: &[Vec<f64>],
    references: &[isize],
    start: isize,
) -> Vec<Vec<f64>> {
    let level_of = |row: &[f64], window: isize| {
        let onset = window + MedianBeat::QRS_ONSET as isize;
        let last = row.len() as isize;
        let from = (onset - PR_FROM as isize).clamp(0, last) as usize;
        let to = (onset - PR_TO as isize).clamp(0, last) as usize;
        median(&row[from..to])
    };
    rows.iter()
        .map(|row| {
            let windows: Vec<(isize, f64)> = references
                .iter()
                .map(|&at| (at + start, level_of(row, at + start)))
                .collect();
            let mut beat = median_row(row, &windows);
            let level =
                median(&beat[MedianBeat::QRS_ONSET - PR_FROM..MedianBeat::QRS_ONSET - PR_TO]);
            beat.iter_mut().for_each(|value| *value -= level);
            beat
        })
        .collect()
}

/// `windows` give each beat's first sample and the level to take off it.
fn median_row(row: &[f64], windows: &[(isize, f64)]) -> Vec<f64> {
    let mut values = Vec::with_capacity(windows.len());
    let mut beat: Vec<Option<f64>> = Vec::with_capacity(MedianBeat::SAMPLES);
    for n in 0..MedianBeat::SAMPLES as isize {
        values.clear();
        values.extend(windows.iter().filter_map(|&(start, level)| {
            let index = usize::try_from(start + n).ok()?;
            row.get(index).map(|value| value - level)
        }));
        beat.push((!values.is_empty()).then(|| median(&values)));
    }
    fill_ends(&beat)
}

/// Repeats the first and last known sample where no beat has any: every window is one run of known
/// samples, so unknown ones lie at the ends.
fn fill_ends(beat: &[Option<f64>]) -> Vec<f64> {
    let first = beat.iter().flatten().next().copied().unwrap_or(0.0);
    let mut known = first;
    beat.iter()
        .map(|value| {
            known = value.unwrap_or(known);
            known
        })
        .collect()
}
