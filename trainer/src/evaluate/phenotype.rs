//! What latents tell of the heart and the person: a ridge from the training subjects' latents, measured on others.

use super::answers::Answers;
use super::known::{Alike, Known};
use super::markdown::{interval, optional, table};
use crate::information::interval::Estimate;
use crate::information::large_ridge::{Scaling, fit_within};
use crate::information::target::Kind;
use ndarray::{Array2, ArrayView2, Axis, concatenate};
use serde::Serialize;

/// What is told of every target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phenotypes {
    /// Subjects learned from.
    pub training_subjects: usize,
    /// Subjects measured on.
    pub subjects: usize,
    /// One entry a target.
    pub targets: Vec<Phenotype>,
}

/// What is told of one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phenotype {
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
    /// R² or AUROC from the latents, with the 95 % interval.
    pub from_latents: Estimate,
    /// Mean absolute error of a quantity, in its unit.
    pub mean_absolute_error: Option<f64>,
    /// R² of a quantity within sex, age and body size: truth and prediction each less their regression on these.
    pub r_squared_within_demographics: Option<f64>,
    /// R² or AUROC from age, sex and body size alone (without the target itself).
    pub from_demographics: Option<f64>,
    /// R² or AUROC from latents and demographics together.
    pub from_latents_and_demographics: Option<f64>,
    /// Truth and prediction of each subject measured on. Not written to files.
    #[serde(skip)]
    pub answers: Answers,
}

/// Latents of some subjects.
#[derive(Debug, Clone, Copy)]
pub struct Latents<'a> {
    /// The subjects, as positions in the data set.
    pub subjects: &'a [usize],
    /// Their latents (subject, `length`).
    pub values: &'a [f32],
    /// Length of a latent.
    pub length: usize,
}

impl Phenotypes {
    /// Learns from `training` and measures on `unseen`; `seed` draws the intervals. A class needs
    /// ten of both kinds among the unseen.
    pub fn measure(known: &Known, training: Latents, unseen: Latents, seed: u64) -> Phenotypes {
        let (learned, asked) = (training.matrix(), unseen.matrix());
        let mut targets: Vec<(usize, Phenotype)> = known
            .alike()
            .iter()
            .flat_map(|group| {
                let of_group = OfGroup {
                    known,
                    group,
                    training: training.subjects,
                    unseen: unseen.subjects,
                };
                of_group.measure(&learned, &asked, seed)
            })
            .collect();
        targets.sort_by_key(|(number, _)| *number);
        Phenotypes {
            training_subjects: training.subjects.len(),
            subjects: unseen.subjects.len(),
            targets: targets.into_iter().map(|(_, found)| found).collect(),
        }
    }

    /// One target's figures.
    pub fn target(&self, key: &str) -> Option<&Phenotype> {
        self.targets.iter().find(|found| found.target == key)
    }

    /// A row for each target.
    pub fn markdown(&self) -> String {
        let row = |found: &Phenotype| {
            let name = match found.cases {
                Some(cases) => format!("{} ({cases}), AUROC", found.label),
                None => format!("{}, R²", found.label),
            };
            vec![
                name,
                interval(found.from_latents),
                optional(found.mean_absolute_error, 2),
                optional(found.r_squared_within_demographics, 3),
                optional(found.from_demographics, 3),
                optional(found.from_latents_and_demographics, 3),
            ]
        };
        let rows: Vec<Vec<String>> = self.targets.iter().map(row).collect();
        table(
            &[
                "target",
                "from the latent",
                "mean absolute error",
                "within demographics",
                "demographics alone",
                "both",
            ],
            &rows,
        )
    }
}

impl Latents<'_> {
    fn matrix(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.subjects.len(), self.length), |(row, place)| {
            f64::from(self.values[row * self.length + place])
        })
    }
}

/// What a group of targets is learned from and measured on.
struct OfGroup<'a> {
    known: &'a Known,
    group: &'a Alike,
    training: &'a [usize],
    unseen: &'a [usize],
}

impl OfGroup<'_> {
    fn measure(
        &self,
        learned: &Array2<f64>,
        asked: &Array2<f64>,
        seed: u64,
    ) -> Vec<(usize, Phenotype)> {
        let demographics = &self.group.demographics;
        let beside = |subjects: &[usize]| demographics.select(Axis(0), subjects);
        let (learned_beside, asked_beside) = (beside(self.training), beside(self.unseen));
        let joined = |latents: &Array2<f64>, others: &Array2<f64>| {
            concatenate(Axis(1), &[latents.view(), others.view()])
                .expect("both have one row a subject")
        };
        let from_latents = self.predictions(&learned.view(), &asked.view());
        let (from_demographics, from_both) = match demographics.ncols() {
            0 => (Array2::zeros((0, 0)), Array2::zeros((0, 0))),
            _ => (
                self.predictions(&learned_beside.view(), &asked_beside.view()),
                self.predictions(
                    &joined(learned, &learned_beside).view(),
                    &joined(asked, &asked_beside).view(),
                ),
            ),
        };
        self.group
            .targets
            .iter()
            .enumerate()
            .filter_map(|(column, &number)| {
                let target = &self.known.targets[number];
                let of = |predictions: &Array2<f64>| {
                    let column = predictions.columns().into_iter().nth(column)?;
                    Answers::of(target, self.unseen, column.iter().copied())
                };
                let answers = of(&from_latents)?;
                let alone = |predictions: &Array2<f64>| {
                    of(predictions).and_then(|answers| answers.value(target.kind))
                };
                let (from_latents, within) = answers.estimate(target, demographics, seed)?;
                Some((
                    number,
                    Phenotype {
                        target: target.key.clone(),
                        label: target.label.clone(),
                        kind: target.kind,
                        subjects: answers.subjects.len(),
                        cases: answers.cases(target.kind),
                        from_latents,
                        mean_absolute_error: answers.mean_absolute_error(target.kind),
                        r_squared_within_demographics: within,
                        from_demographics: alone(&from_demographics),
                        from_latents_and_demographics: alone(&from_both),
                        answers,
                    },
                ))
            })
            .collect()
    }

    /// Predictions (unseen subject × target of the group) by a ridge from the training subjects that have values.
    fn predictions(&self, learned: &ArrayView2<f64>, asked: &ArrayView2<f64>) -> Array2<f64> {
        let has = |&row: &usize| self.group.known[self.training[row]];
        let rows: Vec<usize> = (0..self.training.len()).filter(has).collect();
        let subjects: Vec<usize> = rows.iter().map(|&row| self.training[row]).collect();
        let answers = self.known.values(&self.group.targets, &subjects);
        fit_within(
            &learned.select(Axis(0), &rows).view(),
            &answers.view(),
            Scaling::Standardised,
        )
        .answer(asked)
    }
}

#[cfg(test)]
#[path = "phenotype_tests.rs"]
mod tests;
