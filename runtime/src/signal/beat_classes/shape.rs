//! The shape of a QRS complex over all leads, and where in a recording it fits.

use crate::signal::dot::dot;
use crate::signal::milliseconds;
use crate::signal::qrs::median;

/// The part of a beat that is compared, about the detector's mark.
const BEFORE: isize = milliseconds(100) as isize;
const AFTER: isize = milliseconds(120) as isize;
const WIDTH: usize = (BEFORE + AFTER) as usize;
/// How far the detector's mark may be off.
const MAX_LAG: isize = milliseconds(60) as isize;
const ONES: [f64; WIDTH] = [1.0; WIDTH];

/// Where a shape fits, and how well.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    /// Sample at which the shape's mark comes to lie, to a fraction of a sample.
    pub(super) at: f64,
    /// Correlation over all leads, −1 to 1.
    pub(super) correlation: f64,
}

/// The QRS part of a beat: rows without their means, and their common norm.
pub(super) struct Shape {
    rows: Vec<Vec<f64>>,
    norm: f64,
}

impl Shape {
    /// The shape of the beat at `mark`.
    pub(super) fn cut(rows: &[&[f64]], mark: isize) -> Shape {
        Shape::new(rows.iter().map(|row| window(row, mark).to_vec()).collect())
    }

    /// The median shape of beats whose marks are near `references`.
    pub(super) fn median(rows: &[&[f64]], references: &[isize]) -> Shape {
        let mut values = Vec::with_capacity(references.len());
        let rows = rows.iter().map(|row| {
            (0..WIDTH)
                .map(|n| {
                    values.clear();
                    values.extend(
                        references
                            .iter()
                            .map(|&reference| window(row, reference)[n]),
                    );
                    median(&values)
                })
                .collect()
        });
        Shape::new(rows.collect())
    }

    fn new(mut rows: Vec<Vec<f64>>) -> Shape {
        for row in &mut rows {
            let mean = row.iter().sum::<f64>() / row.len() as f64;
            row.iter_mut().for_each(|value| *value -= mean);
        }
        let norm = rows
            .iter()
            .flatten()
            .map(|value| value * value)
            .sum::<f64>()
            .sqrt();
        Shape { rows, norm }
    }

    /// Whether a shape at `mark` can be compared with others in rows of this length.
    pub(super) fn is_complete(mark: isize, length: usize) -> bool {
        mark - BEFORE - MAX_LAG >= 0 && mark + AFTER + MAX_LAG <= length as isize
    }

    /// The place near `mark` where `rows` resemble this shape most: to a whole `step` where that is
    /// more than one sample, else to a fraction of a sample.
    pub(super) fn best_fit(&self, rows: &[&[f64]], mark: isize, step: usize) -> Fit {
        let step = step.max(1) as isize;
        let (mut best, mut highest) = (mark, f64::NEG_INFINITY);
        for lag in (-MAX_LAG..=MAX_LAG).step_by(step as usize) {
            let correlation = self.correlation(rows, mark + lag);
            if correlation > highest {
                (best, highest) = (mark + lag, correlation);
            }
        }
        let mut fraction = 0.0;
        if step == 1 {
            let before = self.correlation(rows, best - 1);
            let after = self.correlation(rows, best + 1);
            let bend = before - 2.0 * highest + after;
            if bend < 0.0 {
                fraction = ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5);
            }
        }
        Fit {
            at: best as f64 + fraction,
            correlation: highest,
        }
    }

    /// How much `rows` at `mark` resemble this shape, −1 to 1.
    pub(super) fn correlation(&self, rows: &[&[f64]], mark: isize) -> f64 {
        let (mut product, mut energy) = (0.0, 0.0);
        for (own, row) in self.rows.iter().zip(rows) {
            let window = window(row, mark);
            // The shape has no mean, so the window's drops out of the product.
            product += dot(own, window);
            energy += dot(window, window) - dot(window, &ONES).powi(2) / WIDTH as f64;
        }
        let norm = self.norm * energy.max(0.0).sqrt();
        if norm > 0.0 { product / norm } else { 0.0 }
    }
}

/// The compared part about `mark`; marks are chosen so that it lies inside, lag included.
fn window(row: &[f64], mark: isize) -> &[f64] {
    let start = (mark - BEFORE).clamp(0, row.len() as isize - WIDTH as isize) as usize;
    &row[start..start + WIDTH]
}
