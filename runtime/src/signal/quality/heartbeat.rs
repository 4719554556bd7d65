//! Does every lead show the heart beats that all leads together show?

use super::Reason;
use super::strip::{HALF_QRS, Strip, median, swing};
use crate::ecg::Lead;
use crate::signal::filter::{Band, at_working_rate};
use crate::signal::milliseconds;
use crate::signal::quantile::quantile;

/// Where QRS complexes are large, and drift, hum and most muscle noise are not.
const BAND_HZ: (f64, f64) = (5.0, 40.0);
const PADDING: usize = milliseconds(400);
/// QRS complexes are so many times as high as the quiet parts of their lead. Noise alone has a ratio of
/// 1.2, and 1.64 once in a thousand times; chest leads of real recordings have 2.6 and more.
const LEAST_PROMINENCE: f64 = 1.6;
/// The share of windows that are quieter than what counts as the quiet parts.
const QUIET: f64 = 0.25;
const STEP: usize = milliseconds(40);
/// Millivolts that keep a perfectly still lead from dividing by nothing.
const FLOOR: f64 = 1e-4;

/// Chest leads without beats, and limb leads where two of I, II and III have none: the QRS complex of a single
/// one may be level by nature, but a loose electrode takes two with it.
pub(super) fn reason(strip: &Strip) -> Option<Reason> {
    if strip.beats.is_empty() {
        return None;
    }
    let silent = |lead: &Lead| prominence(strip, *lead).is_some_and(|own| own < LEAST_PROMINENCE);
    let (limb, chest) = Lead::STANDARD.split_at(6);
    let mut leads: Vec<Lead> = limb[..3].iter().copied().filter(silent).collect();
    if leads.len() < 2 {
        leads.clear();
    }
    leads.extend(chest.iter().copied().filter(silent));
    (!leads.is_empty()).then_some(Reason::NoHeartbeat { leads })
}

/// The height of QRS complexes over that of the quiet parts.
fn prominence(strip: &Strip, lead: Lead) -> Option<f64> {
    let (low, high) = BAND_HZ;
    let row = at_working_rate(2, Band::HighPass { cutoff_hz: low })
        .zero_phase(strip.row(&strip.rows, lead)?, PADDING);
    let row = at_working_rate(2, Band::LowPass { cutoff_hz: high }).zero_phase(&row, PADDING);
    let quiet: Vec<f64> = row.windows(2 * HALF_QRS).step_by(STEP).map(swing).collect();
    let at_beats: Vec<f64> = strip.beats_in(&row).map(swing).collect();
    Some(median(&at_beats) / (quantile(&quiet, QUIET) + FLOOR))
}
