//! What can be wrong with statistics.

use thiserror::Error;

/// What is wrong with the text or the values of statistics.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StatisticsError {
    /// They are not JSON of the right layout.
    #[error("not a model's statistics: {reason}")]
    Syntax {
        /// The parser's message.
        reason: String,
    },
    /// A value cannot be right.
    #[error("{field} {fault}")]
    Value {
        /// The field, e.g. `latents.variances.3`, lists counted from 0.
        field: String,
        /// What is wrong with it, as the rest of a sentence.
        fault: String,
    },
}

/// A value that cannot be right.
pub(super) fn wrong<T>(field: &str, fault: String) -> Result<T, StatisticsError> {
    Err(StatisticsError::Value {
        field: field.into(),
        fault,
    })
}

/// Refuses a list of another length.
pub(super) fn check_length(
    field: &str,
    given: usize,
    needed: usize,
) -> Result<(), StatisticsError> {
    if given == needed {
        return Ok(());
    }
    wrong(
        field,
        format!("has {given} numbers, but must have {needed}"),
    )
}

/// Refuses numbers that are not finite.
pub(super) fn check_finite(field: &str, values: &[f32]) -> Result<(), StatisticsError> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(place) => wrong(
            &format!("{field}.{place}"),
            format!("is {}, but must be a finite number", values[place]),
        ),
        None => Ok(()),
    }
}

/// Refuses a number outside `least ..= most`, or that is none.
pub(super) fn check_range(
    field: &str,
    value: f64,
    least: f64,
    most: f64,
) -> Result<(), StatisticsError> {
    if value.is_finite() && (least..=most).contains(&value) {
        return Ok(());
    }
    wrong(
        field,
        format!("is {value}, but must be a finite number from {least} to {most}"),
    )
}
