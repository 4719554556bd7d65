//! A learner's answers for one target, beside the truth.

use crate::information::auroc::auroc;
use crate::information::interval::Estimate;
use crate::information::r_squared::of_subjects;
use crate::information::score::score;
use crate::information::target::{Kind, LEAST_CASES, Target};
use ndarray::Array2;

/// Truth and prediction, one each for every subject with a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// The subjects, as positions in the data set.
    pub subjects: Vec<usize>,
    /// The truth: a number in its unit, or −1 and 1.
    pub truth: Vec<f64>,
    /// The prediction: a number in the same unit, or a score.
    pub predicted: Vec<f64>,
}

impl Answers {
    /// Of the subjects that have a value; `None` where these are too few to measure by.
    pub(super) fn of(
        target: &Target,
        subjects: &[usize],
        predicted: impl Iterator<Item = f64>,
    ) -> Option<Answers> {
        let mut answers = Answers::default();
        for (&subject, predicted) in subjects.iter().zip(predicted) {
            if let Some(Some(truth)) = target.values.get(subject) {
                answers.subjects.push(subject);
                answers.truth.push(*truth);
                answers.predicted.push(predicted);
            }
        }
        let enough = match answers.cases(target.kind) {
            Some(cases) => cases.min(answers.truth.len() - cases) >= LEAST_CASES,
            None => answers.truth.len() >= LEAST_CASES,
        };
        enough.then_some(answers)
    }

    /// Subjects of the class; `None` for a quantity.
    pub fn cases(&self, kind: Kind) -> Option<usize> {
        let cases = || self.truth.iter().filter(|&&truth| truth > 0.0).count();
        (kind == Kind::Class).then(cases)
    }

    /// R² or AUROC without an interval.
    pub(super) fn value(&self, kind: Kind) -> Option<f64> {
        match kind {
            Kind::Class => {
                let cases: Vec<bool> = self.truth.iter().map(|&truth| truth > 0.0).collect();
                Some(auroc(&self.predicted, &cases)?.value)
            }
            Kind::Quantity => {
                let all: Vec<usize> = (0..self.truth.len()).collect();
                let found = of_subjects(&self.truth, &self.predicted, &all);
                found.is_finite().then_some(found)
            }
        }
    }

    /// R² or AUROC with its interval, and R² within `demographics` (subject of the data set × column).
    pub(super) fn estimate(
        &self,
        target: &Target,
        demographics: &Array2<f64>,
        seed: u64,
    ) -> Option<(Estimate, Option<f64>)> {
        let mut predicted = vec![None; target.values.len()];
        for (&subject, &answer) in self.subjects.iter().zip(&self.predicted) {
            predicted[subject] = Some(answer);
        }
        score(target, &predicted, demographics, seed)
    }

    /// Mean absolute error of a quantity.
    pub(super) fn mean_absolute_error(&self, kind: Kind) -> Option<f64> {
        let pairs = self.truth.iter().zip(&self.predicted);
        let sum: f64 = pairs.map(|(truth, found)| (truth - found).abs()).sum();
        (kind == Kind::Quantity).then(|| sum / self.truth.len() as f64)
    }
}
