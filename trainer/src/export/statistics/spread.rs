//! How latents spread: principal components of their covariance.

use super::ExportError;
use crate::information::symmetric::Eigen;
use ecg2mri::model::statistics::Spread;
use ndarray::{ArrayView2, Axis};

/// Share of the variance that the components explain, unless that takes too many.
const EXPLAINED: f64 = 0.99;
/// Most components.
const MOST: usize = 64;
/// Least variance across the components, of the mean variance of a direction: latents of fewer subjects than numbers vary
/// in some directions only, and a new one is not to be refused for what rounding leaves in the others.
const LEAST_RESIDUAL: f64 = 1e-4;

/// The spread of latents (subject, latent).
///
/// # Errors
/// [`ExportError::Statistics`] where they do not vary.
pub(super) fn fit(latents: &ArrayView2<f64>) -> Result<Spread, ExportError> {
    let (subjects, length) = latents.dim();
    if subjects < 2 {
        return Err(ExportError::Statistics(format!(
            "the training split has {subjects} subjects, and how latents spread cannot be told from fewer than 2"
        )));
    }
    let mean = latents.sum_axis(Axis(0)) / subjects as f64;
    let centred = latents - &mean;
    let covariance = centred.t().dot(&centred) / (subjects - 1) as f64;
    let eigen = Eigen::of(&covariance);
    let total: f64 = eigen.values.iter().sum();
    if !(total.is_finite() && total > 0.0) {
        return Err(ExportError::Statistics(
            "all latents of the training split are alike, so that no ECG can be told from another"
                .to_owned(),
        ));
    }
    let mut explained = 0.0;
    let mut count = 0;
    while count < MOST.min(length) && explained < EXPLAINED * total {
        explained += eigen.values[count];
        count += 1;
    }
    let across = (total - explained).max(0.0) / (length - count).max(1) as f64;
    let rows = eigen.vectors.rows().into_iter().take(count);
    let single = |value: &f64| *value as f32;
    Ok(Spread {
        subjects: subjects as u64,
        mean: mean.iter().map(single).collect(),
        components: rows.map(|row| row.iter().map(single).collect()).collect(),
        variances: eigen.values[..count].to_vec(),
        residual_variance: across.max(LEAST_RESIDUAL * total / length as f64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, ArrayView1};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    #[test]
    fn the_squared_distance_of_latents_like_those_fitted_is_their_length() {
        let mut stream = ChaCha8Rng::seed_from_u64(3);
        // Deviations fall from 4 to 0.02 over twelve directions; three are too small to be components.
        let deviations: Vec<f64> = (0..12).map(|axis| 4.0 * 0.618f64.powi(axis)).collect();
        let mut drawn = |subjects: usize| {
            Array2::from_shape_fn((subjects, 12), |(_, axis)| {
                let normal: f64 = StandardNormal.sample(&mut stream);
                1.0 + deviations[axis] * normal
            })
        };
        let spread = fit(&drawn(4000).view()).unwrap();
        assert!((4..12).contains(&spread.components.len()));
        assert!((spread.variances[0] / 16.0 - 1.0).abs() < 0.1);
        let unseen = drawn(4000);
        let square = |row: ArrayView1<f64>| {
            let numbers: Vec<f32> = row.iter().map(|&value| value as f32).collect();
            spread.distance(&numbers).powi(2)
        };
        let squares: f64 = unseen.rows().into_iter().map(square).sum();
        let mean = squares / 4000.0;
        assert!((mean / 12.0 - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn what_does_not_vary_is_refused() {
        assert!(fit(&Array2::ones((5, 3)).view()).is_err());
        assert!(fit(&Array2::ones((1, 3)).view()).is_err());
    }

    #[test]
    fn fewer_subjects_than_numbers_still_give_a_spread() {
        let latents = Array2::from_shape_fn((4, 8), |(row, axis)| ((row * 8 + axis) as f64).sin());
        let spread = fit(&latents.view()).unwrap();
        assert!(spread.components.len() <= 3 && spread.residual_variance > 0.0);
    }
}
