//! From a raw recording to what the networks see: filters, resampling, QRS detection, the median
//! beat, and the inputs that older networks take: plain first samples, or ten denoised seconds.

pub mod cardiac_nets;
mod dot;
mod error;
pub mod filter;
pub mod first_samples;
mod median_beat;
mod qrs;
pub mod quality;
pub mod resample;
pub mod savitzky_golay;
pub mod wavelet;

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
