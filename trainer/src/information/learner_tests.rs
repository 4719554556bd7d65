//! The learners against numpy's closed forms (`tests/goldens/ridge.py`), and on what they can and cannot learn.

use super::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/goldens/ridge.json");

fn matrix(golden: &Value, name: &str) -> Array2<f64> {
    let rows: Vec<Vec<f64>> =
        serde_json::from_value(golden[name].clone()).expect("a matrix of numbers");
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

#[test]
fn both_learners_equal_numpy() {
    let golden: Value = serde_json::from_str(GOLDEN).expect("the golden file is JSON");
    let (features, known) = (matrix(&golden, "features"), matrix(&golden, "known"));
    let unseen = matrix(&golden, "unseen");
    for (learner, name) in [
        (Learner::Ridge, "ridge"),
        (Learner::KernelRidge, "kernel_ridge"),
    ] {
        let answered = learner.answer(&features.view(), &known.view(), &unseen.view());
        for (found, expected) in answered.iter().zip(&matrix(&golden, name)) {
            assert!(
                (found - expected).abs() < 1e-9,
                "{name}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn only_the_kernel_ridge_sees_a_curve() {
    let mut stream = ChaCha8Rng::seed_from_u64(3);
    let all: Array2<f64> =
        Array2::from_shape_simple_fn((400, 2), || StandardNormal.sample(&mut stream));
    let truth = all.map_axis(Axis(1), |row| (row[0] * row[0] - 1.0) / 2_f64.sqrt());
    let (features, unseen) = all.view().split_at(Axis(0), 300);
    let (known, hidden) = truth.view().split_at(Axis(0), 300);
    let known = known.insert_axis(Axis(1));
    let told = |learner: Learner| {
        let answered = learner.answer(&features, &known, &unseen);
        let missed = (&answered.column(0) - &hidden).mapv(|x| x * x).sum();
        1.0 - missed / hidden.mapv(|x| x * x).sum()
    };
    assert!(told(Learner::Ridge) < 0.1, "{}", told(Learner::Ridge));
    assert!(
        told(Learner::KernelRidge) > 0.9,
        "{}",
        told(Learner::KernelRidge)
    );
}

#[test]
fn features_that_are_all_alike_give_the_mean() {
    let features = Array2::zeros((20, 3));
    let known = Array2::from_shape_fn((20, 1), |(i, _)| if i % 2 == 0 { 1.0 } else { -1.0 });
    for learner in Learner::ALL {
        let answered = learner.answer(&features.view(), &known.view(), &features.view());
        assert!(answered.iter().all(|x| x.abs() < 1e-9), "{answered}");
    }
}
