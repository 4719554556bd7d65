//! Second thoughts on beats that break the rhythm: artefacts that outdid a beat beside them, and waves
//! of the atria, or their pacing spikes, that passed for one.

use super::REFRACTORY;
use crate::signal::beat_classes;
use crate::signal::milliseconds;
use crate::signal::quantile::median;

/// Intervals within this share of the usual one are in rhythm.
const IN_RHYTHM: f64 = 0.15;
/// A rhythm is known, and what is usual, from so many beats on.
const LEAST_BEATS: usize = 5;
/// Where the usual complex fits so well, there is one.
const LEAST_CORRELATION: f64 = 0.9;
/// The ventricle conducts no usual beat so soon after any other.
const SOONEST_USUAL: usize = milliseconds(320);
/// Unless the rhythm is as fast as that: intervals less than so many times as long.
const SLOW: f64 = 1.6;

/// The `beats` in `rows` (at the working rate), those unlike the usual one moved to a usual one close by,
/// or left out where a usual one follows too soon.
pub(super) fn revise(rows: &[Vec<f64>], beats: Vec<usize>) -> Vec<usize> {
    let intervals: Vec<f64> = beats
        .windows(2)
        .map(|pair| (pair[1] - pair[0]) as f64)
        .collect();
    let usual = median(&intervals);
    let in_rhythm = |interval: &f64| (interval - usual).abs() <= IN_RHYTHM * usual;
    if beats.len() < LEAST_BEATS || intervals.iter().all(in_rhythm) {
        return beats;
    }
    let independent = beat_classes::independent_rows(rows);
    let class = beat_classes::main_class(&independent, &beats);
    if class.members.len() * 2 < beats.len() {
        return beats;
    }
    let is_usual: Vec<bool> = (0..beats.len())
        .map(|beat| class.members.iter().any(|member| member.beat == beat))
        .collect();
    let mut revised = Vec::with_capacity(beats.len());
    for (number, &beat) in beats.iter().enumerate() {
        if is_usual[number] {
            revised.push(beat);
            continue;
        }
        let next = beats.get(number + 1).copied();
        let too_soon = next.is_some_and(|next| next - beat < SOONEST_USUAL)
            && is_usual.get(number + 1) == Some(&true)
            && usual > SLOW * SOONEST_USUAL as f64;
        if too_soon {
            continue;
        }
        let before = revised.last().map_or(0, |&before| before + REFRACTORY);
        let after = next.map_or(usize::MAX, |next| next.saturating_sub(REFRACTORY));
        let nearby = beat.saturating_sub(REFRACTORY).max(before)..(beat + REFRACTORY).min(after);
        let found = class
            .best_fit(&independent, nearby)
            .filter(|&(_, correlation)| correlation >= LEAST_CORRELATION);
        revised.push(found.map_or(beat, |(place, _)| place));
    }
    revised
}
