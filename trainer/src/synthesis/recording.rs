//! Ten seconds of 12-lead ECG as a cart would record it, with the truth about each beat.

use super::beat::START_MS;
use super::electrodes::{LEADS, twelve_leads};
use super::heart::SimulatedHeart;
use super::noise::electrode_noise;
use super::random::{Purpose, Stream};
use super::rhythm::{BeatClass, Rhythm};

/// The twelve leads in standard order.
pub const LEAD_NAMES: [&str; 12] = [
    "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
];
/// Sampling rate, Hz.
pub const SAMPLING_RATE_HZ: f64 = 500.0;
/// Samples in each lead: ten seconds.
const SAMPLES: usize = 5000;
/// Resolution of the recorder, mV.
pub const RESOLUTION_MV: f64 = 0.005;
/// SD of the recorder's gain error.
const GAIN_ERROR: f64 = 0.02;

/// When the waves of one beat begin and end, in seconds from the start of the recording; times
/// may lie outside it for the first and last beat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeatFiducials {
    /// Where the beat arises.
    pub class: BeatClass,
    /// Onset of the P wave, if there is one.
    pub p_onset: Option<f64>,
    /// End of the P wave, if there is one.
    pub p_offset: Option<f64>,
    /// QRS onset.
    pub qrs_onset: f64,
    /// QRS end (J point).
    pub qrs_offset: f64,
    /// End of the T wave.
    pub t_offset: f64,
}

/// A 10-second, 12-lead recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Twelve leads in the order of [`LEAD_NAMES`], 5000 samples each at 500 Hz, in mV.
    pub leads: [Vec<f32>; 12],
    /// Exact fiducials of every beat any part of which may be seen.
    pub beats: Vec<BeatFiducials>,
}

impl Recording {
    /// Records the heart: its beats, then the noise of nine electrodes, gain error and 5 µV steps.
    pub(super) fn of(heart: &SimulatedHeart) -> Self {
        let subject = &heart.subject;
        let mut stream = Stream::new(subject.seed, subject.index, Purpose::Recording);
        let mut irregular = Stream::new(subject.seed, subject.index, Purpose::Beats);
        let seconds = SAMPLES as f64 / SAMPLING_RATE_HZ;
        let rhythm = Rhythm::draw(&mut stream, &mut irregular, heart, seconds);
        let (mut eight, beats) = heart_only(heart, &rhythm);
        if let (Some(fibrillation), Some(field)) = (&subject.fibrillation, &heart.fibrillatory) {
            field.add_waves(&mut eight, fibrillation, &mut irregular, SAMPLING_RATE_HZ);
        }
        let mut gain = 1.0;
        if subject.noise_level > 0.0 {
            gain += subject.noise_level * stream.normal(0.0, GAIN_ERROR);
            let noise = electrode_noise(&mut stream, 9, SAMPLES, SAMPLING_RATE_HZ);
            for (lead, signal) in eight.iter_mut().enumerate() {
                for (i, x) in signal.iter_mut().enumerate() {
                    let at = |electrode: usize| noise[electrode][i];
                    let seen = match lead {
                        0 => at(1) - at(0),
                        1 => at(2) - at(0),
                        chest => at(chest + 1) - (at(0) + at(1) + at(2)) / 3.0,
                    };
                    *x = *x * gain + subject.noise_level * seen;
                }
            }
        }
        let leads = standard_leads(&eight, |x| (x / RESOLUTION_MV).round() * RESOLUTION_MV);
        Self { leads, beats }
    }
}

/// The eight independent leads without noise, in mV, and the fiducials.
fn heart_only(heart: &SimulatedHeart, rhythm: &Rhythm) -> ([Vec<f64>; LEADS], Vec<BeatFiducials>) {
    let mut eight: [Vec<f64>; LEADS] = std::array::from_fn(|_| vec![0.0; SAMPLES]);
    let mut beats = Vec::with_capacity(rhythm.beats.len());
    for (number, coming) in rhythm.beats.iter().enumerate() {
        let mut amplitude = 1.0;
        if heart.subject.noise_level > 0.0 {
            amplitude += 0.025 * rhythm.respiration(coming.activation_s);
        }
        if number % 2 == 1 {
            amplitude *= 1.0 - heart.subject.alternans;
        }
        let qrs_onset = coming.activation_s - heart.intervals.onset_lead_ms / 1000.0;
        beats.push(add_beat(
            &mut eight,
            heart,
            coming.class,
            qrs_onset,
            amplitude,
        ));
    }
    (eight, beats)
}

/// Adds one beat whose QRS begins at `qrs_onset` (s), with its P wave if it has one, and says
/// where its waves are.
fn add_beat(
    eight: &mut [Vec<f64>; LEADS],
    heart: &SimulatedHeart,
    class: BeatClass,
    qrs_onset: f64,
    amplitude: f64,
) -> BeatFiducials {
    let intervals = &heart.intervals;
    let start = qrs_onset + (intervals.onset_lead_ms + f64::from(START_MS)) / 1000.0;
    let (beat, qrs_ms, qt_ms) = match (class, &heart.ectopic) {
        (BeatClass::Ventricular, Some(ectopic)) => (&ectopic.beat, ectopic.qrs_ms, ectopic.qt_ms),
        _ => (&heart.beat, intervals.qrs_ms, intervals.qt_ms),
    };
    for (signal, beat) in eight.iter_mut().zip(beat) {
        add_wave(signal, beat, start, amplitude);
    }
    let conducted = class == BeatClass::Normal;
    let p_onset = intervals
        .pr_ms
        .filter(|_| conducted)
        .map(|pr| qrs_onset - pr / 1000.0);
    if let Some(p_onset) = p_onset {
        for (signal, p_wave) in eight.iter_mut().zip(&heart.p_wave) {
            add_wave(signal, p_wave, p_onset, amplitude);
        }
    }
    BeatFiducials {
        class,
        p_onset,
        p_offset: p_onset.zip(intervals.p_ms).map(|(p, ms)| p + ms / 1000.0),
        qrs_onset,
        qrs_offset: qrs_onset + qrs_ms / 1000.0,
        t_offset: qrs_onset + qt_ms / 1000.0,
    }
}

/// The twelve leads of eight independent ones, each value passed through `recorded`.
fn standard_leads(eight: &[Vec<f64>; LEADS], recorded: impl Fn(f64) -> f64) -> [Vec<f32>; 12] {
    let mut leads: [Vec<f32>; 12] = Default::default();
    let [i, ii, chest @ ..] = eight;
    for (k, (&i, &ii)) in i.iter().zip(ii).enumerate() {
        let [v1, v2, v3, v4, v5, v6] = chest.each_ref().map(|lead| lead[k]);
        let twelve = twelve_leads([i, ii, v1, v2, v3, v4, v5, v6]);
        for (lead, x) in leads.iter_mut().zip(twelve) {
            lead.push(recorded(x) as f32);
        }
    }
    leads
}

/// Adds a wave sampled every ms from `start` (s), by linear interpolation.
fn add_wave(signal: &mut [f64], wave: &[f64], start: f64, amplitude: f64) {
    let first = (start * SAMPLING_RATE_HZ).ceil().max(0.0) as usize;
    for (i, x) in signal.iter_mut().enumerate().skip(first) {
        let position = (i as f64 / SAMPLING_RATE_HZ - start) * 1000.0;
        let below = position.max(0.0).floor() as usize;
        let Some(&next) = wave.get(below + 1) else {
            break;
        };
        let fraction = position - below as f64;
        *x += amplitude * (wave[below] * (1.0 - fraction) + next * fraction);
    }
}

impl SimulatedHeart {
    /// The noise-free median beat (of the conducted beats): twelve leads of `samples` samples at 500 Hz in mV, with the
    /// QRS onset `before_s` seconds after the first sample.
    pub fn clean_beat(&self, samples: usize, before_s: f64) -> [Vec<f32>; 12] {
        let mut eight: [Vec<f64>; LEADS] = std::array::from_fn(|_| vec![0.0; samples]);
        add_beat(&mut eight, self, BeatClass::Normal, before_s, 1.0);
        standard_leads(&eight, |x| x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waves_are_added_where_they_begin_even_before_the_recording() {
        let wave: Vec<f64> = (0..=10).map(f64::from).collect();
        let mut signal = vec![0.0; 10];
        add_wave(&mut signal, &wave, 0.001, 2.0);
        assert!((signal[1] - 2.0).abs() < 1e-9 && signal[0] == 0.0);
        assert!((signal[5] - 18.0).abs() < 1e-9 && signal[6] == 0.0);
        let mut cut = vec![0.0; 10];
        add_wave(&mut cut, &wave, -0.004, 1.0);
        assert!((cut[0] - 4.0).abs() < 1e-9);
    }
}
