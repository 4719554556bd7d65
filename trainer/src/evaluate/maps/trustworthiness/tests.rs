use super::*;
use serde::Deserialize;

/// Points, their places on a map, and scikit-learn's scores; made by `tests/goldens/trustworthiness.py`.
#[derive(Deserialize)]
struct Golden {
    length: usize,
    latents: Vec<f32>,
    map: Vec<[f64; 2]>,
    scores: Vec<(usize, f64)>,
}

#[test]
fn equals_scikit_learn() {
    let text = include_str!("../../../../../tests/goldens/trustworthiness.json");
    let golden: Golden = serde_json::from_str(text).unwrap();
    assert_eq!(golden.scores.len(), 4);
    for (k, expected) in &golden.scores {
        let score = trustworthiness(&golden.latents, golden.length, &golden.map, *k);
        assert!(
            (score - expected).abs() < 1e-12,
            "k {k}: {score} instead of {expected}"
        );
    }
}

#[test]
fn is_one_where_all_neighbours_are_kept() {
    let latents: Vec<f32> = (0..20)
        .map(|number| number as f32 * number as f32)
        .collect();
    let map: Vec<[f64; 2]> = latents
        .iter()
        .map(|&value| [f64::from(value) * 3.0, 1.0])
        .collect();
    assert_eq!(trustworthiness(&latents, 1, &map, 4), 1.0);
    let shuffled: Vec<[f64; 2]> = (0..20).map(|number| map[number * 7 % 20]).collect();
    assert!(trustworthiness(&latents, 1, &shuffled, 4) < 0.8);
}

#[test]
fn has_no_meaning_with_too_many_neighbours() {
    let map = [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]];
    assert!(trustworthiness(&[0.0, 1.0, 2.0], 1, &map, 2).is_nan());
    assert!(trustworthiness(&[0.0, 1.0, 2.0], 1, &map, 0).is_nan());
}
