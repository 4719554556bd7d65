//! What was measured on the ECG.

use std::mem::offset_of;

use super::ResultHandle;
use crate::boundary::guarded;
use crate::pointer;
use crate::status::Status;
use crate::structure::{self, Structure};

/// What was measured on the ECG; NaN where there is no such wave. The report holds more.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Measurements {
    /// sizeof(ecg2mri_measurements) before, and the bytes that were filled after.
    pub size: usize,
    /// Mean ventricular rate in beats per minute.
    pub heart_rate_bpm: f64,
    /// P onset to P offset.
    pub p_ms: f64,
    /// P onset to QRS onset.
    pub pr_ms: f64,
    /// QRS onset to QRS offset.
    pub qrs_ms: f64,
    /// QRS onset to T offset.
    pub qt_ms: f64,
    /// QT for a rate of 60 by Bazett's formula.
    pub qtc_bazett_ms: f64,
    /// The same by Fridericia's.
    pub qtc_fridericia_ms: f64,
    /// The same by the Framingham study's.
    pub qtc_framingham_ms: f64,
    /// The same by Hodges'.
    pub qtc_hodges_ms: f64,
    /// Axis of the P wave in the frontal plane; 0 is lead I, 90 is aVF.
    pub p_axis_deg: f64,
    /// Axis of the QRS complex.
    pub qrs_axis_deg: f64,
    /// Axis of the T wave.
    pub t_axis_deg: f64,
    /// S in V1 plus the larger R of V5 and V6.
    pub sokolow_lyon_mv: f64,
    /// R in aVL plus S in V3.
    pub cornell_mv: f64,
    /// Whole beats, whose waves were looked for.
    pub beats_measured: usize,
    /// Of these, early ones of the usual shape.
    pub premature_beats: usize,
    /// Of these, ones of another shape.
    pub different_beats: usize,
}

// SAFETY: `repr(C)`, its size first; zeros are values of its fields.
unsafe impl Structure for Measurements {
    const FIRST_SIZE: usize = offset_of!(Measurements, different_beats) + size_of::<usize>();
    const NAME: &'static str = "ecg2mri_measurements";
}

/// Fills `*measurements`, whose size must be set.
///
/// # Safety
/// `result` is null, or came from ecg2mri_generate() and is not freed; `measurements` is null or leads to a structure
/// whose size is what it says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ecg2mri_result_measurements(
    result: *const ResultHandle,
    measurements: *mut Measurements,
) -> Status {
    guarded(|| {
        // SAFETY: a result, by the caller's promise.
        let handle = unsafe { pointer::reference(result, "result")? };
        let measured = &handle.generated.measurements;
        let or_nan = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let (qtc, axes) = (&measured.qtc_ms, &measured.axes_deg);
        let value = Measurements {
            size: size_of::<Measurements>(),
            heart_rate_bpm: or_nan(measured.heart_rate_bpm),
            p_ms: or_nan(measured.p_ms),
            pr_ms: or_nan(measured.pr_ms),
            qrs_ms: or_nan(measured.qrs_ms),
            qt_ms: or_nan(measured.qt_ms),
            qtc_bazett_ms: or_nan(qtc.as_ref().map(|qtc| qtc.bazett)),
            qtc_fridericia_ms: or_nan(qtc.as_ref().map(|qtc| qtc.fridericia)),
            qtc_framingham_ms: or_nan(qtc.as_ref().map(|qtc| qtc.framingham)),
            qtc_hodges_ms: or_nan(qtc.as_ref().map(|qtc| qtc.hodges)),
            p_axis_deg: or_nan(axes.p),
            qrs_axis_deg: or_nan(axes.qrs),
            t_axis_deg: or_nan(axes.t),
            sokolow_lyon_mv: or_nan(measured.sokolow_lyon_mv),
            cornell_mv: or_nan(measured.cornell_mv),
            beats_measured: measured.beats_measured,
            premature_beats: measured.premature_beats,
            different_beats: measured.different_beats,
        };
        // SAFETY: a structure of its size, by the caller's promise.
        unsafe { structure::fill(measurements, &value) }
    })
}
