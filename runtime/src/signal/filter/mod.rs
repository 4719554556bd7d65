//! Butterworth filters as second-order sections, and their zero-phase application.

mod butterworth;
mod diagnostic;
mod mains;
mod sections;

pub use butterworth::{Band, DesignError, butterworth};
pub use diagnostic::DiagnosticBand;
pub use mains::mains_frequency;
pub use sections::{Section, Sections};

#[cfg(test)]
mod tests;
