//! The figures of a cohort.

use super::band::{Band, PROFILE, bands};
use super::cross_validation::{CrossValidation, FOLDS, Predictions};
use super::input::Input;
use super::interval::Estimate;
use super::learner::Learner;
use super::published::{Published, published};
use super::score::score;
use super::subjects::Subjects;
use super::target::Kind;
use rayon::prelude::*;
use serde::Serialize;

/// How much each input tells about each target of a cohort.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Information {
    /// The program that made it.
    pub created_by: String,
    /// Where the data come from.
    pub cohort: String,
    /// Subjects used.
    pub subjects: usize,
    /// Subjects that could not be used.
    pub left_out: usize,
    /// Parts of the cross-validation.
    pub folds: usize,
    /// The seed of the choice of subjects, their split and the bootstrap.
    pub seed: u64,
    /// The demographics used, as columns of `subjects.csv`.
    pub demographics: Vec<String>,
    /// One entry a target.
    pub targets: Vec<Told>,
    /// What a cohort of profile `ukb` is to tell; empty for others.
    pub bands: Vec<Band>,
}

/// How much is told about one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// The column of `subjects.csv` or the condition's code.
    pub target: String,
    /// How the table names it.
    pub label: String,
    /// Quantity (its figures are R²) or class (AUROC).
    pub kind: Kind,
    /// Subjects with a value.
    pub subjects: usize,
    /// Subjects of the class.
    pub cases: Option<usize>,
    /// One figure for each input and learner.
    pub figures: Vec<Figure>,
    /// What has been measured of real hearts.
    pub published: Vec<Published>,
}

/// How much one learner tells from one input.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The input.
    pub input: Input,
    /// The learner.
    pub learner: Learner,
    /// R² or AUROC with its 95 % interval.
    pub estimate: Estimate,
    /// R² within sex and body size, of a quantity.
    pub within: Option<f64>,
}

impl Information {
    /// The figures of these subjects. `progress` is called [`CrossValidation::steps`] times, from any thread.
    pub fn measure(
        subjects: &Subjects,
        plan: &CrossValidation<'_>,
        seed: u64,
        progress: &(dyn Fn() + Sync),
    ) -> Information {
        let predictions = plan.run(progress);
        let targets = (0..subjects.targets.len())
            .into_par_iter()
            .map(|number| told(subjects, &predictions, number, seed))
            .collect();
        let bands = match subjects.profile.as_deref() {
            Some(PROFILE) => bands(subjects, &predictions, seed),
            _ => Vec::new(),
        };
        Information {
            created_by: crate::created_by(),
            cohort: subjects.description.clone(),
            subjects: subjects.count(),
            left_out: subjects.left_out,
            folds: FOLDS,
            seed,
            demographics: subjects
                .demographic_columns
                .iter()
                .map(|&column| column.to_owned())
                .collect(),
            targets,
            bands,
        }
    }

    /// The figure of one target, input and learner, where there is one.
    pub fn figure(&self, target: &str, input: Input, learner: Learner) -> Option<&Figure> {
        self.targets
            .iter()
            .find(|told| told.target == target)?
            .figure(input, learner)
    }
}

impl Told {
    /// The figure of one input and learner, where there is one.
    pub fn figure(&self, input: Input, learner: Learner) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|figure| figure.input == input && figure.learner == learner)
    }
}

fn told(subjects: &Subjects, predictions: &[Predictions], number: usize, seed: u64) -> Told {
    let target = &subjects.targets[number];
    let figures = predictions
        .iter()
        .filter_map(|found| {
            let (estimate, within) = score(
                target,
                &found.of_targets[number],
                &subjects.demographics,
                seed,
            )?;
            Some(Figure {
                input: found.input,
                learner: found.learner,
                estimate,
                within,
            })
        })
        .collect();
    Told {
        target: target.key.clone(),
        label: target.label.clone(),
        kind: target.kind,
        subjects: target.known(),
        cases: target.cases(),
        figures,
        published: published(&target.key).copied().collect(),
    }
}
