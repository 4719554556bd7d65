//! Predictions for every subject by learners that have not seen it.

use super::input::Input;
use super::learner::Learner;
use super::subjects::Subjects;
use super::target::Kind;
use ndarray::{Array2, Axis};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Parts that the subjects are split into; each is predicted from the other four.
pub const FOLDS: usize = 5;

/// Predictions by one learner from one input.
#[derive(Debug, Clone)]
pub struct Predictions {
    /// What the learner was given.
    pub input: Input,
    /// The learner.
    pub learner: Learner,
    /// One list a target and one number a subject, in the target's unit; for a class the score is the learner's answer
    /// less the mean of its training subjects, so that folds with more or fewer cases compare. `None` where the
    /// subject's truth is missing or there is nothing to predict from.
    pub of_targets: Vec<Vec<Option<f64>>>,
}

/// Targets that have values for the same subjects and are learned together from one input.
struct Group {
    input: Input,
    targets: Vec<usize>,
    /// The subjects in random order; subject number *i* of it belongs to fold *i* mod [`FOLDS`].
    subjects: Vec<usize>,
    without_sex: bool,
}

/// What is to be done, in independent steps.
pub struct CrossValidation<'a> {
    subjects: &'a Subjects,
    groups: Vec<Group>,
}

impl<'a> CrossValidation<'a> {
    /// Plans the work; `seed` splits the subjects.
    pub fn new(subjects: &'a Subjects, seed: u64) -> CrossValidation<'a> {
        let mut order: Vec<usize> = (0..subjects.count()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let groups = Input::ALL
            .into_iter()
            .flat_map(|input| groups(subjects, input, &order))
            .collect();
        CrossValidation { subjects, groups }
    }

    /// How often [`run`](Self::run) calls its `progress`.
    pub fn steps(&self) -> usize {
        FOLDS * self.groups.len()
    }

    /// Does the work on all cores; the outcome does not depend on their number.
    pub fn run(&self, progress: &(dyn Fn() + Sync)) -> Vec<Predictions> {
        let steps: Vec<(&Group, usize)> = self
            .groups
            .iter()
            .flat_map(|group| (0..FOLDS).map(move |fold| (group, fold)))
            .collect();
        let answers: Vec<Vec<Array2<f64>>> = steps
            .par_iter()
            .map(|(group, fold)| {
                let answers = self.step(group, *fold);
                progress();
                answers
            })
            .collect();
        let mut predictions: Vec<Predictions> = Input::ALL
            .into_iter()
            .flat_map(|input| Learner::ALL.map(|learner| (input, learner)))
            .map(|(input, learner)| Predictions {
                input,
                learner,
                of_targets: vec![vec![None; self.subjects.count()]; self.subjects.targets.len()],
            })
            .collect();
        for ((group, fold), answers) in steps.iter().zip(&answers) {
            let (_, unseen) = group.fold(*fold);
            let of_input = predictions
                .iter_mut()
                .filter(|found| found.input == group.input);
            // Both go by the order of `Learner::ALL`.
            for (found, answers) in of_input.zip(answers) {
                for (column, &target) in group.targets.iter().enumerate() {
                    for (row, &subject) in unseen.iter().enumerate() {
                        found.of_targets[target][subject] = Some(answers[[row, column]]);
                    }
                }
            }
        }
        predictions
    }

    /// The answers of each learner for one fold, shape (unseen subject, target of the group).
    fn step(&self, group: &Group, fold: usize) -> Vec<Array2<f64>> {
        let (train, unseen) = group.fold(fold);
        let (features, of_unseen) =
            group
                .input
                .features(self.subjects, group.without_sex, &train, &unseen);
        let mut known =
            Array2::from_shape_fn((train.len(), group.targets.len()), |(row, column)| {
                // A group holds only subjects that have all of its targets.
                self.subjects.targets[group.targets[column]].values[train[row]].unwrap_or_default()
            });
        let mean = known.sum_axis(Axis(0)) / train.len() as f64;
        known -= &mean;
        let deviation = (known.mapv(|x| x * x).sum_axis(Axis(0)) / train.len() as f64)
            .mapv(|variance| if variance > 0.0 { variance.sqrt() } else { 1.0 });
        known /= &deviation;
        Learner::ALL
            .map(|learner| {
                let mut answers =
                    learner.answer(&features.view(), &known.view(), &of_unseen.view());
                for (column, &target) in group.targets.iter().enumerate() {
                    if self.subjects.targets[target].kind == Kind::Quantity {
                        answers
                            .column_mut(column)
                            .mapv_inplace(|x| x * deviation[column] + mean[column]);
                    }
                }
                answers
            })
            .into()
    }
}

impl Group {
    /// Subjects to learn from and subjects to predict.
    fn fold(&self, fold: usize) -> (Vec<usize>, Vec<usize>) {
        let place = |(place, _): &(usize, &usize)| place % FOLDS != fold;
        let (train, unseen): (Vec<_>, Vec<_>) = self.subjects.iter().enumerate().partition(place);
        let subjects = |places: Vec<(usize, &usize)>| places.into_iter().map(|(_, &s)| s).collect();
        (subjects(train), subjects(unseen))
    }
}

/// The groups of one input; none of a target that the input has nothing for.
fn groups(subjects: &Subjects, input: Input, order: &[usize]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (number, target) in subjects.targets.iter().enumerate() {
        let without_sex = target.is_sex() && input.has_demographics();
        if !input.is_available(subjects, without_sex) {
            continue;
        }
        let known: Vec<usize> = order
            .iter()
            .copied()
            .filter(|&subject| target.values[subject].is_some())
            .collect();
        let same = |group: &&mut Group| group.without_sex == without_sex && group.subjects == known;
        match groups.iter_mut().find(same) {
            Some(group) => group.targets.push(number),
            None => groups.push(Group {
                input,
                targets: vec![number],
                subjects: known,
                without_sex,
            }),
        }
    }
    groups
}

#[cfg(test)]
#[path = "cross_validation_tests.rs"]
mod tests;
