//! The plain learners, each with what it is given and how its freedom is chosen.

use super::ecg_table::Features;
use crate::information::boosted_trees::{Binned, Bins, BoostedTrees, Loss, Settings};
use crate::information::landmarks::Landmarks;
use crate::information::large_ridge::{LargeRidge, Scaling};
use crate::information::target::Kind;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::Serialize;

/// Bins of a feature.
const BINS: usize = 64;

/// A learner without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlainLearner {
    /// Linear ridge regression.
    Ridge,
    /// Kernel ridge regression by landmarks.
    KernelRidge,
    /// Gradient-boosted trees.
    BoostedTrees,
}

/// How long the learners may take.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effort {
    /// Landmarks of the kernel ridge.
    pub landmarks: usize,
    /// Its bandwidths, over the median squared distance of two landmarks.
    pub bandwidths: Vec<f64>,
    /// The most boosted trees a target.
    pub trees: usize,
}

/// Enough for 16,000 training subjects; a minute or three on one core.
impl Default for Effort {
    fn default() -> Self {
        Effort {
            landmarks: 1200,
            bandwidths: vec![0.05, 0.15, 0.5],
            trees: 400,
        }
    }
}

/// Subjects to learn from, to choose by and to answer for, as positions in the data set.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// Learned from.
    pub training: &'a [usize],
    /// What penalties, bandwidths and numbers of trees are chosen by.
    pub validation: &'a [usize],
    /// Answered for.
    pub unseen: &'a [usize],
}

/// What a learner is asked: targets that are known of these subjects.
pub(super) struct Question<'a> {
    pub(super) features: &'a Features,
    pub(super) parts: Parts<'a>,
    /// Training subject × target; a class is −1 or 1.
    pub(super) known: Array2<f64>,
    /// Validation subject × target.
    pub(super) beside: Array2<f64>,
    pub(super) kinds: Vec<Kind>,
}

impl PlainLearner {
    /// All.
    pub const ALL: [PlainLearner; 3] = [
        PlainLearner::Ridge,
        PlainLearner::KernelRidge,
        PlainLearner::BoostedTrees,
    ];

    /// As tables name it.
    pub fn label(self) -> &'static str {
        match self {
            PlainLearner::Ridge => "ridge",
            PlainLearner::KernelRidge => "kernel ridge",
            PlainLearner::BoostedTrees => "boosted trees",
        }
    }

    /// Answers (unseen subject × target).
    pub(super) fn answer(self, question: &Question<'_>, effort: &Effort) -> Array2<f64> {
        match self {
            PlainLearner::Ridge => question.ridge(),
            PlainLearner::KernelRidge => question.kernel_ridge(effort),
            PlainLearner::BoostedTrees => question.boosted_trees(effort),
        }
    }
}

impl Question<'_> {
    /// Features of the three parts.
    fn of_parts(&self, features: &Array2<f64>) -> [Array2<f64>; 3] {
        let parts = self.parts;
        [parts.training, parts.validation, parts.unseen].map(|rows| features.select(Axis(0), rows))
    }

    fn ridge(&self) -> Array2<f64> {
        let [learned, beside, asked] = self.of_parts(&self.features.all);
        LargeRidge::new(&learned.view(), &self.known.view(), Scaling::Standardised)
            .best_for(&beside.view(), &self.beside.view())
            .model
            .answer(&asked.view())
    }

    fn kernel_ridge(&self, effort: &Effort) -> Array2<f64> {
        let [learned, beside, asked] = self.of_parts(&self.features.components);
        let targets = self.known.ncols();
        let mut least = vec![f64::INFINITY; targets];
        let mut answers = Array2::zeros((asked.nrows(), targets));
        for &bandwidth in &effort.bandwidths {
            let landmarks = Landmarks::among(&learned.view(), effort.landmarks, bandwidth);
            let described = |of: &Array2<f64>| landmarks.describe(&of.view());
            let chosen = LargeRidge::new(
                &described(&learned).view(),
                &self.known.view(),
                Scaling::Unscaled,
            )
            .best_for(&described(&beside).view(), &self.beside.view());
            let found = chosen.model.answer(&described(&asked).view());
            for target in 0..targets {
                if chosen.squared_errors[target] < least[target] {
                    least[target] = chosen.squared_errors[target];
                    answers.column_mut(target).assign(&found.column(target));
                }
            }
        }
        answers
    }

    /// One machine a target; on all cores, and the outcome does not depend on their number.
    fn boosted_trees(&self, effort: &Effort) -> Array2<f64> {
        let [learned, beside, asked] = self.of_parts(&self.features.all);
        let bins = Bins::of(&learned.view(), BINS);
        let binned = [learned, beside, asked].map(|rows| bins.apply(&rows.view()));
        let settings = Settings {
            trees: effort.trees,
            ..Settings::default()
        };
        let columns: Vec<Vec<f64>> = (0..self.kinds.len())
            .into_par_iter()
            .map(|target| {
                let column = |of: &Array2<f64>| of.column(target).to_vec();
                let answers = [column(&self.known), column(&self.beside)];
                grown(&binned, answers, self.kinds[target], &settings)
            })
            .collect();
        Array2::from_shape_fn((self.parts.unseen.len(), columns.len()), |(row, target)| {
            columns[target][row]
        })
    }
}

/// The answers of boosted trees for the last of the three parts.
fn grown(
    [learned, beside, asked]: &[Binned; 3],
    answers: [Vec<f64>; 2],
    kind: Kind,
    settings: &Settings,
) -> Vec<f64> {
    let (loss, [known, chosen_by]) = match kind {
        Kind::Quantity => (Loss::Squared, answers),
        // From −1 and 1 to 0 and 1.
        Kind::Class => (
            Loss::Logistic,
            answers.map(|answers| answers.iter().map(|x| (x + 1.0) / 2.0).collect()),
        ),
    };
    let trees = BoostedTrees::fit(learned, &known, loss, Some((beside, &chosen_by)), settings);
    trees.answer(asked)
}
