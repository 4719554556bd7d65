//! From a median beat to the numbers the encoder takes.
//!
//! The trainer prepares its data sets with this very function, so that a network never
//! meets an input in service that was made in another way than those it learned from.

use super::manifest::{Preprocessing, PreprocessingKind};
use crate::signal::MedianBeat;

/// Leads of the encoder's input, in the standard order I, II, III, aVR, aVL, aVF, V1–V6.
pub const LEADS: usize = MedianBeat::LEADS;

/// Samples per lead of the encoder's input.
pub const SAMPLES: usize = MedianBeat::SAMPLES;

/// Sampling rate of the encoder's input in Hz.
pub const SAMPLING_RATE_HZ: f64 = MedianBeat::SAMPLING_RATE;

/// The encoder's input, [`LEADS`] × [`SAMPLES`] values with the samples of one lead
/// together: millivolts divided by `scale_mv` and limited to `-clip ..= clip`.
pub fn from_median_beat(beat: &MedianBeat, preprocessing: &Preprocessing) -> Vec<f32> {
    match preprocessing.kind {
        PreprocessingKind::MedianBeat12x600 => from_millivolts(beat.as_slice(), preprocessing),
    }
}

/// The same from the samples of a median beat that was stored, in millivolts; for the trainer's data sets.
pub fn from_millivolts(millivolts: &[f32], preprocessing: &Preprocessing) -> Vec<f32> {
    let Preprocessing { scale_mv, clip, .. } = *preprocessing;
    millivolts
        .iter()
        .map(|value| (value / scale_mv).clamp(-clip, clip))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::manifest::tests::sound;
    use super::*;

    #[test]
    fn millivolts_are_scaled_and_limited() {
        let preprocessing = Preprocessing {
            scale_mv: 0.5,
            clip: 4.0,
            ..sound().preprocessing
        };
        let given = [0.0, 0.25, -0.5, 3.0, -9.0];
        assert_eq!(
            from_millivolts(&given, &preprocessing),
            [0.0, 0.5, -1.0, 4.0, -4.0]
        );
    }
}
