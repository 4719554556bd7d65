//! Reproducible random numbers: one ChaCha8 stream per cause of variation.
//!
//! A stream is fixed by the cohort's seed, the subject's index and its purpose, and by nothing
//! else; so a subject is the same in any shard and on any number of threads, and switching one
//! nuisance off leaves every other draw as it was.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// What a stream of random numbers is for. The numbers are part of the cohort's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Sex, age, body size, heart size and conditions.
    Phenotype = 7,
    /// Shape of the thorax.
    Body = 11,
    /// Position and orientation of the heart.
    Position = 13,
    /// Conduction and repolarisation.
    Electrophysiology = 17,
    /// Placement of the electrodes.
    Electrodes = 23,
    /// Breath-hold, slice planning and field of view.
    Imaging = 29,
    /// Heart-rate variability, respiration and electrical noise of the recording.
    Recording = 31,
    /// Which of the rarer conditions a person has, and how severely.
    RarerConditions = 43,
    /// Kind of a person's fibrillation and premature beats.
    Rhythm = 47,
    /// When irregular and premature beats come, and the fibrillatory waves of one recording.
    Beats = 53,
    /// Texture, coil sensitivity and trabeculae of a picture.
    Texture = 37,
    /// Receiver noise of one frame of a picture; see [`Stream::for_frame`].
    FrameNoise = 41,
    /// How the heart's contours stray, and its papillary muscles and trabeculae.
    Contours = 59,
}

/// A stream of uniform and normal deviates.
#[derive(Clone, Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
    spare_normal: Option<f64>,
}

impl Stream {
    /// The stream of one purpose for subject `index` of the cohort with this `seed`.
    pub fn new(seed: u64, index: u32, purpose: Purpose) -> Self {
        Self::keyed(seed, index, purpose, 0, 0)
    }

    /// The stream of one picture: `plane` tells slices apart, `frame` the frames within a slice,
    /// so that a frame's pixels do not depend on which others were asked for.
    pub fn for_frame(seed: u64, index: u32, purpose: Purpose, plane: u64, frame: u32) -> Self {
        Self::keyed(seed, index, purpose, plane, frame)
    }

    fn keyed(seed: u64, index: u32, purpose: Purpose, plane: u64, frame: u32) -> Self {
        let mut key = [0u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&index.to_le_bytes());
        key[12..20].copy_from_slice(&plane.to_le_bytes());
        key[20..24].copy_from_slice(&frame.to_le_bytes());
        let mut generator = ChaCha8Rng::from_seed(key);
        generator.set_stream(purpose as u64);
        Self {
            generator,
            spare_normal: None,
        }
    }

    /// A uniform deviate in `[0, 1)` with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.generator.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A uniform deviate between `low` and `high`.
    pub fn uniform_in(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A standard normal deviate (Box and Muller 1958, both of the pair used).
    pub fn standard_normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.uniform()).sin_cos();
        self.spare_normal = Some(radius * sine);
        radius * cosine
    }

    /// A normal deviate with this mean and standard deviation.
    pub fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        mean + sd * self.standard_normal()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_deviates_have_the_moments_of_a_normal() {
        let mut stream = Stream::new(1, 2, Purpose::Body);
        let draws: Vec<f64> = (0..40_000).map(|_| stream.standard_normal()).collect();
        let n = draws.len() as f64;
        let mean = draws.iter().sum::<f64>() / n;
        let moment = |power: i32| draws.iter().map(|x| (x - mean).powi(power)).sum::<f64>() / n;
        assert!(mean.abs() < 0.02, "mean {mean}");
        assert!((moment(2) - 1.0).abs() < 0.03, "variance {}", moment(2));
        assert!((moment(4) - 3.0).abs() < 0.2, "kurtosis {}", moment(4));
    }

    #[test]
    fn streams_differ_by_seed_index_purpose_plane_and_frame() {
        let first = |mut s: Stream| s.uniform().to_bits();
        let streams = [
            Stream::new(1, 2, Purpose::Body),
            Stream::new(2, 2, Purpose::Body),
            Stream::new(1, 3, Purpose::Body),
            Stream::new(1, 2, Purpose::Position),
            Stream::for_frame(1, 2, Purpose::Body, 9, 0),
            Stream::for_frame(1, 2, Purpose::Body, 0, 9),
        ];
        let mut seen: Vec<u64> = streams.into_iter().map(first).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 6);
    }
}
