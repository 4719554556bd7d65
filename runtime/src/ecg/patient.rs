//! The little about the person that a recording may carry.

use std::fmt;

/// Sex as the recorder noted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// Reads `F`, `female`, `M`, `male` in any case; anything else is `None`.
    pub fn from_text(text: &str) -> Option<Sex> {
        match text.trim().to_ascii_lowercase().as_str() {
            "f" | "female" => Some(Sex::Female),
            "m" | "male" => Some(Sex::Male),
            _ => None,
        }
    }
}

impl fmt::Display for Sex {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Sex::Female => "female",
            Sex::Male => "male",
        })
    }
}

/// Optional patient fields of a recording. Names and dates of birth are never
/// read, and `Debug` shows no value, so that logs stay free of personal data.
#[derive(Clone, Default, PartialEq)]
pub struct Patient {
    /// The recorder's identifier of the patient or participant.
    pub id: Option<String>,
    /// Age at the recording, in years.
    pub age_years: Option<f32>,
    /// Sex.
    pub sex: Option<Sex>,
}

impl Patient {
    /// Reads an age in years; what is no number, or outside a human life (MIMIC's 300, NaN, -1), is
    /// `None`, since recorders write such values where the age is not known.
    pub fn age_from_text(text: &str) -> Option<f32> {
        let years = text.trim().parse().ok()?;
        (0.0..=125.0).contains(&years).then_some(years)
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Patient(withheld)")
    }
}
