//! Which beats look alike, and how they lie upon one another.

use super::independent_rows;
use crate::signal::dot::dot;
use crate::signal::milliseconds;
use crate::signal::qrs::median;

/// The part of a beat that is compared, about the detector's mark.
const BEFORE: isize = milliseconds(100) as isize;
const AFTER: isize = milliseconds(120) as isize;
const WIDTH: usize = (BEFORE + AFTER) as usize;
/// How far the detector's mark may be off.
const MAX_LAG: isize = milliseconds(60) as isize;
/// Beats that correlate less with the template are ectopic or noise.
const LEAST_CORRELATION: f64 = 0.85;
/// The pick of the first template compares at most this many beats with one another.
const MAX_CANDIDATES: usize = 32;
/// Refinements of the template.
const ROUNDS: usize = 2;

/// Aligns the beats at `marks` in `rows` (twelve rows in standard order) by cross-correlation over
/// the eight independent leads, and leaves out those unlike the majority. The result holds one
/// reference sample for each beat kept; references of all beats mark the same moment.
pub(super) fn align(rows: &[Vec<f64>], marks: &[usize]) -> Vec<isize> {
    let rows = independent_rows(rows);
    let length = rows.first().map_or(0, |row| row.len()) as isize;
    let complete: Vec<isize> = marks
        .iter()
        .map(|&mark| mark as isize)
        .filter(|mark| mark - BEFORE - MAX_LAG >= 0 && mark + AFTER + MAX_LAG <= length)
        .collect();
    let Some(first) = most_typical(&rows, &complete) else {
        return Vec::new();
    };
    let mut template = Shape::cut(&rows, first);
    let mut references = Vec::new();
    for _ in 0..=ROUNDS {
        references = complete
            .iter()
            .map(|&mark| template.best_match(&rows, mark, 1))
            .filter(|&(_, correlation)| correlation >= LEAST_CORRELATION)
            .map(|(reference, _)| reference)
            .collect();
        if references.is_empty() {
            break;
        }
        template = Shape::median(&rows, &references);
    }
    references
}

/// A beat of the kind that occurs most. Where two kinds are as frequent (bigeminy) it is the one after the
/// longer pause: ectopic beats come early.
fn most_typical(rows: &[&[f64]], marks: &[isize]) -> Option<isize> {
    // A run of neighbours: every second or third beat of a bigeminy or trigeminy would mislead.
    let first = marks.len().saturating_sub(MAX_CANDIDATES) / 2;
    let candidates = &marks[first..(first + MAX_CANDIDATES).min(marks.len())];
    let mut alike = vec![0_usize; candidates.len()];
    for (one, &mark) in candidates.iter().enumerate() {
        let shape = Shape::cut(rows, mark);
        for (other, &mark) in candidates.iter().enumerate().skip(one + 1) {
            let (_, correlation) = shape.best_match(rows, mark, 2);
            if correlation >= LEAST_CORRELATION {
                alike[one] += 1;
                alike[other] += 1;
            }
        }
    }
    let most = alike.iter().copied().max()?;
    let pause = |beat: usize| {
        beat.checked_sub(1)
            .map_or(0, |before| candidates[beat] - candidates[before])
    };
    let typical = (0..candidates.len())
        .filter(|&beat| alike[beat] + 1 >= most)
        .max_by_key(|&beat| pause(beat))?;
    Some(candidates[typical])
}

/// The QRS part of a beat: rows without their means, and their common norm.
struct Shape {
    rows: Vec<Vec<f64>>,
    norm: f64,
}

impl Shape {
    fn cut(rows: &[&[f64]], mark: isize) -> Shape {
        Shape::new(rows.iter().map(|row| window(row, mark).to_vec()).collect())
    }

    fn median(rows: &[&[f64]], references: &[isize]) -> Shape {
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

    /// The place near `mark` where `rows` resemble this shape most, and how much (−1 to 1).
    fn best_match(&self, rows: &[&[f64]], mark: isize, step: usize) -> (isize, f64) {
        let mut best = (mark, f64::NEG_INFINITY);
        for lag in (-MAX_LAG..=MAX_LAG).step_by(step) {
            let correlation = self.correlation(rows, mark + lag);
            if correlation > best.1 {
                best = (mark + lag, correlation);
            }
        }
        best
    }

    fn correlation(&self, rows: &[&[f64]], mark: isize) -> f64 {
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

const ONES: [f64; WIDTH] = [1.0; WIDTH];

/// The compared part about `mark`; marks are chosen so that it lies inside, lag included.
fn window(row: &[f64], mark: isize) -> &[f64] {
    let start = (mark - BEFORE).clamp(0, row.len() as isize - WIDTH as isize) as usize;
    &row[start..start + WIDTH]
}
