//! The recording as the checks look at it.

use crate::ecg::{Ecg, Lead};
use crate::signal::filter::{Band, at_working_rate};
use crate::signal::quantile::quantile;
use crate::signal::resample::resample;
use crate::signal::{SignalError, WORKING_RATE, detect_qrs, milliseconds};

/// Seconds; what is shorter holds no beat to look at, what is longer is no resting ECG.
const LEAST_SECONDS: f64 = 1.0;
const MOST_SECONDS: f64 = 3600.0;
/// Hz; below this no QRS complex has a shape.
const LEAST_RATE: f64 = 100.0;
/// A baseline that does not swing, for measures of height.
const HIGH_PASS_HZ: f64 = 0.5;
const HIGH_PASS_PADDING: usize = milliseconds(4000);
/// Half the width of a QRS complex about its detected middle, ectopic ones included.
pub(super) const HALF_QRS: usize = milliseconds(80);

/// All leads, twelve where they can be had, at the working rate, with their beats.
pub(super) struct Strip {
    /// As recorded or derived, in millivolts at its own rate.
    pub(super) ecg: Ecg,
    /// The same at the working rate, shape (lead, sample), with the offset of each lead taken away.
    pub(super) rows: Vec<Vec<f64>>,
    /// `rows` without what is slower than a heart beat.
    pub(super) level: Vec<Vec<f64>>,
    /// Middles of QRS complexes at the working rate; empty where none was found.
    pub(super) beats: Vec<usize>,
}

impl Strip {
    /// `None` where rate or length are beyond what the checks take; the median beat refuses such a
    /// recording as well.
    pub(super) fn new(ecg: &Ecg) -> Option<Strip> {
        let ecg = ecg.twelve_leads().unwrap_or_else(|_| ecg.clone());
        let seconds = ecg.duration_seconds();
        if ecg.sampling_rate() < LEAST_RATE || !(LEAST_SECONDS..=MOST_SECONDS).contains(&seconds) {
            return None;
        }
        let rows: Vec<Vec<f64>> = ecg
            .samples()
            .iter()
            .map(|row| without_offset(row))
            .collect();
        let rows = resample(&rows, ecg.sampling_rate(), WORKING_RATE).ok()?;
        let high_pass = at_working_rate(
            2,
            Band::HighPass {
                cutoff_hz: HIGH_PASS_HZ,
            },
        );
        let level = rows
            .iter()
            .map(|row| high_pass.zero_phase(row, HIGH_PASS_PADDING))
            .collect();
        let beats = beats(&ecg).unwrap_or_default();
        Some(Strip {
            ecg,
            rows,
            level,
            beats,
        })
    }

    /// The leads, in the order of the rows.
    pub(super) fn leads(&self) -> &[Lead] {
        self.ecg.leads()
    }

    /// The row of a lead among `rows`, one of this strip's fields.
    pub(super) fn row<'a>(&self, rows: &'a [Vec<f64>], lead: Lead) -> Option<&'a [f64]> {
        let position = self.leads().iter().position(|&own| own == lead)?;
        rows.get(position).map(Vec::as_slice)
    }

    /// The QRS complexes of one of the rows, [`HALF_QRS`] to either side of their middles; without
    /// those that the recording's ends cut.
    pub(super) fn beats_in<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = &'a [f64]> {
        let cut = |&beat: &usize| row.get(beat.checked_sub(HALF_QRS)?..beat + HALF_QRS);
        self.beats.iter().filter_map(cut)
    }

    /// Whether each sample at the working rate lies outside of all QRS complexes.
    pub(super) fn between_complexes(&self) -> Vec<bool> {
        let length = self.rows.first().map_or(0, Vec::len);
        let mut between = vec![true; length];
        for &beat in &self.beats {
            let to = (beat + HALF_QRS).min(length);
            let from = beat.saturating_sub(HALF_QRS).min(to);
            between[from..to].fill(false);
        }
        between
    }
}

/// From the lowest to the highest value; 0 of nothing.
pub(super) fn swing(values: &[f64]) -> f64 {
    let highest = values.iter().copied().fold(f64::MIN, f64::max);
    let lowest = values.iter().copied().fold(f64::MAX, f64::min);
    (highest - lowest).max(0.0)
}

/// The middle of the values, the upper one of two; 0 of nothing.
pub(super) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

fn without_offset(row: &[f32]) -> Vec<f64> {
    let row: Vec<f64> = row.iter().map(|&value| f64::from(value)).collect();
    let offset = median(&row);
    row.into_iter().map(|value| value - offset).collect()
}

fn beats(ecg: &Ecg) -> Result<Vec<usize>, SignalError> {
    let to_working_rate = WORKING_RATE / ecg.sampling_rate();
    Ok(detect_qrs(ecg)?
        .into_iter()
        .map(|beat| (beat as f64 * to_working_rate).round() as usize)
        .collect())
}
