use super::*;
use crate::ecg::Lead;
use crate::formats::wfdb;
use crate::signal::ludb;
use proptest::prelude::*;

/// Beats at `times` (samples at `rate` Hz) as narrow spikes with a broad T wave.
fn beats(times: &[usize], length: usize, rate: f64) -> Vec<f32> {
    let bump = |distance: f64, width: f64| (-(distance / width).powi(2)).exp();
    (0..length)
        .map(|n| {
            let waves = times.iter().map(|&time| {
                let seconds = (n as f64 - time as f64) / rate;
                bump(seconds, 0.012) - 0.3 * bump(seconds - 0.025, 0.012)
                    + 0.3 * bump(seconds - 0.28, 0.06)
            });
            waves.sum::<f64>() as f32
        })
        .collect()
}

fn recording(times: &[usize], length: usize, rate: f64) -> Ecg {
    Ecg::new(vec![Lead::II], vec![beats(times, length, rate)], rate).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn finds_every_beat_of_a_clean_rhythm(
        rate in prop_oneof![Just(500.0), Just(250.0), Just(360.0), Just(1000.0)],
        intervals in prop::collection::vec(0.35_f64..1.2, 6..12),
    ) {
        let mut time = 0.4;
        let mut times = vec![];
        for interval in intervals {
            times.push((time * rate) as usize);
            time += interval;
        }
        let found = detect_qrs(&recording(&times, (time * rate) as usize, rate)).unwrap();
        prop_assert_eq!(found.len(), times.len(), "{:?} {:?}", found, times);
        for (found, time) in found.iter().zip(&times) {
            prop_assert!((found.abs_diff(*time)) as f64 / rate < 0.05);
        }
    }

    #[test]
    fn whatever_comes_is_in_order_and_inside(samples in prop::collection::vec(-2.0_f32..2.0, 1..3000)) {
        let length = samples.len();
        let ecg = Ecg::new(vec![Lead::I], vec![samples], 250.0).unwrap();
        if let Ok(found) = detect_qrs(&ecg) {
            prop_assert!(found.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(found.iter().all(|&beat| beat < length));
        }
    }
}

#[test]
fn a_dropped_beat_amid_large_ones_is_found_again() {
    let times: Vec<usize> = (0..10).map(|beat| 300 + 450 * beat).collect();
    let mut row = beats(&times, 5000, 500.0);
    // One beat at a quarter of its size: below the threshold, above that of the search-back.
    for sample in &mut row[times[5] - 60..times[5] + 60] {
        *sample *= 0.25;
    }
    let ecg = Ecg::new(vec![Lead::II], vec![row], 500.0).unwrap();
    assert_eq!(detect_qrs(&ecg).unwrap().len(), 10);
}

/// A small generator of even noise within ±1, the same at every run.
fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
    }
}

/// The twelve leads that follow from these eight rows of 10 s at 500 Hz.
fn twelve(row: impl FnMut(usize) -> Vec<f32>) -> Ecg {
    let rows = (0..8).map(row).collect();
    let eight = Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap();
    eight.twelve_leads().unwrap()
}

/// QRS complexes this wide (ms at half height) fill half of the cycle or more at these rates.
#[test]
fn fast_and_wide_rhythms_are_no_noise() {
    for width in [20.0, 50.0, 83.0] {
        for rate in [120.0, 150.0, 170.0, 185.0, 200.0] {
            let mut noise = noise(3);
            let interval = 60.0 / rate;
            let ecg = twelve(|lead| {
                let size = 0.4 + 0.15 * lead as f64;
                let wave = |n: usize| {
                    let distance = (n as f64 / 500.0) % interval - interval / 2.0;
                    (-(distance / (width / 1665.0)).powi(2)).exp()
                };
                (0..5000)
                    .map(|n| (size * wave(n) + 0.01 * noise()) as f32)
                    .collect()
            });
            let expected = 10.0 / interval;
            let found = detect_qrs(&ecg).map(|beats| beats.len()).unwrap_or(0);
            assert!(
                (found as f64 - expected).abs() <= 1.0,
                "{width} ms, {rate} bpm: {found} beats"
            );
        }
    }
}

#[test]
fn noise_is_refused_whatever_the_leads() {
    for seed in 1..=20 {
        // Even noise, and noise without its fast part, as of muscles.
        for smoothing in [1, 8] {
            let mut noise = noise(seed);
            let mut row = |_| {
                let values: Vec<f64> = (0..5000 + smoothing).map(|_| noise()).collect();
                let sums = values.windows(smoothing).map(|part| part.iter().sum());
                sums.take(5000).map(|sum: f64| sum as f32).collect()
            };
            let single = Ecg::new(vec![Lead::II], vec![row(0)], 500.0).unwrap();
            for ecg in [single, twelve(row)] {
                let leads = ecg.leads().len();
                assert_eq!(
                    detect_qrs(&ecg),
                    Err(SignalError::NoQrs),
                    "{leads} leads, seed {seed}, smoothing {smoothing}"
                );
            }
        }
    }
}

#[test]
fn silence_and_slow_recordings_are_refused() {
    let silent = Ecg::new(vec![Lead::II], vec![vec![0.5; 5000]], 500.0).unwrap();
    assert_eq!(detect_qrs(&silent), Err(SignalError::NoQrs));
    let wander = (0..5000).map(|n| (n as f32 / 700.0).sin()).collect();
    let wander = Ecg::new(vec![Lead::II], vec![wander], 500.0).unwrap();
    assert_eq!(detect_qrs(&wander), Err(SignalError::NoQrs));
    let absurd = Ecg::new(vec![Lead::II], vec![vec![0.0; 300]], 1e12).unwrap();
    assert!(matches!(
        detect_qrs(&absurd),
        Err(SignalError::RateTooHigh { .. })
    ));
    let slow = Ecg::new(vec![Lead::II], vec![vec![0.0; 300]], 50.0).unwrap();
    assert!(matches!(
        detect_qrs(&slow),
        Err(SignalError::RateTooLow { .. })
    ));
}

/// Sensitivity and positive predictivity within 150 ms (the tolerance of ANSI/AAMI EC57), between the first
/// and the last annotated beat, since LUDB leaves incomplete beats at the ends unannotated.
#[test]
fn agrees_with_the_annotations_of_ludb() {
    let Some(headers) = ludb::records() else {
        return;
    };
    const TOLERANCE: usize = 75;
    let (mut hits, mut annotated, mut detected) = (0, 0, 0);
    for header in &headers {
        let beats = ludb::agreed(&ludb::complexes(header));
        let found = detect_qrs(&wfdb::read(header).unwrap()).unwrap();
        let (first, last) = (beats[0] - TOLERANCE, beats[beats.len() - 1] + TOLERANCE);
        let found: Vec<usize> = found
            .into_iter()
            .filter(|beat| (first..=last).contains(beat))
            .collect();
        let near = |beat: usize| {
            found
                .iter()
                .filter(|found| found.abs_diff(beat) <= TOLERANCE)
                .count()
        };
        let matched = beats.iter().filter(|&&beat| near(beat) > 0).count();
        if matched < beats.len() || found.len() > matched {
            println!(
                "{}: {} annotated, {} detected, {matched} alike",
                header.display(),
                beats.len(),
                found.len()
            );
        }
        hits += matched;
        annotated += beats.len();
        detected += found.len();
    }
    let (sensitivity, predictivity) = (
        hits as f64 / annotated as f64,
        hits as f64 / detected as f64,
    );
    println!(
        "LUDB, {} records, {annotated} beats: Se {sensitivity:.4}, +P {predictivity:.4}",
        headers.len()
    );
    assert!(
        sensitivity >= 0.997 && predictivity >= 0.997,
        "Se {sensitivity}, +P {predictivity}"
    );
}

/// An electrode's jump soon after a beat is larger than the beat, which it hides within the refractory
/// period; and before a beat comes a small sharp wave of the atria.
#[test]
fn artefacts_beside_beats_do_not_take_their_place() {
    let times: Vec<usize> = (0..10).map(|beat| 300 + 450 * beat).collect();
    let clean = beats(&times, 5000, 500.0);
    let mut jump = clean.clone();
    jump[times[4] + 90..]
        .iter_mut()
        .for_each(|value| *value += 2.5);
    let ecg = Ecg::new(vec![Lead::II], vec![jump], 500.0).unwrap();
    let found = detect_qrs(&ecg).unwrap();
    for time in &times {
        assert!(
            found.iter().any(|beat| beat.abs_diff(*time) < 20),
            "{time}: {found:?}"
        );
    }
    let mut sharp = clean;
    for (n, value) in sharp[times[6] - 140..times[6] - 130].iter_mut().enumerate() {
        *value += if n < 5 { 0.8 } else { -0.8 };
    }
    let ecg = Ecg::new(vec![Lead::II], vec![sharp], 500.0).unwrap();
    let found = detect_qrs(&ecg).unwrap();
    assert_eq!(found.len(), 10, "{found:?}");
}
