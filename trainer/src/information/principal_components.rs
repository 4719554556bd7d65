//! The directions in which samples vary most.

use super::symmetric::Eigen;
use ndarray::{Array1, Array2, ArrayView2, Axis};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Rounds of the subspace iteration; each brings the wanted directions closer by the ratio of their variances to those
/// of the directions left out.
const ROUNDS: usize = 30;
/// Directions carried along beyond the wanted ones, so that the last wanted ones settle too.
const SPARE: usize = 12;
/// Where the iteration starts does not matter; that it starts there each time does.
const SEED: u64 = 1;

/// The mean and the leading principal components of a set of rows.
#[derive(Debug, Clone)]
pub struct PrincipalComponents {
    mean: Array1<f64>,
    /// Component × feature, each of length 1, the one of largest variance first.
    directions: Array2<f64>,
    /// Variance along each component.
    pub variances: Vec<f64>,
}

impl PrincipalComponents {
    /// At most `count` components of `rows` (subject × feature), by subspace iteration on their covariance (Golub and
    /// Van Loan, Matrix Computations, 8.2.4).
    pub fn of(rows: &ArrayView2<f64>, count: usize) -> PrincipalComponents {
        let subjects = rows.nrows().max(1) as f64;
        let mean = rows.sum_axis(Axis(0)) / subjects;
        let centred = rows - &mean;
        let covariance = centred.t().dot(&centred) / subjects;
        let carried = (count + SPARE).min(rows.ncols());
        let mut stream = ChaCha8Rng::seed_from_u64(SEED);
        let mut space = Array2::from_shape_simple_fn((carried, rows.ncols()), || {
            StandardNormal.sample(&mut stream)
        });
        for _ in 0..ROUNDS {
            space = orthonormal(space.dot(&covariance));
        }
        // Within the space found, the directions themselves (Rayleigh and Ritz).
        let within = Eigen::of(&space.dot(&covariance).dot(&space.t()));
        let count = count.min(carried);
        let turned = within.vectors.dot(&space);
        let (directions, _) = turned.view().split_at(Axis(0), count);
        PrincipalComponents {
            mean,
            directions: directions.to_owned(),
            variances: within.values[..count].to_vec(),
        }
    }

    /// The rows (subject × feature) along the components, shape (subject, component).
    pub fn scores(&self, rows: &ArrayView2<f64>) -> Array2<f64> {
        (rows - &self.mean).dot(&self.directions.t())
    }
}

/// Rows of length 1 at right angles that span what `rows` span, by Gram and Schmidt done twice.
fn orthonormal(mut rows: Array2<f64>) -> Array2<f64> {
    for place in 0..rows.nrows() {
        let (before, mut rest) = rows.view_mut().split_at(Axis(0), place);
        let mut row = rest.row_mut(0);
        for _ in 0..2 {
            let shares = before.dot(&row);
            row -= &before.t().dot(&shares);
        }
        let length = row.dot(&row).sqrt();
        let factor = if length > 0.0 { 1.0 / length } else { 0.0 };
        row.mapv_inplace(|x| x * factor);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_directions_that_were_put_in() {
        // Deviations 5, 3 and 1 along three directions at right angles in ten dimensions, hardly any along the others.
        let mut stream = ChaCha8Rng::seed_from_u64(9);
        let root = Array2::from_shape_simple_fn((10, 10), || StandardNormal.sample(&mut stream));
        let directions = orthonormal(root);
        let deviations = [5.0, 3.0, 1.0, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
        let scores = Array2::from_shape_fn((4000, 10), |(_, column)| {
            let normal: f64 = StandardNormal.sample(&mut stream);
            deviations[column] * normal
        });
        let rows = scores.dot(&directions) + 4.0;
        let found = PrincipalComponents::of(&rows.view(), 3);
        for (place, deviation) in deviations.iter().take(3).enumerate() {
            let likeness = found
                .directions
                .row(place)
                .dot(&directions.row(place))
                .abs();
            assert!(likeness > 0.99, "{place}: {likeness}");
            assert!((found.variances[place] / deviation.powi(2) - 1.0).abs() < 0.1);
        }
        let back = found.scores(&rows.view());
        assert_eq!(back.dim(), (4000, 3));
        let variance = back.column(0).mapv(|x| x * x).mean().unwrap();
        assert!((variance - found.variances[0]).abs() < 1e-6);
    }

    #[test]
    fn no_more_components_than_features() {
        let rows = ndarray::array![[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]];
        let found = PrincipalComponents::of(&rows.view(), 5);
        assert_eq!(found.variances.len(), 2);
        assert!(found.scores(&rows.view()).iter().all(|x| x.is_finite()));
    }
}
