//! Pacemaker spikes, looked for in the signal as recorded: filters smear them.
//!
//! A stimulus lasts for 0.5 to 2 ms, so that it is one step up and one down within two or three
//! samples, in many leads at once; even a narrow QRS complex has steps as steep for 10 ms and more.

use super::Reason;
use super::strip::Strip;

/// Milliseconds that a spike may last, recorder's filter included.
const SPIKE_MS: f64 = 5.0;
/// Milliseconds to either side in which nothing may be nearly as steep.
const CALM_MS: f64 = 24.0;
/// The step of a spike over the steepest one nearby.
const LEAST_RATIO: f64 = 3.5;
/// Millivolts: the least step, and what the noise of a recorder adds to steps nearby.
const LEAST_STEP: f64 = 0.1;
const FLOOR: f64 = 0.004;
/// The share of the step that is left when the spike is over: 0.2 to 0.4 of spikes, 1 and more of R waves.
const MOST_LEFT: f32 = 0.6;
/// So many leads show it.
const LEADS: usize = 3;
/// A spike or two are artefacts.
const LEAST_COUNT: usize = 3;
/// Hz; at lower rates a spike cannot be told from a QRS complex.
const LEAST_RATE: f64 = 240.0;

/// Pacemaker spikes, if there are some.
pub(super) fn reason(strip: &Strip) -> Option<Reason> {
    let count = spikes(&strip.ecg).len();
    (count >= LEAST_COUNT).then_some(Reason::PacingSpikes { count })
}

/// The samples, at the recording's own rate, after which a spike begins.
fn spikes(ecg: &crate::ecg::Ecg) -> Vec<usize> {
    let rate = ecg.sampling_rate();
    if rate < LEAST_RATE || ecg.leads().len() < LEADS {
        return Vec::new();
    }
    let samples = |milliseconds: f64| (milliseconds * rate / 1000.0).round() as usize;
    let (half, calm) = (samples(SPIKE_MS).max(1), samples(CALM_MS));
    let steps = steps(ecg.samples());
    let largest = |from: usize, to: usize| steps[from..to].iter().copied().fold(0.0, f64::max);
    let mut found: Vec<usize> = Vec::new();
    let end = steps.len().saturating_sub(calm);
    for (n, &step) in steps.iter().enumerate().take(end).skip(calm) {
        let highest = largest(n - half, n + half + 1);
        if step < LEAST_STEP || step < highest {
            continue;
        }
        let beside = largest(n - calm, n - half).max(largest(n + half + 1, n + calm + 1));
        let known = found.last().is_some_and(|&last| n - last <= calm);
        if step >= LEAST_RATIO * (beside + FLOOR) && !known && returns(ecg.samples(), n, half) {
            found.push(n);
        }
    }
    found
}

/// Whether the lead with the largest step is soon back where it was: the upstroke of an R wave is not.
fn returns(rows: &[Vec<f32>], at: usize, half: usize) -> bool {
    let step = |row: &&Vec<f32>| (row[at + 1] - row[at]).abs();
    let largest = rows
        .iter()
        .max_by(|one, other| step(one).total_cmp(&step(other)));
    largest.is_some_and(|row| (row[at + half + 1] - row[at - half]).abs() < MOST_LEFT * step(&row))
}

/// From each sample to the next: the mean step of the leads in which it is largest.
fn steps(rows: &[Vec<f32>]) -> Vec<f64> {
    let length = rows.first().map_or(0, Vec::len);
    let mut own = vec![0.0_f64; rows.len()];
    (1..length)
        .map(|n| {
            for (step, row) in own.iter_mut().zip(rows) {
                *step = f64::from((row[n] - row[n - 1]).abs());
            }
            own.sort_unstable_by(|one, other| other.total_cmp(one));
            own.iter().take(LEADS).sum::<f64>() / LEADS as f64
        })
        .collect()
}
