//! Fiducials: where the waves of every beat begin, peak and end, in each lead and over all of them.
//!
//! Waves are found on the median of beats that look alike, where noise is low, and over all leads at
//! once; then each lead has its say on its own boundaries, and each beat on where its P and T wave lie.
//! Boundaries are where the slope, smoothed by a cubic spline (a quadratic-spline wavelet as in Martínez
//! et al., IEEE Trans Biomed Eng 2004;51:570), falls to a share of its peak; the shares were fitted to the
//! odd records of LUDB.
//!
//! - `qrs_complex`, `p_wave`, `t_wave`: one wave each, on a template;
//! - `template`: the median beat of one kind with its surroundings;
//! - `delineate`: all of them together; `beat_shape`, `refine`: from the template to the single beat;
//! - `curve`: where a curve rises and falls; `wave_in_lead`: where a wave peaks.

mod beat_shape;
mod curve;
mod delineate;
mod p_wave;
mod qrs_complex;
mod refine;
mod t_wave;
mod template;
mod wave;
mod wave_in_lead;

pub(super) use delineate::{Usual, delineate};
pub use wave::{Wave, Waves};

use super::clean::{CleanRows, clean};
use super::{SignalError, WORKING_RATE, qrs};
use crate::ecg::Ecg;

/// Whether a beat is of the usual kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeatKind {
    /// Of the most frequent shape, and not early.
    Usual,
    /// Of the most frequent shape, but early: most often from the atria.
    Premature,
    /// Of another shape: from the ventricles, aberrant, paced now and then, or spoilt.
    Different,
}

/// One beat; sample numbers at the recording's own rate.
#[derive(Clone, Debug, PartialEq)]
pub struct BeatFiducials {
    /// Whether it is of the usual kind.
    pub kind: BeatKind,
    /// Over all leads: from the first to the last of them, noise left out.
    pub global: Waves,
    /// In each lead, in the recording's order.
    pub leads: Vec<Waves>,
}

/// The fiducials of all whole beats of `ecg`, in order of time, whatever its leads.
///
/// # Errors
/// As [`fiducials_of_rows`].
pub fn fiducials(ecg: &Ecg) -> Result<Vec<BeatFiducials>, SignalError> {
    fiducials_of_rows(ecg.samples(), ecg.sampling_rate())
}

/// As [`fiducials`], of leads that need not be standard ones: shape (lead, sample) in millivolts, at `rate` Hz.
///
/// # Errors
/// A rate outside 100 Hz to 100 kHz, more than an hour, rows of different lengths, a sample that is NaN or
/// infinite, or no QRS complex.
pub fn fiducials_of_rows(rows: &[Vec<f32>], rate: f64) -> Result<Vec<BeatFiducials>, SignalError> {
    let CleanRows { rows: clean, .. } = clean(rows, rate)?;
    let marks = qrs::detect(&clean)?;
    let delineation = delineate(&clean, &marks, &[]);
    let scale = rate / WORKING_RATE;
    let length = rows.first().map_or(0, Vec::len);
    Ok(delineation.at_rate(scale, length))
}

#[cfg(test)]
mod tests;
