//! Which pictures of a subject a data set holds: views and frames.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Frames of a whole cine in a data set, as UK Biobank's cines have them.
pub const CINE_FRAMES: usize = 50;

/// The frames of the heart's cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frames {
    /// End-diastole: the first frame of a cine that begins at the R wave.
    #[default]
    Ed,
    /// End-diastole, then end-systole.
    EdEs,
    /// The whole cycle in [`CINE_FRAMES`] frames, brought to that number in time.
    All,
}

impl Frames {
    /// How many there are.
    pub fn count(self) -> usize {
        match self {
            Frames::Ed => 1,
            Frames::EdEs => 2,
            Frames::All => CINE_FRAMES,
        }
    }

    /// The fewest frames of a cine that show them.
    pub fn needed(self) -> usize {
        match self {
            Frames::Ed => 1,
            Frames::EdEs => 2,
            // With fewer than that, what lies between two of them is no longer the heart's motion.
            Frames::All => 10,
        }
    }
}

/// The views of the heart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Views {
    /// The mid-ventricular short axis.
    #[default]
    #[serde(rename = "sa")]
    ShortAxis,
    /// The short axis and the four-chamber view.
    #[serde(rename = "sa+4ch")]
    ShortAxisAndFourChamber,
}

impl Views {
    /// How many there are.
    pub fn count(self) -> usize {
        1 + usize::from(self.has_four_chamber())
    }

    /// Whether the four-chamber view is among them.
    pub fn has_four_chamber(self) -> bool {
        self == Views::ShortAxisAndFourChamber
    }
}

impl fmt::Display for Frames {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Frames::Ed => "ed",
            Frames::EdEs => "ed-es",
            Frames::All => "all",
        })
    }
}

impl fmt::Display for Views {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Views::ShortAxis => "sa",
            Views::ShortAxisAndFourChamber => "sa+4ch",
        })
    }
}

impl FromStr for Frames {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Frames::Ed, Frames::EdEs, Frames::All]
            .into_iter()
            .find(|frames| frames.to_string() == word)
            .ok_or_else(|| format!("unknown frames `{word}`: use ed, ed-es or all"))
    }
}

impl FromStr for Views {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Views::ShortAxis, Views::ShortAxisAndFourChamber]
            .into_iter()
            .find(|views| views.to_string() == word)
            .ok_or_else(|| format!("unknown views `{word}`: use sa or sa+4ch"))
    }
}
