//! From a recording to the numbers the encoder takes.
//!
//! The trainer prepares its data sets with this very function, so that a network never
//! meets an input in service that was made in another way than those it learned from.

use super::manifest::Preprocessing;
use crate::ecg::{Ecg, Lead};
use crate::signal::first_samples::{first_samples, scaled_to_unit};
use crate::signal::{MedianBeat, SignalError};

/// Leads of a median beat, in the standard order I, II, III, aVR, aVL, aVF, V1–V6.
pub const LEADS: usize = MedianBeat::LEADS;

/// Samples per lead of the encoder's input.
pub const SAMPLES: usize = MedianBeat::SAMPLES;

/// Sampling rate of the encoder's input in Hz.
pub const SAMPLING_RATE_HZ: f64 = MedianBeat::SAMPLING_RATE;

/// Shape of the encoder's input: 1, leads, samples.
pub fn shape(preprocessing: &Preprocessing) -> [usize; 3] {
    match preprocessing {
        Preprocessing::MedianBeat { .. } => [1, LEADS, SAMPLES],
        Preprocessing::FirstSamples { .. } => [1, 1, SAMPLES],
    }
}

/// The encoder's input, of [`shape`], with the samples of one lead together.
///
/// # Errors
/// Where the recording lacks the lead that the first samples are taken of, or is too short.
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
    }
}

/// The same from stored millivolts, for the trainer's data sets: those of a median beat divided by
/// `scale_mv` and limited to `-clip ..= clip`, those of one lead's first samples brought to 0..1.
pub fn from_millivolts(millivolts: &[f32], preprocessing: &Preprocessing) -> Vec<f32> {
    match *preprocessing {
        Preprocessing::MedianBeat { scale_mv, clip, .. } => millivolts
            .iter()
            .map(|value| (value / scale_mv).clamp(-clip, clip))
            .collect(),
        Preprocessing::FirstSamples { .. } => scaled_to_unit(millivolts),
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
}
