//! The part of a quantity's variance that is told, in all and within sex and body size.

use super::cholesky::Cholesky;
use super::interval::{Estimate, bootstrap};
use ndarray::{Array1, Array2, Axis, concatenate};

/// R² = 1 − Σ(truth − predicted)² / Σ(truth − mean)², negative where a mean would have served better; with the 95 %
/// interval of a bootstrap over subjects. `None` where the truth does not vary.
pub fn r_squared(truth: &[f64], predicted: &[f64], seed: u64) -> Option<Estimate> {
    let all: Vec<usize> = (0..truth.len()).collect();
    let value = of_subjects(truth, predicted, &all);
    value.is_finite().then(|| {
        bootstrap(value, truth.len(), seed, |drawn| {
            of_subjects(truth, predicted, drawn)
        })
    })
}

/// By how much `more` tells more than `less`: the difference of the two R², with the 95 % interval of a bootstrap that
/// draws the same subjects for both.
pub fn gain(truth: &[f64], more: &[f64], less: &[f64], seed: u64) -> Estimate {
    let difference =
        |drawn: &[usize]| of_subjects(truth, more, drawn) - of_subjects(truth, less, drawn);
    let all: Vec<usize> = (0..truth.len()).collect();
    bootstrap(difference(&all), truth.len(), seed, difference)
}

/// R² over some subjects, which may be named more than once.
pub fn of_subjects(truth: &[f64], predicted: &[f64], subjects: &[usize]) -> f64 {
    let mean = subjects.iter().map(|&i| truth[i]).sum::<f64>() / subjects.len() as f64;
    let (mut missed, mut spread) = (0.0, 0.0);
    for &i in subjects {
        missed += (truth[i] - predicted[i]).powi(2);
        spread += (truth[i] - mean).powi(2);
    }
    1.0 - missed / spread
}

/// R² within sex and body size: truth and prediction are each regressed on the demographics (subject × column, by least
/// squares with an intercept, over all subjects), and what is left of the one is compared with what is left of the
/// other, as in [`r_squared`]. 0 means: no more than the demographics tell. `None` where nothing is left.
pub fn r_squared_within(
    truth: &[f64],
    predicted: &[f64],
    demographics: &Array2<f64>,
) -> Option<f64> {
    let both = Array2::from_shape_fn((truth.len(), 2), |(subject, column)| match column {
        0 => truth[subject],
        _ => predicted[subject],
    });
    let left = residuals(both, demographics)?;
    let spread = left.column(0).mapv(|x| x * x).sum();
    let missed = (&left.column(0) - &left.column(1)).mapv(|x| x * x).sum();
    let value = 1.0 - missed / spread;
    value.is_finite().then_some(value)
}

/// What a least-squares fit on the columns of `explained_by` leaves of each column of `values`.
fn residuals(values: Array2<f64>, explained_by: &Array2<f64>) -> Option<Array2<f64>> {
    let subjects = values.nrows() as f64;
    let mut columns = vec![Array1::ones(values.nrows()).insert_axis(Axis(1))];
    for column in explained_by.columns() {
        let mean = column.sum() / subjects;
        let centred = column.mapv(|x| x - mean);
        let deviation = (centred.dot(&centred) / subjects).sqrt();
        if deviation > 1e-9 * (1.0 + mean.abs()) {
            columns.push((centred / deviation).insert_axis(Axis(1)));
        }
    }
    let views: Vec<_> = columns.iter().map(|column| column.view()).collect();
    let design = concatenate(Axis(1), &views).ok()?;
    let mut normal = design.t().dot(&design) / subjects;
    // Keeps columns that say the same (all subjects of one height) from making the fit impossible.
    normal.diag_mut().mapv_inplace(|x| x + 1e-9);
    let right = design.t().dot(&values) / subjects;
    let coefficients = Cholesky::factor(normal)?.solve(&right.view());
    Some(values - design.dot(&coefficients))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn normals(count: usize, seed: u64) -> Vec<f64> {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        StandardNormal
            .sample_iter(&mut stream)
            .take(count)
            .collect()
    }

    #[test]
    fn is_one_for_the_truth_and_zero_for_the_mean() {
        let truth = [1.0, 2.0, 3.0, 6.0];
        assert_eq!(r_squared(&truth, &truth, 1).unwrap().value, 1.0);
        assert_eq!(r_squared(&truth, &[3.0; 4], 1).unwrap().value, 0.0);
        // 1 − (0 + 1 + 1 + 1) / (4 + 1 + 0 + 9)
        let found = r_squared(&truth, &[1.0, 3.0, 2.0, 5.0], 1).unwrap().value;
        assert!((found - (1.0 - 3.0 / 14.0)).abs() < 1e-12);
        assert!(r_squared(&[2.0; 3], &[1.0; 3], 1).is_none());
    }

    #[test]
    fn within_forgets_what_the_demographics_tell() {
        let (body, heart, noise) = (normals(2000, 1), normals(2000, 2), normals(2000, 3));
        let demographics = Array2::from_shape_fn((2000, 2), |(i, j)| [body[i], 7.0][j]);
        let truth: Vec<f64> = (0..2000).map(|i| 5.0 + 2.0 * body[i] + heart[i]).collect();
        let from_body: Vec<f64> = body.iter().map(|b| 5.0 + 2.0 * b).collect();
        let within = r_squared_within(&truth, &from_body, &demographics).unwrap();
        assert!(within.abs() < 1e-6, "{within}");
        // The half of `heart` that a noisy sight of it tells (its best prediction).
        let sight: Vec<f64> = (0..2000).map(|i| (heart[i] + noise[i]) / 2.0).collect();
        let within = r_squared_within(&truth, &sight, &demographics).unwrap();
        assert!((within - 0.5).abs() < 0.05, "{within}");
    }

    #[test]
    fn a_gain_is_told_from_none() {
        let truth = normals(500, 4);
        let noise = normals(500, 5);
        let close: Vec<f64> = (0..500).map(|i| truth[i] + 0.3 * noise[i]).collect();
        let far: Vec<f64> = (0..500).map(|i| truth[i] + 0.6 * noise[i]).collect();
        let found = gain(&truth, &close, &far, 1);
        assert!(
            (found.value - 0.27).abs() < 0.06 && found.low > 0.1,
            "{found:?}"
        );
        assert_eq!(gain(&truth, &far, &far, 1).high, 0.0);
    }
}
