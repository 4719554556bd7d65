//! From a raw recording to what is measured of it and what the networks see: filters, resampling, QRS
//! detection, fiducials, measurements, the median beat, and the plain first samples that an older
//! network takes. [`Analysis`] joins them.

mod analysis;
mod beat_classes;
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
mod quiet_level;
pub mod resample;
mod spline;

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
