//! What is measured of a recording: rate, intervals, axes, voltages.
//!
//! - `rhythm`: heart rate and how RR intervals vary;
//! - `corrected_qt`: QT for a rate of 60 by four formulas;
//! - `axes`: directions in the frontal plane;
//! - `amplitudes`: how high waves are in each lead, and voltage criteria.

mod amplitudes;
mod axes;
mod corrected_qt;
mod rhythm;

pub use amplitudes::LeadAmplitudes;
pub use axes::Axes;
pub use corrected_qt::CorrectedQt;
pub use rhythm::RrVariability;

use serde::{Deserialize, Serialize};

use super::WORKING_RATE;
use super::fiducials::{BeatFiducials, BeatKind, Usual, Waves};
use super::quantile::median;
use crate::ecg::Lead;

/// Measurements of a recording. What cannot be measured, as PR without a P wave, is `None`.
///
/// Intervals are those over all leads, from the first onset to the last offset of a wave, noise left
/// out (as The CSE Working Party, Eur Heart J 1985;6:815), in the middle of the usual beats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Measurements {
    /// Mean ventricular rate in beats per minute, of all beats found.
    pub heart_rate_bpm: Option<f64>,
    /// P onset to P offset.
    pub p_ms: Option<f64>,
    /// P onset to QRS onset.
    pub pr_ms: Option<f64>,
    /// QRS onset to QRS offset.
    pub qrs_ms: Option<f64>,
    /// QRS onset to T offset.
    pub qt_ms: Option<f64>,
    /// QT for a rate of 60.
    pub qtc_ms: Option<CorrectedQt>,
    /// Directions in the frontal plane.
    pub axes_deg: Axes,
    /// Variability of the RR intervals between beats of usual shape and time.
    pub rr: Option<RrVariability>,
    /// S in V1 plus the larger R of V5 and V6 (Sokolow & Lyon, Am Heart J 1949;37:161), in mV.
    pub sokolow_lyon_mv: Option<f64>,
    /// R in aVL plus S in V3 (Casale et al., J Am Coll Cardiol 1985;6:572), in mV.
    pub cornell_mv: Option<f64>,
    /// Whole beats, whose waves were looked for.
    pub beats_measured: usize,
    /// Of these, early ones of the usual shape.
    pub premature_beats: usize,
    /// Of these, ones of another shape.
    pub different_beats: usize,
    /// How high waves are, lead by lead.
    pub amplitudes_mv: Vec<LeadAmplitudes>,
}

/// Measures a recording: `marks` are its QRS complexes and `beats` its fiducials, both at the working rate;
/// `usual` is its most frequent beat, of `leads`.
pub(super) fn measure(
    leads: &[Lead],
    marks: &[usize],
    beats: &[BeatFiducials],
    usual: Option<&Usual>,
) -> Measurements {
    let interval = |of: fn(&Waves) -> Option<f64>| middle_interval(beats, of);
    let heart_rate_bpm = rhythm::heart_rate_bpm(marks);
    let qt_ms = interval(|waves| Some(waves.t?.offset - waves.qrs?.onset));
    let of_kind = |kind: BeatKind| beats.iter().filter(|beat| beat.kind == kind).count();
    let amplitudes_mv: Vec<LeadAmplitudes> = usual.map_or(Vec::new(), |usual| {
        leads
            .iter()
            .zip(&usual.rows)
            .zip(&usual.leads)
            .map(|((&lead, row), waves)| LeadAmplitudes::of(lead, row, waves, &usual.global))
            .collect()
    });
    Measurements {
        heart_rate_bpm,
        p_ms: interval(|waves| Some(waves.p?.duration())),
        pr_ms: interval(|waves| Some(waves.qrs?.onset - waves.p?.onset)),
        qrs_ms: interval(|waves| Some(waves.qrs?.duration())),
        qt_ms,
        qtc_ms: qt_ms
            .zip(heart_rate_bpm)
            .map(|(qt, rate)| CorrectedQt::of(qt, rate)),
        axes_deg: usual.map_or(Axes::default(), |usual| Axes::of(leads, usual)),
        rr: RrVariability::of(beats),
        sokolow_lyon_mv: amplitudes::sokolow_lyon_mv(&amplitudes_mv),
        cornell_mv: amplitudes::cornell_mv(&amplitudes_mv),
        beats_measured: beats.len(),
        premature_beats: of_kind(BeatKind::Premature),
        different_beats: of_kind(BeatKind::Different),
        amplitudes_mv,
    }
}

/// The middle of an interval, in ms, over the usual beats that have it; where none is usual, over all.
fn middle_interval(beats: &[BeatFiducials], of: fn(&Waves) -> Option<f64>) -> Option<f64> {
    let over = |kept: &dyn Fn(&BeatFiducials) -> bool| -> Vec<f64> {
        beats
            .iter()
            .filter(|beat| kept(beat))
            .filter_map(|beat| of(&beat.global))
            .collect()
    };
    let usual = over(&|beat| beat.kind == BeatKind::Usual);
    let intervals = if usual.is_empty() {
        over(&|_| true)
    } else {
        usual
    };
    (!intervals.is_empty()).then(|| 1000.0 / WORKING_RATE * median(&intervals))
}

#[cfg(test)]
mod tests;
