//! What learners without a network get from the same ECGs on the same split: the most that may be asked of a picture.
//!
//! They see a median beat in 80 principal components, the heart rate, and simple intervals and amplitudes. A network
//! that tells as much as the best of them has lost nothing on the way through its latent and its picture.
//!
//! - [`EcgTable`]: the ECGs in few numbers each, with `beat_measures`;
//! - `learners`: ridge, kernel ridge by landmarks, boosted trees.

mod beat_measures;
mod ecg_table;
mod learners;

pub use ecg_table::EcgTable;
pub use learners::{Effort, Parts, PlainLearner};

use super::answers::Answers;
use super::known::Known;
use super::markdown::{figure, interval, table};
use crate::information::interval::Estimate;
use crate::information::target::Kind;
use learners::Question;
use ndarray::Array2;
use serde::Serialize;

/// What the learners get.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ceiling {
    /// Subjects learned from.
    pub training_subjects: usize,
    /// Subjects that penalties, bandwidths and numbers of trees were chosen by.
    pub validation_subjects: usize,
    /// Subjects measured on.
    pub subjects: usize,
    /// How far the learners went: of the kernel ridge, all training subjects are described by so many landmarks.
    pub effort: Effort,
    /// One entry a target.
    pub targets: Vec<CeilingOfTarget>,
}

/// What the learners get of one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CeilingOfTarget {
    /// The column of `subjects.csv` or the condition's code.
    pub target: String,
    /// How the table names it.
    pub label: String,
    /// Quantity (its figures are R²) or class (AUROC).
    pub kind: Kind,
    /// Subjects measured on that have a value.
    pub subjects: usize,
    /// Of these, those of the class.
    pub cases: Option<usize>,
    /// The learner of the highest figure on the subjects measured on, so that the bar is rather too high than too low.
    pub best_learner: PlainLearner,
    /// R² or AUROC of that learner, with the 95 % interval.
    pub best: Estimate,
    /// Its mean absolute error of a quantity, in its unit.
    pub mean_absolute_error: Option<f64>,
    /// Its R² of a quantity within sex, age and body size.
    pub r_squared_within_demographics: Option<f64>,
    /// R² or AUROC of each learner, in the order of [`PlainLearner::ALL`].
    pub of_learners: Vec<f64>,
    /// Truth and the best learner's prediction of each subject measured on. Not written to files.
    #[serde(skip)]
    pub answers: Answers,
}

impl Ceiling {
    /// Lets all learners learn and answer; `progress` is called after each with its name. `seed` draws the intervals.
    pub fn measure(
        known: &Known,
        ecgs: &EcgTable,
        parts: Parts<'_>,
        effort: &Effort,
        seed: u64,
        progress: &dyn Fn(PlainLearner),
    ) -> Ceiling {
        let features = ecgs.features(parts.training);
        let mut targets = Vec::new();
        for group in known.of_same_subjects() {
            let (training, validation) =
                (group.among(parts.training), group.among(parts.validation));
            let question = Question {
                features: &features,
                known: known.values(&group.targets, &training),
                beside: known.values(&group.targets, &validation),
                parts: Parts {
                    training: &training,
                    validation: &validation,
                    unseen: parts.unseen,
                },
                kinds: group
                    .targets
                    .iter()
                    .map(|&number| known.targets[number].kind)
                    .collect(),
            };
            let answers = PlainLearner::ALL.map(|learner| {
                let answered = learner.answer(&question, effort);
                progress(learner);
                answered
            });
            for (column, &number) in group.targets.iter().enumerate() {
                let found = of_target(known, number, column, parts.unseen, &answers, seed);
                targets.extend(found.map(|found| (number, found)));
            }
        }
        targets.sort_by_key(|(number, _)| *number);
        Ceiling {
            training_subjects: parts.training.len(),
            validation_subjects: parts.validation.len(),
            subjects: parts.unseen.len(),
            effort: effort.clone(),
            targets: targets.into_iter().map(|(_, found)| found).collect(),
        }
    }

    /// One target's figures.
    pub fn target(&self, key: &str) -> Option<&CeilingOfTarget> {
        self.targets.iter().find(|found| found.target == key)
    }

    /// A row for each target.
    pub fn markdown(&self) -> String {
        let row = |found: &CeilingOfTarget| {
            let mut cells = vec![match found.cases {
                Some(cases) => format!("{} ({cases}), AUROC", found.label),
                None => format!("{}, R²", found.label),
            }];
            cells.extend(found.of_learners.iter().map(|&value| figure(value, 3)));
            cells.push(format!(
                "{}: {}",
                found.best_learner.label(),
                interval(found.best)
            ));
            cells
        };
        let mut head = vec!["target"];
        head.extend(PlainLearner::ALL.map(PlainLearner::label));
        head.push("best");
        table(&head, &self.targets.iter().map(row).collect::<Vec<_>>())
    }
}

/// The figures of one target, from each learner's answers (unseen subject × target of the group).
fn of_target(
    known: &Known,
    number: usize,
    column: usize,
    unseen: &[usize],
    answered: &[Array2<f64>; 3],
    seed: u64,
) -> Option<CeilingOfTarget> {
    let target = &known.targets[number];
    let mut best: Option<(f64, PlainLearner, Answers)> = None;
    let mut of_learners = Vec::new();
    for (learner, answered) in PlainLearner::ALL.into_iter().zip(answered) {
        let answers = Answers::of(target, unseen, answered.column(column).iter().copied())?;
        let value = answers.value(target.kind)?;
        of_learners.push(value);
        if best.as_ref().is_none_or(|(most, ..)| value > *most) {
            best = Some((value, learner, answers));
        }
    }
    let (_, best_learner, answers) = best?;
    let (best, within) = answers.estimate(target, &known.demographics_beside(target), seed)?;
    Some(CeilingOfTarget {
        target: target.key.clone(),
        label: target.label.clone(),
        kind: target.kind,
        subjects: answers.subjects.len(),
        cases: answers.cases(target.kind),
        best_learner,
        best,
        mean_absolute_error: answers.mean_absolute_error(target.kind),
        r_squared_within_demographics: within,
        of_learners,
        answers,
    })
}

#[cfg(test)]
mod tests;
