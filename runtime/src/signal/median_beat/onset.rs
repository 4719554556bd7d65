//! Where the QRS complex of a median beat begins.

use crate::signal::beat_classes::independent_rows;
use crate::signal::milliseconds;
use crate::signal::quiet_level::quiet_level;

/// The QRS complex peaks within this distance of where the beats were aligned.
const PEAK_SEARCH: usize = milliseconds(120);
/// The PR segment lies this far before the steepest moment of QRS, which comes late in a paced one.
const QUIET_FROM: usize = milliseconds(200);
const QUIET_TO: usize = milliseconds(40);
/// So long after its onset the usual QRS is steepest, which is taken for one without a visible onset.
const USUAL_RISE: usize = milliseconds(40);
/// Velocity must stay low this long to be outside QRS.
const QUIET_WIDTH: usize = milliseconds(12);
/// QRS begins where velocity leaves the PR segment's by this share of the way to its peak.
const SHARE: f64 = 0.04;

/// The sample at which QRS begins in `beat` (twelve rows in standard order, millivolts), aligned at
/// sample `expected`.
///
/// Where velocity never comes to rest before QRS (flutter, a fast wide rhythm), 40 ms before the
/// steepest moment.
///
/// Spatial velocity: the length of the change over 8 ms of the vector of the eight independent leads.
pub(super) fn qrs_onset(beat: &[Vec<f64>], expected: usize) -> usize {
    let velocity = spatial_velocity(beat);
    let length = velocity.len();
    let search = expected.saturating_sub(PEAK_SEARCH)..(expected + PEAK_SEARCH).min(length);
    let Some(peak) = search.max_by(|&one, &other| velocity[one].total_cmp(&velocity[other])) else {
        return expected;
    };
    let quiet =
        quiet_level(&velocity[peak.saturating_sub(QUIET_FROM)..peak.saturating_sub(QUIET_TO)]);
    let threshold = quiet + SHARE * (velocity[peak] - quiet);
    let mut low = 0;
    for sample in (peak.saturating_sub(QUIET_FROM)..peak).rev() {
        if velocity[sample] < threshold {
            low += 1;
            if low == QUIET_WIDTH {
                return sample + QUIET_WIDTH;
            }
        } else {
            low = 0;
        }
    }
    peak.saturating_sub(USUAL_RISE)
}

fn spatial_velocity(beat: &[Vec<f64>]) -> Vec<f64> {
    let rows = independent_rows(beat);
    let length = rows.first().map_or(0, |row| row.len());
    let reach = milliseconds(4);
    (0..length)
        .map(|n| {
            let (before, after) = (n.saturating_sub(reach), (n + reach).min(length - 1));
            rows.iter()
                .map(|row| (row[after] - row[before]).powi(2))
                .sum::<f64>()
                .sqrt()
        })
        .collect()
}
