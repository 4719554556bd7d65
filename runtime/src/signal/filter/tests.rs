//! Against SciPy's `butter` and `sosfiltfilt`.

use super::*;

#[derive(serde::Deserialize)]
struct Goldens {
    rate: f64,
    input: Vec<f64>,
    cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
struct Case {
    order: usize,
    kind: String,
    corners: Vec<f64>,
    usual_padding: Vec<f64>,
    padding_120: Vec<f64>,
}

#[test]
fn filters_as_scipy_does() {
    let text = include_str!("../../../../tests/goldens/signal/filters.json");
    let goldens: Goldens = serde_json::from_str(text).unwrap();
    assert_eq!(goldens.cases.len(), 7);
    for case in goldens.cases {
        let band = match (case.kind.as_str(), case.corners.as_slice()) {
            ("lowpass", &[cutoff_hz]) => Band::LowPass { cutoff_hz },
            ("highpass", &[cutoff_hz]) => Band::HighPass { cutoff_hz },
            ("bandstop", &[low_hz, high_hz]) => Band::BandStop { low_hz, high_hz },
            other => panic!("{other:?}"),
        };
        let filter = butterworth(case.order, band, goldens.rate).unwrap();
        for (padding, expected) in [
            (filter.usual_padding(), case.usual_padding),
            (120, case.padding_120),
        ] {
            let filtered = filter.zero_phase(&goldens.input, padding);
            let worst = filtered
                .iter()
                .zip(&expected)
                .map(|(is, should)| (is - should).abs())
                .fold(0.0, f64::max);
            assert!(
                filtered.len() == expected.len() && worst < 1e-8,
                "{band:?}, padding {padding}: {worst}"
            );
        }
    }
}
