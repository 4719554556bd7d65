//! The band of a diagnostic ECG: zero-phase 0.5–100 Hz, and a notch only where hum is found.

use std::fmt;

use super::{Band, Sections, butterworth, mains_frequency};
use crate::ecg::Ecg;
use crate::signal::SignalError;
use crate::signal::resample::check_rate;

/// Corners in Hz. For zero-phase filters AHA/ACC/HRS 2007 (Kligfield et al., Circulation
/// 2007;115:1306) allow a high-pass of up to 0.67 Hz without harm to ST.
const HIGH_PASS_HZ: f64 = 0.5;
const LOW_PASS_HZ: f64 = 100.0;
/// Half the width of the notch in Hz.
const NOTCH_HALF_WIDTH: f64 = 1.0;
/// Order of each pass; forward and backward it counts twice.
const ORDER: usize = 2;
/// Two periods of the high-pass corner.
const PADDING_S: f64 = 4.0;

/// The filters for leads of one recording. `Display` says which they are.
#[derive(Clone, Debug, PartialEq)]
pub struct DiagnosticBand {
    filters: Vec<Sections>,
    padding: usize,
    has_low_pass: bool,
    mains_hz: Option<f64>,
}

impl DiagnosticBand {
    /// The filters for `rows` (millivolts, one per lead) at `sampling_rate` Hz: the notch is where
    /// their hum is. A corner above half the rate is left out, since nothing is recorded there.
    ///
    /// # Errors
    /// A rate below 1 Hz, above 100 kHz, or not a number.
    pub fn for_rows(rows: &[Vec<f64>], sampling_rate: f64) -> Result<Self, SignalError> {
        check_rate(sampling_rate)?;
        let design = |band| butterworth(ORDER, band, sampling_rate).ok();
        let mains_hz = mains_frequency(rows, sampling_rate);
        let low_pass = design(Band::LowPass {
            cutoff_hz: LOW_PASS_HZ,
        });
        let notch = mains_hz.and_then(|mains| {
            design(Band::BandStop {
                low_hz: mains - NOTCH_HALF_WIDTH,
                high_hz: mains + NOTCH_HALF_WIDTH,
            })
        });
        let high_pass = design(Band::HighPass {
            cutoff_hz: HIGH_PASS_HZ,
        });
        Ok(Self {
            padding: (PADDING_S * sampling_rate) as usize,
            has_low_pass: low_pass.is_some(),
            mains_hz,
            filters: [high_pass, low_pass, notch].into_iter().flatten().collect(),
        })
    }

    /// A lead in this band.
    pub fn apply(&self, row: Vec<f64>) -> Vec<f64> {
        self.filters
            .iter()
            .fold(row, |row, filter| filter.zero_phase(&row, self.padding))
    }

    /// Leads of one length in this band.
    pub(in crate::signal) fn apply_to_rows(&self, rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        self.filters.iter().fold(rows, |rows, filter| {
            filter.zero_phase_rows(&rows, self.padding)
        })
    }

    /// The mains frequency that is filtered out, in Hz, if hum was found.
    pub fn mains_hz(&self) -> Option<f64> {
        self.mains_hz
    }

    /// A recording with every lead in this band, at its own rate, and the band.
    ///
    /// # Errors
    /// As [`for_rows`](Self::for_rows); samples so large that filtering makes them infinite.
    pub fn of_recording(ecg: &Ecg) -> Result<(Ecg, Self), SignalError> {
        let rows: Vec<Vec<f64>> = ecg
            .samples()
            .iter()
            .map(|row| row.iter().copied().map(f64::from).collect())
            .collect();
        let band = Self::for_rows(&rows, ecg.sampling_rate())?;
        let rows = rows.iter().map(|row| {
            let filtered = band.apply_between_mirrors(row);
            filtered.into_iter().map(|value| value as f32).collect()
        });
        let filtered = Ecg::new(ecg.leads().to_vec(), rows.collect(), ecg.sampling_rate())?;
        Ok((filtered, band))
    }

    /// As [`apply`](Self::apply) to the signal continued by its mirror image. Turned about an end
    /// within a QRS complex, as it is else, it would bend the last second to be looked at.
    fn apply_between_mirrors(&self, row: &[f64]) -> Vec<f64> {
        let length = self.padding.min(row.len());
        let before = row[..length].iter().rev();
        let after = row[row.len() - length..].iter().rev();
        let mirrored = before.chain(row).chain(after).copied().collect();
        let filtered = self.apply(mirrored);
        filtered[length..length + row.len()].to_vec()
    }
}

impl fmt::Display for DiagnosticBand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.has_low_pass {
            write!(formatter, "{HIGH_PASS_HZ}-{LOW_PASS_HZ} Hz")?;
        } else {
            write!(formatter, "above {HIGH_PASS_HZ} Hz")?;
        }
        match self.mains_hz {
            Some(mains) => write!(formatter, ", notch {mains} Hz"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
