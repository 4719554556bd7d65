//! Butterworth filters as second-order sections, and their zero-phase application.

mod butterworth;
mod diagnostic;
mod mains;
mod sections;

pub use butterworth::{Band, DesignError, butterworth};
pub use diagnostic::DiagnosticBand;
pub use mains::mains_frequency;
pub use sections::{Section, Sections};

use super::WORKING_RATE;

/// A Butterworth filter at [`WORKING_RATE`], of constant order and corners below half that rate.
pub(super) fn at_working_rate(order: usize, band: Band) -> Sections {
    butterworth(order, band, WORKING_RATE)
        .expect("constant corners lie below half the working rate")
}

#[cfg(test)]
mod tests;
