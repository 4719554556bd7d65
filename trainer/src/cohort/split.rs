//! The split by subject: seeded, and the same for every program that reads the data set.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::fmt;
use std::str::FromStr;

/// Which part of a data set a subject belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// Seen by the optimiser.
    Train,
    /// Watched during training, for choosing; never seen by the optimiser.
    Validation,
    /// Looked at once, for the figures that are reported.
    Test,
}

impl fmt::Display for Split {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Split::Train => "train",
            Split::Validation => "validation",
            Split::Test => "test",
        })
    }
}

impl FromStr for Split {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "train" => Ok(Split::Train),
            "validation" => Ok(Split::Validation),
            "test" => Ok(Split::Test),
            other => Err(format!(
                "unknown split `{other}`: use train, validation or test"
            )),
        }
    }
}

/// Splits `subjects` subjects 80 : 10 : 10 (train, validation, test) by `seed`; from three subjects on, no part is
/// empty. Subject *i* of the sorted cohort gets element *i*.
pub fn split_subjects(subjects: usize, seed: u64) -> Vec<Split> {
    let mut order: Vec<usize> = (0..subjects).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let tenth = (subjects as f64 / 10.0).round() as usize;
    let held_out = if subjects >= 3 { tenth.max(1) } else { 0 };
    let mut splits = vec![Split::Train; subjects];
    for (rank, subject) in order.into_iter().enumerate() {
        if rank < held_out {
            splits[subject] = Split::Test;
        } else if rank < 2 * held_out {
            splits[subject] = Split::Validation;
        }
    }
    splits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_are_a_tenth_each_and_repeatable(subjects in 0usize..500, seed: u64) {
            let splits = split_subjects(subjects, seed);
            prop_assert_eq!(&splits, &split_subjects(subjects, seed));
            let count = |which| splits.iter().filter(|&&split| split == which).count();
            prop_assert_eq!(count(Split::Test), count(Split::Validation));
            if subjects >= 3 {
                prop_assert!(count(Split::Test) >= 1 && count(Split::Train) >= 1);
                prop_assert!((count(Split::Test) as f64 - subjects as f64 / 10.0).abs() <= 1.0);
            }
        }
    }

    #[test]
    fn another_seed_splits_otherwise() {
        assert_ne!(split_subjects(100, 1), split_subjects(100, 2));
    }
}
