//! Why uncertainty could not be measured.

use thiserror::Error;

/// Why uncertainty could not be measured.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum CalibrationError {
    /// Pictures, deviations and truth do not belong together.
    #[error(
        "{generated} generated, {deviations} predicted and {truths} true values of {pixels} a subject do not belong \
         together: give all three for the same subjects"
    )]
    Shape {
        /// Values of the generated pictures.
        generated: usize,
        /// Predicted deviations.
        deviations: usize,
        /// Values of the true pictures.
        truths: usize,
        /// Values of one subject.
        pixels: usize,
    },
    /// A value that is no number, or a deviation below 0.
    #[error(
        "value {value} of subject {subject} is no finite number or its deviation is negative: the network has \
         diverged, train it again"
    )]
    NoNumber {
        /// The subject's place, from 0.
        subject: usize,
        /// The value's place in the subject's pictures, from 0.
        value: usize,
    },
}
