//! Heart block, fibrillation, premature beats and alternans on ten seconds.

use super::{median, people_with, share, typical};
use crate::synthesis::*;

/// RR intervals of a recording, s.
fn rr_s(recording: &Recording) -> Vec<f64> {
    let onsets: Vec<f64> = recording.beats.iter().map(|beat| beat.qrs_onset).collect();
    onsets.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn relative_sd(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt() / mean
}

#[test]
fn first_degree_block_has_a_pr_above_200_ms_and_a_p_wave_for_every_beat() {
    for subject in people_with(&[Condition::FirstDegreeBlock], 30) {
        let heart = subject.simulate();
        let pr_ms = heart.intervals.pr_ms.expect("sinus rhythm");
        assert!((200.0..=300.0).contains(&pr_ms), "PR {pr_ms}");
        assert!(
            heart
                .recording()
                .beats
                .iter()
                .all(|beat| beat.p_onset.is_some())
        );
    }
    for subject in people_with(&[], 30) {
        assert!(subject.atria.pr_ms <= 200.0);
    }
}

#[test]
fn a_late_p_wave_adds_to_the_t_wave_before_it() {
    let mut subject = typical_subject(Sex::Male, &[Condition::FirstDegreeBlock]);
    (subject.heart_rate_bpm, subject.atria.pr_ms) = (110.0, 290.0);
    let heart = subject.try_simulate().expect("possible");
    let recording = heart.recording();
    let pair = &recording.beats[2..4];
    let p_onset = pair[1].p_onset.expect("a P wave");
    assert!(p_onset < pair[0].t_offset && p_onset > pair[0].qrs_offset);
    // Without the P wave the same recording differs there by exactly that wave.
    let mut silent = heart.clone();
    silent.p_wave = Default::default();
    let sample = (500.0 * (p_onset + 0.05)) as usize;
    let there = recording.leads[1][sample] - silent.recording().leads[1][sample];
    assert!(there > 0.03, "{there} mV of P in II");
}

#[test]
fn fibrillation_has_no_p_wave_and_no_regularity() {
    let mut spreads = Vec::new();
    for subject in people_with(&[Condition::AtrialFibrillation], 40) {
        assert!(subject.left_atrial_size >= 1.15);
        let heart = subject.simulate();
        assert_eq!((heart.intervals.pr_ms, heart.intervals.p_ms), (None, None));
        let recording = heart.recording();
        assert!(recording.beats.iter().all(|beat| beat.p_onset.is_none()));
        spreads.push(relative_sd(&rr_s(&recording)));
    }
    let sinus: Vec<f64> = people_with(&[], 40)
        .map(|subject| relative_sd(&rr_s(&subject.simulate().recording())))
        .collect();
    assert!(
        median(spreads.clone()) > 0.13,
        "{}",
        median(spreads.clone())
    );
    assert!(share(&spreads, |spread| *spread > 0.08) >= 0.95);
    assert!(share(&sinus, |spread| *spread < 0.08) >= 0.95);
    let rate = |condition: &[Condition]| {
        median(
            people_with(condition, 60)
                .map(|s| s.heart_rate_bpm)
                .collect(),
        )
    };
    assert!(rate(&[Condition::AtrialFibrillation]) > rate(&[]) + 8.0);
}

#[test]
fn fibrillatory_waves_are_highest_in_v1() {
    let mut subject = typical_subject(Sex::Male, &[Condition::AtrialFibrillation]);
    subject.repolarisation.source_gain = 0.0;
    let waves = subject.simulate().recording();
    let sd = |lead: usize| {
        let power: f32 = waves.leads[lead].iter().map(|x| x * x).sum();
        f64::from(power / 5000.0).sqrt()
    };
    let v1 = sd(6);
    // 0.05–0.15 mV from trough to crest.
    assert!((0.05..0.15).contains(&(8f64.sqrt() * v1)), "{v1} mV");
    for lead in [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11] {
        assert!(
            sd(lead) < v1,
            "{}: {} of {v1} mV",
            LEAD_NAMES[lead],
            sd(lead)
        );
    }
}

#[test]
fn premature_beats_are_early_broad_discordant_and_followed_by_a_full_pause() {
    for subject in people_with(&[Condition::VentricularEctopy], 40) {
        let heart = subject.simulate();
        let ectopic = heart.ectopic.as_ref().expect("an ectopic beat");
        assert!(ectopic.qrs_ms > 120.0, "{} ms", ectopic.qrs_ms);
        let recording = heart.recording();
        let rr = rr_s(&recording);
        let early: Vec<usize> = (0..recording.beats.len())
            .filter(|&k| recording.beats[k].class == BeatClass::Ventricular)
            .collect();
        assert!(!early.is_empty(), "subject {}", subject.index);
        for k in early {
            assert!(recording.beats[k].p_onset.is_none());
            let usual = subject.rr_ms() / 1000.0;
            assert!(
                rr[k - 1] < 0.95 * usual,
                "coupling {} of {usual}",
                rr[k - 1]
            );
            // Coupling and pause together are two cycles of the sinus node.
            let both = (rr[k - 1] + rr[k]) / usual;
            assert!((1.75..2.25).contains(&both), "{both} cycles");
        }
    }
}

#[test]
fn the_ectopic_beat_ends_opposite_to_how_it_begins() {
    let heart = typical(&[Condition::VentricularEctopy]);
    let ectopic = heart.ectopic.as_ref().expect("an ectopic beat");
    // The lead with the largest QRS has a T wave of the other sign.
    let area = |wave: &[f64]| wave.iter().sum::<f64>();
    let end = 60 + ectopic.qrs_ms as usize;
    let net = |lead: &Vec<f64>| (area(&lead[..end]), area(&lead[end..]));
    let largest = ectopic
        .beat
        .iter()
        .map(net)
        .max_by(|a, b| a.0.abs().total_cmp(&b.0.abs()))
        .expect("eight leads");
    assert!(largest.0 * largest.1 < 0.0, "QRS and T areas {largest:?}");
}

#[test]
fn every_other_beat_is_smaller_when_the_heart_swings() {
    let mut subject = typical_subject(Sex::Male, &[Condition::LowVoltage]);
    (subject.effusion_mm, subject.alternans) = (24.0, 0.3);
    let recording = subject.simulate().recording();
    let peaks: Vec<f32> = recording
        .beats
        .iter()
        .filter(|beat| beat.qrs_onset > 0.0 && beat.qrs_offset < 10.0)
        .map(|beat| {
            let samples = (500.0 * beat.qrs_onset) as usize..(500.0 * beat.qrs_offset) as usize;
            recording.leads[10][samples]
                .iter()
                .copied()
                .fold(0.0, f32::max)
        })
        .collect();
    for pair in peaks.windows(2) {
        let ratio = pair[0].min(pair[1]) / pair[0].max(pair[1]);
        assert!((0.6..0.8).contains(&ratio), "{peaks:?}");
    }
}
