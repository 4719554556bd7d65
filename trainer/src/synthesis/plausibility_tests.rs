//! Whether the simulated people and their ECGs are plausible: what a cardiologist would check.

use super::geometry::Ventricles;
use super::*;

fn typical(conditions: &[Condition]) -> SimulatedHeart {
    typical_subject(Sex::Male, conditions).simulate()
}

/// Lead `name` of the clean beat, from 10 ms before QRS onset until 10 ms after its end.
fn qrs(heart: &SimulatedHeart, name: &str) -> Vec<f32> {
    let lead = LEAD_NAMES
        .iter()
        .position(|lead| *lead == name)
        .expect("a standard lead");
    let end = 200 + ((heart.intervals.qrs_ms + 10.0) / 2.0) as usize;
    heart.clean_beat(600, 0.4)[lead][195..end].to_vec()
}

fn highest(wave: &[f32]) -> f32 {
    wave.iter().copied().fold(f32::MIN, f32::max)
}

fn lowest(wave: &[f32]) -> f32 {
    wave.iter().copied().fold(f32::MAX, f32::min)
}

/// Frontal QRS axis in degrees, from net deflections.
fn axis_deg(heart: &SimulatedHeart) -> f32 {
    let net = |name: &str| {
        let wave = qrs(heart, name);
        highest(&wave) + lowest(&wave)
    };
    (2.0 * net("aVF") / 3f32.sqrt())
        .atan2(net("I"))
        .to_degrees()
}

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
fn normal_ecgs_are_normal() {
    for sex in [Sex::Male, Sex::Female] {
        let heart = typical_subject(sex, &[]).simulate();
        let intervals = heart.intervals;
        assert!(
            (75.0..115.0).contains(&intervals.qrs_ms),
            "QRS {} ms",
            intervals.qrs_ms
        );
        assert!(
            (360.0..440.0).contains(&intervals.qt_ms),
            "QT {} ms",
            intervals.qt_ms
        );
        let axis = axis_deg(&heart);
        assert!((-30.0..90.0).contains(&axis), "axis {axis}°");
        // R grows from V1 to V4 and S leads in V1.
        let r: Vec<f32> = ["V1", "V2", "V3", "V4"]
            .map(|l| highest(&qrs(&heart, l)))
            .to_vec();
        assert!(r.windows(2).all(|pair| pair[1] > pair[0]), "R waves {r:?}");
        assert!(-lowest(&qrs(&heart, "V1")) > r[0]);
        assert!(highest(&qrs(&heart, "V6")) > -lowest(&qrs(&heart, "V6")));
    }
    let mut durations: Vec<f64> = (0..30)
        .map(|i| {
            sample_subject(11, i, Profile::Healthy)
                .simulate()
                .intervals
                .qrs_ms
        })
        .collect();
    durations.sort_by(f64::total_cmp);
    let mean = durations.iter().sum::<f64>() / 30.0;
    assert!((82.0..102.0).contains(&mean), "mean QRS {mean} ms");
    assert!(
        durations[1] > 65.0 && durations[28] < 130.0,
        "QRS {durations:?}"
    );
}

#[test]
fn diseases_show_on_the_ecg() {
    let normal = typical(&[]);
    let left = typical(&[Condition::LeftBundleBranchBlock]);
    assert!(left.intervals.qrs_ms > 120.0);
    assert!(-lowest(&qrs(&left, "V1")) > 2.0 * highest(&qrs(&left, "V1")));
    assert!(highest(&qrs(&left, "V6")) > 0.3 && lowest(&qrs(&left, "V6")) > -0.15);
    let right = typical(&[Condition::RightBundleBranchBlock]);
    assert!(right.intervals.qrs_ms > 120.0);
    assert!(highest(&qrs(&right, "V1")) > 2.0 * highest(&qrs(&normal, "V1")));

    let sokolow = |heart: &SimulatedHeart| {
        let s = -lowest(&qrs(heart, "V1"));
        s + highest(&qrs(heart, "V5")).max(highest(&qrs(heart, "V6")))
    };
    let thick = typical(&[Condition::LeftVentricularHypertrophy]);
    assert!(sokolow(&thick) > 1.25 * sokolow(&normal));

    // An inferior infarct takes the R waves of the inferior leads and leaves Q waves.
    let inferior = typical(&[Condition::Infarct(Territory::Rca)]);
    let q = |heart: &SimulatedHeart, lead: &str| -lowest(&qrs(heart, lead)[..25]);
    assert!(q(&inferior, "III") > 0.15 && q(&inferior, "III") > 2.0 * q(&normal, "III"));
    // An anterior one takes them from the anterior leads.
    let anterior = typical(&[Condition::Infarct(Territory::Lad)]);
    let r = |heart: &SimulatedHeart, lead: &str| highest(&qrs(heart, lead));
    assert!(r(&anterior, "V4") < 0.5 * r(&normal, "V4"));
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
fn population_has_the_published_means() {
    let people: Vec<Subject> = (0..500)
        .map(|i| sample_subject(1, i, Profile::Healthy))
        .collect();
    let men = people.iter().filter(|p| p.sex == Sex::Male).count();
    assert!((190..290).contains(&men), "{men} men of 500");
    // Mean and SD of LVEDV (ml), mass (g) and wall (mm), men then women.
    let expected = [
        (Sex::Male, [(166.0, 29.0), (103.0, 17.0), (6.5, 0.75)]),
        (Sex::Female, [(127.0, 24.0), (73.0, 12.0), (5.6, 0.66)]),
    ];
    for (sex, figures) in expected {
        let group: Vec<&Subject> = people.iter().filter(|p| p.sex == sex).collect();
        let columns = [
            group.iter().map(|p| p.lvedv_ml).collect::<Vec<f64>>(),
            group.iter().map(|p| p.lvm_g).collect(),
            group.iter().map(|p| Ventricles::solve(p).wall).collect(),
        ];
        for (column, (mean, sd)) in columns.iter().zip(figures) {
            let n = column.len() as f64;
            let ours = column.iter().sum::<f64>() / n;
            let spread = (column.iter().map(|x| (x - ours).powi(2)).sum::<f64>() / n).sqrt();
            assert!(
                (ours / mean - 1.0).abs() < 0.06,
                "{sex:?}: mean {ours}, not {mean}"
            );
            assert!(
                (spread / sd - 1.0).abs() < 0.25,
                "{sex:?}: SD {spread}, not {sd}"
            );
        }
        let ejection = group.iter().map(|p| p.lvef_percent).sum::<f64>() / group.len() as f64;
        assert!((56.0..63.0).contains(&ejection), "{sex:?}: EF {ejection}");
    }
}

#[test]
fn profiles_have_their_prevalences() {
    let share = |profile: Profile| {
        let infarct = |condition: &Condition| matches!(condition, Condition::Infarct(_));
        let with = (0..2000)
            .filter(|&i| sample_subject(4, i, profile).conditions.iter().any(infarct))
            .count();
        with as f64 / 2000.0
    };
    assert!((share(Profile::Ukb) - 0.025).abs() < 0.012);
    assert!((share(Profile::Enriched) - 0.09).abs() < 0.02);
    assert_eq!(share(Profile::Healthy), 0.0);
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
