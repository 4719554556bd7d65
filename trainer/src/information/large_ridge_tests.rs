//! The ridge against scikit-learn's (`tests/goldens/large_ridge.py`).

use super::*;
use serde_json::Value;

const GOLDEN: &str = include_str!("../../../tests/goldens/large_ridge.json");

fn matrix(golden: &Value, name: &str) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = serde_json::from_value(golden[name].clone()).expect("rows");
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

fn compare(found: &Array2<f64>, expected: &Array2<f64>) {
    assert_eq!(found.dim(), expected.dim());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
    }
}

#[test]
fn equals_scikit_learn() {
    let golden: Value = serde_json::from_str(GOLDEN).expect("the golden file is JSON");
    let (features, answers) = (matrix(&golden, "features"), matrix(&golden, "answers"));
    let unseen = matrix(&golden, "unseen");
    let ridge = LargeRidge::new(&features.view(), &answers.view(), Scaling::Standardised);
    let model = ridge.fit(0.01).unwrap();
    compare(
        &model.answer(&unseen.view()),
        &matrix(&golden, "penalty_0_01"),
    );
    let model = fit_within(&features.view(), &answers.view(), Scaling::Standardised);
    compare(&model.answer(&unseen.view()), &matrix(&golden, "chosen"));
}

#[test]
fn a_feature_that_does_not_vary_counts_for_nothing() {
    let features = Array2::from_shape_fn((50, 2), |(row, column)| [row as f64, 3.0][column]);
    let answers = Array2::from_shape_fn((50, 1), |(row, _)| 2.0 * row as f64);
    let ridge = LargeRidge::new(&features.view(), &answers.view(), Scaling::Standardised);
    let model = ridge.fit(1e-6).unwrap();
    let found = model.answer(&ndarray::array![[10.0, 99.0]].view());
    assert!((found[[0, 0]] - 20.0).abs() < 1e-3, "{found}");
    let chosen = ridge.best_for(&features.view(), &answers.view());
    assert_eq!(chosen.penalties, [1e-6]);
}
