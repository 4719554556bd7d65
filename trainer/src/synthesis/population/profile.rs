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

/// Probabilities of the conditions. The UK Biobank's are about those of its imaging cohort, mean
/// age 64: hypertrophic cardiomyopathy 1 in 500 (Maron 1995, CARDIA), premature ventricular beats
/// on ten seconds less often than the 6 % of two minutes in ARIC (Simpson 2002); fibrillation at
/// the time of the recording, a PR interval above 200 ms and low voltage are round figures for
/// healthy volunteers of that age.
pub(super) struct Prevalence {
    pub infarct: f64,
    pub dilated: f64,
    pub hypertrophy: f64,
    pub left_block: f64,
    pub right_block: f64,
    pub hypertension: f64,
    pub first_degree_block: f64,
    pub atrial_fibrillation: f64,
    pub ventricular_ectopy: f64,
    pub low_voltage: f64,
    pub hypertrophic: f64,
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
                first_degree_block: 0.035,
                atrial_fibrillation: 0.02,
                ventricular_ectopy: 0.04,
                low_voltage: 0.015,
                hypertrophic: 0.002,
            },
            Self::Enriched => Prevalence {
                infarct: 0.09,
                dilated: 0.05,
                hypertrophy: 0.10,
                left_block: 0.035,
                right_block: 0.045,
                hypertension: 0.35,
                first_degree_block: 0.08,
                atrial_fibrillation: 0.06,
                ventricular_ectopy: 0.09,
                low_voltage: 0.05,
                hypertrophic: 0.035,
            },
            Self::Healthy => Prevalence {
                infarct: 0.0,
                dilated: 0.0,
                hypertrophy: 0.0,
                left_block: 0.0,
                right_block: 0.0,
                hypertension: 0.25,
                first_degree_block: 0.0,
                atrial_fibrillation: 0.0,
                ventricular_ectopy: 0.0,
                low_voltage: 0.0,
                hypertrophic: 0.0,
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
