//! Any figure by sex, age, body mass and condition, with intervals.

use super::answers::Answers;
use super::known::Known;
use super::markdown::{interval, table};
use crate::information::interval::{Estimate, bootstrap_of};
use crate::information::r_squared::of_subjects;
use crate::information::target::{Kind, SEX};
use rayon::prelude::*;
use serde::Serialize;

/// Resamples of the bootstrap by subject.
const RESAMPLES: usize = 1000;

/// Subgroups of fewer subjects are left out: an interval of theirs says nothing.
pub const LEAST_SUBJECTS: usize = 20;

/// A band's name, its lower end, and its upper end, which is no part of it.
type Band = (&'static str, f64, f64);

/// Bands of age in years and of body-mass index in kg/m² (the WHO's).
const AGES: [Band; 4] = [
    ("below 50 years", f64::NEG_INFINITY, 50.0),
    ("50 to 59 years", 50.0, 60.0),
    ("60 to 69 years", 60.0, 70.0),
    ("70 years and more", 70.0, f64::INFINITY),
];
const BODY_MASSES: [Band; 3] = [
    ("BMI below 25", f64::NEG_INFINITY, 25.0),
    ("BMI 25 to below 30", 25.0, 30.0),
    ("BMI 30 and more", 30.0, f64::INFINITY),
];

/// Some of the subjects of a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subgroup {
    /// What the subjects are divided by: "all", "sex", "age", "body mass" or "condition".
    pub by: &'static str,
    /// Which part this is.
    pub name: String,
    /// The subjects, as positions in the split.
    pub subjects: Vec<usize>,
}

/// All subjects of a split and its parts by sex, age band, body-mass band and condition; those of at least
/// [`LEAST_SUBJECTS`]. `members` are the split's subjects, as positions in the data set.
pub fn subgroups(known: &Known, members: &[usize]) -> Vec<Subgroup> {
    let chosen = |by: &'static str, name: &str, has: &dyn Fn(usize) -> bool| Subgroup {
        by,
        name: name.to_owned(),
        subjects: (0..members.len())
            .filter(|&place| has(members[place]))
            .collect(),
    };
    let mut found = vec![chosen("all", "all", &|_| true)];
    let column = |name: &str| known.demographic(name);
    if let Some(sex) = column(SEX) {
        found.push(chosen("sex", "women", &|subject| sex[subject] < 0.5));
        found.push(chosen("sex", "men", &|subject| sex[subject] >= 0.5));
    }
    for (by, name, bands) in [
        ("age", "age", &AGES[..]),
        ("body mass", "bmi", &BODY_MASSES),
    ] {
        let Some(values) = column(name) else {
            continue;
        };
        for &(name, from, to) in bands {
            found.push(chosen(by, name, &|subject| {
                (from..to).contains(&values[subject])
            }));
        }
    }
    let conditions = || {
        let classes = known
            .targets
            .iter()
            .filter(|target| target.kind == Kind::Class);
        classes.filter(|target| !target.is_sex())
    };
    let has = |target: &crate::information::target::Target, subject: usize| {
        target.values[subject].is_some_and(|value| value > 0.0)
    };
    if conditions().next().is_some() {
        found.push(chosen("condition", "no condition", &|subject| {
            !conditions().any(|target| has(target, subject))
        }));
    }
    for target in conditions() {
        found.push(chosen("condition", &target.label, &|subject| {
            has(target, subject)
        }));
    }
    found.retain(|group| group.subjects.len() >= LEAST_SUBJECTS);
    found
}

/// A figure that can be taken of any subjects of the split, which may be named more than once.
pub struct SubsetFigure<'a> {
    name: String,
    of: Box<OfSubjects<'a>>,
}

/// A number of some subjects, by their positions in the split.
type OfSubjects<'a> = dyn Fn(&[usize]) -> f64 + Sync + 'a;

impl<'a> SubsetFigure<'a> {
    /// Any function of subjects, by their positions in the split; NaN where it cannot be told.
    pub fn new(name: impl Into<String>, of: impl Fn(&[usize]) -> f64 + Sync + 'a) -> Self {
        SubsetFigure {
            name: name.into(),
            of: Box::new(of),
        }
    }

    /// The mean of one value a subject, such as an error; NaNs do not count.
    pub fn mean(name: impl Into<String>, values: &'a [f64]) -> Self {
        SubsetFigure::new(name, move |subjects| {
            let known = subjects.iter().map(|&subject| values[subject]);
            let (sum, count) = known
                .filter(|value| !value.is_nan())
                .fold((0.0, 0usize), |(sum, count), value| {
                    (sum + value, count + 1)
                });
            sum / count as f64
        })
    }

    /// The ratio of two sums over subjects, such as the variance ratio of pictures from its
    /// [squared deviations](super::diversity::Diversity::squared_deviations).
    pub fn ratio(name: impl Into<String>, above: &'a [f64], below: &'a [f64]) -> Self {
        SubsetFigure::new(name, move |subjects| {
            let sum = |values: &[f64]| subjects.iter().map(|&subject| values[subject]).sum::<f64>();
            sum(above) / sum(below)
        })
    }

    /// The share of subjects whose rank is below `k`: recall at *k*.
    pub fn recall(name: impl Into<String>, ranks: &'a [usize], k: usize) -> Self {
        SubsetFigure::new(name, move |subjects| {
            let found = subjects
                .iter()
                .filter(|&&subject| ranks[subject] < k)
                .count();
            found as f64 / subjects.len() as f64
        })
    }

    /// R² of a quantity or AUROC of a class; `members` are the split's subjects, as positions in the data set.
    pub fn told(name: impl Into<String>, kind: Kind, answers: &Answers, members: &[usize]) -> Self {
        match kind {
            Kind::Quantity => SubsetFigure::r_squared(name, answers, members),
            Kind::Class => SubsetFigure::auroc(name, answers, members),
        }
    }

    fn r_squared(name: impl Into<String>, answers: &Answers, members: &[usize]) -> Self {
        let places = places(answers, members);
        let (truth, predicted) = (answers.truth.clone(), answers.predicted.clone());
        SubsetFigure::new(name, move |subjects| {
            let known: Vec<usize> = subjects
                .iter()
                .filter_map(|&subject| places[subject])
                .collect();
            of_subjects(&truth, &predicted, &known)
        })
    }

    /// Sorted once: a thousand resamples of each subgroup only count.
    fn auroc(name: impl Into<String>, answers: &Answers, members: &[usize]) -> Self {
        let places = places(answers, members);
        let mut order: Vec<usize> = (0..answers.truth.len()).collect();
        order.sort_by(|&a, &b| answers.predicted[a].total_cmp(&answers.predicted[b]));
        let (truth, predicted) = (answers.truth.clone(), answers.predicted.clone());
        SubsetFigure::new(name, move |subjects| {
            let mut times = vec![0u32; truth.len()];
            for place in subjects.iter().filter_map(|&subject| places[subject]) {
                times[place] += 1;
            }
            let ties = order.chunk_by(|&a, &b| predicted[a] == predicted[b]);
            let (mut won, mut cases_below, mut others_below) = (0.0, 0.0, 0.0);
            for tied in ties {
                let of = |case: bool| {
                    let same = tied.iter().filter(|&&place| (truth[place] > 0.0) == case);
                    f64::from(same.map(|&place| times[place]).sum::<u32>())
                };
                let (cases, others) = (of(true), of(false));
                won += cases * (others_below + others / 2.0);
                cases_below += cases;
                others_below += others;
            }
            won / (cases_below * others_below)
        })
    }
}

/// Where each subject of the split stands among the answers.
fn places(answers: &Answers, members: &[usize]) -> Vec<Option<usize>> {
    let found = |member: &usize| {
        answers
            .subjects
            .iter()
            .position(|subject| subject == member)
    };
    // Answers go in the order of the members, so that mostly the next one is asked for.
    let mut next = 0;
    members
        .iter()
        .map(|member| {
            let place = match answers.subjects.get(next) == Some(member) {
                true => Some(next),
                false => found(member),
            };
            next = place.map_or(next, |place| place + 1);
            place
        })
        .collect()
}

/// Figures of every subgroup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubgroupFigures {
    /// The seed of the intervals.
    pub seed: u64,
    /// Resamples of the bootstrap.
    pub resamples: usize,
    /// What the figures are, in the order of each row.
    pub figures: Vec<String>,
    /// One row a subgroup.
    pub subgroups: Vec<SubgroupRow>,
}

/// The figures of one subgroup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SubgroupRow {
    /// What the subjects are divided by.
    pub by: String,
    /// Which part this is.
    pub name: String,
    /// Its subjects.
    pub subjects: usize,
    /// The figures with 95 % intervals of a bootstrap by subject; NaN where a figure cannot be told.
    pub estimates: Vec<Estimate>,
}

impl SubgroupFigures {
    /// Takes every figure of every subgroup, on all cores; the outcome does not depend on their number.
    pub fn measure(groups: &[Subgroup], figures: &[SubsetFigure<'_>], seed: u64) -> Self {
        let row = |group: &Subgroup| SubgroupRow {
            by: group.by.to_owned(),
            name: group.name.clone(),
            subjects: group.subjects.len(),
            estimates: figures
                .iter()
                .map(|figure| {
                    let value = (figure.of)(&group.subjects);
                    bootstrap_of(value, &group.subjects, RESAMPLES, seed, &figure.of)
                })
                .collect(),
        };
        SubgroupFigures {
            seed,
            resamples: RESAMPLES,
            figures: figures.iter().map(|figure| figure.name.clone()).collect(),
            subgroups: groups.par_iter().map(row).collect(),
        }
    }

    /// A row for each subgroup, a column for each figure.
    pub fn markdown(&self) -> String {
        let mut head = vec!["subgroup", "subjects"];
        head.extend(self.figures.iter().map(String::as_str));
        let rows: Vec<Vec<String>> = self
            .subgroups
            .iter()
            .map(|row| {
                let cells = row.estimates.iter().copied().map(interval);
                [row.name.clone(), row.subjects.to_string()]
                    .into_iter()
                    .chain(cells)
                    .collect()
            })
            .collect();
        table(&head, &rows)
    }
}

#[cfg(test)]
#[path = "subgroups_tests.rs"]
mod tests;
