//! Kernel ridge regression for many subjects, by landmarks.
//!
//! A kernel matrix of 16,000 subjects is too large; so each subject is described by its kernel with some hundred
//! landmark subjects instead, Φ = K(x, landmarks)·L⁻ᵀ with L·Lᵀ = K(landmarks, landmarks), and Φ is given to a ridge
//! (the Nyström approximation, Williams and Seeger, NIPS 2000). All training subjects are learned from.

use super::cholesky::Cholesky;
use super::learner::{median_off_diagonal, squared_distances};
use ndarray::{Array2, ArrayView2, Axis};

/// What keeps the landmarks' kernel positive definite where two of them are alike.
const JITTER: f64 = 1e-6;

/// A description of subjects by their likeness with landmarks.
pub struct Landmarks {
    places: Array2<f64>,
    /// γ of the kernel exp(−γ·distance²).
    gamma: f64,
    factor: Cholesky,
}

impl Landmarks {
    /// `count` landmarks evenly out of `features` (subject × feature, scaled); the kernel's γ is `bandwidth` over their
    /// median squared distance.
    pub fn among(features: &ArrayView2<f64>, count: usize, bandwidth: f64) -> Landmarks {
        let subjects = features.nrows();
        let count = count.min(subjects);
        let chosen: Vec<usize> = (0..count).map(|i| i * subjects / count).collect();
        let places = features.select(Axis(0), &chosen);
        let distances = squared_distances(&places.view(), &places.view());
        let gamma = bandwidth / median_off_diagonal(&distances);
        let mut kernel = distances.mapv(|distance| (-gamma * distance).exp());
        kernel.diag_mut().mapv_inplace(|x| x + JITTER);
        Landmarks {
            factor: Cholesky::factor(kernel)
                .expect("a Gaussian kernel matrix plus a positive jitter is positive definite"),
            places,
            gamma,
        }
    }

    /// The description Φ of `subjects` (subject × feature), shape (subject, landmark).
    pub fn describe(&self, subjects: &ArrayView2<f64>) -> Array2<f64> {
        let distances = squared_distances(&self.places.view(), subjects);
        let kernel = distances.mapv(|distance| (-self.gamma * distance).exp());
        self.factor.halfway(&kernel.view()).reversed_axes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::information::large_ridge::{LargeRidge, Scaling};
    use crate::information::learner::Learner;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn normals(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut stream))
    }

    #[test]
    fn with_every_subject_a_landmark_the_kernel_comes_back() {
        let features = normals(60, 3, 1);
        let landmarks = Landmarks::among(&features.view(), 60, 0.5);
        let described = landmarks.describe(&features.view());
        let kernel = described.dot(&described.t());
        let distances = squared_distances(&features.view(), &features.view());
        let gamma = 0.5 / median_off_diagonal(&distances);
        for (found, distance) in kernel.iter().zip(&distances) {
            assert!((found - (-gamma * distance).exp()).abs() < 1e-5);
        }
    }

    #[test]
    fn a_quarter_of_the_subjects_tells_what_all_do() {
        let features = normals(900, 2, 2);
        let truth = features.map_axis(Axis(1), |row| (2.0 * row[0]).sin() + row[1] * row[1]);
        let mean = truth.mean().unwrap();
        let deviation = truth.std(0.0);
        let truth = ((truth - mean) / deviation).insert_axis(Axis(1));
        let (learned, unseen) = features.view().split_at(Axis(0), 600);
        let (known, hidden) = truth.view().split_at(Axis(0), 600);
        let told = |answers: &Array2<f64>| {
            1.0 - (answers - &hidden).mapv(|x| x * x).sum() / hidden.mapv(|x| x * x).sum()
        };
        let exact = told(&Learner::KernelRidge.answer(&learned, &known, &unseen));
        let landmarks = Landmarks::among(&learned, 150, 0.5);
        let described = landmarks.describe(&learned);
        let ridge = LargeRidge::new(&described.view(), &known, Scaling::Unscaled);
        let model = ridge.fit(1e-6).unwrap();
        let near = told(&model.answer(&landmarks.describe(&unseen).view()));
        assert!(
            exact > 0.95 && (exact - near).abs() < 0.02,
            "{exact} {near}"
        );
    }
}
