//! How far one heart's contours stray from the smooth shapes of `geometry`.
//!
//! Low harmonics around the long axis whose phases drift with height. The cavity's cross-section
//! and the wall's keep their areas at every height, so volumes and mass stay those of the smooth
//! heart; the strays are part of the wall and move with it.

use std::f64::consts::TAU;

use super::random::{Purpose, Stream};
use super::subject::Subject;

/// SD of the relative stray of the squared endocardial radius, orders 2 to 5: together 5 %, that
/// is 2.5 % of the radius.
const ENDOCARDIUM: [f64; 4] = [0.034, 0.026, 0.018, 0.014];
/// The same of the wall's cross-section, orders 1 to 6: together 9 % of its thickness.
const WALL: [f64; 6] = [0.045, 0.045, 0.040, 0.035, 0.030, 0.025];
/// The same of the right ventricle's radius, orders 2 to 6.
const RIGHT: [f64; 5] = [0.030, 0.035, 0.025, 0.018, 0.012];
/// SD of the drift of a phase from the middle to the apex, radians.
const DRIFT: f64 = 0.9;

/// One order of a stray.
#[derive(Clone, Copy, Debug)]
struct Harmonic {
    order: f64,
    amplitude: f64,
    phase: f64,
    drift: f64,
}

/// A stray: a sum of harmonics around the axis.
#[derive(Clone, Debug)]
pub struct Stray {
    harmonics: Vec<Harmonic>,
}

impl Stray {
    fn draw(stream: &mut Stream, first_order: u32, sds: &[f64], amount: f64) -> Self {
        let harmonics = sds
            .iter()
            .zip(first_order..)
            .map(|(sd, order)| Harmonic {
                order: f64::from(order),
                amplitude: amount * sd * std::f64::consts::SQRT_2,
                phase: TAU * stream.uniform(),
                drift: stream.normal(0.0, DRIFT),
            })
            .collect();
        Self { harmonics }
    }

    /// The stray at an angle (radians) and a height as a fraction of the semi-axis.
    pub fn at(&self, angle: f64, height: f64) -> f64 {
        self.harmonics
            .iter()
            .map(|h| h.amplitude * (h.order * angle + h.phase + h.drift * height).cos())
            .sum()
    }

    /// The strays at evenly spaced angles, `angles` holding their cosines and sines for the first
    /// order, at one height: as [`Stray::at`], but without a cosine per angle.
    pub fn around(&self, angles: &[(f64, f64)], height: f64) -> Vec<f64> {
        let mut strays = vec![0.0; angles.len()];
        for h in &self.harmonics {
            let (sine, cosine) = (h.phase + h.drift * height).sin_cos();
            let (sine, cosine) = (h.amplitude * sine, h.amplitude * cosine);
            let order = h.order as usize;
            // Angle k of order m is angle k·m of order 1.
            for (k, stray) in strays.iter_mut().enumerate() {
                let (cos_k, sin_k) = angles[k * order % angles.len()];
                *stray += cosine * cos_k - sine * sin_k;
            }
        }
        strays
    }
}

/// The strays of one heart.
#[derive(Clone, Debug)]
pub struct Irregularity {
    /// Of the squared endocardial radius, relative.
    pub endocardium: Stray,
    /// Of the LV wall's cross-section, relative.
    pub wall: Stray,
    /// Of the RV's radius about its own axis, relative.
    pub right: Stray,
}

impl Irregularity {
    /// The strays of this subject's heart.
    pub fn of(subject: &Subject) -> Self {
        let mut stream = Stream::new(subject.seed, subject.index, Purpose::Contours);
        let amount = subject.imaging.irregularity;
        Self {
            endocardium: Stray::draw(&mut stream, 2, &ENDOCARDIUM, amount),
            wall: Stray::draw(&mut stream, 1, &WALL, amount),
            right: Stray::draw(&mut stream, 2, &RIGHT, amount),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strays_around_are_the_strays_at_each_angle_and_cancel() {
        let stray = Stray::draw(
            &mut Stream::new(3, 4, Purpose::Contours),
            2,
            &ENDOCARDIUM,
            1.0,
        );
        let count = 24;
        let angle = |k: usize| TAU * k as f64 / count as f64;
        let angles: Vec<(f64, f64)> = (0..count)
            .map(|k| (angle(k).cos(), angle(k).sin()))
            .collect();
        let around = stray.around(&angles, -0.3);
        for (k, value) in around.iter().enumerate() {
            assert!((value - stray.at(angle(k), -0.3)).abs() < 1e-12);
        }
        assert!(around.iter().sum::<f64>().abs() < 1e-12);
        assert!(around.iter().any(|value| value.abs() > 0.01));
    }
}
