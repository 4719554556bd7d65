//! What the recorder itself measured and said of a recording: something to compare one's own
//! measurements with, never to replace them by.

use super::Lead;

/// The recorder's own measurements, median beat and statements, as far as its file holds them.
///
/// Times are in milliseconds, axes in degrees of the frontal plane (0 is lead I, 90 is aVF).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceReading {
    /// Ventricular rate in beats per minute.
    pub heart_rate_bpm: Option<f64>,
    /// P onset to P offset.
    pub p_ms: Option<f64>,
    /// P onset to QRS onset.
    pub pr_ms: Option<f64>,
    /// QRS onset to QRS offset.
    pub qrs_ms: Option<f64>,
    /// QRS onset to T offset.
    pub qt_ms: Option<f64>,
    /// QT for a heart rate of 60, by the recorder's own formula (most take Bazett's).
    pub qtc_ms: Option<f64>,
    /// Axis of the P wave.
    pub p_axis_degrees: Option<f64>,
    /// Axis of the QRS complex.
    pub qrs_axis_degrees: Option<f64>,
    /// Axis of the T wave.
    pub t_axis_degrees: Option<f64>,
    /// The recorder's median (representative, average) beat.
    pub median_beat: Option<DeviceMedianBeat>,
    /// Its statements, one line each, as `Sinus rhythm`; they may name the patient's illness.
    pub statements: Vec<String>,
}

/// A median beat as the recorder made it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceMedianBeat {
    /// The leads, in the order of the rows of `samples`.
    pub leads: Vec<Lead>,
    /// Samples in millivolts, shape (lead, sample).
    pub samples: Vec<Vec<f32>>,
    /// Samples per second and lead, in Hz.
    pub sampling_rate: f64,
}
