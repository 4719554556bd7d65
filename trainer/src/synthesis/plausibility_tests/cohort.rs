//! Cohorts: what a subject depends on, who is in a profile, what a recording is made of.

use crate::synthesis::*;

#[test]
fn a_subject_depends_on_seed_and_index_only() {
    let once = sample_subject(9, 4, Profile::Enriched);
    assert_eq!(once, sample_subject(9, 4, Profile::Enriched));
    assert_ne!(once, sample_subject(9, 5, Profile::Enriched));
    assert_ne!(once, sample_subject(8, 4, Profile::Enriched));
    let (a, b) = (once.simulate(), once.simulate());
    assert_eq!(a.recording(), b.recording());
    assert_eq!(a.truth(), b.truth());
    let both = a.short_axis(&[0, 20]);
    let second = b.short_axis(&[20]);
    assert_eq!(both.images[1], second.images[0]);
    assert_eq!(both.labels[1], second.labels[0]);
}

#[test]
fn switching_a_nuisance_off_leaves_everything_else() {
    let all = Sampler::new(Profile::Ukb);
    let mut still = all.clone();
    still.nuisances.electrodes = 0.0;
    still.nuisances.noise = 0.0;
    for index in 0..20 {
        let (a, mut b) = (all.subject(3, index), still.subject(3, index));
        assert_ne!(a.electrodes, b.electrodes);
        b.electrodes.clone_from(&a.electrodes);
        b.noise_level = a.noise_level;
        assert_eq!(a, b);
    }
}

#[test]
fn recording_obeys_einthoven_and_marks_its_beats() {
    let heart = sample_subject(2, 7, Profile::Enriched).simulate();
    let clean = heart.clean_beat(600, 0.4);
    for ((one, two), three) in clean[0].iter().zip(&clean[1]).zip(&clean[2]) {
        assert!((three - (two - one)).abs() < 1e-6);
    }
    let recording = heart.recording();
    for i in 0..5000 {
        // Each lead is rounded to 5 µV, so the three agree within one and a half steps.
        let [one, two, three] = [0, 1, 2].map(|lead: usize| recording.leads[lead][i]);
        assert!((three - (two - one)).abs() < 0.0076, "sample {i}");
        let steps = one / 0.005;
        assert!((steps - steps.round()).abs() < 1e-2);
    }
    let rate = heart.subject.heart_rate_bpm;
    let inside = |beat: &&BeatFiducials| (0.0..10.0).contains(&beat.qrs_onset);
    let count = recording.beats.iter().filter(inside).count() as f64;
    assert!(
        (count - rate / 6.0).abs() <= 2.0,
        "{count} beats at {rate} bpm"
    );
    for beat in &recording.beats {
        let (p_onset, p_offset) = beat.p_onset.zip(beat.p_offset).expect("sinus rhythm");
        assert!(p_onset < p_offset && p_offset < beat.qrs_onset);
        assert!(beat.qrs_onset < beat.qrs_offset && beat.qrs_offset < beat.t_offset);
        let pr_ms = heart.intervals.pr_ms.expect("sinus rhythm");
        assert!((beat.qrs_onset - p_onset - pr_ms / 1e3).abs() < 1e-9);
    }
}

#[test]
fn profiles_have_their_prevalences() {
    type Having = fn(&Condition) -> bool;
    let conditions: [(Having, f64, f64); 6] = [
        (|c| matches!(c, Condition::Infarct(_)), 0.025, 0.09),
        (|c| *c == Condition::FirstDegreeBlock, 0.035, 0.08),
        (|c| *c == Condition::AtrialFibrillation, 0.02, 0.065),
        (|c| *c == Condition::VentricularEctopy, 0.04, 0.09),
        (|c| *c == Condition::LowVoltage, 0.015, 0.045),
        (
            |c| *c == Condition::HypertrophicCardiomyopathy,
            0.002,
            0.035,
        ),
    ];
    let count = 4000;
    let people = |profile: Profile| -> Vec<Subject> {
        (0..count).map(|i| sample_subject(4, i, profile)).collect()
    };
    let (ukb, enriched) = (people(Profile::Ukb), people(Profile::Enriched));
    for (having, in_ukb, in_enriched) in conditions {
        for (group, wanted) in [(&ukb, in_ukb), (&enriched, in_enriched)] {
            let with = group
                .iter()
                .filter(|s| s.conditions.iter().any(having))
                .count();
            let share = with as f64 / f64::from(count);
            let three_sd = 3.0 * (wanted * (1.0 - wanted) / f64::from(count)).sqrt();
            assert!(
                (share - wanted).abs() < three_sd + 0.1 * wanted,
                "{share}, not {wanted}"
            );
        }
    }
    for index in 0..500 {
        let person = sample_subject(4, index, Profile::Healthy);
        let hypertension = |c: &Condition| *c == Condition::Hypertension;
        assert!(person.conditions.iter().all(hypertension));
    }
}

/// Prints the cost of each stage; run with `--release -- --ignored --nocapture`.
#[test]
#[ignore = "prints timings, checks nothing"]
fn speed() {
    let count = 100;
    let mut seconds = [0.0; 3];
    for index in 0..count {
        let mut clock = std::time::Instant::now();
        let mut lap = |stage: usize| {
            seconds[stage] += clock.elapsed().as_secs_f64();
            clock = std::time::Instant::now();
        };
        let heart = sample_subject(1, index, Profile::Enriched).simulate();
        lap(0);
        std::hint::black_box(heart.recording());
        lap(1);
        std::hint::black_box(heart.short_axis(&[0]));
        lap(2);
    }
    let [heart, recording, picture] = seconds.map(|s| 1e3 * s / f64::from(count));
    let rate = 1e3 / (heart + recording + picture);
    println!("ms per subject: heart {heart:.1}, recording {recording:.1}, ED slice {picture:.1}");
    println!("{rate:.1} subjects per second and core");
}
