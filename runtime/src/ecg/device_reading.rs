//! What the recorder itself measured and said of a recording: something to compare one's own
//! measurements with, never to replace them by.

use std::fmt;

use super::{EcgError, Lead, recording};

/// The recorder's own measurements, median beat and statements, as far as its file holds them.
///
/// Times are in milliseconds, axes in degrees of the frontal plane (0 is lead I, 90 is aVF).
/// `Debug` withholds the statements, so that logs stay free of them.
#[derive(Clone, Default, PartialEq)]
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

impl DeviceReading {
    /// Whether nothing was measured and nothing said.
    pub fn is_empty(&self) -> bool {
        *self == DeviceReading::default()
    }

    /// Whether a statement is the one of GE's recorders on "Poor data quality".
    pub fn says_poor_data_quality(&self) -> bool {
        let says = |statement: &String| statement.to_lowercase().contains("poor data quality");
        self.statements.iter().any(says)
    }
}

impl fmt::Debug for DeviceReading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("DeviceReading")
            .field("heart_rate_bpm", &self.heart_rate_bpm)
            .field("p_ms", &self.p_ms)
            .field("pr_ms", &self.pr_ms)
            .field("qrs_ms", &self.qrs_ms)
            .field("qt_ms", &self.qt_ms)
            .field("qtc_ms", &self.qtc_ms)
            .field("p_axis_degrees", &self.p_axis_degrees)
            .field("qrs_axis_degrees", &self.qrs_axis_degrees)
            .field("t_axis_degrees", &self.t_axis_degrees)
            .field("has_median_beat", &self.median_beat.is_some())
            .finish_non_exhaustive()
    }
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

impl DeviceMedianBeat {
    /// A beat of `leads`, `samples` in millivolts with shape (lead, sample), at `sampling_rate` Hz.
    ///
    /// # Errors
    /// As [`Ecg::new`](super::Ecg::new): what makes no recording makes no beat either.
    pub fn new(
        leads: Vec<Lead>,
        samples: Vec<Vec<f32>>,
        sampling_rate: f64,
    ) -> Result<DeviceMedianBeat, EcgError> {
        recording::check(&leads, &samples, sampling_rate)?;
        Ok(DeviceMedianBeat {
            leads,
            samples,
            sampling_rate,
        })
    }

    /// The samples of one lead in millivolts, if the beat has it.
    pub fn lead(&self, lead: Lead) -> Option<&[f32]> {
        let row = self.leads.iter().position(|&own| own == lead)?;
        self.samples.get(row).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_whether_the_recorder_said_anything() {
        let mut reading = DeviceReading::default();
        assert!(reading.is_empty());
        reading.statements = vec!["*** Poor Data Quality, interpretation may be affected".into()];
        assert!(!reading.is_empty() && reading.says_poor_data_quality());
        reading.statements = vec!["Atrial fibrillation".into()];
        assert!(!reading.says_poor_data_quality());
        let shown = format!("{reading:?}");
        assert!(!shown.contains("fibrillation"), "{shown}");
    }

    #[test]
    fn a_beat_is_checked_like_a_recording() {
        let leads = vec![Lead::I, Lead::V1];
        let beat = DeviceMedianBeat::new(leads.clone(), vec![vec![0.5], vec![-0.5]], 500.0);
        let beat = beat.unwrap();
        assert_eq!(beat.lead(Lead::V1), Some(&[-0.5][..]));
        assert_eq!(beat.lead(Lead::V2), None);
        let unequal = DeviceMedianBeat::new(leads.clone(), vec![vec![0.5], vec![]], 500.0);
        assert!(matches!(unequal, Err(EcgError::UnequalLengths { .. })));
        let twice = DeviceMedianBeat::new(vec![Lead::I; 2], vec![vec![0.5]; 2], 500.0);
        assert_eq!(twice, Err(EcgError::DuplicateLead { lead: Lead::I }));
    }
}
