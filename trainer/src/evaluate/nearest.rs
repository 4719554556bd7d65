//! Retrieval of training subjects: whose latent is nearest to that of an ECG.

use super::retrieval::unit_rows;
use ndarray::Axis;

/// ECGs looked up at once; bounds the table of likenesses.
const ROWS: usize = 256;

/// For each of `latents` (subject, `length`) the position in `training` (subject, `length`) of the latent nearest by
/// cosine, the first of several equal ones. Empty where there are no training latents.
///
/// The training subject's own picture, shown for the ECG's, is what a decoder must beat to be worth its weights.
pub fn nearest_by_cosine(latents: &[f32], training: &[f32], length: usize) -> Vec<usize> {
    let known = unit_rows(training, length);
    if known.is_empty() {
        return Vec::new();
    }
    let asked = unit_rows(latents, length);
    let mut found = Vec::with_capacity(asked.nrows());
    for block in asked.axis_chunks_iter(Axis(0), ROWS) {
        for likenesses in block.dot(&known.t()).rows() {
            let mut best = (0, f64::NEG_INFINITY);
            for (subject, &likeness) in likenesses.iter().enumerate() {
                if likeness > best.1 {
                    best = (subject, likeness);
                }
            }
            found.push(best.0);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_angle_counts_and_not_the_length() {
        let training = [1.0, 0.0, 0.0, 5.0, -1.0, -1.0];
        let latents = [9.0, 0.1, 0.01, 0.02, -3.0, -2.0];
        assert_eq!(nearest_by_cosine(&latents, &training, 2), [0, 1, 2]);
        assert_eq!(
            nearest_by_cosine(&[1.0, 1.0], &[2.0, 2.0, 1.0, 1.0], 2),
            [0]
        );
        assert!(nearest_by_cosine(&latents, &[], 2).is_empty());
    }

    #[test]
    fn many_at_once_are_found_as_one_by_one() {
        let latent = |subject: usize| {
            let angle = subject as f32 * 0.37;
            [angle.cos(), angle.sin(), (subject % 7) as f32 / 7.0]
        };
        let all: Vec<f32> = (0..600).flat_map(latent).collect();
        let together = nearest_by_cosine(&all, &all[..300], 3);
        let alone: Vec<usize> = all
            .chunks_exact(3)
            .flat_map(|one| nearest_by_cosine(one, &all[..300], 3))
            .collect();
        assert_eq!(together, alone);
        assert_eq!(together[..3], [0, 1, 2]);
    }
}
