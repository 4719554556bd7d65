//! The band of a diagnostic ECG: zero-phase 0.5–100 Hz, and a notch only where hum is found.

use std::fmt;

use super::{Band, Sections, butterworth, mains_frequency};
use crate::ecg::Ecg;
use crate::signal::SignalError;
use crate::signal::resample::check_rate;

/// Corners in Hz. For zero-phase filters AHA/ACC/HRS 2007 allow a high-pass of up to 0.67 Hz
/// without harm to ST.
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
        let rows = rows.into_iter().map(|row| {
            let filtered = band.apply(row);
            filtered.into_iter().map(|value| value as f32).collect()
        });
        let filtered = Ecg::new(ecg.leads().to_vec(), rows.collect(), ecg.sampling_rate())?;
        Ok((filtered, band))
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
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn sine(frequency: f64, rate: f64) -> Vec<f64> {
        (0..(10.0 * rate) as usize)
            .map(|n| (2.0 * PI * frequency * n as f64 / rate).sin())
            .collect()
    }

    fn power(row: &[f64]) -> f64 {
        // Away from the ends.
        let middle = &row[row.len() / 4..3 * row.len() / 4];
        middle.iter().map(|value| value * value).sum::<f64>() / middle.len() as f64
    }

    #[test]
    fn the_band_passes_and_the_rest_does_not() {
        for rate in [250.0, 500.0, 1000.0, 8000.0] {
            let band = DiagnosticBand::for_rows(&[sine(10.0, rate)], rate).unwrap();
            assert_eq!(band.to_string(), "0.5-100 Hz");
            for (frequency, low, high) in [(0.1, 0.0, 0.01), (10.0, 0.99, 1.01), (120.0, 0.0, 0.2)] {
                let gain = power(&band.apply(sine(frequency, rate))) / 0.5;
                assert!((low..=high).contains(&gain), "{rate} {frequency}: {gain}");
            }
        }
    }

    #[test]
    fn it_says_what_it_does() {
        let hum = DiagnosticBand::for_rows(&[sine(50.0, 500.0)], 500.0).unwrap();
        assert_eq!(hum.to_string(), "0.5-100 Hz, notch 50 Hz");
        assert_eq!(hum.mains_hz(), Some(50.0));
        let slow = DiagnosticBand::for_rows(&[sine(5.0, 128.0)], 128.0).unwrap();
        assert_eq!(slow.to_string(), "above 0.5 Hz");
        for rate in [0.0, 0.5, 1e6, f64::NAN] {
            assert!(DiagnosticBand::for_rows(&[vec![0.0; 9]], rate).is_err());
        }
    }

    #[test]
    fn a_recording_keeps_its_leads_and_length() {
        use crate::ecg::Lead;
        let row: Vec<f32> = sine(0.05, 500.0).iter().map(|&value| value as f32).collect();
        let ecg = Ecg::new(vec![Lead::V2, Lead::I], vec![row.clone(), row], 500.0).unwrap();
        let (filtered, _) = DiagnosticBand::of_recording(&ecg).unwrap();
        assert_eq!(filtered.leads(), ecg.leads());
        assert_eq!(filtered.samples_per_lead(), ecg.samples_per_lead());
        let largest = filtered.samples()[0].iter().fold(0.0f32, |most, v| most.max(v.abs()));
        assert!(largest < 0.2, "wander is gone: {largest}");
    }
}
