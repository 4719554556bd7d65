//! Errors, diversity and retrieval. Pictures are (subject, pixel) in 0..1, latents (subject, latent).

/// Mean absolute difference over all elements of two equally long sets of pictures.
pub fn picture_error(given: &[f32], truth: &[f32]) -> f64 {
    mean(
        given
            .iter()
            .zip(truth)
            .map(|(a, b)| f64::from((a - b).abs())),
    )
}

/// Mean squared difference over all elements of two equally long sets of pictures.
pub fn squared_error(given: &[f32], truth: &[f32]) -> f64 {
    mean(
        given
            .iter()
            .zip(truth)
            .map(|(a, b)| f64::from(a - b).powi(2)),
    )
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len();
    values.sum::<f64>() / count as f64
}

/// One guess, repeated for as many subjects as `pictures` has.
pub fn repeated(guess: &[f32], subjects: usize) -> Vec<f32> {
    guess.repeat(subjects)
}

/// Mean over the pixels of the variance across subjects.
pub fn mean_pixel_variance(pictures: &[f32], pixels: usize) -> f64 {
    let subjects = (pictures.len() / pixels) as f64;
    let mut sums = vec![(0.0f64, 0.0f64); pixels];
    for picture in pictures.chunks_exact(pixels) {
        for ((sum, squares), &value) in sums.iter_mut().zip(picture) {
            *sum += f64::from(value);
            *squares += f64::from(value).powi(2);
        }
    }
    mean(
        sums.iter()
            .map(|(sum, squares)| (squares / subjects - (sum / subjects).powi(2)).max(0.0)),
    )
}

/// Variance of the generated pictures over the variance of the true ones: 0 where every patient gets one picture.
pub fn diversity_ratio(generated: &[f32], truth: &[f32], pixels: usize) -> f64 {
    mean_pixel_variance(generated, pixels) / mean_pixel_variance(truth, pixels)
}

/// For each ECG, how many MRIs of the set are closer to it (by cosine) than its own: 0 where its own is closest.
pub fn retrieval_ranks(ecg_latents: &[f32], mri_latents: &[f32], length: usize) -> Vec<usize> {
    let unit = |latents: &[f32]| -> Vec<Vec<f64>> {
        latents
            .chunks_exact(length)
            .map(|latent| {
                let norm = norm(latent).max(f64::MIN_POSITIVE);
                latent.iter().map(|&v| f64::from(v) / norm).collect()
            })
            .collect()
    };
    let mris = unit(mri_latents);
    unit(ecg_latents)
        .iter()
        .enumerate()
        .map(|(subject, ecg)| {
            let cosine = |mri: &Vec<f64>| ecg.iter().zip(mri).map(|(a, b)| a * b).sum::<f64>();
            let own = cosine(&mris[subject]);
            mris.iter()
                .enumerate()
                .filter(|(other, mri)| *other != subject && cosine(mri) >= own)
                .count()
        })
        .collect()
}

/// The share of ranks below `k`.
pub fn recall_at(ranks: &[usize], k: usize) -> f64 {
    ranks.iter().filter(|&&rank| rank < k).count() as f64 / ranks.len() as f64
}

/// Euclidean norms of latents: mean and standard deviation.
pub fn norm_statistics(latents: &[f32], length: usize) -> (f64, f64) {
    let norms: Vec<f64> = latents.chunks_exact(length).map(norm).collect();
    let centre = mean(norms.iter().copied());
    let variance = mean(norms.iter().map(|norm| (norm - centre).powi(2)));
    (centre, variance.sqrt())
}

fn norm(latent: &[f32]) -> f64 {
    latent
        .iter()
        .map(|&value| f64::from(value).powi(2))
        .sum::<f64>()
        .sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_by_hand() {
        let truth = [0.0, 1.0, 0.5, 0.0, 0.1, 1.0];
        let given = [0.5, 1.0, 0.5, 1.0, 0.1, 1.0];
        assert!((picture_error(&given, &truth) - 0.25).abs() < 1e-9);
        assert!((squared_error(&given, &truth) - 1.25 / 6.0).abs() < 1e-9);
    }

    #[test]
    fn diversity_sees_collapse_and_life() {
        let truth = [0.0, 1.0, 1.0, 0.0];
        assert_eq!(diversity_ratio(&truth, &truth, 2), 1.0);
        assert_eq!(diversity_ratio(&[0.5, 0.5, 0.5, 0.5], &truth, 2), 0.0);
        assert!((diversity_ratio(&[0.25, 0.75, 0.75, 0.25], &truth, 2) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn retrieval_counts_those_closer() {
        let mri = [1.0, 0.0, 0.0, 1.0, -1.0, 0.0];
        assert_eq!(retrieval_ranks(&mri, &mri, 2), [0, 0, 0]);
        let swapped = [-2.0, 0.1, 0.1, 0.2, 3.0, 0.1];
        let ranks = retrieval_ranks(&swapped, &mri, 2);
        assert_eq!(ranks, [2, 0, 2]);
        assert!((recall_at(&ranks, 1) - 1.0 / 3.0).abs() < 1e-9);
        assert_eq!(recall_at(&ranks, 3), 1.0);
        // A collapsed encoder finds nobody, however the ties fall.
        assert_eq!(
            recall_at(
                &retrieval_ranks(&[1.0, 1.0, 1.0, 1.0], &[1.0, 1.0, 1.0, 1.0], 2),
                1
            ),
            0.0
        );
    }

    #[test]
    fn norms() {
        let (centre, deviation) = norm_statistics(&[3.0, 4.0, 0.0, 3.0], 2);
        assert_eq!((centre, deviation), (4.0, 1.0));
    }
}
