//! Millivolts that are none: a recording whose scale was read wrongly.

use super::foreign_beats::{Beats, ForeignBeats, Group};

/// Factors that are tried: a calibration of 20 or 5 mm/mV taken for the usual 10, and a factor of ten mistaken.
pub const FACTORS: [f32; 4] = [0.1, 0.5, 2.0, 10.0];

/// The subjects' beats, all leads multiplied by `factor`.
pub fn wrong_gain(beats: &Beats, factor: f32) -> ForeignBeats {
    ForeignBeats {
        name: format!("gain \u{d7}{factor}"),
        group: Group::ForeignGain,
        beats: beats.samples.iter().map(|value| value * factor).collect(),
        heart_rates_bpm: beats.heart_rates_bpm.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::outliers::foreign_beats::BEAT;

    #[test]
    fn all_leads_are_multiplied() {
        let samples = vec![0.25; BEAT];
        let found = wrong_gain(&Beats::new(&samples, &[70.0]).unwrap(), 10.0);
        assert_eq!(
            (found.name.as_str(), found.beats),
            ("gain \u{d7}10", vec![2.5; BEAT])
        );
    }
}
