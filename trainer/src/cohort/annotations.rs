//! What is true of a simulated recording, as WFDB annotations.

use crate::synthesis::{BeatClass, BeatFiducials, Recording, SAMPLING_RATE_HZ};
use ecg2mri::formats::wfdb::{Annotation, AnnotationCode};
use std::ops::RangeInclusive;

/// The eight leads of the twelve that are independent.
const INDEPENDENT_LEADS: [usize; 8] = [0, 1, 6, 7, 8, 9, 10, 11];
/// Samples (40 ms) over which P and T waves are smoothed to find their peaks beneath the noise.
const SMOOTHED_SAMPLES: usize = 20;

/// A wave's kind, by annot(5)'s `num` field of its onset and end.
#[derive(Clone, Copy)]
enum Wave {
    P = 0,
    Qrs = 1,
    T = 2,
}

/// The beats, `N` or `V` at the peak of the QRS complex.
pub fn beats(recording: &Recording) -> Vec<Annotation> {
    let beat = |beat: &BeatFiducials| {
        let peak = peak(recording, qrs(recording, beat)?, 1);
        Some(mark(peak, beat_code(beat), 0))
    };
    recording.beats.iter().filter_map(beat).collect()
}

/// The waves that lie within the recording, as the Lobachevsky University database has them: `(`, `p`, `)`; `(`, `N`,
/// `)`; `t`, `)`. The `N` stands for the peak of any QRS complex; the T wave's onset is not defined. Peaks are where
/// the eight independent leads together are furthest from where they are when the wave ends.
pub fn waves(recording: &Recording) -> Vec<Annotation> {
    let mut marks = Vec::new();
    let mut put = |wave: Wave, samples: RangeInclusive<usize>, code: AnnotationCode| {
        let (first, last) = (*samples.start(), *samples.end());
        let smoothed = match wave {
            Wave::Qrs => 1,
            Wave::P | Wave::T => SMOOTHED_SAMPLES,
        };
        if !matches!(wave, Wave::T) {
            marks.push(mark(first, AnnotationCode::WAVE_ONSET, wave as i8));
        }
        marks.push(mark(peak(recording, samples, smoothed), code, 0));
        marks.push(mark(last, AnnotationCode::WAVE_END, wave as i8));
    };
    for beat in &recording.beats {
        if let Some((onset, end)) = p_wave(beat)
            && let Some(samples) = samples_of(recording, onset, end)
        {
            put(Wave::P, samples, AnnotationCode::P_WAVE_PEAK);
        }
        if let Some(samples) = qrs(recording, beat) {
            put(Wave::Qrs, samples, AnnotationCode::NORMAL_BEAT);
        }
        if let Some(samples) = samples_of(recording, beat.qrs_offset, beat.t_offset) {
            put(Wave::T, samples, AnnotationCode::T_WAVE_PEAK);
        }
    }
    // A premature beat's QRS may come before the T wave of the beat before it has ended.
    marks.sort_by_key(|mark| mark.sample);
    marks
}

fn beat_code(beat: &BeatFiducials) -> AnnotationCode {
    match beat.class {
        BeatClass::Normal => AnnotationCode::NORMAL_BEAT,
        BeatClass::Ventricular => AnnotationCode::VENTRICULAR_BEAT,
    }
}

fn p_wave(beat: &BeatFiducials) -> Option<(f64, f64)> {
    beat.p_onset.zip(beat.p_offset)
}

fn qrs(recording: &Recording, beat: &BeatFiducials) -> Option<RangeInclusive<usize>> {
    samples_of(recording, beat.qrs_onset, beat.qrs_offset)
}

fn mark(sample: usize, code: AnnotationCode, number: i8) -> Annotation {
    Annotation::new(sample as u64, code, number)
}

/// The samples from one time to another, s; `None` where they are not all recorded.
fn samples_of(recording: &Recording, from: f64, to: f64) -> Option<RangeInclusive<usize>> {
    let length = recording.leads[0].len();
    let [first, last] = [from, to].map(|seconds| (seconds * SAMPLING_RATE_HZ).round());
    (first >= 0.0 && last >= first && last < length as f64)
        .then_some(first as usize..=last as usize)
}

/// The sample at which the leads, averaged over `smoothed` samples of the wave, are furthest from their values at its
/// end: at rest again, whereas the T wave begins where QRS has hardly ended.
fn peak(recording: &Recording, samples: RangeInclusive<usize>, smoothed: usize) -> usize {
    let (first, last) = (*samples.start(), *samples.end());
    let leads = INDEPENDENT_LEADS.map(|lead| &recording.leads[lead]);
    let mean = |lead: &[f32], sample: usize| {
        let from = sample.saturating_sub(smoothed / 2).max(first);
        let to = (sample.saturating_sub(smoothed / 2) + smoothed).min(last + 1);
        lead[from..to].iter().sum::<f32>() / (to - from) as f32
    };
    let rest = leads.map(|lead| mean(lead, last));
    let from_end = |sample: usize| -> f32 {
        leads
            .iter()
            .zip(rest)
            .map(|(lead, rest)| (mean(lead, sample) - rest).powi(2))
            .sum()
    };
    (first..=last)
        .max_by(|&one, &other| from_end(one).total_cmp(&from_end(other)))
        .unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::{Sex, typical_subject};

    #[test]
    fn waves_come_in_order_with_peaks_between_their_ends() {
        let recording = typical_subject(Sex::Female, &[]).simulate().recording();
        let length = recording.leads[0].len() as u64;
        let beats = beats(&recording);
        assert!((8..20).contains(&beats.len()), "{}", beats.len());
        let waves = waves(&recording);
        for triple in waves
            .chunk_by(|one, _| one.code != AnnotationCode::WAVE_END)
            .filter(|wave| wave.len() == 3)
        {
            let [onset, peak, end] = triple else {
                unreachable!("three marks");
            };
            assert!(onset.sample < peak.sample && peak.sample < end.sample);
            assert_eq!(onset.number, end.number);
        }
        assert!(waves.iter().all(|mark| mark.sample < length));
        let peaks_of =
            |code| -> Vec<&Annotation> { waves.iter().filter(|mark| mark.code == code).collect() };
        let complexes = peaks_of(AnnotationCode::NORMAL_BEAT);
        assert_eq!(complexes.len(), beats.len());
        // The peak of T is some 300 ms after that of QRS in a normal heart, that of P before it.
        let first_t = peaks_of(AnnotationCode::T_WAVE_PEAK)[1].sample;
        assert!(
            complexes
                .iter()
                .any(|qrs| (100..200).contains(&(first_t as i64 - qrs.sample as i64)))
        );
        assert!(peaks_of(AnnotationCode::P_WAVE_PEAK).len() + 1 >= beats.len());
    }
}
