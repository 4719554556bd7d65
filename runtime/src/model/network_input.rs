//! From a recording to the numbers the encoder takes.
//!
//! The trainer prepares its data sets with this very function, so that a network never
//! meets an input in service that was made in another way than those it learned from.

use super::manifest::Preprocessing;
use crate::ecg::{Ecg, Lead};
use crate::signal::cardiac_nets::{self, CardiacNets, scaled_to_extremes};
use crate::signal::first_samples::{first_samples, scaled_to_unit};
use crate::signal::{MedianBeat, SignalError};

/// Leads of a median beat, in the standard order I, II, III, aVR, aVL, aVF, V1–V6.
pub const LEADS: usize = MedianBeat::LEADS;

/// Samples per lead of the encoder's input, unless it takes ten denoised seconds.
pub const SAMPLES: usize = MedianBeat::SAMPLES;

/// Sampling rate of the encoder's input in Hz.
pub const SAMPLING_RATE_HZ: f64 = MedianBeat::SAMPLING_RATE;

/// Shape of the encoder's input: 1, leads, samples.
pub fn shape(preprocessing: &Preprocessing) -> [usize; 3] {
    match preprocessing {
        Preprocessing::MedianBeat { .. } => [1, LEADS, SAMPLES],
        Preprocessing::FirstSamples { .. } => [1, 1, SAMPLES],
        Preprocessing::CardiacNets { .. } => [1, LEADS, cardiac_nets::SAMPLES],
    }
}

/// The encoder's input, of [`shape`], with the samples of one lead together.
///
/// # Errors
/// Where the recording lacks a lead that is needed, or is too short.
pub fn from_ecg(
    ecg: &Ecg,
    beat: &MedianBeat,
    preprocessing: &Preprocessing,
) -> Result<Vec<f32>, SignalError> {
    match preprocessing {
        Preprocessing::MedianBeat { .. } => Ok(from_millivolts(beat.as_slice(), preprocessing)),
        Preprocessing::FirstSamples { lead, .. } => {
            // A manifest's lead is checked when it is read.
            let lead = lead.parse().unwrap_or(Lead::I);
            Ok(from_millivolts(&first_samples(ecg, lead)?, preprocessing))
        }
        Preprocessing::CardiacNets {
            wavelet_levels,
            smoothing_window,
            smoothing_order,
            ..
        } => {
            let chain = CardiacNets::new(*wavelet_levels, *smoothing_window, *smoothing_order)?;
            let leads = chain.leads(ecg, beat.heart_rate_bpm())?;
            Ok(from_millivolts(&leads, preprocessing))
        }
    }
}

/// The same from stored millivolts, for the trainer's data sets: those of a median beat divided by
/// `scale_mv` and limited to `-clip ..= clip`, those of one lead's first samples brought to 0..1,
/// those of ten denoised seconds to −1..1, lead by lead.
pub fn from_millivolts(millivolts: &[f32], preprocessing: &Preprocessing) -> Vec<f32> {
    match *preprocessing {
        Preprocessing::MedianBeat { scale_mv, clip, .. } => millivolts
            .iter()
            .map(|value| (value / scale_mv).clamp(-clip, clip))
            .collect(),
        Preprocessing::FirstSamples { .. } => scaled_to_unit(millivolts),
        Preprocessing::CardiacNets { .. } => scaled_to_extremes(millivolts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millivolts_are_scaled_and_limited() {
        let preprocessing = Preprocessing::MedianBeat {
            sampling_rate_hz: SAMPLING_RATE_HZ,
            scale_mv: 0.5,
            clip: 4.0,
        };
        let given = [0.0, 0.25, -0.5, 3.0, -9.0];
        assert_eq!(
            from_millivolts(&given, &preprocessing),
            [0.0, 0.5, -1.0, 4.0, -4.0]
        );
    }

    #[test]
    fn every_input_has_its_shape() {
        let rate = SAMPLING_RATE_HZ;
        // One bell a second and a little of a tremor.
        let row: Vec<f32> = (0..5000)
            .map(|n| {
                let phase = f64::from(n % 500) / rate - 0.5;
                let bell = (-(phase / 0.015).powi(2)).exp();
                (bell + 0.01 * f64::from(n).sin()) as f32
            })
            .collect();
        let ecg = Ecg::new(Lead::STANDARD.to_vec(), vec![row; 12], rate).expect("an ECG");
        let beat = crate::signal::median_beat(&ecg).expect("a rhythm");
        let kinds = [
            Preprocessing::MedianBeat {
                sampling_rate_hz: rate,
                scale_mv: 1.0,
                clip: 9.0,
            },
            Preprocessing::FirstSamples {
                sampling_rate_hz: rate,
                lead: "V2".into(),
            },
            Preprocessing::CardiacNets {
                sampling_rate_hz: rate,
                wavelet_levels: 4,
                smoothing_window: 11,
                smoothing_order: 3,
            },
        ];
        for kind in kinds {
            let input = from_ecg(&ecg, &beat, &kind).expect("an input");
            assert_eq!(input.len(), shape(&kind).iter().product::<usize>());
            let largest = input.iter().copied().fold(f32::MIN, f32::max);
            assert!((0.8..=1.2).contains(&largest), "{kind:?}: {largest}");
        }
    }
}
