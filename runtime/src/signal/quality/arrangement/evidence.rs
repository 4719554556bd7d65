//! How much like an ECG the leads of a median beat look in a given arrangement.
//!
//! The conditional logit of `tests/goldens/quality/fit_arrangement.py`: a weighted sum of features, each
//! of them made from second moments and means of the eight independent leads in pieces of the beat.

use super::fitted::{INVERSE_MOMENTS, TYPICAL_MEANS, WEIGHTS};
use super::suspect::Matrix;
use crate::ecg::Lead;
use crate::signal::MedianBeat;

/// Leads.
const N: usize = 8;

/// The pieces of the beat compared with those of the population, samples from its start: QRS early, middle
/// and late, ST–T, and P.
pub(super) const WINDOWS: [(usize, usize); 5] =
    [(186, 206), (206, 226), (226, 250), (270, 430), (95, 178)];
/// The last of them, which is levelled first.
const P: usize = 4;
/// The pieces in which neighbouring leads are compared: QRS and ST–T.
const SHAPES: [(usize, usize); 2] = [(186, 250), (260, 440)];
/// Added to the size of a piece, in millivolts, so that noise is not blown up; less for the small P wave.
const NOISE: f64 = 0.02;
const NOISE_P: f64 = 0.005;
/// Samples at either end of the P wave's piece that give its baseline.
const BASELINE: usize = 8;
/// Keeps the angle between leads of no size finite.
const LEAST_SIZE: f64 = 1e-3;

/// Second moments and means of the leads in one piece, scaled by the size of all leads together.
struct Piece {
    moments: Matrix,
    means: [f64; N],
}

/// What the features of every arrangement are made of.
pub(super) struct Moments {
    windows: Vec<Piece>,
    shapes: Vec<Piece>,
}

impl Moments {
    pub(super) fn of(beat: &MedianBeat) -> Moments {
        let cut = |(from, to): (usize, usize)| -> Vec<Vec<f64>> {
            let row = |lead: &Lead| beat.lead(*lead)[from..to].iter().map(|&v| f64::from(v));
            Lead::INDEPENDENT
                .iter()
                .map(|lead| row(lead).collect())
                .collect()
        };
        let window = |(number, &range): (usize, &(usize, usize))| {
            let mut rows = cut(range);
            if number == P {
                rows.iter_mut().for_each(|row| level(row));
                Piece::of(&rows, NOISE_P)
            } else {
                Piece::of(&rows, NOISE)
            }
        };
        Moments {
            windows: WINDOWS.iter().enumerate().map(window).collect(),
            shapes: SHAPES
                .iter()
                .map(|&range| Piece::of(&cut(range), NOISE))
                .collect(),
        }
    }

    /// The logarithm, up to a constant, of how probable it is that `undone` makes the right leads.
    pub(super) fn score(&self, undone: &Matrix) -> f64 {
        let features = self.features(undone);
        features
            .iter()
            .zip(WEIGHTS)
            .map(|(feature, weight)| feature * weight)
            .sum()
    }

    fn features(&self, undone: &Matrix) -> Vec<f64> {
        let mut features = Vec::with_capacity(WEIGHTS.len());
        let population = INVERSE_MOMENTS.iter().zip(&TYPICAL_MEANS);
        for (number, (piece, (inverse, typical))) in self.windows.iter().zip(population).enumerate()
        {
            let Piece { moments, means } = piece.rearranged(undone);
            let power = (0..N).map(|n| moments[n][n]).sum::<f64>() / N as f64;
            let power = power.max(f64::MIN_POSITIVE);
            let misfit: f64 = moments
                .iter()
                .flatten()
                .zip(inverse.iter().flatten())
                .map(|(own, inverse)| own * inverse)
                .sum::<f64>()
                / power;
            let scaled = means.map(|mean| mean / power.sqrt());
            let alike = scaled
                .iter()
                .zip(typical)
                .map(|(own, typical)| own * typical)
                .sum();
            features.extend([
                -3.0 * misfit.max(f64::MIN_POSITIVE).ln(),
                -misfit / 8.0,
                alike,
            ]);
            if number == P {
                features.extend([scaled[0], scaled[1]]);
            }
        }
        for piece in &self.shapes {
            let Piece { moments, .. } = piece.rearranged(undone);
            let size: [f64; N] =
                std::array::from_fn(|n| moments[n][n].max(0.0).sqrt() + LEAST_SIZE);
            let alike = |one: usize, other: usize| {
                (moments[one][other] / size[one] / size[other]).clamp(-1.0, 1.0)
            };
            let angles: f64 = (2..N - 1).map(|lead| alike(lead, lead + 1).acos()).sum();
            let bends: f64 = (3..N - 1)
                .map(|lead| {
                    (size[lead - 1] * size[lead + 1] / size[lead].powi(2))
                        .ln()
                        .powi(2)
                })
                .sum();
            features.extend([-angles, alike(0, N - 1), alike(1, N - 1), -bends]);
        }
        features
    }
}

impl Piece {
    /// Of eight rows of one length.
    fn of(rows: &[Vec<f64>], noise: f64) -> Piece {
        let length = rows.first().map_or(1, Vec::len) as f64;
        let power: f64 = rows.iter().flatten().map(|value| value * value).sum();
        let scale = 1.0 / ((power / (length * N as f64)).sqrt() + noise);
        let moments = std::array::from_fn(|one| {
            std::array::from_fn(|other| {
                let products = rows[one]
                    .iter()
                    .zip(&rows[other])
                    .map(|(one, other)| one * other);
                products.sum::<f64>() * scale * scale / length
            })
        });
        let means = std::array::from_fn(|lead| rows[lead].iter().sum::<f64>() * scale / length);
        Piece { moments, means }
    }

    /// The same of leads rearranged.
    fn rearranged(&self, by: &Matrix) -> Piece {
        let product = |one: &Matrix, other: &Matrix| -> Matrix {
            std::array::from_fn(|row| {
                std::array::from_fn(|column| {
                    (0..N)
                        .map(|inner| one[row][inner] * other[inner][column])
                        .sum()
                })
            })
        };
        let transposed = std::array::from_fn(|row| std::array::from_fn(|column| by[column][row]));
        Piece {
            moments: product(&product(by, &self.moments), &transposed),
            means: std::array::from_fn(|row| {
                by[row]
                    .iter()
                    .zip(self.means)
                    .map(|(weight, mean)| weight * mean)
                    .sum()
            }),
        }
    }
}

/// Takes away the line between the means of the first and last samples.
fn level(row: &mut [f64]) {
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (first, last) = (mean(&row[..BASELINE]), mean(&row[row.len() - BASELINE..]));
    let step = (last - first) / (row.len() - 1) as f64;
    for (n, value) in row.iter_mut().enumerate() {
        *value -= first + step * n as f64;
    }
}
