//! From a raw recording to what the networks see: filters, resampling, QRS detection, the median
//! beat, and the plain first samples that an older network takes.

mod dot;
mod error;
pub mod filter;
pub mod first_samples;
mod median_beat;
mod qrs;
pub mod quality;
pub mod resample;

#[cfg(test)]
mod ludb;

pub use error::SignalError;
pub use median_beat::{MedianBeat, median_beat};
pub use qrs::detect_qrs;

/// The rate in Hz at which all processing happens; the one UK Biobank and LUDB record at.
pub const WORKING_RATE: f64 = 500.0;

/// Milliseconds as samples at [`WORKING_RATE`].
const fn milliseconds(duration: usize) -> usize {
    duration / 2
}
