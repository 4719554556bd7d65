//! Which frame of a cine is end-systole.
//!
//! The labels at end-systole come without their frame's number, so it is found: blood is bright and muscle dark, so
//! where there is blood at end-diastole and muscle at end-systole the signal is lowest when the heart has contracted
//! most. Without labels it is the frame whose picture differs most from end-diastole's.

use super::CohortError;
use super::cine::read_volume;
use ndarray::{Array2, Array3, Zip};
use std::path::Path;

/// UK Biobank's labels.
const CAVITY: f32 = 1.0;
const MUSCLE: f32 = 2.0;

/// Where muscle comes while the left ventricle contracts.
pub(super) struct Contraction {
    /// Blood at end-diastole and muscle at end-systole.
    muscle_comes: Array3<bool>,
}

impl Contraction {
    /// Reads the labels at both times; `None` where muscle comes nowhere.
    ///
    /// # Errors
    /// Where a file is damaged or the two have not one shape.
    pub(super) fn read(
        end_diastole: &Path,
        end_systole: &Path,
    ) -> Result<Option<Contraction>, CohortError> {
        let (before, after) = (read_volume(end_diastole)?, read_volume(end_systole)?);
        if before.dim() != after.dim() {
            return Err(CohortError::unreadable(
                end_systole,
                "it has another shape than the labels at end-diastole",
            ));
        }
        let muscle_comes = Zip::from(&before)
            .and(&after)
            .map_collect(|&before, &after| before == CAVITY && after == MUSCLE);
        let comes = muscle_comes.iter().any(|&comes| comes);
        Ok(comes.then_some(Contraction { muscle_comes }))
    }

    /// The mean signal where muscle comes: the lower, the more of it is there. `None` where the frame has another shape.
    pub(super) fn signal(&self, frame: &Array3<f32>) -> Option<f64> {
        if frame.dim() != self.muscle_comes.dim() {
            return None;
        }
        let there = frame.iter().zip(&self.muscle_comes);
        let there = there.filter(|(_, comes)| **comes);
        let (sum, count) = there.fold((0.0, 0.0), |(sum, count), (&signal, _)| {
            (sum + f64::from(signal), count + 1.0)
        });
        Some(sum / count)
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
