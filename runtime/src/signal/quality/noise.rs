//! Baseline wander, mains hum and muscle noise, lead by lead.

use super::Reason;
use super::strip::{Strip, median};
use crate::ecg::Lead;
use crate::signal::filter::{Band, at_working_rate, mains_frequency};
use crate::signal::quantile::quantile;
use crate::signal::{WORKING_RATE, milliseconds};

/// Slower than any heart beat.
const WANDER_HZ: f64 = 0.7;
const WANDER_PADDING: usize = milliseconds(2000);
/// Above the waves of the heart, QRS aside.
const MUSCLE_HZ: f64 = 35.0;
const MUSCLE_PADDING: usize = milliseconds(200);
/// Half the width in Hz about the mains frequency that counts as hum.
const HUM_HALF_WIDTH: f64 = 1.0;
const HUM_PADDING: usize = milliseconds(1000);
/// Noise is taken as the median over pieces of this length, so that a stray artefact does not count.
const PIECE: usize = milliseconds(100);

/// From when on noise is told, and from when on a lead is unusable, in millivolts.
struct Limits {
    told: f64,
    unusable: f64,
}

/// Filters take away wander of this size, as long as the amplifier stays within its range.
const WANDER: Limits = Limits {
    told: 0.5,
    unusable: 8.0,
};
/// The notch takes away hum, but wide hum hides that it wanders in frequency.
const MAINS: Limits = Limits {
    told: 0.02,
    unusable: 1.0,
};
/// A median over ten beats leaves about a third of it.
const MUSCLE: Limits = Limits {
    told: 0.03,
    unusable: 0.2,
};

/// Noise in one lead, in millivolts, as [`LeadQuality`](super::LeadQuality) defines it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Noise {
    pub(super) wander: f64,
    pub(super) mains: f64,
    pub(super) muscle: f64,
}

impl Noise {
    /// What noise takes off a lead's score.
    pub(super) fn penalty(&self) -> f64 {
        let faults = [
            self.wander / WANDER.unusable,
            self.mains / MAINS.unusable,
            self.muscle / MUSCLE.unusable,
        ];
        faults.into_iter().fold(0.0, f64::max).min(1.0)
    }
}

/// Mains frequency, if hum stands out, and the noise of every lead.
pub(super) fn noises(strip: &Strip) -> (Option<f64>, Vec<Noise>) {
    let hertz = mains_frequency(&strip.rows, WORKING_RATE);
    let low_pass = at_working_rate(
        2,
        Band::LowPass {
            cutoff_hz: WANDER_HZ,
        },
    );
    let high_pass = at_working_rate(
        4,
        Band::HighPass {
            cutoff_hz: MUSCLE_HZ,
        },
    );
    let notch = hertz.map(|hertz| {
        at_working_rate(
            2,
            Band::BandStop {
                low_hz: hertz - HUM_HALF_WIDTH,
                high_hz: hertz + HUM_HALF_WIDTH,
            },
        )
    });
    let between = strip.between_complexes();
    let noise = |row: &Vec<f64>| {
        let slow = low_pass.zero_phase(row, WANDER_PADDING);
        let fast = high_pass.zero_phase(row, MUSCLE_PADDING);
        let (fast, hum) = match &notch {
            Some(notch) => {
                let without = notch.zero_phase(&fast, HUM_PADDING);
                let hum: Vec<f64> = fast.iter().zip(&without).map(|(a, b)| a - b).collect();
                (without, usual_size(&hum, &between))
            }
            None => (fast, 0.0),
        };
        Noise {
            wander: quantile(&slow, 0.99) - quantile(&slow, 0.01),
            mains: hum * std::f64::consts::SQRT_2,
            muscle: usual_size(&fast, &between),
        }
    };
    (hertz, strip.rows.iter().map(noise).collect())
}

/// Root mean square between QRS complexes: the median over pieces.
fn usual_size(row: &[f64], between: &[bool]) -> f64 {
    let pieces = row.chunks_exact(PIECE).zip(between.chunks_exact(PIECE));
    let sizes: Vec<f64> = pieces
        .filter(|(_, between)| between.iter().filter(|&&own| own).count() * 2 >= PIECE)
        .map(|(piece, between)| {
            let own = piece.iter().zip(between).filter(|(_, own)| **own);
            let (sum, count) = own.fold((0.0, 0), |(sum, count), (value, _)| {
                (sum + value * value, count + 1)
            });
            (sum / f64::from(count.max(1))).sqrt()
        })
        .collect();
    median(&sizes)
}

/// What is told of the noise.
pub(super) fn reasons(strip: &Strip, hertz: Option<f64>, noises: &[Noise]) -> Vec<Reason> {
    let told = |pick: fn(&Noise) -> f64, limits: &Limits| -> (Vec<Lead>, f64, bool) {
        let all = strip.leads().iter().zip(noises);
        let leads = all.filter(|(_, noise)| pick(noise) >= limits.told);
        let leads: Vec<Lead> = leads.map(|(&lead, _)| lead).collect();
        let largest = noises.iter().map(pick).fold(0.0, f64::max);
        (leads, largest, largest >= limits.unusable)
    };
    let mut reasons = Vec::new();
    let (leads, millivolts, unusable) = told(|noise| noise.wander, &WANDER);
    if !leads.is_empty() {
        reasons.push(Reason::Wander {
            leads,
            millivolts,
            unusable,
        });
    }
    let (leads, millivolts, unusable) = told(|noise| noise.mains, &MAINS);
    if let (false, Some(hertz)) = (leads.is_empty(), hertz) {
        reasons.push(Reason::Mains {
            leads,
            hertz,
            millivolts,
            unusable,
        });
    }
    let (leads, millivolts, unusable) = told(|noise| noise.muscle, &MUSCLE);
    if !leads.is_empty() {
        reasons.push(Reason::MuscleNoise {
            leads,
            millivolts,
            unusable,
        });
    }
    reasons
}
