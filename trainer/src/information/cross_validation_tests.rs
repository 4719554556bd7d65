//! The whole measurement on subjects made up here, of which it is known what can be told.

use super::*;
use crate::information::averaged_beat::SAMPLES;
use crate::information::report::Information;
use crate::information::target::Target;
use rand_distr::{Distribution, StandardNormal};

const COUNT: usize = 120;

/// Subjects with random beats and demographics of two columns (sex, height); the targets are functions of a beat's
/// sample in lead V2, of height, and of nothing.
fn made_up(seed: u64) -> Subjects {
    let mut stream = ChaCha8Rng::seed_from_u64(seed);
    let mut normals = |rows: usize, columns: usize| -> Array2<f64> {
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut stream))
    };
    // Eight patterns over all leads make up every beat, as waves do.
    let patterns = normals(8, 12 * SAMPLES);
    let amplitudes = normals(COUNT, 8);
    let mut demographics = normals(COUNT, 2);
    demographics
        .column_mut(0)
        .mapv_inplace(|x| f64::from(u8::from(x > 0.0)));
    let noise = normals(COUNT, 3);
    let target = |key: &str, kind: Kind, value: &dyn Fn(usize) -> Option<f64>| Target {
        key: key.to_owned(),
        label: key.to_owned(),
        kind,
        values: (0..COUNT).map(value).collect(),
    };
    let class = |yes: bool| Some(if yes { 1.0 } else { -1.0 });
    let targets = vec![
        target("lvm_g", Kind::Quantity, &|i| {
            Some(100.0 + 10.0 * amplitudes[[i, 0]] + 3.0 * noise[[i, 0]])
        }),
        target("rvedv_ml", Kind::Quantity, &|i| {
            Some(50.0 + demographics[[i, 1]])
        }),
        target("lvef", Kind::Quantity, &|i| Some(60.0 + noise[[i, 1]])),
        target("lvesv_ml", Kind::Quantity, &|i| {
            (i % 3 != 0).then_some(70.0 + 5.0 * amplitudes[[i, 1]])
        }),
        target("sex", Kind::Class, &|i| class(demographics[[i, 0]] > 0.5)),
        target("HTN", Kind::Class, &|i| class(amplitudes[[i, 2]] > 1.0)),
        target("DCM", Kind::Class, &|i| class(noise[[i, 2]] > 1.0)),
    ];
    Subjects {
        description: "made up".to_owned(),
        profile: Some("ukb".to_owned()),
        median_beats: amplitudes.dot(&patterns),
        heart_rate_bpm: normals(COUNT, 1) * 5.0 + 60.0,
        demographic_columns: vec!["sex", "height"],
        demographics,
        targets,
        left_out: 0,
    }
}

fn measured(subjects: &Subjects) -> Information {
    Information::measure(subjects, &CrossValidation::new(subjects, 1), 1, &|| ())
}

#[test]
fn finds_what_is_there_and_nothing_else() {
    let information = measured(&made_up(1));
    let of = |target: &str, input: Input, learner: Learner| {
        information
            .figure(target, input, learner)
            .expect("a figure")
            .clone()
    };
    for learner in Learner::ALL {
        let mass = of("lvm_g", Input::TwelveLeads, learner);
        // The noise leaves 1 − 9/109 = 0.92.
        assert!((0.75..0.97).contains(&mass.estimate.value), "{mass:?}");
        assert!((0.75..0.97).contains(&mass.within.unwrap()), "{mass:?}");
        assert!(
            mass.estimate.low < mass.estimate.value && mass.estimate.value < mass.estimate.high
        );
        assert!(of("lvm_g", Input::Demographics, learner).estimate.value < 0.05);

        // Height alone: told by the demographics, and then nothing is left to tell within them.
        let size = of("rvedv_ml", Input::Demographics, learner);
        assert!(size.estimate.value > 0.95, "{size:?}");
        assert_eq!(size.within.map(|within| within > 0.5), Some(false));

        // Features that say nothing must not seem to say something.
        for input in Input::ALL {
            let none = of("lvef", input, learner);
            assert!(none.estimate.value < 0.05, "{input:?}: {none:?}");
            let none = of("DCM", input, learner);
            assert!(
                (none.estimate.value - 0.5).abs() < 0.2,
                "{input:?}: {none:?}"
            );
        }
        assert!(of("HTN", Input::TwelveLeads, learner).estimate.value > 0.9);
        // Sex is among the demographics, but must not tell itself.
        assert!((of("sex", Input::Demographics, learner).estimate.value - 0.5).abs() < 0.2);
        assert!(
            (of("sex", Input::TwelveLeadsAndDemographics, learner)
                .estimate
                .value
                - 0.5)
                .abs()
                < 0.15
        );
    }
    let band = &information.bands[0];
    assert_eq!(band.target, "lvm_g");
    assert!(!band.in_band, "0.9 is above the band: {band:?}");

    let text = information.text();
    for expected in [
        "LV",
        "lvm_g",
        "within sex and body size",
        "FAIL",
        "[1] Petersen",
        "DCM (",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert_eq!(information, measured(&made_up(1)), "the same twice");
}

#[test]
fn every_known_subject_is_predicted_once_and_no_other() {
    let mut subjects = made_up(2);
    subjects.targets.drain(..2);
    let plan = CrossValidation::new(&subjects, 5);
    let steps = std::sync::atomic::AtomicUsize::new(0);
    let predictions = plan.run(&|| {
        steps.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(steps.into_inner(), plan.steps());
    assert_eq!(predictions.len(), Input::ALL.len() * Learner::ALL.len());
    for found in &predictions {
        for (target, predicted) in subjects.targets.iter().zip(&found.of_targets) {
            for (truth, prediction) in target.values.iter().zip(predicted) {
                assert_eq!(truth.is_some(), prediction.is_some(), "{}", target.key);
            }
        }
    }
}

#[test]
fn a_subject_does_not_tell_itself() {
    // One subject's truth is changed beyond measure: its own prediction must not follow.
    let mut subjects = made_up(3);
    subjects.targets.truncate(1);
    let mut changed = subjects.clone();
    changed.targets[0].values[17] = Some(130.0);
    let predicted =
        |subjects: &Subjects| CrossValidation::new(subjects, 1).run(&|| ())[0].of_targets[0][17];
    assert_eq!(predicted(&subjects), predicted(&changed));
}

#[test]
fn real_data_without_demographics_or_conditions_is_measured_too() {
    let mut subjects = made_up(4);
    subjects.demographic_columns.clear();
    subjects.demographics = Array2::zeros((COUNT, 0));
    subjects.profile = None;
    subjects.targets.truncate(1);
    let information = measured(&subjects);
    assert!(information.bands.is_empty());
    assert!(
        information
            .figure("lvm_g", Input::Demographics, Learner::Ridge)
            .is_none()
    );
    let found = information
        .figure("lvm_g", Input::TwelveLeads, Learner::Ridge)
        .unwrap();
    assert!(
        found.estimate.value > 0.8 && found.within.is_none(),
        "{found:?}"
    );
    assert!(information.text().contains("published"));
}
