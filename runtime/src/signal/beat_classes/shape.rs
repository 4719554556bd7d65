//! The shape of a QRS complex over all leads, and where in a recording it fits.

use crate::signal::column_median::column_medians;
use crate::signal::dot::dot;
use crate::signal::milliseconds;

/// The part of a beat that is compared, about the detector's mark.
const BEFORE: isize = milliseconds(100) as isize;
const AFTER: isize = milliseconds(120) as isize;
const WIDTH: usize = (BEFORE + AFTER) as usize;
/// How far the detector's mark may be off.
pub(super) const MAX_LAG: isize = milliseconds(60) as isize;
/// How far it is off among beats of one shape.
const ROUGH_LAG: isize = milliseconds(40) as isize;

/// The leads that shapes are compared with, with what is needed of every window of them.
pub(super) struct Leads<'a> {
    rows: &'a [&'a [f64]],
    /// Sum over leads of a window's squares about its mean, by the window's first sample.
    energies: Vec<f64>,
}

impl<'a> Leads<'a> {
    pub(super) fn new(rows: &'a [&'a [f64]]) -> Leads<'a> {
        let length = rows.first().map_or(0, |row| row.len());
        let mut energies = vec![0.0; (length + 1).saturating_sub(WIDTH)];
        for row in rows {
            let (mut sum, mut squares) = (0.0, 0.0);
            for (n, value) in row.iter().enumerate() {
                sum += value;
                squares += value * value;
                let Some(first) = (n + 1).checked_sub(WIDTH) else {
                    continue;
                };
                energies[first] += squares - sum * sum / WIDTH as f64;
                sum -= row[first];
                squares -= row[first] * row[first];
            }
        }
        Leads { rows, energies }
    }

    /// The compared part of each lead about `mark`, and their energy; marks are chosen so that it lies
    /// inside, lag included.
    fn windows(&self, mark: isize) -> (impl Iterator<Item = &'a [f64]>, f64) {
        let last = self.energies.len() as isize - 1;
        let start = (mark - BEFORE).clamp(0, last) as usize;
        let rows = self.rows.iter().map(move |row| &row[start..start + WIDTH]);
        (rows, self.energies[start].max(0.0))
    }
}

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
    pub(super) fn cut(leads: &Leads, mark: isize) -> Shape {
        Shape::new(leads.windows(mark).0.map(<[f64]>::to_vec).collect())
    }

    /// The median shape of beats whose marks are near `references`.
    pub(super) fn median(leads: &Leads, references: &[isize]) -> Shape {
        let mut shapes: Vec<Vec<f64>> = references
            .iter()
            .map(|&reference| leads.windows(reference).0.flatten().copied().collect())
            .collect();
        let medians = column_medians(&mut shapes);
        Shape::new(medians.chunks(WIDTH).map(<[f64]>::to_vec).collect())
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

    /// About the best correlation of `leads` with this shape near `mark`: fast, and good enough to tell
    /// kinds apart.
    pub(super) fn rough_correlation(&self, leads: &Leads, mark: isize) -> f64 {
        (-ROUGH_LAG..=ROUGH_LAG)
            .step_by(2)
            .map(|lag| self.correlation(leads, mark + lag))
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// The place within `reach` of `mark` where `leads` resemble this shape most, to a fraction of a sample.
    pub(super) fn best_fit(&self, leads: &Leads, mark: isize, reach: isize) -> Fit {
        let (mut best, mut highest) = (mark, f64::NEG_INFINITY);
        for lag in -reach..=reach {
            let correlation = self.correlation(leads, mark + lag);
            if correlation > highest {
                (best, highest) = (mark + lag, correlation);
            }
        }
        let mut fraction = 0.0;
        let before = self.correlation(leads, best - 1);
        let after = self.correlation(leads, best + 1);
        let bend = before - 2.0 * highest + after;
        if bend < 0.0 {
            fraction = ((before - after) / (2.0 * bend)).clamp(-0.5, 0.5);
        }
        Fit {
            at: best as f64 + fraction,
            correlation: highest,
        }
    }

    /// How much `leads` at `mark` resemble this shape, −1 to 1.
    pub(super) fn correlation(&self, leads: &Leads, mark: isize) -> f64 {
        let (windows, energy) = leads.windows(mark);
        // The shape has no mean, so the window's drops out of the product.
        let product: f64 = self
            .rows
            .iter()
            .zip(windows)
            .map(|(own, row)| dot(own, row))
            .sum();
        let norm = self.norm * energy.sqrt();
        if norm > 0.0 { product / norm } else { 0.0 }
    }
}
