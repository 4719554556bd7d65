use std::f64::consts::PI;

use proptest::prelude::*;

use super::*;
use crate::ecg::Lead;
use crate::formats;
use crate::signal::ludb;

fn sine(frequency: f64, rate: f64) -> Vec<f64> {
    (0..(10.0 * rate) as usize)
        .map(|n| (2.0 * PI * frequency * n as f64 / rate).sin())
        .collect()
}

fn power(row: &[f64]) -> f64 {
    // Away from the ends.
    let middle = &row[row.len() / 4..3 * row.len() / 4];
    middle.iter().map(|value| value * value).sum::<f64>() / middle.len() as f64
}

#[test]
fn the_band_passes_and_the_rest_does_not() {
    for rate in [250.0, 500.0, 1000.0, 8000.0] {
        let band = DiagnosticBand::for_rows(&[sine(10.0, rate)], rate).unwrap();
        assert_eq!(band.to_string(), "0.5-100 Hz");
        for (frequency, low, high) in [(0.1, 0.0, 0.01), (10.0, 0.99, 1.01), (120.0, 0.0, 0.2)] {
            let gain = power(&band.apply(sine(frequency, rate))) / 0.5;
            assert!((low..=high).contains(&gain), "{rate} {frequency}: {gain}");
        }
    }
}

#[test]
fn it_says_what_it_does() {
    let hum = DiagnosticBand::for_rows(&[sine(50.0, 500.0)], 500.0).unwrap();
    assert_eq!(hum.to_string(), "0.5-100 Hz, notch 50 Hz");
    assert_eq!(hum.mains_hz(), Some(50.0));
    let slow = DiagnosticBand::for_rows(&[sine(5.0, 128.0)], 128.0).unwrap();
    assert_eq!(slow.to_string(), "above 0.5 Hz");
    for rate in [0.0, 0.5, 1e6, f64::NAN] {
        assert!(DiagnosticBand::for_rows(&[vec![0.0; 9]], rate).is_err());
    }
}

#[test]
fn a_recording_that_ends_within_a_beat_keeps_its_level() {
    let period = (0.8 * RATE) as usize;
    let rows = regular_rhythm(75.0, 0.0);
    // The first R wave peaks 0.4 periods after the start.
    let end = 9 * period + 2 * period / 5;
    let row: Vec<f32> = rows[0][..=end].iter().map(|&value| value as f32).collect();
    let ecg = Ecg::new(vec![Lead::II], vec![row.clone()], RATE).unwrap();
    let (filtered, _) = DiagnosticBand::of_recording(&ecg).unwrap();
    // The last T wave's end to the last P wave: level before, level after but for the mean.
    let level = |from: usize, to: usize| {
        let part = &filtered.samples()[0][from..to];
        part.iter().sum::<f32>() / part.len() as f32
    };
    let usual = level(end - 3 * period - 160, end - 3 * period - 130);
    let last = level(end - 160, end - 130);
    assert!(row[end] > 1.0, "an R wave ends it: {}", row[end]);
    assert!((last - usual).abs() < 0.05, "{last} {usual}");
}

#[test]
fn a_recording_keeps_its_leads_and_length() {
    let row: Vec<f32> = sine(0.05, 500.0)
        .iter()
        .map(|&value| value as f32)
        .collect();
    let ecg = Ecg::new(vec![Lead::V2, Lead::I], vec![row.clone(), row], 500.0).unwrap();
    let (filtered, _) = DiagnosticBand::of_recording(&ecg).unwrap();
    assert_eq!(filtered.leads(), ecg.leads());
    assert_eq!(filtered.samples_per_lead(), ecg.samples_per_lead());
    let largest = filtered.samples()[0]
        .iter()
        .fold(0.0f32, |most, v| most.max(v.abs()));
    assert!(largest < 0.2, "wander is gone: {largest}");
}

const RATE: f64 = 500.0;

/// Twelve leads of 10 s of a regular rhythm: P, QRS and T as bells of usual height and width, and
/// a noise of some µV.
fn regular_rhythm(beats_per_minute: f64, noise_mv: f64) -> Vec<Vec<f64>> {
    let period = 60.0 / beats_per_minute;
    let waves = [
        (-0.16, 0.12, 0.025),
        (0.0, 1.2, 0.01),
        (0.026, -0.3, 0.01),
        (0.25, 0.3, 0.05),
    ];
    let mut state = 1_u64;
    let mut noise = move || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / f64::from(1_u32 << 31) - 0.5
    };
    (0..12)
        .map(|lead| {
            let size = 1.0 - 0.12 * f64::from(lead);
            (0..5000)
                .map(|n| {
                    let phase = (f64::from(n) / RATE) % period - 0.4 * period;
                    let bells = waves.iter().map(|(at, height, width): &(f64, f64, f64)| {
                        height * (-0.5 * ((phase - at) / width).powi(2)).exp()
                    });
                    size * bells.sum::<f64>() + noise_mv * noise()
                })
                .collect()
        })
        .collect()
}

/// A hum on some leads, chosen by the bits of `leads`; the hum alone is returned.
fn add_hum(rows: &mut [Vec<f64>], frequency: f64, millivolts: f64, leads: u16) -> Vec<f64> {
    let hum: Vec<f64> = sine(frequency, RATE)
        .iter()
        .map(|value| millivolts * value)
        .collect();
    for (number, row) in rows.iter_mut().enumerate() {
        if leads >> number & 1 == 1 {
            row.iter_mut()
                .zip(&hum)
                .for_each(|(value, hum)| *value += hum);
        }
    }
    hum
}

fn decibels_less(hum: &[f64], band: &DiagnosticBand) -> f64 {
    10.0 * (power(hum) / power(&band.apply(hum.to_vec()))).log10()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn hum_in_some_leads_is_found_and_taken_out(
        beats_per_minute in 40.0..180.0,
        mains in prop::sample::select(vec![50.0, 60.0]),
        offset in -0.5..0.5,
        millivolts in 0.02..0.5,
        leads in 1_u16..1 << 12,
        noise_mv in 0.0..0.02,
    ) {
        let mut rows = regular_rhythm(beats_per_minute, noise_mv);
        let hum = add_hum(&mut rows, mains + offset, millivolts, leads);
        let band = DiagnosticBand::for_rows(&rows, RATE).unwrap();
        prop_assert_eq!(band.mains_hz(), Some(mains));
        let less = decibels_less(&hum, &band);
        prop_assert!(less >= 20.0, "{} dB", less);
    }

    #[test]
    fn a_rhythm_without_hum_is_left_alone(beats_per_minute in 40.0..180.0, noise_mv in 0.0..0.02) {
        let rows = regular_rhythm(beats_per_minute, noise_mv);
        prop_assert_eq!(DiagnosticBand::for_rows(&rows, RATE).unwrap().mains_hz(), None);
    }
}

#[test]
fn real_recordings_are_left_alone_and_hum_put_on_them_is_taken_out() {
    let Some(headers) = ludb::records() else {
        return;
    };
    for (number, header) in headers.iter().enumerate() {
        let ecg = formats::read(header).unwrap();
        let mut rows: Vec<Vec<f64>> = ecg
            .samples()
            .iter()
            .map(|row| row.iter().copied().map(f64::from).collect())
            .collect();
        let before = DiagnosticBand::for_rows(&rows, RATE).unwrap();
        assert_eq!(before.mains_hz(), None, "{}", header.display());
        // Every record gets another frequency, height, and number of leads.
        let share = number as f64 / headers.len() as f64;
        let mains = if number % 2 == 0 { 50.0 } else { 60.0 };
        let hum = add_hum(
            &mut rows,
            mains - 0.5 + share,
            0.02 + 0.3 * share,
            1 << (number % 12),
        );
        let band = DiagnosticBand::for_rows(&rows, RATE).unwrap();
        assert_eq!(band.mains_hz(), Some(mains), "{}", header.display());
        assert!(decibels_less(&hum, &band) >= 20.0, "{}", header.display());
    }
}
