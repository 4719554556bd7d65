//! Which frame of a cine is end-systole.
//!
//! The labels at end-systole come without their frame's number, so it is found: blood is bright and muscle dark, so
//! the frame to which labels belong is the one in which they part bright from dark best. Without labels it is the frame
//! whose picture differs most from end-diastole's.

use super::CohortError;
use super::cine::read_volume;
use ndarray::{Array2, Array3};
use std::path::Path;

/// UK Biobank's labels.
const CAVITY: f32 = 1.0;
const MUSCLE: f32 = 2.0;

/// The labels at end-systole.
pub(super) struct SystolicLabels {
    labels: Array3<f32>,
}

impl SystolicLabels {
    /// Reads the labels; `None` where they have no left ventricle.
    ///
    /// # Errors
    /// Where the file is damaged.
    pub(super) fn read(path: &Path) -> Result<Option<SystolicLabels>, CohortError> {
        let labels = read_volume(path)?;
        let has = |label: f32| labels.iter().any(|&value| value == label);
        Ok((has(CAVITY) && has(MUSCLE)).then_some(SystolicLabels { labels }))
    }

    /// How well the labels fit a frame: the mean signal of the left ventricle's blood less that of its muscle. `None`
    /// where the frame has another shape.
    pub(super) fn fit(&self, frame: &Array3<f32>) -> Option<f64> {
        if frame.dim() != self.labels.dim() {
            return None;
        }
        let mut sums = [(0.0, 0.0); 2];
        for (&label, &signal) in self.labels.iter().zip(frame) {
            let sum = match label {
                CAVITY => &mut sums[0],
                MUSCLE => &mut sums[1],
                _ => continue,
            };
            sum.0 += f64::from(signal);
            sum.1 += 1.0;
        }
        let [blood, muscle] = sums.map(|(sum, count): (f64, f64)| sum / count);
        Some(blood - muscle)
    }
}

/// The frame that differs most from the first, by the mean absolute difference in the middle of the picture, where the
/// heart is; each picture is (row, column), square. The first of several, and not the first frame where there is
/// another.
pub(super) fn most_different(pictures: &[Array2<f32>]) -> usize {
    let Some((first, others)) = pictures.split_first() else {
        return 0;
    };
    let quarter = first.nrows() / 4;
    let middle = quarter..first.nrows() - quarter;
    let difference = |picture: &Array2<f32>| -> f64 {
        let pairs = first.indexed_iter().zip(picture);
        let inside =
            |(row, column): (usize, usize)| middle.contains(&row) && middle.contains(&column);
        pairs
            .filter(|((at, _), _)| inside(*at))
            .map(|((_, a), b)| f64::from((a - b).abs()))
            .sum()
    };
    largest(others.iter().map(difference)).map_or(0, |index| index + 1)
}

/// The place of the largest number, the first of several.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, value) in values.enumerate() {
        if best.is_none_or(|(_, most)| value > most) {
            best = Some((index, value));
        }
    }
    best.map(|(index, _)| index)
}
