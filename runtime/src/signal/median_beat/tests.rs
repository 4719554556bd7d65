use super::*;
use crate::ecg::EcgError;
use crate::formats::wfdb;
use crate::signal::ludb;
use crate::signal::quantile::median;

/// Waves of a beat in each of the eight independent leads: (delay in s, width in s, height in mV).
/// QRS begins some 40 ms before delay 0.
fn beat_at(lead: usize, seconds: f64, ectopic: bool) -> f64 {
    let wave =
        |delay: f64, width: f64, height: f64| height * (-((seconds - delay) / width).powi(2)).exp();
    let size = 0.4 + 0.2 * lead as f64;
    if ectopic {
        return wave(0.0, 0.05, -1.5 * size) + wave(0.3, 0.07, 0.5);
    }
    let polarity = if lead == 2 { -1.0 } else { 1.0 };
    wave(-0.16, 0.025, 0.1)
        + polarity
            * (wave(-0.025, 0.008, -0.1) + wave(0.0, 0.012, size) + wave(0.03, 0.01, -0.3 * size))
        + wave(0.28, 0.06, 0.25)
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

struct Rhythm {
    seconds: f64,
    rate: f64,
    /// Times of the beats, and whether they are ectopic.
    beats: Vec<(f64, bool)>,
    noise: f64,
    hum: f64,
    wander: f64,
}

impl Rhythm {
    fn regular(interval: f64) -> Rhythm {
        let beats = (0..)
            .map(|n| (0.45 + interval * n as f64, false))
            .take_while(|&(time, _)| time < 9.8)
            .collect();
        Rhythm {
            seconds: 10.0,
            rate: 500.0,
            beats,
            noise: 0.01,
            hum: 0.0,
            wander: 0.0,
        }
    }

    fn record(&self) -> Ecg {
        let mut noise = noise(5);
        let length = (self.seconds * self.rate) as usize;
        let rows = (0..8).map(|lead| {
            (0..length)
                .map(|n| {
                    let time = n as f64 / self.rate;
                    let beats = self
                        .beats
                        .iter()
                        .map(|&(at, ectopic)| beat_at(lead, time - at, ectopic));
                    let slow = self.wander
                        * (2.0 * std::f64::consts::PI * 0.25 * time + lead as f64).sin();
                    let hum = self.hum * (2.0 * std::f64::consts::PI * 50.0 * time).sin();
                    (beats.sum::<f64>() + slow + hum + self.noise * noise()) as f32
                })
                .collect()
        });
        Ecg::new(Lead::INDEPENDENT.to_vec(), rows.collect(), self.rate).unwrap()
    }
}

/// How far the median beat is from the clean one, as root mean square in mV from P wave to T wave, after
/// the best shift of up to 20 ms.
fn error_of(beat: &MedianBeat) -> f64 {
    let shifts = -10..=10_i32;
    let rms = |shift: i32| {
        let mut sum = 0.0;
        for (lead, name) in Lead::INDEPENDENT.into_iter().enumerate() {
            for n in 90..420 {
                let seconds = (f64::from(n + shift) - 205.0) / 500.0;
                sum += (f64::from(beat.lead(name)[n as usize]) - beat_at(lead, seconds, false))
                    .powi(2);
            }
        }
        (sum / (8.0 * 330.0)).sqrt()
    };
    shifts.map(rms).fold(f64::INFINITY, f64::min)
}

#[test]
fn recovers_the_beat_from_a_clean_rhythm_at_any_rate() {
    for rate in [250.0, 360.0, 500.0, 1000.0] {
        let beat = median_beat(
            &Rhythm {
                rate,
                ..Rhythm::regular(0.8)
            }
            .record(),
        )
        .unwrap();
        assert!(
            (beat.heart_rate_bpm() - 75.0).abs() < 0.2,
            "{}",
            beat.heart_rate_bpm()
        );
        assert_eq!((beat.beats_found(), beat.as_slice().len()), (12, 7200));
        assert!(
            beat.rr_intervals()
                .iter()
                .all(|interval| (interval - 0.8).abs() < 0.012)
        );
        let error = error_of(&beat);
        assert!(error < 0.02, "{rate} Hz: {error} mV");
        // The Q wave begins here, and the PR segment before it is at 0.
        let onset = MedianBeat::QRS_ONSET;
        for lead in Lead::STANDARD {
            let row = beat.lead(lead);
            assert!(
                row[onset - 12..onset - 2]
                    .iter()
                    .all(|value| value.abs() < 0.02),
                "{lead} at {rate} Hz"
            );
        }
        assert!(
            beat.lead(Lead::V6)[onset..onset + 30]
                .iter()
                .any(|&value| value > 1.0)
        );
    }
}

#[test]
fn limb_leads_keep_their_relations() {
    let beat = median_beat(&Rhythm::regular(0.9).record()).unwrap();
    for n in 0..MedianBeat::SAMPLES {
        let at = |lead: Lead| f64::from(beat.lead(lead)[n]);
        // The median is not linear, so the relations hold but to the noise.
        assert!((at(Lead::III) - (at(Lead::II) - at(Lead::I))).abs() < 0.02);
        assert!((at(Lead::AVR) + (at(Lead::II) + at(Lead::I)) / 2.0).abs() < 0.02);
    }
    assert_eq!(beat.rows().count(), MedianBeat::LEADS);
    assert_eq!(beat.rows().nth(11), Some(beat.lead(Lead::V6)));
}

#[test]
fn hum_wander_and_noise_leave_little_trace() {
    let rhythm = Rhythm {
        hum: 0.2,
        wander: 0.5,
        noise: 0.05,
        ..Rhythm::regular(0.8)
    };
    let beat = median_beat(&rhythm.record()).unwrap();
    assert_eq!(beat.mains_hz(), Some(50.0));
    let error = error_of(&beat);
    assert!(error < 0.035, "{error} mV");
    assert_eq!(
        median_beat(&Rhythm::regular(0.8).record())
            .unwrap()
            .mains_hz(),
        None
    );
}

#[test]
fn ectopic_beats_are_left_out_even_in_bigeminy() {
    let mut rhythm = Rhythm::regular(0.8);
    for ectopic in [3, 7] {
        rhythm.beats[ectopic].0 -= 0.2;
        rhythm.beats[ectopic].1 = true;
    }
    let beat = median_beat(&rhythm.record()).unwrap();
    assert_eq!((beat.beats_found(), beat.beats_used()), (12, 10));
    assert!(error_of(&beat) < 0.02, "{}", error_of(&beat));

    // Every second beat early and ectopic, and one more of them than of the others.
    let mut rhythm = Rhythm::regular(0.75);
    for (n, beat) in rhythm.beats.iter_mut().enumerate() {
        if n % 2 == 0 {
            *beat = (beat.0 - 0.2, true);
        }
    }
    let beat = median_beat(&rhythm.record()).unwrap();
    assert_eq!(beat.beats_found(), 13);
    assert_eq!(beat.beats_used(), 6);
    assert!(error_of(&beat) < 0.05, "{}", error_of(&beat));
}

#[test]
fn refuses_poor_recordings_and_says_why() {
    let good = Rhythm::regular(0.8).record();
    let changed = |change: &dyn Fn(usize, usize, f32) -> f32| {
        let rows = good.samples().iter().enumerate().map(|(lead, row)| {
            row.iter()
                .enumerate()
                .map(|(n, &value)| change(lead, n, value))
                .collect()
        });
        median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows.collect(), 500.0).unwrap())
            .unwrap_err()
    };
    assert_eq!(
        changed(&|lead, _, value| if lead == 4 { 1.5 } else { value }),
        SignalError::FlatLead { lead: Lead::V3 }
    );
    let error = changed(&|_, _, value| value * 1000.0);
    assert!(
        matches!(error, SignalError::AmplitudeTooLarge { .. }),
        "{error}"
    );
    let error = changed(&|_, _, value| value / 1000.0);
    assert!(
        matches!(error, SignalError::AmplitudeTooSmall { .. }),
        "{error}"
    );
    let mut random = (0..40_000).map({
        let mut noise = noise(9);
        move |_| noise() as f32
    });
    let rows = (0..8)
        .map(|_| random.by_ref().take(5000).collect())
        .collect();
    let noise =
        median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap()).unwrap_err();
    assert!(
        matches!(noise, SignalError::NoQrs | SignalError::TooFewBeats { .. }),
        "{noise}"
    );
    let short = Rhythm {
        seconds: 2.5,
        ..Rhythm::regular(0.8)
    }
    .record();
    assert!(matches!(
        median_beat(&short),
        Err(SignalError::TooShort { .. })
    ));
    let few = Rhythm {
        seconds: 3.2,
        ..Rhythm::regular(1.6)
    }
    .record();
    assert!(matches!(
        median_beat(&few),
        Err(SignalError::TooFewBeats { found: 2, .. })
    ));
    for error in [noise, median_beat(&short).unwrap_err()] {
        assert!(error.is_poor_signal());
    }
    let one = Ecg::new(vec![Lead::II], vec![vec![0.0; 5000]], 500.0).unwrap();
    let error = median_beat(&one).unwrap_err();
    assert!(
        matches!(error, SignalError::Ecg(EcgError::MissingLeads { .. })) && !error.is_poor_signal()
    );
}

#[test]
fn refuses_a_lead_that_carries_no_heart() {
    let good = Rhythm::regular(0.8).record();
    let with_v3 = |value: &dyn Fn(f64) -> f64| {
        let mut rows = good.samples().to_vec();
        rows[4] = (0..5000).map(|n| value(n as f64 / 500.0) as f32).collect();
        median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap())
    };
    let flat = Err(SignalError::FlatLead { lead: Lead::V3 });
    assert_eq!(with_v3(&|time| if time == 4.0 { 0.018 } else { 0.0 }), flat);
    let bump = |time: f64| (4.0..4.04).contains(&time);
    assert_eq!(with_v3(&|time| if bump(time) { 0.018 } else { 0.0 }), flat);
    assert_eq!(with_v3(&|time| 0.002 * time), flat);
    let hum = |time: f64| (2.0 * std::f64::consts::PI * 50.0 * time).sin();
    assert_eq!(with_v3(&|time| 0.01 * hum(time)), flat);
    // A small QRS complex is one, however rare.
    let beat = |time: f64| 0.1 * (-((time % 1.6 - 0.8) / 0.02).powi(2)).exp();
    assert!(with_v3(&beat).is_ok());
    // The same in every lead.
    let rows = vec![
        (0..5000)
            .map(|n| 0.03 * hum(f64::from(n) / 500.0) as f32)
            .collect();
        8
    ];
    let error = median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap());
    assert!(
        matches!(error, Err(SignalError::AmplitudeTooSmall { .. })),
        "{error:?}"
    );
}

#[test]
fn refuses_absurd_lengths_and_rates_at_once() {
    let rows = |length: usize| vec![vec![0.0; length]; 8];
    let ecg = |length, rate| Ecg::new(Lead::INDEPENDENT.to_vec(), rows(length), rate).unwrap();
    assert!(matches!(
        median_beat(&ecg(360_100, 100.0)),
        Err(SignalError::TooLong { .. })
    ));
    assert!(matches!(
        median_beat(&ecg(5000, 1e12)),
        Err(SignalError::RateTooHigh { .. })
    ));
}

/// One beat in six is of one kind; the others differ from it and from one another.
#[test]
fn a_few_alike_among_many_are_chance() {
    let record = |kinds: usize| {
        let mut noise = noise(11);
        let length = 20_000;
        let mut rows = vec![vec![0.0_f32; length]; 8];
        for beat in 0..48 {
            let same = beat % kinds == 0;
            let middle = 300 + 400 * beat;
            for (lead, row) in rows.iter_mut().enumerate() {
                let size = if same {
                    0.5 + 0.1 * lead as f64
                } else {
                    noise()
                };
                for (n, value) in row[middle - 50..middle + 50].iter_mut().enumerate() {
                    let seconds = (n as f64 - 50.0) / 500.0;
                    *value += (size * (-(seconds / 0.015).powi(2)).exp()) as f32;
                }
                row.iter_mut()
                    .for_each(|value| *value += 1e-4 * noise() as f32);
            }
        }
        median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap())
    };
    let error = record(6).unwrap_err();
    assert!(
        matches!(error, SignalError::TooFewBeats { usable, least: 12, .. } if usable >= 3),
        "{error:?}"
    );
    assert!(record(2).is_ok());
}

/// A P wave far ahead must not pass for the onset where velocity never rests before QRS.
#[test]
fn the_onset_lies_near_its_qrs() {
    let restless = |n: usize| 0.13 * (2.0 * std::f64::consts::PI * n as f64 / 7.0).sin();
    let qrs = |n: usize| (-((n as f64 - 300.0) / 8.0).powi(2)).exp();
    let row: Vec<f64> = (0..600)
        .map(|n| if n < 150 { 0.0 } else { restless(n) } + qrs(n))
        .collect();
    let found = onset::qrs_onset(&vec![row; 12], 300);
    assert!((260..300).contains(&found), "{found}");
}

#[test]
fn a_constant_offset_of_the_electrodes_does_no_harm() {
    let good = Rhythm::regular(0.8).record();
    let rows = good
        .samples()
        .iter()
        .map(|row| row.iter().map(|value| value + 150.0).collect())
        .collect();
    let beat = median_beat(&Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0).unwrap()).unwrap();
    assert!(error_of(&beat) < 0.02);
}

/// The onset of every kept beat against the middle of the twelve leads' annotated onsets.
#[test]
fn onset_agrees_with_the_annotations_of_ludb() {
    let Some(headers) = ludb::records() else {
        return;
    };
    let mut errors = Vec::new();
    for header in &headers {
        let ecg = wfdb::read(header).unwrap();
        let prepared = clean(ecg.samples(), ecg.sampling_rate()).unwrap();
        let beats = qrs::detect(&prepared.rows).unwrap();
        let references = usual_beats(&prepared.rows, &beats, &[]);
        let start = window_start(&prepared.rows, &references) + MedianBeat::QRS_ONSET as f64;
        let complexes = ludb::complexes(header);
        let differences: Vec<f64> = references
            .iter()
            .filter_map(|&reference| {
                let onset = reference + start;
                let of_beat = complexes
                    .iter()
                    .flatten()
                    .filter(|complex| (complex.peak as f64 - onset).abs() < 90.0);
                let onsets: Vec<f64> = of_beat
                    .filter_map(|complex| Some(complex.onset? as f64))
                    .collect();
                (onsets.len() >= 8).then(|| 2.0 * (onset - median(&onsets)))
            })
            .collect();
        if !differences.is_empty() {
            errors.push(median(&differences));
        }
    }
    let middle = median(&errors);
    let spread: Vec<f64> = errors.iter().map(|error| (error - middle).abs()).collect();
    let near = spread.iter().filter(|&&distance| distance <= 15.0).count();
    println!(
        "LUDB, {} records: QRS onset later than annotated by {middle:.1} ms (median), median deviation {:.1} ms, \
         {near} within 15 ms",
        errors.len(),
        median(&spread)
    );
    assert!(middle.abs() < 12.0 && median(&spread) < 6.0 && near * 10 >= errors.len() * 9);
}
