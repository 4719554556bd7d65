//! The distances beyond which a picture is marked or refused.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{StatisticsError, check_range, wrong};

/// What is done with an ECG whose latent lies far from those of the training split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Distance above which the picture is marked.
    pub marked_above: f64,
    /// Share of held-out subjects that lie beyond it, 0 to 1.
    pub marked_share: f64,
    /// Distance above which no picture is given.
    pub refused_above: f64,
    /// Share of held-out subjects that lie beyond it, 0 to 1.
    pub refused_share: f64,
    /// How many held-out subjects the shares are of.
    pub held_out_subjects: u64,
}

/// Whether an ECG is like those that the model learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Novelty {
    /// It is.
    Usual,
    /// Few of them were like it: a picture is made and marked.
    Marked,
    /// Hardly any was: no picture is made.
    Refused,
}

/// How unlike those of the training split an ECG is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlier {
    /// Mahalanobis distance of its latent from theirs.
    pub distance: f64,
    /// Distance above which the picture is marked.
    pub marked_above: f64,
    /// Distance above which no picture is given.
    pub refused_above: f64,
    /// What comes of it.
    pub verdict: Novelty,
}

impl Novelty {
    /// `usual`, `marked` or `refused`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Marked => "marked",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for Novelty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Gate {
    /// What comes of a latent at this distance. A distance that is no number is refused.
    pub fn judge(&self, distance: f64) -> Outlier {
        let verdict = if distance <= self.marked_above {
            Novelty::Usual
        } else if distance <= self.refused_above {
            Novelty::Marked
        } else {
            Novelty::Refused
        };
        Outlier {
            distance,
            marked_above: self.marked_above,
            refused_above: self.refused_above,
            verdict,
        }
    }

    /// Checks every value; see [`Statistics::check`](super::Statistics::check).
    pub(super) fn check(&self) -> Result<(), StatisticsError> {
        check_range("gate.marked_above", self.marked_above, 0.0, f64::MAX)?;
        check_range("gate.refused_above", self.refused_above, 0.0, f64::MAX)?;
        check_range("gate.marked_share", self.marked_share, 0.0, 1.0)?;
        check_range("gate.refused_share", self.refused_share, 0.0, 1.0)?;
        if self.refused_above < self.marked_above {
            let fault = format!(
                "is {}, but must not be below marked_above, {}",
                self.refused_above, self.marked_above
            );
            return wrong("gate.refused_above", fault);
        }
        if self.refused_share > self.marked_share {
            let fault = format!(
                "is {}, but must not be above marked_share, {}",
                self.refused_share, self.marked_share
            );
            return wrong("gate.refused_share", fault);
        }
        Ok(())
    }
}
