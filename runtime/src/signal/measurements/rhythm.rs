//! Heart rate, and how the intervals between beats vary.

use serde::{Deserialize, Serialize};

use crate::signal::WORKING_RATE;
use crate::signal::fiducials::{BeatFiducials, BeatKind};

/// An interval that differs from the one before by more than this counts for pNN50, in ms.
const DIFFERENT_MS: f64 = 50.0;

/// Variability of the intervals between neighbouring beats of usual shape and time (Task Force of
/// the ESC and NASPE, Circulation 1996;93:1043). Ten seconds give a rough idea of it only.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RrVariability {
    /// Number of intervals.
    pub intervals: usize,
    /// Their mean, in ms.
    pub mean_ms: f64,
    /// Their standard deviation (of a sample), in ms.
    pub sdnn_ms: f64,
    /// Root of the mean square of the changes from one to the next, in ms.
    pub rmssd_ms: f64,
    /// Share of these changes that exceed 50 ms, in percent.
    pub pnn50_percent: f64,
}

impl RrVariability {
    /// Of beats at the working rate; none where fewer than three usual ones follow one another.
    pub(super) fn of(beats: &[BeatFiducials]) -> Option<RrVariability> {
        let intervals: Vec<Option<f64>> = beats
            .windows(2)
            .map(|pair| interval_ms(&pair[0], &pair[1]))
            .collect();
        let known: Vec<f64> = intervals.iter().flatten().copied().collect();
        let changes: Vec<f64> = intervals
            .windows(2)
            .filter_map(|pair| Some(pair[1]? - pair[0]?))
            .collect();
        if changes.is_empty() {
            return None;
        }
        let mean_ms = known.iter().sum::<f64>() / known.len() as f64;
        let squares: f64 = known
            .iter()
            .map(|interval| (interval - mean_ms).powi(2))
            .sum();
        let count = changes.len() as f64;
        let different = changes.iter().filter(|change| change.abs() > DIFFERENT_MS);
        Some(RrVariability {
            intervals: known.len(),
            mean_ms,
            sdnn_ms: (squares / (known.len() - 1) as f64).sqrt(),
            rmssd_ms: (changes.iter().map(|change| change * change).sum::<f64>() / count).sqrt(),
            pnn50_percent: 100.0 * different.count() as f64 / count,
        })
    }
}

/// From QRS onset to QRS onset, which has less noise than a peak.
fn interval_ms(one: &BeatFiducials, next: &BeatFiducials) -> Option<f64> {
    if one.kind != BeatKind::Usual || next.kind != BeatKind::Usual {
        return None;
    }
    let samples = next.global.qrs?.onset - one.global.qrs?.onset;
    Some(1000.0 / WORKING_RATE * samples)
}

/// The mean rate of beats at `marks`, at the working rate; none of a single beat.
pub(super) fn heart_rate_bpm(marks: &[usize]) -> Option<f64> {
    let (first, last) = (marks.first()?, marks.last()?);
    let samples = last.checked_sub(*first).filter(|&samples| samples > 0)?;
    let intervals = (marks.len() - 1) as f64;
    Some(60.0 * WORKING_RATE * intervals / samples as f64)
}
