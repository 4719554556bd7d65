//! The distances beyond which a picture is marked or refused, and which of several decides.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::error::{StatisticsError, check_range, wrong};

/// What is done with an ECG that lies far from those of the training split in one measure.
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

/// In what an ECG is compared with those of the training split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// In its latent.
    Latent,
    /// In how large its beat is as a whole.
    Amplitude,
    /// In how large its leads are, each and against each other.
    LeadAmplitudes,
}

/// How unlike those of the training split an ECG is, in the measure in which it is most unlike them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlier {
    /// The measure.
    pub measure: Measure,
    /// Mahalanobis distance from them in that measure.
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

impl Measure {
    /// The measure as a sentence names it: `latent`, `amplitude` or `amplitudes of the leads`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Latent => "latent",
            Self::Amplitude => "amplitude",
            Self::LeadAmplitudes => "amplitudes of the leads",
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Outlier {
    /// The distance over the one above which the picture is marked: comparable between measures, and above 1 for ECGs
    /// that are marked or refused. Infinite where the distance is no number.
    pub fn relative(&self) -> f64 {
        let relative = self.distance / self.marked_above;
        if relative.is_nan() {
            f64::INFINITY
        } else {
            relative
        }
    }

    /// The one of two in which the ECG is more unlike.
    pub(super) fn worse(self, other: Self) -> Self {
        let rank = |one: &Self| (one.verdict, one.relative());
        if rank(&other) > rank(&self) {
            other
        } else {
            self
        }
    }
}

impl fmt::Display for Novelty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl Gate {
    /// What comes of an ECG at this distance in a measure. A distance that is no number is refused.
    pub fn judge(&self, measure: Measure, distance: f64) -> Outlier {
        let verdict = if distance <= self.marked_above {
            Novelty::Usual
        } else if distance <= self.refused_above {
            Novelty::Marked
        } else {
            Novelty::Refused
        };
        Outlier {
            measure,
            distance,
            marked_above: self.marked_above,
            refused_above: self.refused_above,
            verdict,
        }
    }

    /// Checks every value of the gate in the field named; see [`Statistics::check`](super::Statistics::check).
    pub(super) fn check(&self, name: &str) -> Result<(), StatisticsError> {
        let field = |one: &str| format!("{name}.{one}");
        check_range(&field("marked_above"), self.marked_above, 0.0, f64::MAX)?;
        check_range(&field("refused_above"), self.refused_above, 0.0, f64::MAX)?;
        check_range(&field("marked_share"), self.marked_share, 0.0, 1.0)?;
        check_range(&field("refused_share"), self.refused_share, 0.0, 1.0)?;
        if self.refused_above < self.marked_above {
            let fault = format!(
                "is {}, but must not be below marked_above, {}",
                self.refused_above, self.marked_above
            );
            return wrong(&field("refused_above"), fault);
        }
        if self.refused_share > self.marked_share {
            let fault = format!(
                "is {}, but must not be above marked_share, {}",
                self.refused_share, self.marked_share
            );
            return wrong(&field("refused_share"), fault);
        }
        Ok(())
    }
}
