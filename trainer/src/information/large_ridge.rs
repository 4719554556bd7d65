//! Ridge regression for many subjects and some hundreds of features, from the normal equations.
//!
//! [`Learner::Ridge`](super::Learner::Ridge) solves for subjects; this solves for features, so that tens of thousands
//! of subjects cost no more than one pass over them. The weights w minimise Σ(y − x·w)²/n + λ·|w|² for features and
//! answers less their means (Hoerl and Kennard, Technometrics 1970;12:55); λ is chosen for each target by the squared
//! error of subjects that were not learned from.

use super::cholesky::Cholesky;
use ndarray::{Array1, Array2, ArrayView2, Axis};

/// λ, for features of variance 1.
const PENALTIES: [f64; 9] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 1.0, 10.0];

/// One of so many subjects is held out where the penalty is chosen within the training subjects.
const HELD_OUT: usize = 5;

/// How features are scaled before they are penalised alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// To variance 1; a feature that does not vary counts for nothing.
    Standardised,
    /// Left as they are.
    Unscaled,
}

/// A fitted linear map from features to targets.
#[derive(Debug, Clone)]
pub struct LinearModel {
    mean: Array1<f64>,
    /// Feature × target.
    weights: Array2<f64>,
    intercept: Array1<f64>,
}

impl LinearModel {
    /// Answers for `unseen` (subject × feature), shape (subject, target).
    pub fn answer(&self, unseen: &ArrayView2<f64>) -> Array2<f64> {
        (unseen - &self.mean).dot(&self.weights) + &self.intercept
    }
}

/// The normal equations of a set of training subjects.
pub struct LargeRidge {
    mean: Array1<f64>,
    factor: Array1<f64>,
    intercept: Array1<f64>,
    normal: Array2<f64>,
    right: Array2<f64>,
}

impl LargeRidge {
    /// From `features` (subject × feature) and `answers` (subject × target), both finite.
    pub fn new(
        features: &ArrayView2<f64>,
        answers: &ArrayView2<f64>,
        scaling: Scaling,
    ) -> LargeRidge {
        let subjects = features.nrows().max(1) as f64;
        let mean = features.sum_axis(Axis(0)) / subjects;
        let mut centred = features - &mean;
        let factor = match scaling {
            Scaling::Unscaled => Array1::ones(features.ncols()),
            Scaling::Standardised => centred.map_axis(Axis(0), |column| {
                let deviation = (column.dot(&column) / subjects).sqrt();
                if deviation > 1e-9 {
                    1.0 / deviation
                } else {
                    0.0
                }
            }),
        };
        centred *= &factor;
        let intercept = answers.sum_axis(Axis(0)) / subjects;
        let right = centred.t().dot(&(answers - &intercept)) / subjects;
        LargeRidge {
            normal: centred.t().dot(&centred) / subjects,
            mean,
            factor,
            intercept,
            right,
        }
    }

    /// The fit with this λ; `None` where λ is too small for features that say the same.
    pub fn fit(&self, penalty: f64) -> Option<LinearModel> {
        let mut normal = self.normal.clone();
        normal.diag_mut().mapv_inplace(|x| x + penalty);
        let weights = Cholesky::factor(normal)?.solve(&self.right.view());
        Some(LinearModel {
            mean: self.mean.clone(),
            weights: weights * &self.factor.view().insert_axis(Axis(1)),
            intercept: self.intercept.clone(),
        })
    }

    /// For each target the fit whose λ misses `answers` of the subjects `features` least, these mean squared errors,
    /// and the λs.
    pub fn best_for(&self, features: &ArrayView2<f64>, answers: &ArrayView2<f64>) -> Chosen {
        let targets = answers.ncols();
        let mut chosen = Chosen {
            model: LinearModel {
                mean: self.mean.clone(),
                weights: Array2::zeros(self.right.dim()),
                intercept: self.intercept.clone(),
            },
            penalties: vec![f64::INFINITY; targets],
            squared_errors: vec![f64::INFINITY; targets],
        };
        for penalty in PENALTIES {
            let Some(model) = self.fit(penalty) else {
                continue;
            };
            let missed = (model.answer(features) - answers).mapv(|x| x * x);
            let errors = missed.sum_axis(Axis(0)) / features.nrows().max(1) as f64;
            for target in 0..targets {
                if errors[target] < chosen.squared_errors[target] {
                    chosen.squared_errors[target] = errors[target];
                    chosen.penalties[target] = penalty;
                    let best = model.weights.column(target);
                    chosen.model.weights.column_mut(target).assign(&best);
                }
            }
        }
        chosen
    }
}

/// One fit for each target.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The fits.
    pub model: LinearModel,
    /// The λ of each target; infinite where the mean alone serves.
    pub penalties: Vec<f64>,
    /// Mean squared error of each target among the subjects that λ was chosen by.
    pub squared_errors: Vec<f64>,
}

/// A fit on all subjects whose λs were chosen by every fifth of them, held out for that.
pub fn fit_within(
    features: &ArrayView2<f64>,
    answers: &ArrayView2<f64>,
    scaling: Scaling,
) -> LinearModel {
    let held_out = |subject: &usize| subject % HELD_OUT == 0;
    let (held, learned): (Vec<usize>, Vec<usize>) = (0..features.nrows()).partition(held_out);
    let of = |matrix: &ArrayView2<f64>, rows: &[usize]| matrix.select(Axis(0), rows);
    let penalties = LargeRidge::new(
        &of(features, &learned).view(),
        &of(answers, &learned).view(),
        scaling,
    )
    .best_for(&of(features, &held).view(), &of(answers, &held).view())
    .penalties;
    let all = LargeRidge::new(features, answers, scaling);
    let mut model = LinearModel {
        mean: all.mean.clone(),
        weights: Array2::zeros(all.right.dim()),
        intercept: all.intercept.clone(),
    };
    for penalty in PENALTIES {
        if !penalties.contains(&penalty) {
            continue;
        }
        let Some(fitted) = all.fit(penalty) else {
            continue;
        };
        for (target, _) in penalties.iter().enumerate().filter(|(_, p)| **p == penalty) {
            let weights = fitted.weights.column(target);
            model.weights.column_mut(target).assign(&weights);
        }
    }
    model
}

#[cfg(test)]
#[path = "large_ridge_tests.rs"]
mod tests;
