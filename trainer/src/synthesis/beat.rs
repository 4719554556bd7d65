//! One ventricular beat in the eight independent leads, at 1 kHz.
//!
//! Every node has the same action potential, shifted: `φ_k(t) = Σ q_ki [U(t − τ_i) + R(t − ρ_i)]`.
//! So the weights are gathered into histograms over activation and recovery time, and those are
//! convolved with the upstroke and the recovery.

use super::electrodes::LEADS;
use super::subject::Repolarisation;
use super::vector::logistic;

/// First sample, ms before the first activation.
pub const START_MS: i32 = -60;
/// Samples of a beat, 1 ms apart.
pub const SAMPLES: usize = 820;
/// Amplitude of an action potential, mV.
const ACTION_POTENTIAL_MV: f64 = 100.0;
/// Half-length of the upstroke kernel, ms.
const UPSTROKE_HALF_MS: i32 = 40;
/// The recovery kernel reaches this far before and after the moment of recovery, ms.
const RECOVERY_BEFORE_MS: i32 = 260;
const RECOVERY_AFTER_MS: i32 = 200;

/// Potentials in mV of I, II, V1–V6 from `START_MS` on. Nodes whose activation is not finite are
/// left out.
pub fn potentials(
    weights: &[Vec<f64>; LEADS],
    activation_ms: &[f64],
    recovery_ms: &[f64],
    repolarisation: &Repolarisation,
) -> [Vec<f64>; LEADS] {
    let upstroke = slope(-UPSTROKE_HALF_MS, UPSTROKE_HALF_MS, |t| {
        logistic(t / repolarisation.upstroke_ms)
    });
    let recovery = slope(-RECOVERY_BEFORE_MS, RECOVERY_AFTER_MS, |t| {
        logistic(-repolarisation.slow_rate_per_ms * t)
            * logistic(-repolarisation.fast_rate_per_ms * t)
    });
    let activation_bins = bins(activation_ms, activation_ms);
    let recovery_bins = bins(recovery_ms, activation_ms);
    let gain = ACTION_POTENTIAL_MV * repolarisation.source_gain;
    std::array::from_fn(|lead| {
        let depolarised = gathered(&weights[lead], &activation_bins);
        let recovered = gathered(&weights[lead], &recovery_bins);
        let rise = convolved(&depolarised, &upstroke, UPSTROKE_HALF_MS as usize);
        let fall = convolved(&recovered, &recovery, RECOVERY_BEFORE_MS as usize);
        rise.iter()
            .zip(fall)
            .map(|(up, down)| gain * (up + down))
            .collect()
    })
}

/// Slope per ms of a function sampled every ms from `from` to `to`, central inside and one-sided
/// at the ends.
fn slope(from: i32, to: i32, function: impl Fn(f64) -> f64) -> Vec<f64> {
    let values: Vec<f64> = (from..=to).map(|t| function(f64::from(t))).collect();
    let last = values.len() - 1;
    (0..=last)
        .map(|i| {
            let (before, after) = (i.saturating_sub(1), (i + 1).min(last));
            (values[after] - values[before]) / (after - before) as f64
        })
        .collect()
}

/// Node, bin below its time, and how far it is towards the next; unreached nodes are left out.
fn bins(times_ms: &[f64], activation_ms: &[f64]) -> Vec<(usize, usize, f64)> {
    times_ms
        .iter()
        .zip(activation_ms)
        .enumerate()
        .filter(|(_, (_, activation))| activation.is_finite())
        .map(|(node, (time, _))| {
            let position = time - f64::from(START_MS);
            let below = position.floor();
            let bin = below.clamp(0.0, (SAMPLES - 2) as f64) as usize;
            (node, bin, position - below)
        })
        .collect()
}

/// Running sum of the nodes' weights over time.
fn gathered(weights: &[f64], bins: &[(usize, usize, f64)]) -> Vec<f64> {
    let mut sums = vec![0.0; SAMPLES];
    for &(node, bin, fraction) in bins {
        sums[bin] += weights[node] * (1.0 - fraction);
        sums[bin + 1] += weights[node] * fraction;
    }
    let mut total = 0.0;
    for sum in &mut sums {
        total += *sum;
        *sum = total;
    }
    sums
}

/// Convolution with a kernel whose time zero is at `centre`; the signal goes on level at its ends.
fn convolved(signal: &[f64], kernel: &[f64], centre: usize) -> Vec<f64> {
    let first = signal.first().copied().unwrap_or(0.0);
    let last = signal.last().copied().unwrap_or(0.0);
    let after = kernel.len() - 1 - centre;
    let mut padded = vec![first; after];
    padded.extend_from_slice(signal);
    padded.resize(padded.len() + centre, last);
    // Tap by tap over the whole signal rather than sample by sample: that goes many at a time.
    let mut result = vec![0.0; signal.len()];
    for (tap, &weight) in kernel.iter().rev().enumerate() {
        for (sum, x) in result.iter_mut().zip(&padded[tap..]) {
            *sum += x * weight;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convolution_keeps_a_level_and_places_a_step() {
        let kernel = slope(-10, 10, |t| logistic(t / 1.5));
        let level = convolved(&[2.0; 50], &kernel, 10);
        assert_eq!(level.len(), 50);
        let sum: f64 = kernel.iter().sum();
        assert!(level.iter().all(|x| (x - 2.0 * sum).abs() < 1e-12));
        let step: Vec<f64> = (0..50).map(|t| if t < 25 { 0.0 } else { 1.0 }).collect();
        let smooth = convolved(&step, &kernel, 10);
        assert!(
            smooth[24] < 0.5 && smooth[25] > 0.5,
            "{} {}",
            smooth[24],
            smooth[25]
        );
    }
}
