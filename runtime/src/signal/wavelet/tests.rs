use proptest::prelude::*;

use super::*;
use crate::signal::golden_preprocessing::{assert_same, goldens};

#[derive(serde::Deserialize)]
struct Goldens {
    millivolts: Vec<f64>,
    transforms: Vec<Transform>,
    denoised: Vec<Denoised>,
}

#[derive(serde::Deserialize)]
struct Transform {
    length: usize,
    approximation: Vec<f64>,
    detail: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Denoised {
    levels: usize,
    length: usize,
    expected: Vec<f64>,
}

#[test]
fn a_level_is_that_of_pywavelets() {
    let goldens: Goldens = goldens();
    assert_eq!(goldens.transforms.len(), 3);
    for case in goldens.transforms {
        let (coarse, detail) = split(&goldens.millivolts[..case.length]);
        assert_same(&coarse, &case.approximation);
        assert_same(&detail, &case.detail);
    }
}

#[test]
fn noise_is_taken_out_as_with_pywavelets() {
    let goldens: Goldens = goldens();
    assert_eq!(goldens.denoised.len(), 3);
    for case in goldens.denoised {
        let clean = without_noise(&goldens.millivolts[..case.length], case.levels);
        assert_same(&clean, &case.expected);
    }
}

#[test]
fn levels_are_as_many_as_with_pywavelets() {
    // pywt.dwt_max_level(n, 12)
    for (length, levels) in [(0, 0), (10, 0), (11, 0), (22, 1), (600, 5), (5000, 8)] {
        assert_eq!(Decomposition::most_levels(length), levels, "{length}");
    }
}

proptest! {
    #[test]
    fn what_is_taken_apart_comes_together_again(
        signal in prop::collection::vec(-5.0_f64..5.0, 0..300),
        levels in 0_usize..6,
    ) {
        let whole = Decomposition::of(&signal, levels).signal();
        prop_assert_eq!(whole.len(), signal.len());
        for (is, was) in whole.iter().zip(&signal) {
            prop_assert!((is - was).abs() < 1e-9, "{} {}", is, was);
        }
    }
}
