//! Gradient-boosted regression trees over binned features: what a plain learner gets that sees thresholds and
//! interactions.
//!
//! Friedman's machine (Annals of Statistics 2001;29:1189) with Newton steps and histograms of gradients, as LightGBM
//! (Ke et al., NIPS 2017) and scikit-learn's `HistGradientBoostingRegressor` have it; the tests hold it to the latter.
//! Written here because a few hundred lines weigh less on the build than a crate of it does.
//!
//! - [`bins`]: features as small whole numbers;
//! - `histogram`: sums of gradients by bin;
//! - [`tree`]: one tree, grown leaf by leaf.

pub mod bins;
mod histogram;
pub mod tree;

pub use bins::{Binned, Bins};

use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;
use tree::{Gradients, Tree};

/// How trees are grown and how many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The most trees.
    pub trees: usize,
    /// What part of a tree's answer is added.
    pub learning_rate: f64,
    /// The most leaves of a tree.
    pub leaves: usize,
    /// The fewest training subjects of a leaf.
    pub least_subjects: usize,
    /// What is added to a leaf's second derivatives, and so shrinks its answer.
    pub penalty: f64,
    /// The part of the features, drawn anew for each tree, that it may split by.
    pub feature_share: f64,
    /// Trees without any gain on the validation subjects after which no more are grown.
    pub patience: usize,
    /// The seed of the draws of features.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            trees: 400,
            learning_rate: 0.08,
            leaves: 15,
            least_subjects: 20,
            penalty: 1.0,
            feature_share: 0.5,
            patience: 25,
            seed: 1,
        }
    }
}

/// What is made small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// Half the squared error of a number.
    Squared,
    /// The log loss of a class, whose answers are 0 and 1; predictions are log odds.
    Logistic,
}

/// Trees whose answers add up.
#[derive(Debug, Clone)]
pub struct BoostedTrees {
    base: f64,
    trees: Vec<Tree>,
}

impl BoostedTrees {
    /// Learns `answers` from `features`. Of all trees those are kept that serve `validation` (features and answers)
    /// best, where it is given.
    pub fn fit(
        features: &Binned,
        answers: &[f64],
        loss: Loss,
        validation: Option<(&Binned, &[f64])>,
        settings: &Settings,
    ) -> BoostedTrees {
        let base = loss.constant(answers);
        let mut predicted = vec![base; answers.len()];
        let mut beside = vec![base; validation.map_or(0, |(_, answers)| answers.len())];
        let mut least = validation.map_or(0.0, |(_, answers)| loss.mean(answers, &beside));
        let mut kept = 0;
        let mut trees = Vec::new();
        let mut stream = ChaCha8Rng::seed_from_u64(settings.seed);
        let share = settings.feature_share * features.features() as f64;
        let share = (share.ceil() as usize).clamp(1, features.features().max(1));
        while trees.len() < settings.trees {
            let gradients = loss.gradients(answers, &predicted);
            let mut usable = match share < features.features() {
                true => index::sample(&mut stream, features.features(), share).into_vec(),
                false => (0..features.features()).collect(),
            };
            usable.sort_unstable();
            let tree = Tree::grow(features, &gradients, &usable, settings);
            tree.add_to(features, &mut predicted);
            if let Some((features, _)) = validation {
                tree.add_to(features, &mut beside);
            }
            trees.push(tree);
            let Some((_, answers)) = validation else {
                kept = trees.len();
                continue;
            };
            let now = loss.mean(answers, &beside);
            if now < least {
                (least, kept) = (now, trees.len());
            } else if trees.len() >= kept + settings.patience {
                break;
            }
        }
        trees.truncate(kept);
        BoostedTrees { base, trees }
    }

    /// A prediction for each subject: of a number itself, of a class its log odds.
    pub fn answer(&self, features: &Binned) -> Vec<f64> {
        let mut predicted = vec![self.base; features.subjects()];
        for tree in &self.trees {
            tree.add_to(features, &mut predicted);
        }
        predicted
    }

    /// How many trees there are.
    pub fn count(&self) -> usize {
        self.trees.len()
    }
}

impl Loss {
    /// The best constant prediction.
    fn constant(self, answers: &[f64]) -> f64 {
        let mean = answers.iter().sum::<f64>() / answers.len().max(1) as f64;
        match self {
            Loss::Squared => mean,
            Loss::Logistic => (mean.clamp(1e-9, 1.0 - 1e-9) / (1.0 - mean).max(1e-9)).ln(),
        }
    }

    fn gradients(self, answers: &[f64], predicted: &[f64]) -> Gradients {
        let pairs = answers.iter().zip(predicted);
        Gradients(match self {
            Loss::Squared => pairs.map(|(answer, found)| [found - answer, 1.0]).collect(),
            Loss::Logistic => pairs
                .map(|(answer, found)| {
                    let chance = 1.0 / (1.0 + (-found).exp());
                    [chance - answer, chance * (1.0 - chance)]
                })
                .collect(),
        })
    }

    fn mean(self, answers: &[f64], predicted: &[f64]) -> f64 {
        let pairs = answers.iter().zip(predicted);
        let sum: f64 = match self {
            Loss::Squared => pairs.map(|(answer, found)| (found - answer).powi(2)).sum(),
            // ln(1 + eˣ) − y·x, without overflow.
            Loss::Logistic => pairs
                .map(|(answer, found)| {
                    found.max(0.0) + (-found.abs()).exp().ln_1p() - answer * found
                })
                .sum(),
        };
        sum / answers.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests;
