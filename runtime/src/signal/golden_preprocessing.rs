//! What statsmodels, PyWavelets and SciPy made of the same samples (`tests/goldens/preprocessing.py`).

/// The parts of the goldens that `Goldens` has fields for.
pub(super) fn goldens<Goldens: serde::de::DeserializeOwned>() -> Goldens {
    let text = include_str!("../../../tests/goldens/signal/preprocessing.json");
    serde_json::from_str(text).unwrap()
}

pub(super) fn assert_same(is: &[f64], should: &[f64]) {
    assert_eq!(is.len(), should.len());
    for (is, should) in is.iter().zip(should) {
        assert!((is - should).abs() < 1e-8, "{is} {should}");
    }
}
