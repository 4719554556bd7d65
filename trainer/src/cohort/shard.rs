//! Shards: the parts of a cohort that separate runs make into one folder, in any order or at one time.

use std::fmt;
use std::str::FromStr;

/// Part I of N of a cohort: the subjects whose number, counted from 0, leaves I − 1 when divided by N. So a job array
/// needs nothing but its task's number, and the parts take equally long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Counted from 0.
    index: u32,
    of: u32,
}

/// Why text names no shard.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no shard: write I/N with I from 1 to N, such as 2/8")]
pub struct NoShard(String);

impl Shard {
    /// The whole cohort.
    pub const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// Whether this is the whole cohort.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }

    /// How many of `subjects` subjects belong to it.
    pub fn count(self, subjects: u32) -> u32 {
        subjects.saturating_sub(self.index).div_ceil(self.of)
    }

    /// The number in the cohort of its subject `position`, both counted from 0.
    pub fn subject(self, position: u32) -> u32 {
        position * self.of + self.index
    }

    /// All shards of the same division.
    pub fn siblings(self) -> impl Iterator<Item = Shard> {
        (0..self.of).map(move |index| Shard { index, of: self.of })
    }

    /// The name of its table of subjects.
    pub fn table_name(self) -> String {
        if self.is_whole() {
            super::folder::SUBJECTS_TABLE.to_owned()
        } else {
            format!("subjects-{}-of-{}.csv", self.index + 1, self.of)
        }
    }

    /// Whether a file's name is that of a shard's table.
    pub fn is_table_name(name: &str) -> bool {
        name.strip_prefix("subjects-")
            .and_then(|rest| rest.strip_suffix(".csv"))
            .and_then(|rest| rest.split_once("-of-"))
            .is_some_and(|(index, of)| format!("{index}/{of}").parse::<Shard>().is_ok())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index + 1, self.of)
    }
}

impl FromStr for Shard {
    type Err = NoShard;

    fn from_str(text: &str) -> Result<Self, NoShard> {
        let number = |text: &str| text.parse::<u32>().ok().filter(|&number| number > 0);
        text.split_once('/')
            .and_then(|(index, of)| Some((number(index)?, number(of)?)))
            .filter(|(index, of)| index <= of)
            .map(|(index, of)| Shard {
                index: index - 1,
                of,
            })
            .ok_or_else(|| NoShard(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_subject_belongs_to_one_shard(subjects in 0u32..300, of in 1u32..40) {
            let any: Shard = format!("1/{of}").parse().unwrap();
            let mut all: Vec<u32> = any
                .siblings()
                .flat_map(|shard| (0..shard.count(subjects)).map(move |k| shard.subject(k)))
                .collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..subjects).collect::<Vec<_>>());
        }
    }

    #[test]
    fn text_and_names() {
        let shard: Shard = "2/8".parse().unwrap();
        assert_eq!(shard.to_string(), "2/8");
        assert_eq!(shard.table_name(), "subjects-2-of-8.csv");
        assert!(Shard::is_table_name(&shard.table_name()));
        assert!(!Shard::is_table_name("subjects.csv"));
        assert!(!Shard::is_table_name("subjects-a-of-b.csv"));
        assert_eq!("1/1".parse::<Shard>().unwrap(), Shard::WHOLE);
        for text in ["", "2", "0/2", "3/2", "1/0", "-1/2", "1/2/3", "a/b"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
