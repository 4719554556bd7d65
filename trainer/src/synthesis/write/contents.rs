//! What is written of each subject.

use std::fmt;
use std::str::FromStr;

use crate::synthesis::render::FRAMES_PER_CYCLE;

/// Which pictures are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pictures {
    /// The short-axis stack and the four-chamber slice in all frames of the cycle.
    #[default]
    Full,
    /// The mid-ventricular short-axis slice and the four-chamber slice at end-diastole and
    /// end-systole: what training on single pictures needs, in a fraction of the space and time.
    Mid,
}

impl Pictures {
    /// The frames of the cycle that are written, for a heart with this frame of end-systole.
    pub fn frames(self, end_systole: usize) -> Vec<usize> {
        match self {
            Self::Full => (0..FRAMES_PER_CYCLE).collect(),
            Self::Mid => vec![0, end_systole],
        }
    }
}

/// Which frames are labelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Labels {
    /// The short-axis pictures at end-diastole and end-systole, as UK Biobank work has them.
    #[default]
    EdEs,
    /// Every frame of the short-axis pictures besides, and the four-chamber slice at end-diastole
    /// and end-systole.
    All,
}

/// A word of the command line that is none of those known.
#[derive(Debug, thiserror::Error)]
#[error("unknown {what} `{word}`: use {known}")]
pub struct UnknownWord {
    what: &'static str,
    word: String,
    known: &'static str,
}

impl fmt::Display for Pictures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Full => "full",
            Self::Mid => "mid",
        })
    }
}

impl FromStr for Pictures {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "full" => Ok(Self::Full),
            "mid" => Ok(Self::Mid),
            _ => Err(UnknownWord {
                what: "kind of pictures",
                word: word.to_owned(),
                known: "full or mid",
            }),
        }
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::EdEs => "ed-es",
            Self::All => "all",
        })
    }
}

impl FromStr for Labels {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "ed-es" => Ok(Self::EdEs),
            "all" => Ok(Self::All),
            _ => Err(UnknownWord {
                what: "choice of labels",
                word: word.to_owned(),
                known: "ed-es or all",
            }),
        }
    }
}
