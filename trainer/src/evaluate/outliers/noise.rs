//! No heart at all: what an amplifier shows without a patient, in the place of a median beat.

use super::OutlierError;
use super::foreign_beats::{Beats, ForeignBeats, Group, IndependentLeads};
use ecg2mri::signal::MedianBeat;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::f64::consts::TAU;

/// What is recorded in the place of an ECG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// White noise with a standard deviation of 0.2 mV.
    White,
    /// 50 Hz with an amplitude of 0.2 to 1 mV.
    Mains,
    /// Baseline wander: three waves of 0.15 to 0.8 Hz, 0.2 to 1 mV each.
    Wander,
}

/// The PR level is read between these samples before QRS onset, as for every median beat: 24 to 4 ms.
const LEVEL: [usize; 2] = [12, 2];

impl Noise {
    /// All kinds.
    pub const ALL: [Noise; 3] = [Noise::White, Noise::Mains, Noise::Wander];

    /// How a report names it.
    pub fn name(self) -> &'static str {
        match self {
            Noise::White => "white noise",
            Noise::Mains => "mains hum",
            Noise::Wander => "baseline wander",
        }
    }

    /// As many beats of noise as `beats` has subjects, with their heart rates: independent in the eight leads that are
    /// recorded, the PR level at 0 mV.
    ///
    /// # Errors
    /// None in practice: the samples are finite.
    pub fn beats(self, beats: &Beats, seed: u64) -> Result<ForeignBeats, OutlierError> {
        beats.changed(self.name(), Group::Noise, |subject, _| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(subject as u64);
            let mut row = || levelled(self.row(&mut random));
            IndependentLeads {
                first: row(),
                second: row(),
                chest: [(); 6].map(|()| row()).to_vec(),
            }
        })
    }

    /// 600 samples at 500 Hz, in mV.
    fn row(self, random: &mut impl Rng) -> Vec<f64> {
        let mut waves = |count: usize, [slow, fast]: [f64; 2]| -> Vec<f64> {
            let mut row = vec![0.0; MedianBeat::SAMPLES];
            for _ in 0..count {
                let hertz = slow + (fast - slow) * random.random::<f64>();
                let amplitude = random.random_range(0.2..1.0);
                let phase = random.random_range(0.0..TAU);
                for (sample, value) in row.iter_mut().enumerate() {
                    let seconds = sample as f64 / MedianBeat::SAMPLING_RATE;
                    *value += amplitude * (TAU * hertz * seconds + phase).sin();
                }
            }
            row
        };
        match self {
            Noise::Mains => waves(1, [50.0, 50.0]),
            Noise::Wander => waves(3, [0.15, 0.8]),
            Noise::White => (0..MedianBeat::SAMPLES)
                .map(|_| {
                    let draw: f64 = StandardNormal.sample(random);
                    0.2 * draw
                })
                .collect(),
        }
    }
}

/// The row with its PR level at 0 mV.
fn levelled(row: Vec<f64>) -> Vec<f32> {
    let [from, to] = LEVEL.map(|before| MedianBeat::QRS_ONSET - before);
    let mut segment = row[from..to].to_vec();
    segment.sort_by(f64::total_cmp);
    let level = (segment[(segment.len() - 1) / 2] + segment[segment.len() / 2]) / 2.0;
    row.into_iter()
        .map(|value| (value - level) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::outliers::foreign_beats::BEAT;

    #[test]
    fn noise_is_of_its_kind_and_comes_from_the_seed() {
        let (samples, rates) = (vec![0.0; 4 * BEAT], vec![70.0; 4]);
        let beats = Beats::new(&samples, &rates).unwrap();
        for noise in Noise::ALL {
            let found = noise.beats(&beats, 1).unwrap();
            assert_eq!(found, noise.beats(&beats, 1).unwrap());
            assert_ne!(found, noise.beats(&beats, 2).unwrap());
            assert_ne!(found.beats[..BEAT], found.beats[BEAT..2 * BEAT]);
            let row: Vec<f64> = found.beats[..MedianBeat::SAMPLES]
                .iter()
                .map(|&value| f64::from(value))
                .collect();
            // How much of its power is in the differences of neighbours: 2 for white noise, 2 − 2·cos(2π·f/500) for
            // a wave of f Hz.
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            let power: f64 = row.iter().map(|value| (value - mean).powi(2)).sum();
            let steps: f64 = row.windows(2).map(|two| (two[1] - two[0]).powi(2)).sum();
            let expected = match noise {
                Noise::White => 1.7..2.3,
                Noise::Mains => 0.37..0.39,
                Noise::Wander => 0.0..0.001,
            };
            assert!(
                expected.contains(&(steps / power)),
                "{noise:?}: {}",
                steps / power
            );
        }
    }
}
