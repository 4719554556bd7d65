//! Intervals and amplitudes of a median beat, as simply as they can be measured.
//!
//! They are for learners, which need what is about right in everybody more than what is exact in most; no doctor sees
//! them. The runtime measures recordings properly.

use ecg2mri::ecg::Lead;
use std::ops::Range;

/// Samples a lead of a median beat, at 500 Hz.
const SAMPLES: usize = 600;
/// Milliseconds of a sample.
const MILLISECONDS: f64 = 2.0;
/// Where the QRS complex begins; [`ecg2mri::signal::MedianBeat::QRS_ONSET`].
const QRS_ONSET: usize = 190;
/// Where the P wave is looked for: 250 to 30 ms before the QRS complex.
const P: Range<usize> = QRS_ONSET - 125..QRS_ONSET - 15;
/// Where the QRS complex is looked for: from 10 ms before its onset to 200 ms after it.
const QRS: Range<usize> = QRS_ONSET - 5..QRS_ONSET + 100;
/// The ST level is taken so long after the end of QRS: 60 ms.
const ST_AFTER: usize = 30;
/// T ends before this: 600 ms after the QRS onset.
const T_UNTIL: usize = QRS_ONSET + 300;
/// The part of the largest spatial speed below which the QRS complex has ended.
const QRS_END_SPEED: f64 = 0.12;
/// The part of its largest spatial size below which T has ended.
const T_END_SIZE: f64 = 0.15;

/// Numbers of a lead.
const OF_LEAD: usize = 6;
/// How many numbers there are.
pub(super) const MEASURES: usize = 12 * OF_LEAD + 12;

/// For each lead of a median beat (12, 600 samples in mV): R, S (the largest and smallest value within QRS), the net
/// area of QRS in mV·ms, ST level, largest and smallest value of T, all in mV; then QRS duration, T peak and T end after
/// the QRS onset, P peak before it (ms), spatial sizes of P, QRS and T (mV), cosine and sine of the frontal QRS axis,
/// the angle between QRS and T (cosine), and the voltages of Sokolow and Lyon and of Cornell (mV).
pub(super) fn beat_measures(beat: &[f32]) -> Vec<f64> {
    let lead = |lead: Lead| {
        let row = Lead::STANDARD
            .iter()
            .position(|&own| own == lead)
            .unwrap_or(0);
        &beat[row * SAMPLES..(row + 1) * SAMPLES]
    };
    let size: Vec<f64> = (0..SAMPLES)
        .map(|sample| length(beat.iter().skip(sample).step_by(SAMPLES).copied()))
        .collect();
    let speed: Vec<f64> = (1..SAMPLES)
        .map(|sample| {
            let now = beat.iter().skip(sample).step_by(SAMPLES);
            let before = beat.iter().skip(sample - 1).step_by(SAMPLES);
            length(now.zip(before).map(|(a, b)| a - b))
        })
        .collect();
    let qrs_end = qrs_end(&speed);
    let t = (qrs_end + ST_AFTER).min(T_UNTIL - 1)..T_UNTIL;
    let t_peak = largest(&size, t.clone());
    let t_end = (t_peak..SAMPLES)
        .find(|&sample| size[sample] < T_END_SIZE * size[t_peak])
        .unwrap_or(SAMPLES);
    let p_peak = largest(&size, P);
    let qrs_peak = largest(&size, QRS);
    let after_onset = |sample: usize| (sample as f64 - QRS_ONSET as f64) * MILLISECONDS;

    let mut found = Vec::with_capacity(MEASURES);
    for row in beat.chunks_exact(SAMPLES) {
        let (low, high) = extremes(&row[QRS]);
        let (t_low, t_high) = extremes(&row[t.clone()]);
        let st = row[(qrs_end + ST_AFTER).min(SAMPLES - 1)];
        found.extend([high, low, area(row, qrs_end), f64::from(st), t_high, t_low]);
    }
    found.extend([
        after_onset(qrs_end),
        after_onset(t_peak),
        after_onset(t_end),
        -after_onset(p_peak),
        size[p_peak],
        size[qrs_peak],
        size[t_peak],
    ]);
    let (one, foot) = (area(lead(Lead::I), qrs_end), area(lead(Lead::AVF), qrs_end));
    let norm = one.hypot(foot).max(f64::MIN_POSITIVE);
    found.extend([one / norm, foot / norm]);
    let at = |sample: usize| beat.iter().skip(sample).step_by(SAMPLES);
    let product: f64 = at(qrs_peak)
        .zip(at(t_peak))
        .map(|(a, b)| f64::from(a * b))
        .sum();
    found.push(product / (size[qrs_peak] * size[t_peak]).max(f64::MIN_POSITIVE));
    let r = |of: Lead| extremes(&lead(of)[QRS]).1;
    let s = |of: Lead| -extremes(&lead(of)[QRS]).0;
    found.push(s(Lead::V1) + r(Lead::V5).max(r(Lead::V6)));
    found.push(r(Lead::AVL) + s(Lead::V3));
    found
}

/// The last sample about QRS at which the beat moves fast.
fn qrs_end(speed: &[f64]) -> usize {
    let fastest = speed[QRS].iter().copied().fold(0.0, f64::max);
    let still_fast = QRS
        .rev()
        .find(|&sample| speed[sample] > QRS_END_SPEED * fastest);
    still_fast.map_or(QRS.start, |sample| sample + 1)
}

/// Net area in mV·ms from the QRS onset to its end.
fn area(row: &[f32], qrs_end: usize) -> f64 {
    let within = row.get(QRS_ONSET..qrs_end).unwrap_or_default();
    within.iter().copied().map(f64::from).sum::<f64>() * MILLISECONDS
}

fn length(values: impl Iterator<Item = f32>) -> f64 {
    values.map(|x| f64::from(x).powi(2)).sum::<f64>().sqrt()
}

/// The place of the largest value in a range that is not empty, the first of equal ones.
fn largest(values: &[f64], range: Range<usize>) -> usize {
    let start = range.start;
    range.fold(start, |best, place| match values[place] > values[best] {
        true => place,
        false => best,
    })
}

fn extremes(values: &[f32]) -> (f64, f64) {
    let (low, high) = values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| {
            (low.min(value), high.max(value))
        });
    (f64::from(low), f64::from(high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ecg2mri::signal::MedianBeat;

    /// A beat of triangles: P of 0.1 mV, QRS of 1 mV lasting 100 ms, T of 0.3 mV, larger in some leads than in others.
    fn beat() -> Vec<f32> {
        let triangle =
            |sample: f64, centre: f64, half: f64| (1.0 - (sample - centre).abs() / half).max(0.0);
        let factors = [
            0.5, 1.0, 0.5, -0.75, 0.0, 0.75, -1.0, 0.3, 0.6, 1.2, 1.1, 0.9,
        ];
        factors
            .iter()
            .flat_map(|factor| {
                (0..SAMPLES).map(move |sample| {
                    let sample = sample as f64;
                    let beat = 0.1 * triangle(sample, 120.0, 20.0)
                        + triangle(sample, 215.0, 25.0)
                        + 0.3 * triangle(sample, 340.0, 40.0);
                    (factor * beat) as f32
                })
            })
            .collect()
    }

    #[test]
    fn windows_lie_where_the_median_beat_has_its_waves() {
        assert_eq!(QRS_ONSET, MedianBeat::QRS_ONSET);
        assert_eq!(SAMPLES, MedianBeat::SAMPLES);
        assert_eq!(MILLISECONDS, 1000.0 / MedianBeat::SAMPLING_RATE);
    }

    #[test]
    fn triangles_are_measured_as_they_were_drawn() {
        let found = beat_measures(&beat());
        assert_eq!(found.len(), MEASURES);
        let near = |place: usize, expected: f64, tolerance: f64| {
            assert!(
                (found[place] - expected).abs() <= tolerance,
                "{place}: {} for {expected}",
                found[place]
            );
        };
        // Lead II: R, S, area of a triangle of 1 mV and 100 ms, ST, T.
        near(OF_LEAD, 1.0, 1e-6);
        near(OF_LEAD + 1, 0.0, 1e-6);
        near(OF_LEAD + 2, 50.0, 1e-3);
        near(OF_LEAD + 3, 0.0, 1e-6);
        near(OF_LEAD + 4, 0.3, 1e-6);
        let global = 12 * OF_LEAD;
        near(global, 100.0, 4.0);
        near(global + 1, 300.0, 1e-9);
        near(global + 2, 368.0, 4.0);
        near(global + 3, 140.0, 1e-9);
        // Areas 25 in I and 37.5 in aVF.
        near(global + 7, 25.0 / 25.0f64.hypot(37.5), 1e-6);
        // QRS and T point the same way; S of V1 is 1 mV, R of V5 1.1 mV; aVL is flat, V3 has no S.
        near(global + 9, 1.0, 1e-6);
        near(global + 10, 2.1, 1e-6);
        near(global + 11, 0.0, 1e-6);
    }

    #[test]
    fn a_flat_line_gives_numbers() {
        assert!(
            beat_measures(&[0.0; 12 * SAMPLES])
                .iter()
                .all(|x| x.is_finite())
        );
    }
}
