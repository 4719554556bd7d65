//! The first 1.2 seconds of one lead, brought to 0..1: what the first cross-modal network of this
//! kind was given, kept so that it can be run and measured.
//!
//! The piece begins anywhere in the heart cycle, and its scaling throws the voltages away; the
//! median beat ([`super::median_beat`]) does neither.

use super::resample::resample;
use super::{SignalError, WORKING_RATE};
use crate::ecg::{Ecg, Lead};

/// Samples taken, at [`WORKING_RATE`].
pub const FIRST_SAMPLES: usize = 600;
/// Keeps the scale of a flat lead finite, in mV.
const LEAST_SPAN: f32 = 1e-4;
/// Width of the median filter, in samples.
const MEDIAN_WIDTH: usize = 7;

/// The first [`FIRST_SAMPLES`] of a lead in millivolts, at [`WORKING_RATE`].
///
/// # Errors
/// [`SignalError::Ecg`] where the recording lacks the lead, [`SignalError::TooShort`] where it ends
/// before them.
pub fn first_samples(ecg: &Ecg, lead: Lead) -> Result<Vec<f32>, SignalError> {
    let twelve = ecg.twelve_leads()?;
    let samples = twelve.lead(lead).unwrap_or_default();
    let millivolts = first_of(samples, twelve.sampling_rate(), FIRST_SAMPLES)?;
    Ok(millivolts.iter().map(|&value| value as f32).collect())
}

/// The first `count` samples of a lead at [`WORKING_RATE`], of samples at `rate` Hz.
pub(super) fn first_of(samples: &[f32], rate: f64, count: usize) -> Result<Vec<f64>, SignalError> {
    // Some more than is needed, so that the filter's end does not reach into it.
    let needed = ((count + FIRST_SAMPLES) as f64 * rate / WORKING_RATE).ceil();
    let needed = if needed.is_finite() {
        needed as usize
    } else {
        0
    };
    let start: Vec<f64> = samples
        .iter()
        .take(needed)
        .copied()
        .map(f64::from)
        .collect();
    let resampled = resample(&[start], rate, WORKING_RATE)?;
    let mut first: Vec<f64> = resampled.into_iter().flatten().collect();
    if first.len() < count {
        return Err(SignalError::TooShort {
            seconds: samples.len() as f64 / rate,
            least: count as f64 / WORKING_RATE,
        });
    }
    first.truncate(count);
    Ok(first)
}

/// (x − min) / (max − min + 1e-4), then a median filter of seven samples that takes zeros beyond
/// the ends, as `scipy.signal.medfilt` does. Any unit in, 0..1 out, of the same length.
pub fn scaled_to_unit(samples: &[f32]) -> Vec<f32> {
    let low = samples.iter().copied().fold(f32::INFINITY, f32::min);
    let high = samples.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let scaled: Vec<f32> = samples
        .iter()
        .map(|value| (value - low) / (high - low + LEAST_SPAN))
        .collect();
    let reach = MEDIAN_WIDTH / 2;
    (0..scaled.len())
        .map(|middle| {
            let mut window = [0.0f32; MEDIAN_WIDTH];
            for (value, position) in window.iter_mut().zip(middle..) {
                // Positions count from `reach` before the first sample.
                if let Some(sample) = position.checked_sub(reach).and_then(|at| scaled.get(at)) {
                    *value = *sample;
                }
            }
            window.sort_by(f32::total_cmp);
            window[reach]
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ramp(rate: f64, seconds: f64) -> Ecg {
        let count = (rate * seconds) as usize;
        let row: Vec<f32> = (0..count).map(|n| (n as f64 / rate) as f32).collect();
        let rows = vec![row; 12];
        Ecg::new(Lead::STANDARD.to_vec(), rows, rate).unwrap()
    }

    #[test]
    fn the_first_samples_are_taken_whatever_the_rate() {
        for rate in [250.0, 500.0, 1000.0] {
            let samples = first_samples(&ramp(rate, 10.0), Lead::V2).unwrap();
            assert_eq!(samples.len(), FIRST_SAMPLES);
            for (n, value) in samples.iter().enumerate().skip(50) {
                assert!(
                    (value - n as f32 / 500.0).abs() < 2e-3,
                    "{rate} Hz, {n}: {value}"
                );
            }
        }
        let error = first_samples(&ramp(500.0, 1.0), Lead::I).unwrap_err();
        assert!(matches!(error, SignalError::TooShort { .. }), "{error}");
    }

    #[test]
    fn median_filter_is_scipys() {
        // scipy.signal.medfilt([0, 1, 0.5, 0.25, 1, 1, 0, 0.75, 0.5], 7)
        let filtered = scaled_to_unit(&[0.0, 1e4, 5e3, 2.5e3, 1e4, 1e4, 0.0, 7.5e3, 5e3]);
        let expected = [0.0, 0.25, 0.5, 0.5, 0.75, 0.5, 0.5, 0.5, 0.0];
        for (ours, scipys) in filtered.iter().zip(expected) {
            assert!((ours - scipys).abs() < 1e-6, "{filtered:?}");
        }
    }

    #[derive(serde::Deserialize)]
    struct Golden {
        millivolts: Vec<f32>,
        first_samples: Vec<f32>,
    }

    #[test]
    fn an_ecg_is_scaled_and_filtered_as_with_scipy() {
        let text = include_str!("../../../tests/goldens/signal/preprocessing.json");
        let golden: Golden = serde_json::from_str(text).unwrap();
        let ours = scaled_to_unit(&golden.millivolts);
        assert_eq!(ours.len(), golden.first_samples.len());
        for (ours, scipys) in ours.iter().zip(&golden.first_samples) {
            assert!((ours - scipys).abs() < 1e-6, "{ours} {scipys}");
        }
    }

    proptest! {
        #[test]
        fn output_is_within_bounds(samples in prop::collection::vec(-1e3f32..1e3, 1..300)) {
            let scaled = scaled_to_unit(&samples);
            prop_assert_eq!(scaled.len(), samples.len());
            prop_assert!(scaled.iter().all(|value| (0.0..=1.0).contains(value)));
        }
    }
}
