use proptest::prelude::*;

use super::*;
use crate::ecg::Lead;
use crate::signal::golden_preprocessing::{assert_same, goldens};

#[derive(serde::Deserialize)]
struct Goldens {
    millivolts: Vec<f64>,
    smoothed: Vec<Smoothed>,
    trends: Vec<Trend>,
    chain: Chain,
}

#[derive(serde::Deserialize)]
struct Smoothed {
    window: usize,
    order: usize,
    expected: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Trend {
    period: usize,
    expected: Vec<f64>,
}

#[derive(serde::Deserialize)]
struct Chain {
    period: usize,
    levels: usize,
    window: usize,
    order: usize,
    expected: Vec<f64>,
}

#[test]
fn smoothing_is_scipys() {
    let goldens: Goldens = goldens();
    assert_eq!(goldens.smoothed.len(), 3);
    for case in goldens.smoothed {
        let filter = SavitzkyGolay::new(case.window, case.order).unwrap();
        assert_same(&filter.smooth(&goldens.millivolts[..120]), &case.expected);
    }
}

#[test]
fn the_trend_is_that_of_statsmodels() {
    let goldens: Goldens = goldens();
    assert_eq!(goldens.trends.len(), 3);
    for case in goldens.trends {
        assert_same(
            &trend(&goldens.millivolts[..160], case.period),
            &case.expected,
        );
    }
}

#[test]
fn the_chain_is_that_of_the_three_programs() {
    let Goldens {
        millivolts, chain, ..
    } = goldens();
    let ours = CardiacNets::new(chain.levels, chain.window, chain.order).unwrap();
    assert_same(&ours.lead(&millivolts, chain.period), &chain.expected);
}

/// Twelve leads of a slow and a fast sine.
fn recording(rate: f64, seconds: f64) -> Ecg {
    let row: Vec<f32> = (0..(rate * seconds) as usize)
        .map(|n| {
            let time = n as f64 / rate;
            ((time * 0.4).sin() + 0.5 * (time * 40.0).sin()) as f32
        })
        .collect();
    Ecg::new(Lead::STANDARD.to_vec(), vec![row; 12], rate).unwrap()
}

#[test]
fn ten_seconds_are_taken_whatever_the_rate_and_less_is_refused() {
    let chain = CardiacNets::new(4, 11, 3).unwrap();
    let usual = chain.leads(&recording(500.0, 12.0), 75.0).unwrap();
    assert_eq!(usual.len(), 12 * SAMPLES);
    for rate in [250.0, 1000.0] {
        let other = chain.leads(&recording(rate, 12.0), 75.0).unwrap();
        // Away from the start, where resampling continues the signal.
        let differing = usual[100..SAMPLES].iter().zip(&other[100..SAMPLES]);
        let largest = differing.fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
        assert!(largest < 0.02, "{rate} Hz: {largest}");
    }
    let error = chain.leads(&recording(500.0, 9.9), 75.0).unwrap_err();
    assert!(matches!(error, SignalError::TooShort { least, .. } if least == 10.0));
}

#[test]
fn the_trend_goes_and_the_beats_stay() {
    let chain = CardiacNets::new(4, 11, 3).unwrap();
    let leads = chain.leads(&recording(500.0, 10.0), 75.0).unwrap();
    let middle = &leads[500..4500];
    let mean = middle.iter().sum::<f32>() / middle.len() as f32;
    let power = middle.iter().map(|v| v * v).sum::<f32>() / middle.len() as f32;
    assert!(mean.abs() < 0.02, "the slow sine is gone: {mean}");
    assert!(
        (power - 0.125).abs() < 0.02,
        "the fast one is there: {power}"
    );
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    for (levels, window, order) in [(0, 11, 3), (9, 11, 3), (4, 10, 3), (4, 3, 3), (4, 503, 3)] {
        let error = CardiacNets::new(levels, window, order).unwrap_err();
        assert!(!error.is_poor_signal());
        assert!(error.to_string().contains("1 to 8 levels"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn scaled_leads_reach_both_ends(
        seed in prop::collection::vec(-3.0f32..3.0, 2..40),
        flat in any::<bool>(),
    ) {
        let wave = seed.iter().copied().cycle().take(SAMPLES);
        let other = if flat { 0.7 } else { 0.0 };
        let leads: Vec<f32> = wave.chain(std::iter::repeat_n(other, SAMPLES)).collect();
        let scaled = scaled_to_extremes(&leads);
        prop_assert_eq!(scaled.len(), leads.len());
        let (first, second) = scaled.split_at(SAMPLES);
        prop_assert!(second.iter().all(|&value| value == 0.0), "flat");
        let low = first.iter().copied().fold(f32::INFINITY, f32::min);
        let high = first.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let spread = seed.iter().any(|&value| value != seed[0]);
        prop_assert_eq!((low, high), if spread { (-1.0, 1.0) } else { (0.0, 0.0) });
    }
}
