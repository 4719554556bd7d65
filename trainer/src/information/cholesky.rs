//! The Cholesky factor of a symmetric positive definite matrix, in blocks so that the work is matrix products.
//!
//! A kernel matrix of 1,600 subjects plus a ridge is factored some hundred times in one report. Blocked, nearly all of
//! its arithmetic runs in `ndarray`'s matrix product (Golub and Van Loan, Matrix Computations, chapter 4).

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use std::ops::Range;

/// Rows of a block: a block's triangle fits the first-level cache.
const BLOCK: usize = 48;

/// The lower triangular L with L·Lᵀ = A.
#[derive(Debug, Clone)]
pub struct Cholesky {
    lower: Array2<f64>,
}

impl Cholesky {
    /// Factors `matrix` (n × n), of which only the lower triangle is read. `None` where it is not positive definite.
    pub fn factor(mut matrix: Array2<f64>) -> Option<Cholesky> {
        if !matrix.is_standard_layout() {
            matrix = matrix.as_standard_layout().into_owned();
        }
        let n = matrix.nrows();
        for start in (0..n).step_by(BLOCK) {
            let end = (start + BLOCK).min(n);
            let (upper, below) = matrix.view_mut().split_at(Axis(0), end);
            let mut diagonal = part_mut(upper, start..end, start..end);
            factor_triangle(&mut diagonal)?;
            let (panel, mut rest) = below.split_at(Axis(1), end);
            let rows = 0..panel.nrows();
            let mut panel = part_mut(panel, rows, start..end);
            divide_rows(&mut panel, &diagonal.view());
            let left = rest.nrows();
            for column in (0..left).step_by(BLOCK) {
                let to = (column + BLOCK).min(left);
                general_mat_mul(
                    -1.0,
                    &part(panel.view(), column..left, 0..end - start),
                    &part(panel.view(), column..to, 0..end - start).t(),
                    1.0,
                    &mut part_mut(rest.view_mut(), column..left, column..to),
                );
            }
        }
        Some(Cholesky { lower: matrix })
    }

    /// X with L·X = `right` (n × columns).
    pub fn halfway(&self, right: &ArrayView2<f64>) -> Array2<f64> {
        let n = self.lower.nrows();
        let mut solution = right.as_standard_layout().into_owned();
        for start in (0..n).step_by(BLOCK) {
            let end = (start + BLOCK).min(n);
            let (known, below) = solution.view_mut().split_at(Axis(0), start);
            let (mut now, _) = below.split_at(Axis(0), end - start);
            let factors = part(self.lower.view(), start..end, 0..start);
            general_mat_mul(-1.0, &factors, &known, 1.0, &mut now);
            let triangle = part(self.lower.view(), start..end, start..end);
            for i in 0..end - start {
                for j in 0..i {
                    let (above, mut row) = now.view_mut().split_at(Axis(0), i);
                    row.row_mut(0).scaled_add(-triangle[[i, j]], &above.row(j));
                }
                now.row_mut(i).mapv_inplace(|x| x / triangle[[i, i]]);
            }
        }
        solution
    }

    /// X with A·X = `right` (n × columns).
    pub fn solve(&self, right: &ArrayView2<f64>) -> Array2<f64> {
        let n = self.lower.nrows();
        let mut solution = self.halfway(right);
        for start in (0..n).step_by(BLOCK).rev() {
            let end = (start + BLOCK).min(n);
            let (above, known) = solution.view_mut().split_at(Axis(0), end);
            let (_, mut now) = above.split_at(Axis(0), start);
            let factors = part(self.lower.view(), end..n, start..end);
            general_mat_mul(-1.0, &factors.t(), &known, 1.0, &mut now);
            let triangle = part(self.lower.view(), start..end, start..end);
            for i in (0..end - start).rev() {
                now.row_mut(i).mapv_inplace(|x| x / triangle[[i, i]]);
                for j in 0..i {
                    let (mut above, row) = now.view_mut().split_at(Axis(0), i);
                    above.row_mut(j).scaled_add(-triangle[[i, j]], &row.row(0));
                }
            }
        }
        solution
    }
}

// The macro `s!` would do this, but it does not go with `forbid(unsafe_code)`.
fn part<'a>(
    matrix: ArrayView2<'a, f64>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> ArrayView2<'a, f64> {
    let (_, matrix) = matrix.split_at(Axis(0), rows.start);
    let (matrix, _) = matrix.split_at(Axis(0), rows.len());
    let (_, matrix) = matrix.split_at(Axis(1), columns.start);
    matrix.split_at(Axis(1), columns.len()).0
}

fn part_mut<'a>(
    matrix: ArrayViewMut2<'a, f64>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> ArrayViewMut2<'a, f64> {
    let (_, matrix) = matrix.split_at(Axis(0), rows.start);
    let (matrix, _) = matrix.split_at(Axis(0), rows.len());
    let (_, matrix) = matrix.split_at(Axis(1), columns.start);
    matrix.split_at(Axis(1), columns.len()).0
}

/// The unblocked factor of a small matrix, in its lower triangle.
fn factor_triangle(matrix: &mut ArrayViewMut2<f64>) -> Option<()> {
    for j in 0..matrix.nrows() {
        let mut pivot = matrix[[j, j]];
        for k in 0..j {
            pivot -= matrix[[j, k]] * matrix[[j, k]];
        }
        if !(pivot.is_finite() && pivot > 0.0) {
            return None;
        }
        let pivot = pivot.sqrt();
        matrix[[j, j]] = pivot;
        for i in j + 1..matrix.nrows() {
            let mut value = matrix[[i, j]];
            for k in 0..j {
                value -= matrix[[i, k]] * matrix[[j, k]];
            }
            matrix[[i, j]] = value / pivot;
        }
    }
    Some(())
}

/// X with X·Lᵀ = `panel`, in place, for the lower triangle L. It runs along rows, so that it is done many at a time.
fn divide_rows(panel: &mut ArrayViewMut2<f64>, triangle: &ArrayView2<f64>) {
    let columns: Vec<Vec<f64>> = triangle.columns().into_iter().map(|c| c.to_vec()).collect();
    for mut row in panel.rows_mut() {
        let row = row
            .as_slice_mut()
            .expect("a row of a matrix in standard layout is contiguous");
        for (j, column) in columns.iter().enumerate() {
            let value = row[j] / column[j];
            row[j] = value;
            for (x, factor) in row[j + 1..].iter_mut().zip(&column[j + 1..]) {
                *x -= value * factor;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, StandardNormal};

    fn random(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut stream = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_simple_fn((rows, columns), || StandardNormal.sample(&mut stream))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn solves_what_it_factors(n in 1usize..200, columns in 1usize..5, seed: u64) {
            let root = random(n, n + 3, seed);
            let matrix = root.dot(&root.t()) + Array2::<f64>::eye(n);
            let right = random(n, columns, seed ^ 1);
            let solution = Cholesky::factor(matrix.clone()).unwrap().solve(&right.view());
            let largest = (matrix.dot(&solution) - &right).iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            prop_assert!(largest < 1e-7, "{}", largest);
        }
    }

    #[test]
    fn refuses_what_is_not_positive_definite() {
        let mut matrix = Array2::<f64>::eye(100);
        matrix[[77, 77]] = -1.0;
        assert!(Cholesky::factor(matrix.clone()).is_none());
        matrix[[77, 77]] = f64::NAN;
        assert!(Cholesky::factor(matrix).is_none());
    }
}
