//! Eigenvalues and eigenvectors of a symmetric matrix.

use ndarray::Array2;

/// Sweeps over all pairs; some ten are enough for hundreds of rows (Golub and Van Loan, Matrix Computations, 8.5).
const MOST_SWEEPS: usize = 40;

/// The eigenvalues of a symmetric matrix, the largest first, and its eigenvectors.
#[derive(Debug, Clone)]
pub struct Eigen {
    /// The eigenvalues, falling.
    pub values: Vec<f64>,
    /// One eigenvector of length 1 a row, in the order of the values.
    pub vectors: Array2<f64>,
}

impl Eigen {
    /// By Jacobi's rotations, sweep after sweep until nothing is left beside the diagonal. For matrices of a few
    /// hundred rows; `matrix` must be symmetric and finite.
    pub fn of(matrix: &Array2<f64>) -> Eigen {
        let n = matrix.nrows();
        let mut rows: Vec<Vec<f64>> = matrix.rows().into_iter().map(|row| row.to_vec()).collect();
        let mut vectors: Vec<Vec<f64>> = Array2::eye(n)
            .rows()
            .into_iter()
            .map(|row| row.to_vec())
            .collect();
        let scale: f64 = rows.iter().flatten().map(|x| x * x).sum();
        for _ in 0..MOST_SWEEPS {
            let beside: f64 = (0..n)
                .map(|row| rows[row][..row].iter().map(|x| x * x).sum::<f64>())
                .sum();
            if beside <= 1e-26 * scale {
                break;
            }
            for p in 0..n {
                for q in p + 1..n {
                    rotate(&mut rows, &mut vectors, p, q);
                }
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| rows[b][b].total_cmp(&rows[a][a]));
        Eigen {
            values: order.iter().map(|&place| rows[place][place]).collect(),
            vectors: Array2::from_shape_fn((n, n), |(row, column)| vectors[order[row]][column]),
        }
    }
}

/// The rotation of rows and columns `p` and `q` that makes the element between them 0.
fn rotate(rows: &mut [Vec<f64>], vectors: &mut [Vec<f64>], p: usize, q: usize) {
    let between = rows[p][q];
    if between == 0.0 {
        return;
    }
    let slope = (rows[q][q] - rows[p][p]) / (2.0 * between);
    let tangent = slope.signum() / (slope.abs() + slope.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for row in rows.iter_mut() {
        let (of_p, of_q) = (row[p], row[q]);
        row[p] = cosine * of_p - sine * of_q;
        row[q] = sine * of_p + cosine * of_q;
    }
    turn(rows, p, q, cosine, sine);
    turn(vectors, p, q, cosine, sine);
}

/// Replaces rows `p` and `q` (`p` < `q`) by their rotation.
fn turn(rows: &mut [Vec<f64>], p: usize, q: usize, cosine: f64, sine: f64) {
    let (above, below) = rows.split_at_mut(q);
    for (of_p, of_q) in above[p].iter_mut().zip(&mut below[0]) {
        let old = *of_p;
        *of_p = cosine * old - sine * *of_q;
        *of_q = sine * old + cosine * *of_q;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        // [[2, 1], [1, 2]] has 3 along (1, 1) and 1 along (1, −1).
        let found = Eigen::of(&ndarray::array![[2.0, 1.0], [1.0, 2.0]]);
        assert!((found.values[0] - 3.0).abs() < 1e-12 && (found.values[1] - 1.0).abs() < 1e-12);
        assert!((found.vectors[[0, 0]] - found.vectors[[0, 1]]).abs() < 1e-12);
        assert!(
            Eigen::of(&Array2::zeros((3, 3)))
                .values
                .iter()
                .all(|&x| x == 0.0)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn the_vectors_make_the_matrix_diagonal(values in prop::collection::vec(-1.0f64..1.0, 36)) {
            let root = Array2::from_shape_vec((6, 6), values).unwrap();
            let matrix = &root + &root.t();
            let found = Eigen::of(&matrix);
            let diagonal = found.vectors.dot(&matrix).dot(&found.vectors.t());
            for ((row, column), &value) in diagonal.indexed_iter() {
                let expected = if row == column { found.values[row] } else { 0.0 };
                prop_assert!((value - expected).abs() < 1e-10);
            }
            prop_assert!(found.values.windows(2).all(|pair| pair[0] >= pair[1]));
        }
    }
}
