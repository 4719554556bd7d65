//! Latents that hold what they are asked for, and latents that hold nothing.

use super::*;
use crate::information::table_of_subjects::TableOfSubjects;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const LENGTH: usize = 6;

struct Cohort {
    known: Known,
    latents: Vec<f32>,
}

/// Subjects whose mass is 100 + 10 × (first latent + size), whose class is the sign of the second latent, and whose age
/// no latent tells.
fn cohort(subjects: usize) -> Cohort {
    let mut stream = ChaCha8Rng::seed_from_u64(2);
    let mut normal = || -> f64 { StandardNormal.sample(&mut stream) };
    let columns = ["age", "height", "lvm_g", "conditions"].map(str::to_owned);
    let (mut rows, mut latents) = (Vec::new(), Vec::new());
    for _ in 0..subjects {
        let latent: Vec<f64> = (0..LENGTH).map(|_| normal()).collect();
        let size = normal();
        let class = latent[1] > 0.5;
        rows.push(vec![
            format!("{:.3}", 60.0 + 8.0 * normal()),
            format!("{:.3}", 170.0 + 5.0 * size),
            format!("{:.6}", 100.0 + 10.0 * (latent[0] + size)),
            if class { "DCM" } else { "" }.to_owned(),
        ]);
        latents.extend(latent.iter().map(|&x| x as f32));
    }
    Cohort {
        known: Known::of(&TableOfSubjects::new(&columns, rows)),
        latents,
    }
}

fn measured() -> Phenotypes {
    let cohort = cohort(900);
    let subjects: Vec<usize> = (0..900).collect();
    let part = |from: usize, to: usize| Latents {
        subjects: &subjects[from..to],
        values: &cohort.latents[from * LENGTH..to * LENGTH],
        length: LENGTH,
    };
    Phenotypes::measure(&cohort.known, part(0, 600), part(600, 900), 1)
}

#[test]
fn what_latents_hold_is_told_and_what_they_lack_is_not() {
    let found = measured();
    assert_eq!((found.training_subjects, found.subjects), (600, 300));
    let mass = found.target("lvm_g").unwrap();
    // Half of the variance is the latent's, the other half the body's.
    assert!((mass.from_latents.value - 0.5).abs() < 0.1, "{mass:?}");
    assert!((mass.from_demographics.unwrap() - 0.5).abs() < 0.1);
    assert!(mass.from_latents_and_demographics.unwrap() > 0.999);
    // What the body does not tell, the latents do.
    assert!(mass.r_squared_within_demographics.unwrap() > 0.99);
    // A normal deviate of 10 misses by 10·√(2/π) on average.
    assert!((mass.mean_absolute_error.unwrap() - 7.98).abs() < 0.8);
    let class = found.target("DCM").unwrap();
    assert!(class.from_latents.value > 0.97 && class.cases > Some(50));
    assert_eq!(class.mean_absolute_error, None);
    assert!((class.from_demographics.unwrap() - 0.5).abs() < 0.1);
    let age = found.target("age").unwrap();
    assert!(age.from_latents.value.abs() < 0.05, "{age:?}");
    assert_eq!(age.answers.subjects[0], 600);
    assert_eq!(found.markdown().lines().count(), 2 + 3);
    assert_eq!(found, measured());
}

#[test]
fn a_target_that_few_of_the_unseen_have_is_left_out() {
    let cohort = cohort(300);
    let subjects: Vec<usize> = (0..300).collect();
    let part = |from: usize, to: usize| Latents {
        subjects: &subjects[from..to],
        values: &cohort.latents[from * LENGTH..to * LENGTH],
        length: LENGTH,
    };
    let found = Phenotypes::measure(&cohort.known, part(0, 288), part(288, 300), 1);
    assert!(found.target("lvm_g").is_some());
    assert!(found.target("DCM").is_none());
}
