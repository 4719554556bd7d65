//! Linear systems with several right-hand sides, solved in single precision and refined.
//!
//! The systems are an identity minus a kernel whose rows sum to less than one, so elimination
//! needs no pivoting. One step of refinement (Wilkinson 1963) brings the solution from the
//! precision of the elimination to that of the matrix.

use super::electrodes::LEADS;

/// Pivots eliminated together; the more, the less often the matrix passes through the processor.
const PANEL: usize = 4;

/// One value for each lead.
type PerLead<T> = [T; LEADS];

/// Solves `Aᵀ x = b` for all leads; `a` is row-major, `leads[lead][row]` the right-hand sides and
/// the solution is `[unknown][lead]`.
pub fn solve_transposed(a: &[f32], leads: &[Vec<f64>; LEADS]) -> Vec<PerLead<f64>> {
    let n = leads[0].len();
    let factors = factorised(a.to_vec(), n);
    let wanted: Vec<PerLead<f64>> = (0..n)
        .map(|row| std::array::from_fn(|lead| leads[lead][row]))
        .collect();
    let mut solution = substituted(&factors, &wanted);
    let mut residual = wanted;
    for (row, x) in a.chunks_exact(n).zip(&solution) {
        for (rest, &coefficient) in residual.iter_mut().zip(row) {
            for (r, x) in rest.iter_mut().zip(x) {
                *r -= f64::from(coefficient) * x;
            }
        }
    }
    for (x, correction) in solution.iter_mut().zip(substituted(&factors, &residual)) {
        for (x, c) in x.iter_mut().zip(correction) {
            *x += c;
        }
    }
    solution
}

/// Unit lower and upper triangle of `a`, in place of it.
fn factorised(mut a: Vec<f32>, n: usize) -> Vec<f32> {
    for start in (0..n).step_by(PANEL) {
        let end = (start + PANEL).min(n);
        let (top, below) = a.split_at_mut(end * n);
        for k in start..end {
            let (above, rows) = top.split_at_mut((k + 1) * n);
            let pivot_row = &above[k * n..];
            for row in rows.chunks_exact_mut(n) {
                let factor = row[k] / pivot_row[k];
                row[k] = factor;
                for (value, pivot) in row[k + 1..].iter_mut().zip(&pivot_row[k + 1..]) {
                    *value -= factor * pivot;
                }
            }
        }
        if end - start < PANEL {
            break;
        }
        let pivots: [&[f32]; PANEL] = std::array::from_fn(|p| {
            let row = start + p;
            &top[row * n + start..(row + 1) * n]
        });
        for row in below.chunks_exact_mut(n) {
            eliminate(&mut row[start..], pivots);
        }
    }
    a
}

/// Eliminates the leading values of a row by a panel of pivot rows, leaving the factors there.
fn eliminate(row: &mut [f32], [p, q, r, s]: [&[f32]; PANEL]) {
    let f = row[0] / p[0];
    let g = (row[1] - f * p[1]) / q[1];
    let h = (row[2] - f * p[2] - g * q[2]) / r[2];
    let i = (row[3] - f * p[3] - g * q[3] - h * r[3]) / s[3];
    row[..PANEL].copy_from_slice(&[f, g, h, i]);
    let rest = row.len();
    let [p, q, r, s] = [p, q, r, s].map(|pivot| &pivot[PANEL..rest]);
    let row = &mut row[PANEL..];
    for ((((value, p), q), r), s) in row.iter_mut().zip(p).zip(q).zip(r).zip(s) {
        *value -= (f * p + g * q) + (h * r + i * s);
    }
}

/// Solves the transposed system by its triangles: `Uᵀ y = b`, then `Lᵀ x = y`.
fn substituted(factors: &[f32], wanted: &[PerLead<f64>]) -> Vec<PerLead<f64>> {
    let n = wanted.len();
    let mut x: Vec<PerLead<f32>> = wanted.iter().map(|b| b.map(|value| value as f32)).collect();
    for k in 0..n {
        let row = &factors[k * n..(k + 1) * n];
        let (known, unknown) = x.split_at_mut(k + 1);
        for value in &mut known[k] {
            *value /= row[k];
        }
        subtract(unknown, &row[k + 1..], &known[k]);
    }
    for k in (0..n).rev() {
        let row = &factors[k * n..(k + 1) * n];
        let (unknown, known) = x.split_at_mut(k);
        subtract(unknown, &row[..k], &known[0]);
    }
    x.into_iter().map(|x| x.map(f64::from)).collect()
}

/// Takes `coefficients[j] × known` from each row `j`.
fn subtract(rows: &mut [PerLead<f32>], coefficients: &[f32], known: &PerLead<f32>) {
    for (row, &coefficient) in rows.iter_mut().zip(coefficients) {
        for (value, known) in row.iter_mut().zip(known) {
            *value -= coefficient * known;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthesis::random::{Purpose, Stream};

    #[test]
    fn a_known_solution_comes_back_whatever_the_size() {
        let mut stream = Stream::new(1, 1, Purpose::Body);
        for n in [1, 3, 4, 5, 18, 63] {
            let mut a: Vec<f32> = (0..n * n)
                .map(|_| (-0.9 * stream.uniform() / n as f64) as f32)
                .collect();
            for k in 0..n {
                a[k * n + k] += 1.0;
            }
            let known: Vec<PerLead<f64>> = (0..n)
                .map(|_| std::array::from_fn(|_| stream.standard_normal()))
                .collect();
            let leads: [Vec<f64>; LEADS] = std::array::from_fn(|lead| {
                (0..n)
                    .map(|j| {
                        (0..n)
                            .map(|i| f64::from(a[i * n + j]) * known[i][lead])
                            .sum()
                    })
                    .collect()
            });
            let solution = solve_transposed(&a, &leads);
            for (found, known) in solution.iter().flatten().zip(known.iter().flatten()) {
                assert!((found - known).abs() < 1e-9, "{n}: {found} {known}");
            }
        }
    }
}
