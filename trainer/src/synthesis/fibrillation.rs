//! Fibrillatory waves: what the leads see of atria that are excited without order.
//!
//! Each atrium is three dipoles at right angles, each with a strength that wanders in rate, height
//! and shape independently of the others. The strongest points from the right atrium's free wall
//! towards V1, where fibrillatory waves are highest.

use std::f64::consts::TAU;

use super::anatomy::HeartAxes;
use super::atrial::{LEFT_ATRIUM_MM, RIGHT_ATRIUM_MM};
use super::electrodes::LEADS;
use super::geometry::Ventricles;
use super::lead_field::LeadField;
use super::random::Stream;
use super::subject::{Fibrillation, Subject};
use super::vector::{Vec3, add, cross, dot, length, perpendicular_to, unit};

/// Index of V1 among the eight leads.
const V1: usize = 2;
/// Strength of the left atrium's dipoles relative to the right's.
const LEFT_SHARE: f64 = 0.45;
/// Strength of the two dipoles that V1 does not see relative to the one it does.
const ACROSS_SHARE: f64 = 0.25;
/// Relative SD of a wave's rate and height.
const RATE_SPREAD: f64 = 0.14;
const HEIGHT_SPREAD: f64 = 0.35;
/// Rate and height wander with this time constant, s, in steps of this many a second.
const WANDER_S: f64 = 0.25;
const STEPS_PER_S: f64 = 50.0;
/// Height of the second harmonic: fibrillatory waves are pointed.
const SECOND_HARMONIC: f64 = 0.35;

/// What each lead sees of the six atrial dipoles, mV for dipoles of unit SD.
#[derive(Clone, Debug)]
pub struct FibrillatoryField {
    seen: [[f64; LEADS]; 6],
}

impl FibrillatoryField {
    /// The field of this subject's atria, scaled to the wanted height in V1.
    pub fn solve(
        subject: &Subject,
        fibrillation: &Fibrillation,
        ventricles: &Ventricles,
        axes: &HeartAxes,
        field: &LeadField,
    ) -> Self {
        let gradient_at = |[u, v, above_base]: Vec3| {
            let place = axes.to_torso([u, v, ventricles.base + above_base]);
            field.gradient(add(subject.heart_centre_mm, place))
        };
        let atria = [
            (gradient_at(RIGHT_ATRIUM_MM), 1.0),
            (gradient_at(LEFT_ATRIUM_MM), LEFT_SHARE),
        ];
        let mut seen = [[0.0; LEADS]; 6];
        for (k, dipole) in seen.iter_mut().enumerate() {
            let (gradient, share) = &atria[k / 3];
            let towards_v1 = gradient[V1].map(f64::from);
            let directions = frame_along(towards_v1);
            let share = share * if k % 3 == 0 { 1.0 } else { ACROSS_SHARE };
            *dipole = std::array::from_fn(|lead| {
                share * dot(gradient[lead].map(f64::from), directions[k % 3])
            });
        }
        // A wave of unit SD is 2√2 from trough to crest.
        let v1_sd = seen.iter().map(|d| d[V1] * d[V1]).sum::<f64>().sqrt();
        let wanted = fibrillation.v1_height_mv / 8f64.sqrt();
        let scale = wanted / v1_sd.max(f64::MIN_POSITIVE);
        Self {
            seen: seen.map(|dipole| dipole.map(|x| x * scale)),
        }
    }

    /// Adds the waves to the eight leads, mV at `rate` Hz.
    pub fn add_waves(
        &self,
        eight: &mut [Vec<f64>; LEADS],
        fibrillation: &Fibrillation,
        stream: &mut Stream,
        rate: f64,
    ) {
        let samples = eight[0].len();
        for dipole in &self.seen {
            let wave = wave(fibrillation.frequency_hz, stream, samples, rate);
            for (lead, seen) in eight.iter_mut().zip(dipole) {
                for (x, strength) in lead.iter_mut().zip(&wave) {
                    *x += seen * strength;
                }
            }
        }
    }
}

/// Three unit vectors at right angles, the first along `direction`.
fn frame_along(direction: Vec3) -> [Vec3; 3] {
    if length(direction) == 0.0 {
        return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    }
    let first = unit(direction);
    // The body's axis that is farthest from the first gives the second.
    let farthest = (0..3).fold(0, |far, axis| {
        if first[axis].abs() < first[far].abs() {
            axis
        } else {
            far
        }
    });
    let mut body_axis = [0.0; 3];
    body_axis[farthest] = 1.0;
    let second = unit(perpendicular_to(body_axis, first));
    [first, second, cross(first, second)]
}

/// A wave of about unit SD whose rate and height wander.
fn wave(frequency_hz: f64, stream: &mut Stream, samples: usize, rate: f64) -> Vec<f64> {
    let per_step = (rate / STEPS_PER_S).round().max(1.0) as usize;
    let keep = (-1.0 / (WANDER_S * STEPS_PER_S)).exp();
    let renew = (1.0 - keep * keep).sqrt();
    let mut phase = stream.uniform_in(0.0, TAU);
    let shape = stream.uniform_in(0.0, TAU);
    let mut quickness = stream.standard_normal();
    let mut height = stream.standard_normal();
    let norm = 2f64.sqrt() / (1.0 + SECOND_HARMONIC * SECOND_HARMONIC).sqrt();
    let mut wave = Vec::with_capacity(samples);
    while wave.len() < samples {
        let next = keep * height + renew * stream.standard_normal();
        quickness = keep * quickness + renew * stream.standard_normal();
        let step = TAU * frequency_hz * (1.0 + RATE_SPREAD * quickness) / rate;
        for k in 0..per_step.min(samples - wave.len()) {
            let share = k as f64 / per_step as f64;
            let now = height + (next - height) * share;
            let form = phase.cos() + SECOND_HARMONIC * (2.0 * phase + shape).cos();
            wave.push(norm * (1.0 + HEIGHT_SPREAD * now) * form);
            phase += step;
        }
        height = next;
    }
    wave
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::random::Purpose;

    #[test]
    fn waves_have_unit_size_and_the_wanted_rate() {
        let mut stream = Stream::new(5, 1, Purpose::Beats);
        let rate = 500.0;
        let waves = wave(6.0, &mut stream, 20_000, rate);
        let power = waves.iter().map(|x| x * x).sum::<f64>() / 20_000.0;
        assert!((0.6..1.6).contains(&power), "power {power}");
        // Power at 4–9 Hz against that outside, by a discrete Fourier transform of forty seconds.
        let power_at = |hz: f64| {
            let (mut re, mut im) = (0.0, 0.0);
            for (i, x) in waves.iter().enumerate() {
                let (s, c) = (TAU * hz * i as f64 / rate).sin_cos();
                re += x * c;
                im += x * s;
            }
            re * re + im * im
        };
        let band =
            |low: usize, high: usize| (low..high).map(|k| power_at(k as f64 / 8.0)).sum::<f64>();
        let (inside, below) = (band(32, 72), band(1, 16));
        assert!(inside > 20.0 * below, "{inside} against {below} below 2 Hz");
    }
}
