//! What one would guess without seeing the ECG: one picture for everybody.

use crate::cohort::picture::SIDE;
use crate::cohort::{CohortError, Dataset};
use crate::recipe::config::PictureChoice;

/// Grey values of a pixel.
const GREYS: usize = 256;

/// The best constant guesses at the images of a set of subjects, as images (channel, 128, 128) in 0..1.
#[derive(Debug, Clone, PartialEq)]
pub struct ConstantGuesses {
    /// The mean, pixel by pixel: the lowest squared error.
    pub mean: Vec<f32>,
    /// The median, pixel by pixel (the upper one of an even number): the lowest absolute error.
    pub median: Vec<f32>,
}

impl ConstantGuesses {
    /// Reads the pictures of `subjects` one by one; only how often each pixel has each grey is kept.
    ///
    /// # Errors
    /// Where the data set cannot be read.
    pub fn of(
        dataset: &Dataset,
        choice: &PictureChoice,
        subjects: &[usize],
    ) -> Result<ConstantGuesses, CohortError> {
        let mut counts = vec![[0u32; GREYS]; choice.channels() * SIDE * SIDE];
        for &subject in subjects {
            let image = dataset.pictures(subject, choice.views, choice.frames)?;
            add(&mut counts, &image);
        }
        Ok(guesses(&counts))
    }
}

fn add(counts: &mut [[u32; GREYS]], picture: &[u8]) {
    for (counts, &grey) in counts.iter_mut().zip(picture) {
        counts[usize::from(grey)] += 1;
    }
}

fn guesses(counts: &[[u32; GREYS]]) -> ConstantGuesses {
    let mean = |counts: &[u32; GREYS]| {
        let weighted = counts.iter().zip(0u64..);
        let (sum, total) = weighted.fold((0, 0), |(sum, total), (&count, grey)| {
            (sum + u64::from(count) * grey, total + u64::from(count))
        });
        (sum as f64 / total as f64 / 255.0) as f32
    };
    let median = |counts: &[u32; GREYS]| {
        let middle = counts.iter().sum::<u32>() / 2;
        let below = counts.iter().scan(0, |below, count| {
            *below += count;
            Some(*below)
        });
        below.take_while(|&below| below <= middle).count() as f32 / 255.0
    };
    ConstantGuesses {
        mean: counts.iter().map(mean).collect(),
        median: counts.iter().map(median).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn counting_gives_what_sorting_gives(greys in prop::collection::vec(any::<u8>(), 1..40)) {
            let mut counts = vec![[0; GREYS]; 1];
            for &grey in &greys {
                add(&mut counts, &[grey]);
            }
            let found = guesses(&counts);
            let mut sorted = greys.clone();
            sorted.sort_unstable();
            prop_assert_eq!(found.median[0], f32::from(sorted[sorted.len() / 2]) / 255.0);
            let mean = greys.iter().map(|&grey| f64::from(grey)).sum::<f64>() / greys.len() as f64;
            prop_assert!((f64::from(found.mean[0]) - mean / 255.0).abs() < 1e-6);
        }
    }
}
