//! Normal ECGs: intervals, axis, R-wave progression, and fiducials that bound their waves.

use super::measured::Measured;
use super::{median, share, typical};
use crate::synthesis::*;

fn healthy(count: u32) -> Vec<(SimulatedHeart, Measured)> {
    (0..count)
        .map(|index| {
            let heart = sample_subject(11, index, Profile::Healthy).simulate();
            let measured = Measured::of(&heart);
            (heart, measured)
        })
        .collect()
}

#[test]
fn typical_ecgs_are_normal() {
    for sex in [Sex::Male, Sex::Female] {
        let heart = typical_subject(sex, &[]).simulate();
        let ecg = Measured::of(&heart);
        let intervals = heart.intervals;
        assert!((75.0..110.0).contains(&intervals.qrs_ms), "{intervals:?}");
        assert!((360.0..440.0).contains(&heart.truth().qtc_ms));
        assert!(
            (-30.0..90.0).contains(&ecg.axis_deg()),
            "{}",
            ecg.axis_deg()
        );
        let r = ["V1", "V2", "V3", "V4"].map(|lead| ecg.r(lead));
        assert!(r[0] < r[1] && r[1] < r[3] && r[2] < r[3], "R waves {r:?}");
        assert!(ecg.s("V1") > ecg.r("V1") && ecg.r("V6") > ecg.s("V6"));
        for lead in ["I", "II", "V4", "V5", "V6"] {
            assert!(ecg.t(lead) > 0.1, "{sex:?} T in {lead}: {}", ecg.t(lead));
        }
    }
}

#[test]
fn healthy_people_have_normal_intervals_axes_and_progression() {
    let people = healthy(150);
    let within = |low: f64, high: f64, value: &dyn Fn(&(SimulatedHeart, Measured)) -> f64| {
        share(&people, |person| (low..=high).contains(&value(person)))
    };
    assert!(within(75.0, 110.0, &|p| p.0.intervals.qrs_ms) >= 0.95);
    assert!(within(360.0, 450.0, &|p| p.0.truth().qtc_ms) >= 0.95);
    assert!(within(-30.0, 90.0, &|p| p.1.axis_deg()) >= 0.95);
    let qrs = median(people.iter().map(|p| p.0.intervals.qrs_ms).collect());
    assert!((84.0..97.0).contains(&qrs), "median QRS {qrs} ms");
    assert!(share(&people, |p| p.1.r("V1") > p.1.s("V1")) <= 0.05);
    assert!(share(&people, |p| p.1.r("V4").max(p.1.r("V5")) > p.1.r("V1")) >= 0.97);
    assert!(share(&people, |p| p.1.r("V6") > p.1.s("V6")) >= 0.97);
}

#[test]
fn exact_fiducials_bound_the_waves() {
    for (heart, ecg) in healthy(12) {
        let (qrs_ms, qt_ms) = (ecg.qrs_ms(), ecg.qt_ms());
        let (pr_ms, p_ms) = (heart.intervals.pr_ms, heart.intervals.p_ms);
        let p_end = p_ms.zip(pr_ms).map(|(p, pr)| p - pr).expect("sinus rhythm");
        for lead in LEAD_NAMES {
            let largest = ecg.height(lead).max(0.3);
            // Nothing between P and QRS.
            for ms in [p_end + 2.0, -4.0] {
                assert!(ecg.at(lead, ms).abs() < 0.02 * largest, "{lead} at {ms} ms");
            }
            // Steep within QRS; after it no steeper than an ST segment.
            let slope = |ms: f64| (ecg.at(lead, ms + 2.0) - ecg.at(lead, ms)).abs() / 2.0;
            let steepest = (0..qrs_ms as usize / 2)
                .map(|k| slope(2.0 * k as f64))
                .fold(0.0, f64::max);
            for ms in [qrs_ms + 6.0, qrs_ms + 14.0] {
                assert!(
                    slope(ms) < 0.12 * steepest + 0.002,
                    "{lead}: {} mV/ms",
                    slope(ms)
                );
            }
            let after = ecg.at(lead, qt_ms + 10.0).abs();
            assert!(
                after < 0.15 * ecg.t(lead).abs() + 0.02,
                "{lead}: {after} mV after T"
            );
        }
    }
    // A longer PR moves the P wave and nothing else.
    let (usual, blocked) = (typical(&[]), typical(&[Condition::FirstDegreeBlock]));
    assert_eq!(usual.beat, blocked.beat);
    assert_eq!(usual.p_wave, blocked.p_wave);
}
