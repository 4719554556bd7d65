//! The trees against scikit-learn's (`tests/goldens/boosted_trees.py`), and on what they must see.

use super::*;
use ndarray::Array2;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../../tests/goldens/boosted_trees.json");

fn numbers(golden: &Value, name: &str) -> Vec<f64> {
    serde_json::from_value(golden[name].clone()).expect("numbers")
}

fn matrix(golden: &Value, name: &str) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(golden[name].clone()).expect("rows");
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

/// As scikit-learn is asked: nothing is left to chance.
fn settings() -> Settings {
    Settings {
        trees: 12,
        learning_rate: 0.2,
        leaves: 6,
        least_subjects: 8,
        penalty: 0.5,
        feature_share: 1.0,
        ..Settings::default()
    }
}

#[test]
fn predictions_equal_scikit_learns() {
    let golden: Value = serde_json::from_str(GOLDEN).expect("the golden file is JSON");
    let features = matrix(&golden, "features");
    let bins = Bins::of(&features.view(), 255);
    let (known, unseen) = (
        bins.apply(&features.view()),
        bins.apply(&matrix(&golden, "unseen").view()),
    );
    for (loss, answers, expected) in [
        (Loss::Squared, "quantity", "predicted_quantity"),
        (Loss::Logistic, "class", "predicted_log_odds"),
    ] {
        let answers = numbers(&golden, answers);
        let trees = BoostedTrees::fit(&known, &answers, loss, None, &settings());
        assert_eq!(trees.count(), 12);
        for (found, expected) in trees.answer(&unseen).iter().zip(numbers(&golden, expected)) {
            // scikit-learn keeps gradients in single precision.
            assert!(
                (found - expected).abs() < 1e-5,
                "{loss:?}: {found} for {expected}"
            );
        }
    }
}

#[test]
fn growing_stops_where_the_validation_subjects_gain_no_more() {
    let golden: Value = serde_json::from_str(GOLDEN).expect("the golden file is JSON");
    let features = matrix(&golden, "features");
    let answers = numbers(&golden, "quantity");
    let (learned, held) = features.view().split_at(ndarray::Axis(0), 90);
    let bins = Bins::of(&learned, 64);
    let (known, beside) = (bins.apply(&learned), bins.apply(&held));
    let many = Settings {
        trees: 500,
        ..settings()
    };
    let fitted = BoostedTrees::fit(
        &known,
        &answers[..90],
        Loss::Squared,
        Some((&beside, &answers[90..])),
        &many,
    );
    assert!((1..500).contains(&fitted.count()), "{}", fitted.count());
    // Neither fewer nor more of the same trees would have served better.
    let missed = |trees: usize| {
        let fixed = Settings {
            trees,
            ..settings()
        };
        let found = BoostedTrees::fit(&known, &answers[..90], Loss::Squared, None, &fixed);
        Loss::Squared.mean(&answers[90..], &found.answer(&beside))
    };
    let least = missed(fitted.count());
    assert!(least <= missed(fitted.count() - 1));
    assert!(least <= missed(fitted.count() + 1));
}

#[test]
fn nothing_to_split_by_gives_the_mean() {
    let features = Array2::zeros((40, 2));
    let bins = Bins::of(&features.view(), 16);
    let known = bins.apply(&features.view());
    let answers: Vec<f64> = (0..40).map(f64::from).collect();
    let trees = BoostedTrees::fit(&known, &answers, Loss::Squared, None, &settings());
    assert!(trees.answer(&known).iter().all(|x| (x - 19.5).abs() < 1e-9));
}
