//! Everything there is to know of a recording, from one cleaning of its leads.

use super::beat_classes::{self, BeatClass};
use super::clean::{CleanRows, clean};
use super::fiducials::{BeatFiducials, delineate};
use super::measurements::{self, Measurements};
use super::median_beat::{self, MedianBeat};
use super::{SignalError, WORKING_RATE, qrs};
use crate::ecg::{Ecg, Lead};

/// A recording cleaned, with its QRS complexes: what measurements and the median beat are made of.
///
/// Of a recording that has the twelve standard leads, or allows to derive them, these are measured;
/// of any other its own leads.
pub struct Analysis {
    ecg: Ecg,
    clean: CleanRows,
    marks: Vec<usize>,
    classes: Vec<BeatClass>,
}

impl Analysis {
    /// Cleans a recording and finds its QRS complexes.
    ///
    /// # Errors
    /// A rate outside 100 Hz to 100 kHz, more than an hour, or no QRS complex.
    pub fn of(ecg: &Ecg) -> Result<Analysis, SignalError> {
        let ecg = ecg.twelve_leads().unwrap_or_else(|_| ecg.clone());
        let clean = clean(ecg.samples(), ecg.sampling_rate())?;
        let marks = qrs::detect(&clean.rows)?;
        let classes = beat_classes::classes_in_short(&clean.rows, &marks);
        Ok(Analysis {
            ecg,
            clean,
            marks,
            classes,
        })
    }

    /// The leads that are measured, in the order of [`BeatFiducials::leads`].
    pub fn leads(&self) -> &[Lead] {
        self.ecg.leads()
    }

    /// The mains frequency in Hz that was filtered out, if hum was found.
    pub fn mains_hz(&self) -> Option<f64> {
        self.clean.mains_hz
    }

    /// Measurements, and the fiducials they are made of: sample numbers at the recording's own rate, counted
    /// from 0.
    pub fn measure(&self) -> (Measurements, Vec<BeatFiducials>) {
        let delineation = delineate(&self.clean.rows, &self.marks, &self.classes);
        let length = self.clean.rows.first().map_or(0, Vec::len);
        let beats = delineation.at_rate(1.0, length);
        let usual = delineation.usual.as_ref();
        let measurements = measurements::measure(self.ecg.leads(), &self.marks, &beats, usual);
        let scale = self.ecg.sampling_rate() / WORKING_RATE;
        let own_length = self.ecg.samples_per_lead();
        (measurements, delineation.at_rate(scale, own_length))
    }

    /// The median beat; see [`median_beat`](super::median_beat).
    ///
    /// # Errors
    /// As [`median_beat`](super::median_beat), but for those of [`Analysis::of`].
    pub fn median_beat(&self) -> Result<MedianBeat, SignalError> {
        median_beat::from_clean(&self.ecg, &self.clean, &self.marks, &self.classes)
    }
}
