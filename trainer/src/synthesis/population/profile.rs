//! How common each condition is.

use std::fmt;
use std::str::FromStr;

/// Prevalence profile of a cohort.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// As in UK Biobank's imaging cohort: mostly healthy volunteers.
    Ukb,
    /// Conditions three to eight times as common, for training.
    #[default]
    Enriched,
    /// No conditions but hypertension.
    Healthy,
}

/// Probabilities of the conditions.
pub(super) struct Prevalence {
    pub infarct: f64,
    pub dilated: f64,
    pub hypertrophy: f64,
    pub left_block: f64,
    pub right_block: f64,
    pub hypertension: f64,
}

impl Profile {
    pub(super) fn prevalence(self) -> Prevalence {
        match self {
            Self::Ukb => Prevalence {
                infarct: 0.025,
                dilated: 0.006,
                hypertrophy: 0.05,
                left_block: 0.010,
                right_block: 0.025,
                hypertension: 0.30,
            },
            Self::Enriched => Prevalence {
                infarct: 0.09,
                dilated: 0.05,
                hypertrophy: 0.10,
                left_block: 0.035,
                right_block: 0.045,
                hypertension: 0.35,
            },
            Self::Healthy => Prevalence {
                infarct: 0.0,
                dilated: 0.0,
                hypertrophy: 0.0,
                left_block: 0.0,
                right_block: 0.0,
                hypertension: 0.25,
            },
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ukb => "ukb",
            Self::Enriched => "enriched",
            Self::Healthy => "healthy",
        })
    }
}

/// A profile's name that is none of the three.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile `{name}`; choose `ukb`, `enriched` or `healthy`")]
pub struct UnknownProfile {
    /// The name given.
    pub name: String,
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "ukb" => Ok(Self::Ukb),
            "enriched" => Ok(Self::Enriched),
            "healthy" => Ok(Self::Healthy),
            other => Err(UnknownProfile {
                name: other.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_strangers_refused() {
        for profile in [Profile::Ukb, Profile::Enriched, Profile::Healthy] {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        let error = "sick".parse::<Profile>().unwrap_err();
        assert!(error.to_string().contains("`sick`"));
    }
}
