use super::*;
use crate::ecg::Lead;
use crate::formats::wfdb::{self, AnnotationCode};
use crate::signal::ludb;
use crate::signal::quantile::median;
use proptest::prelude::*;

/// A wave that truly begins and ends: one period of a raised cosine, in seconds.
struct Bell {
    from: f64,
    to: f64,
    millivolts: f64,
}

impl Bell {
    fn at(&self, time: f64) -> f64 {
        let half = (self.to - self.from) / 2.0;
        let away = (time - self.from - half) / half;
        if away.abs() < 1.0 {
            self.millivolts * 0.5 * (1.0 + (std::f64::consts::PI * away).cos())
        } else {
            0.0
        }
    }
}

/// Onset, peak and offset of P, QRS and T in seconds from QRS onset.
const TRUTH: [[f64; 3]; 3] = [
    [-0.17, -0.12, -0.07],
    [0.0, 0.045, 0.09],
    [0.22, 0.31, 0.40],
];

/// A beat in a lead of this size; time in seconds from QRS onset.
fn beat(time: f64, size: f64, with_p: bool) -> f64 {
    let [p, qrs, t] = TRUTH;
    let bell = |from, to, millivolts| {
        Bell {
            from,
            to,
            millivolts,
        }
        .at(time)
    };
    let p_wave = if with_p {
        bell(p[0], p[2], 0.12 * size.abs())
    } else {
        0.0
    };
    p_wave
        + bell(qrs[0], qrs[0] + 0.03, -0.15 * size)
        + bell(qrs[0] + 0.02, qrs[0] + 0.07, size)
        + bell(qrs[0] + 0.06, qrs[2], -0.25 * size)
        + bell(t[0], t[2], 0.3 * size)
}

struct Rhythm {
    rate: f64,
    first: f64,
    interval: f64,
    with_p: bool,
    gain: f64,
    noise: f64,
}

const RHYTHM: Rhythm = Rhythm {
    rate: 500.0,
    first: 0.5,
    interval: 0.83,
    with_p: true,
    gain: 1.0,
    noise: 0.005,
};

impl Rhythm {
    fn onsets(&self) -> Vec<f64> {
        (0..)
            .map(|n| self.first + self.interval * f64::from(n))
            .take_while(|onset| onset + 0.5 < 10.0)
            .collect()
    }

    fn record(&self) -> Ecg {
        let onsets = self.onsets();
        let mut state = 7_u64;
        let mut noise = move || {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
        };
        let rows = (0..8).map(|lead| {
            let size = [0.6, 1.1, -0.8, -0.6, 0.5, 1.4, 1.6, 1.2][lead];
            (0..(10.0 * self.rate) as usize)
                .map(|n| {
                    let time = n as f64 / self.rate;
                    let heart: f64 = onsets
                        .iter()
                        .map(|onset| beat(time - onset, size, self.with_p))
                        .sum();
                    (self.gain * (heart + self.noise * noise())) as f32
                })
                .collect()
        });
        let eight = Ecg::new(Lead::INDEPENDENT.to_vec(), rows.collect(), self.rate).unwrap();
        eight.twelve_leads().unwrap()
    }
}

/// The middle over beats of how much later than truly a boundary is found, in ms, for the wave and the end
/// with these numbers.
fn error_ms(rhythm: &Rhythm, beats: &[BeatFiducials], wave: usize, end: usize) -> f64 {
    let errors: Vec<f64> = beats
        .iter()
        .filter_map(|beat| {
            let waves = [beat.global.p, beat.global.qrs, beat.global.t];
            let found = waves[wave]?;
            let found = [found.onset, found.peak, found.offset][end] / rhythm.rate;
            let onset = beat.global.qrs?.onset / rhythm.rate;
            let onsets = rhythm.onsets();
            let near = onsets
                .into_iter()
                .find(|true_onset| (true_onset - onset).abs() < 0.1)?;
            Some(1000.0 * (found - near - TRUTH[wave][end]))
        })
        .collect();
    assert!(errors.len() >= 9, "{} beats have wave {wave}", errors.len());
    median(&errors)
}

#[test]
fn waves_are_found_where_they_are() {
    for rate in [250.0, 500.0, 1000.0] {
        let rhythm = Rhythm { rate, ..RHYTHM };
        let beats = fiducials(&rhythm.record()).unwrap();
        assert_eq!(beats.len(), rhythm.onsets().len());
        assert!(beats.iter().all(|beat| beat.kind == BeatKind::Usual));
        // A smooth wave seems to begin later and to end earlier than it does.
        for (wave, most) in [(0, 25.0), (1, 8.0), (2, 40.0)] {
            let (onset, offset) = (
                error_ms(&rhythm, &beats, wave, 0),
                error_ms(&rhythm, &beats, wave, 2),
            );
            assert!(
                onset.abs() < most && offset.abs() < most,
                "{rate} Hz, wave {wave}: {onset} ms, {offset} ms"
            );
        }
        for (wave, most) in [(0, 8.0), (1, 4.0), (2, 8.0)] {
            let peak = error_ms(&rhythm, &beats, wave, 1);
            assert!(
                peak.abs() < most,
                "{rate} Hz, wave {wave}: peak {peak} ms off"
            );
        }
        for waves in beats.iter().flat_map(|beat| &beat.leads) {
            for wave in [waves.p, waves.qrs, waves.t].into_iter().flatten() {
                assert!(
                    wave.onset < wave.peak && wave.peak < wave.offset,
                    "{wave:?}"
                );
            }
        }
    }
}

#[test]
fn without_p_waves_none_is_found() {
    let rhythm = Rhythm {
        with_p: false,
        ..RHYTHM
    };
    let beats = fiducials(&rhythm.record()).unwrap();
    assert!(beats.len() >= 9 && beats.iter().all(|beat| beat.global.p.is_none()));
    assert!(
        beats
            .iter()
            .flat_map(|beat| &beat.leads)
            .all(|waves| waves.p.is_none())
    );
}

#[test]
fn a_flat_lead_has_no_waves_and_one_lead_is_enough() {
    let mut rows = RHYTHM.record().samples().to_vec();
    rows[6] = vec![0.3; rows[6].len()];
    let beats = fiducials_of_rows(&rows, 500.0).unwrap();
    assert!(beats.len() >= 9);
    assert!(beats.iter().all(|beat| beat.leads[6] == Waves::default()));
    assert!(beats.iter().any(|beat| beat.leads[7].t.is_some()));
    let beats = fiducials_of_rows(&rows[1..2], 500.0).unwrap();
    assert!(beats.len() >= 9);
    assert!(error_ms(&RHYTHM, &beats, 1, 0).abs() < 12.0);
    assert!(fiducials_of_rows(&rows[6..7], 500.0).is_err());
    assert_eq!(fiducials_of_rows(&[], 500.0), Err(SignalError::NoQrs));
    rows[3].pop();
    let refused = SignalError::UnequalRows {
        row: 3,
        expected: 5000,
        found: 4999,
    };
    assert_eq!(fiducials_of_rows(&rows, 500.0), Err(refused));
    rows[3].push(f32::NAN);
    let refused = SignalError::NotFinite {
        row: 3,
        sample: 4999,
    };
    assert_eq!(fiducials_of_rows(&rows, 500.0), Err(refused));
}

/// All places found, in seconds.
fn places(beats: &[BeatFiducials], rate: f64) -> Vec<f64> {
    beats
        .iter()
        .flat_map(|beat| std::iter::once(&beat.global).chain(&beat.leads))
        .flat_map(|waves| [waves.p, waves.qrs, waves.t])
        .flat_map(|wave| match wave {
            Some(wave) => [wave.onset / rate, wave.peak / rate, wave.offset / rate],
            None => [-1.0; 3],
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]
    #[test]
    fn the_gain_does_not_matter(gain in 0.2_f64..5.0, interval in 0.6_f64..1.1) {
        let one = Rhythm { interval, ..RHYTHM };
        let other = Rhythm { gain, interval, ..RHYTHM };
        let one = places(&fiducials(&one.record()).unwrap(), 500.0);
        let other = places(&fiducials(&other.record()).unwrap(), 500.0);
        prop_assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(&other) {
            prop_assert!((one - other).abs() < 0.0041, "{} s, {} s", one, other);
        }
    }

    #[test]
    fn what_comes_later_is_found_later(later in 0.0_f64..0.2) {
        let one = fiducials(&RHYTHM.record()).unwrap();
        let rhythm = Rhythm { first: RHYTHM.first + later, noise: 0.001, ..RHYTHM };
        let other = fiducials(&rhythm.record()).unwrap();
        for (one, other) in one.iter().zip(&other) {
            for (one, other) in [(one.global.p, other.global.p), (one.global.qrs, other.global.qrs), (one.global.t, other.global.t)] {
                let (one, other) = (one.unwrap(), other.unwrap());
                prop_assert!((other.onset - one.onset - 500.0 * later).abs() < 6.0);
                prop_assert!((other.offset - one.offset - 500.0 * later).abs() < 6.0);
            }
        }
    }

    #[test]
    fn another_rate_finds_the_same_times(rate in 240.0_f64..1100.0) {
        let one = fiducials(&RHYTHM.record()).unwrap();
        let other = fiducials(&Rhythm { rate, ..RHYTHM }.record()).unwrap();
        prop_assert_eq!(one.len(), other.len());
        for (one, other) in one.iter().zip(&other) {
            let (one, other) = (one.global.qrs.unwrap(), other.global.qrs.unwrap());
            prop_assert!((one.onset / 500.0 - other.onset / rate).abs() < 0.008);
            prop_assert!((one.offset / 500.0 - other.offset / rate).abs() < 0.008);
        }
    }

    #[test]
    fn whatever_comes_breaks_nothing(
        rows in (1_usize..4, 1_usize..2500).prop_flat_map(|(leads, samples)| {
            prop::collection::vec(prop::collection::vec(-3.0_f32..3.0, samples), leads)
        }),
        rate in 100.0_f64..1200.0,
    ) {
        if let Ok(beats) = fiducials_of_rows(&rows, rate) {
            let length = rows[0].len() as f64;
            for place in places(&beats, 1.0) {
                prop_assert!(place == -1.0 || (0.0..length).contains(&place));
            }
        }
    }
}

/// Against the odd records of LUDB, over all leads: the middle of what is annotated in them.
#[test]
fn agrees_with_the_cardiologists_of_ludb() {
    let Some(headers) = ludb::records() else {
        return;
    };
    let mut errors: [Vec<f64>; 6] = Default::default();
    let (mut annotated, mut missed) = ([0_usize; 3], [0_usize; 3]);
    for header in &headers {
        let beats = fiducials(&wfdb::read(header).unwrap()).unwrap();
        let leads = ludb::waves(header);
        let codes = [
            AnnotationCode::P_WAVE_PEAK,
            AnnotationCode::NORMAL_BEAT,
            AnnotationCode::T_WAVE_PEAK,
        ];
        for (wave, code) in codes.into_iter().enumerate() {
            // Lead II tells the waves; the middle of the leads tells where they are.
            for peak in leads[1]
                .iter()
                .filter(|marked| marked.code == code)
                .map(|marked| marked.at[1])
            {
                annotated[wave] += 1;
                let near = |end: usize| -> f64 {
                    let of_wave = leads
                        .iter()
                        .flatten()
                        .filter(|marked| marked.code == code && marked.at[1].abs_diff(peak) < 40);
                    median(
                        &of_wave
                            .map(|marked| marked.at[end] as f64)
                            .collect::<Vec<_>>(),
                    )
                };
                let found = beats
                    .iter()
                    .filter_map(|beat| [beat.global.p, beat.global.qrs, beat.global.t][wave])
                    .find(|found| (found.peak - peak as f64).abs() < 75.0);
                match found {
                    Some(found) => {
                        errors[2 * wave].push(2.0 * (found.onset - near(0)));
                        errors[2 * wave + 1].push(2.0 * (found.offset - near(2)));
                    }
                    None => missed[wave] += 1,
                }
            }
        }
    }
    // Reached: 7.0, 10.7, 7.0, 6.5, 27.8 and 22.4 ms.
    let most = [9.0, 12.5, 9.0, 8.5, 34.0, 27.0];
    for ((errors, most), name) in errors
        .iter()
        .zip(most)
        .zip(["P on", "P off", "QRS on", "QRS off", "T on", "T off"])
    {
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let variance = errors
            .iter()
            .map(|error| (error - mean).powi(2))
            .sum::<f64>()
            / errors.len() as f64;
        println!(
            "LUDB, {} records, {name}: {mean:.1} ± {:.1} ms",
            headers.len(),
            variance.sqrt()
        );
        assert!(variance.sqrt() < most, "{name}: {}", variance.sqrt());
        assert!(mean.abs() < 12.0, "{name}: {mean}");
    }
    for (annotated, missed) in annotated.into_iter().zip(missed) {
        assert!(missed * 100 <= annotated, "{missed} of {annotated} missed");
    }
}
