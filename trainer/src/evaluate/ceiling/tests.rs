//! Beats that tell a mass, a class and nothing of a third.

use super::*;
use crate::information::table_of_subjects::TableOfSubjects;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const SUBJECTS: usize = 700;

/// Beats of one QRS triangle and one T triangle: its height tells the mass, T upside down is the class, and a curve of
/// the height, which no straight line follows, is the volume.
fn cohort() -> (Known, EcgTable) {
    let mut stream = ChaCha8Rng::seed_from_u64(6);
    let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
    let columns = ["lvm_g", "lvedv_ml", "wall_mm", "age", "conditions"].map(str::to_owned);
    let (mut rows, mut beats) = (Vec::new(), Vec::new());
    for subject in 0..SUBJECTS {
        let (size, noise) = (normal(), 0.3 * normal());
        let class = subject % 5 == 0;
        rows.push(vec![
            format!("{:.4}", 100.0 + 10.0 * (size + noise)),
            format!("{:.4}", 150.0 + 10.0 * (size * size + noise)),
            format!("{:.4}", 9.0 + normal()),
            format!("{:.2}", 60.0 + normal()),
            if class { "LVH" } else { "" }.to_owned(),
        ]);
        beats.push((1.0 + 0.2 * size, if class { -0.2 } else { 0.3 }));
    }
    let beat = |subject: usize| {
        let (qrs, t) = beats[subject];
        let wave = |sample: usize, centre: f64, half: f64| {
            (1.0 - (sample as f64 - centre).abs() / half).max(0.0)
        };
        let samples = (0..12).flat_map(|lead| {
            let factor = 0.5 + lead as f64 / 12.0;
            (0..600).map(move |sample| {
                let beat = qrs * wave(sample, 210.0, 20.0) + t * wave(sample, 340.0, 40.0);
                (factor * beat) as f32
            })
        });
        Ok::<_, ()>((samples.collect(), 60.0 + (subject % 30) as f64))
    };
    let known = Known::of(&TableOfSubjects::new(&columns, rows));
    (known, EcgTable::read(SUBJECTS, beat).unwrap())
}

#[test]
fn each_learner_tells_what_it_can_see() {
    let (known, ecgs) = cohort();
    let subjects: Vec<usize> = (0..SUBJECTS).collect();
    let parts = Parts {
        training: &subjects[..400],
        validation: &subjects[400..500],
        unseen: &subjects[500..],
    };
    let effort = Effort {
        landmarks: 100,
        bandwidths: vec![0.15, 1.0],
        trees: 60,
    };
    let called = std::cell::Cell::new(0);
    let found = Ceiling::measure(&known, &ecgs, parts, &effort, 1, &|_| {
        called.set(called.get() + 1)
    });
    // Two groups, as age stands beside no age.
    assert_eq!(called.get(), 6);
    let mass = found.target("lvm_g").unwrap();
    // The noise leaves 1 / 1.09 of the variance to be told.
    assert!((mass.best.value - 0.917).abs() < 0.04, "{mass:?}");
    assert!(
        mass.of_learners.iter().all(|&value| value > 0.8),
        "{mass:?}"
    );
    assert_eq!(
        mass.best.value,
        mass.of_learners.iter().copied().fold(f64::MIN, f64::max)
    );
    let volume = found.target("lvedv_ml").unwrap();
    assert!(volume.of_learners[0] < 0.3, "{volume:?}");
    assert!(
        volume.of_learners[1] > 0.8 && volume.of_learners[2] > 0.7,
        "{volume:?}"
    );
    assert_ne!(volume.best_learner, PlainLearner::Ridge);
    let wall = found.target("wall_mm").unwrap();
    assert!(wall.best.value.abs() < 0.1, "{wall:?}");
    let class = found.target("LVH").unwrap();
    assert!(
        class.best.value > 0.999 && class.cases == Some(40),
        "{class:?}"
    );
    assert_eq!(found.markdown().lines().count(), 2 + found.targets.len());
}
