//! From a raw recording to what is measured of it and what the networks see: filters, resampling, QRS
//! detection, fiducials, measurements, the median beat, the quality of all this, and the inputs that
//! older networks take: plain first samples, or ten denoised seconds. [`Analysis`] joins them.

mod analysis;
mod beat_classes;
pub mod cardiac_nets;
mod clean;
mod column_median;
mod dot;
mod error;
pub mod fiducials;
pub mod filter;
pub mod first_samples;
mod fractional;
pub mod measurements;
mod median_beat;
mod qrs;
pub mod quality;
pub(crate) mod quantile;
mod quiet_level;
pub mod resample;
pub mod savitzky_golay;
mod spline;
pub mod wavelet;

#[cfg(test)]
mod golden_preprocessing;
#[cfg(test)]
mod ludb;

pub use analysis::Analysis;
pub use error::SignalError;
pub use median_beat::{MedianBeat, median_beat};
pub use qrs::{detect_qrs, detect_qrs_in_rows};

/// The rate in Hz at which all processing happens; the one UK Biobank and LUDB record at.
pub const WORKING_RATE: f64 = 500.0;

/// Milliseconds as samples at [`WORKING_RATE`].
const fn milliseconds(duration: usize) -> usize {
    duration / 2
}
