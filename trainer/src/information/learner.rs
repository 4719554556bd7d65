//! The two learners: a ridge, which sees what is linear, and a kernel ridge, which sees curves too.
//!
//! Both are solved in their dual form, for every target by one factorisation: with a kernel matrix K of the training
//! subjects (mean diagonal 1) the answers are K*·(K + λI)⁻¹·Y (Saunders, Gammerman and Vovk 1998). λ, and for the
//! kernel ridge the bandwidth as well, are chosen for each target by cross-validation within the training subjects.

use super::cholesky::Cholesky;
use ndarray::{Array1, Array2, ArrayView2, Axis, Zip};
use serde::Serialize;

/// λ of either learner, against a mean diagonal of 1. The largest shrinks a target that cannot be told to its mean.
const PENALTIES: [f64; 7] = [0.005, 0.02, 0.1, 0.4, 1.5, 6.0, 40.0];

/// The kernel's γ in units of one over the median squared distance between two subjects.
const BANDWIDTHS: [f64; 4] = [0.05, 0.15, 0.5, 1.5];

/// Parts of the cross-validation within the training subjects.
const INNER_FOLDS: usize = 4;

/// A way to learn targets from features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learner {
    /// Linear ridge regression.
    Ridge,
    /// Kernel ridge regression with the kernel exp(−γ·distance²).
    KernelRidge,
}

impl Learner {
    /// Both.
    pub const ALL: [Learner; 2] = [Learner::Ridge, Learner::KernelRidge];

    /// As the table's head names it.
    pub fn label(self) -> &'static str {
        match self {
            Learner::Ridge => "ridge",
            Learner::KernelRidge => "kernel",
        }
    }

    /// Learns from `features` (training subject × feature, scaled) and `answers` (training subject × target, of mean 0
    /// and variance 1) and answers for `unseen` (subject × feature). The training subjects must be in random order.
    pub fn answer(
        self,
        features: &ArrayView2<f64>,
        answers: &ArrayView2<f64>,
        unseen: &ArrayView2<f64>,
    ) -> Array2<f64> {
        let kernels = self.kernels(features, unseen);
        let chosen = choose(&kernels, answers);
        let mut predicted = Array2::zeros((unseen.nrows(), answers.ncols()));
        for (number, kernel) in kernels.iter().enumerate() {
            for &penalty in &PENALTIES {
                let targets: Vec<usize> = (0..chosen.len())
                    .filter(|&target| chosen[target] == (number, penalty))
                    .collect();
                if targets.is_empty() {
                    continue;
                }
                let weights = dual_weights(
                    kernel.among.clone(),
                    penalty,
                    &answers.select(Axis(1), &targets).view(),
                );
                let answered = kernel.unseen.dot(&weights);
                for (column, &target) in targets.iter().enumerate() {
                    predicted
                        .column_mut(target)
                        .assign(&answered.column(column));
                }
            }
        }
        predicted
    }

    fn kernels(self, features: &ArrayView2<f64>, unseen: &ArrayView2<f64>) -> Vec<Kernel> {
        match self {
            Learner::Ridge => {
                let scale = 1.0 / mean_square(features);
                vec![Kernel {
                    among: features.dot(&features.t()) * scale,
                    unseen: unseen.dot(&features.t()) * scale,
                }]
            }
            Learner::KernelRidge => {
                let among = squared_distances(features, features);
                let unseen = squared_distances(unseen, features);
                let median = median_off_diagonal(&among);
                let gaussian = |distances: &Array2<f64>, bandwidth: f64| {
                    distances.mapv(|distance| (-bandwidth / median * distance).exp())
                };
                BANDWIDTHS
                    .iter()
                    .map(|&bandwidth| Kernel {
                        among: gaussian(&among, bandwidth),
                        unseen: gaussian(&unseen, bandwidth),
                    })
                    .collect()
            }
        }
    }
}

struct Kernel {
    /// Training subject × training subject.
    among: Array2<f64>,
    /// Unseen subject × training subject.
    unseen: Array2<f64>,
}

/// For each target the kernel's number and the λ of least squared error, by cross-validation.
fn choose(kernels: &[Kernel], answers: &ArrayView2<f64>) -> Vec<(usize, f64)> {
    let (subjects, targets) = answers.dim();
    let mut best = vec![(0, PENALTIES[PENALTIES.len() - 1]); targets];
    let mut least = vec![f64::INFINITY; targets];
    for (number, kernel) in kernels.iter().enumerate() {
        let mut errors = vec![Array1::<f64>::zeros(targets); PENALTIES.len()];
        for fold in 0..INNER_FOLDS {
            let (train, held): (Vec<usize>, Vec<usize>) =
                (0..subjects).partition(|subject| subject % INNER_FOLDS != fold);
            let known = answers.select(Axis(0), &train);
            let hidden = answers.select(Axis(0), &held);
            let among = kernel.among.select(Axis(1), &train);
            let across = among.select(Axis(0), &held);
            let among = among.select(Axis(0), &train);
            for (error, &penalty) in errors.iter_mut().zip(&PENALTIES) {
                let predicted = across.dot(&dual_weights(among.clone(), penalty, &known.view()));
                *error += &(predicted - &hidden).mapv(|x| x * x).sum_axis(Axis(0));
            }
        }
        for (error, &penalty) in errors.iter().zip(&PENALTIES) {
            for target in 0..targets {
                if error[target] < least[target] {
                    least[target] = error[target];
                    best[target] = (number, penalty);
                }
            }
        }
    }
    best
}

fn dual_weights(mut kernel: Array2<f64>, penalty: f64, answers: &ArrayView2<f64>) -> Array2<f64> {
    kernel.diag_mut().mapv_inplace(|x| x + penalty);
    Cholesky::factor(kernel)
        .expect("a kernel matrix of finite features plus a positive multiple of the identity is positive definite")
        .solve(answers)
}

/// Mean over subjects of the squared length of their features; 1 where all are 0.
fn mean_square(features: &ArrayView2<f64>) -> f64 {
    let mean = features.iter().map(|x| x * x).sum::<f64>() / features.nrows().max(1) as f64;
    if mean > 0.0 { mean } else { 1.0 }
}

/// Squared distances between the rows of two matrices.
pub(super) fn squared_distances(left: &ArrayView2<f64>, right: &ArrayView2<f64>) -> Array2<f64> {
    let lengths = |rows: &ArrayView2<f64>| rows.map_axis(Axis(1), |row| row.dot(&row));
    let (of_left, of_right) = (lengths(left), lengths(right));
    let mut distances = left.dot(&right.t());
    for (mut row, &length) in distances.rows_mut().into_iter().zip(&of_left) {
        Zip::from(&mut row)
            .and(&of_right)
            .for_each(|product, &other| *product = (length + other - 2.0 * *product).max(0.0));
    }
    distances
}

/// The median distance between two different subjects; 1 where it is 0.
pub(super) fn median_off_diagonal(distances: &Array2<f64>) -> f64 {
    let mut pairs: Vec<f64> = distances
        .rows()
        .into_iter()
        .enumerate()
        .flat_map(|(row, values)| values.iter().take(row).copied().collect::<Vec<_>>())
        .collect();
    if pairs.is_empty() {
        return 1.0;
    }
    let middle = pairs.len() / 2;
    let (_, median, _) = pairs.select_nth_unstable_by(middle, f64::total_cmp);
    if *median > 0.0 { *median } else { 1.0 }
}

#[cfg(test)]
#[path = "learner_tests.rs"]
mod tests;
