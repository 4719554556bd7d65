//! Errors, diversity and lengths of latents. Pictures are (subject, pixel) in 0..1, latents (subject, latent).

pub use super::retrieval::{recall_at, retrieval_ranks};

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
    mean(pixel_variances(pictures, pixels).into_iter())
}

/// Variance across subjects of each pixel.
pub fn pixel_variances(pictures: &[f32], pixels: usize) -> Vec<f64> {
    let subjects = (pictures.len() / pixels) as f64;
    let mut sums = vec![(0.0f64, 0.0f64); pixels];
    for picture in pictures.chunks_exact(pixels) {
        for ((sum, squares), &value) in sums.iter_mut().zip(picture) {
            *sum += f64::from(value);
            *squares += f64::from(value).powi(2);
        }
    }
    sums.into_iter()
        .map(|(sum, squares)| (squares / subjects - (sum / subjects).powi(2)).max(0.0))
        .collect()
}

/// Variance of the generated pictures over the variance of the true ones: 0 where every patient gets one picture.
pub fn diversity_ratio(generated: &[f32], truth: &[f32], pixels: usize) -> f64 {
    mean_pixel_variance(generated, pixels) / mean_pixel_variance(truth, pixels)
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
    fn norms() {
        let (centre, deviation) = norm_statistics(&[3.0, 4.0, 0.0, 3.0], 2);
        assert_eq!((centre, deviation), (4.0, 1.0));
    }
}
