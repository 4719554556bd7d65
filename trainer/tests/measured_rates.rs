//! The runtime's heart rate against the simulation's own.

use ecg2mri::signal;
use ecg2mri_trainer::synthesis::{
    Condition, Profile, Sex, Subject, sample_subject, typical_subject,
};

/// Beats per minute as measured and as simulated; premature beats count, so the latter is that of the recording
/// rather than of the sinus node.
fn rates(subject: &Subject) -> (f64, f64) {
    let recording = subject.simulate().recording();
    let onsets: Vec<f64> = recording
        .beats
        .iter()
        .map(|beat| beat.qrs_onset)
        .filter(|onset| (0.0..9.9).contains(onset))
        .collect();
    let (first, last) = (onsets[0], onsets[onsets.len() - 1]);
    let simulated = 60.0 * (onsets.len() - 1) as f64 / (last - first);
    let ecg = recording.ecg().expect("an ECG");
    let beat = signal::median_beat(&ecg).expect("a median beat");
    (beat.heart_rate_bpm(), simulated)
}

#[test]
fn the_tall_t_wave_of_bundle_branch_block_is_no_beat() {
    for sex in [Sex::Female, Sex::Male] {
        for condition in [
            Condition::LeftBundleBranchBlock,
            Condition::RightBundleBranchBlock,
        ] {
            let (measured, truth) = rates(&typical_subject(sex, &[condition]));
            assert!(
                (measured / truth - 1.0).abs() < 0.1,
                "{condition}: {measured:.0} bpm measured, {truth:.0} simulated"
            );
        }
    }
}

#[test]
fn rates_of_a_population_are_right() {
    let far_off: Vec<String> = (0..60)
        .filter_map(|index| {
            let (measured, truth) = rates(&sample_subject(21, index, Profile::Enriched));
            ((measured / truth - 1.0).abs() > 0.12)
                .then(|| format!("subject {index}: {measured:.0} for {truth:.0} bpm"))
        })
        .collect();
    assert!(far_off.is_empty(), "{far_off:?}");
}
