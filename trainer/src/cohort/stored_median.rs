//! The median beat that the recorder stores beside the strip.

use crate::synthesis::{BeatFiducials, Recording, SAMPLING_RATE_HZ};
use ecg2mri::Ecg;
use ecg2mri::signal::{self, MedianBeat};

/// Samples before the QRS onset whose mean is the beat's zero: 20 ms, within the PR segment.
const ZERO_SAMPLES: usize = 10;

/// The median beat of a simulated recording, twelve leads in mV at 500 Hz with the QRS onset at sample
/// [`MedianBeat::QRS_ONSET`]: that of the signal path, or where that refuses the recording (premature beats in noise),
/// the median of all its beats laid over one another at their true onsets. A recorder stores one whatever the
/// recording is like; `prepare` judges the strip for itself.
pub fn stored_median(recording: &Recording, ecg: &Ecg) -> Vec<Vec<f32>> {
    match signal::median_beat(ecg) {
        Ok(beat) => beat.rows().map(<[f32]>::to_vec).collect(),
        Err(_) => {
            let of_lead = |lead: &Vec<f32>| median_at_onsets(lead, &recording.beats);
            recording.leads.iter().map(of_lead).collect()
        }
    }
}

fn median_at_onsets(lead: &[f32], beats: &[BeatFiducials]) -> Vec<f32> {
    // Of each beat the sample that becomes the first of the median, and the beat's zero.
    let placed: Vec<(isize, f32)> = beats
        .iter()
        .filter_map(|beat| {
            let onset = (beat.qrs_onset * SAMPLING_RATE_HZ).round() as isize;
            let end = usize::try_from(onset).ok()?;
            let before = lead.get(end.checked_sub(ZERO_SAMPLES)?..end)?;
            let zero = before.iter().sum::<f32>() / ZERO_SAMPLES as f32;
            Some((onset - MedianBeat::QRS_ONSET as isize, zero))
        })
        .collect();
    (0..MedianBeat::SAMPLES as isize)
        .map(|sample| {
            let value = |&(first, zero): &(isize, f32)| {
                let at = usize::try_from(first + sample).ok()?;
                Some(lead.get(at)? - zero)
            };
            let mut values: Vec<f32> = placed.iter().filter_map(value).collect();
            values.sort_by(f32::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(0.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::{Sex, typical_subject};
    use ecg2mri::ecg::Lead;

    fn ecg(recording: &Recording) -> Ecg {
        let leads = recording.leads.to_vec();
        Ecg::new(Lead::STANDARD.to_vec(), leads, SAMPLING_RATE_HZ).unwrap()
    }

    #[test]
    fn both_ways_give_nearly_the_same_beat() {
        let recording = typical_subject(Sex::Male, &[]).simulate().recording();
        let found = stored_median(&recording, &ecg(&recording));
        for (lead, found) in recording.leads.iter().zip(&found) {
            let at_onsets = median_at_onsets(lead, &recording.beats);
            let apart = at_onsets.iter().zip(found).map(|(a, b)| (a - b).abs());
            let mean = apart.sum::<f32>() / found.len() as f32;
            assert!(mean < 0.05, "{mean} mV");
        }
    }

    #[test]
    fn a_recording_that_the_signal_path_refuses_has_one_too() {
        let mut recording = typical_subject(Sex::Male, &[]).simulate().recording();
        // Lead V3 fell off.
        recording.leads[8].fill(0.0);
        assert!(signal::median_beat(&ecg(&recording)).is_err());
        let median = stored_median(&recording, &ecg(&recording));
        assert_eq!(median.len(), 12);
        assert!(median.iter().all(|lead| lead.len() == MedianBeat::SAMPLES));
        let highest = |lead: usize| median[lead].iter().fold(0f32, |top, x| top.max(x.abs()));
        assert!(highest(8) == 0.0 && highest(10) > 0.3);
    }
}
