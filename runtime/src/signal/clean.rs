//! Leads at the working rate without drift and hum: what all measuring begins with.

use super::filter::DiagnosticBand;
use super::resample::resample;
use super::{SignalError, WORKING_RATE, qrs};

/// Seconds; a longer recording's rows would fill the memory.
const MOST_SECONDS: f64 = 3600.0;

/// Leads at [`WORKING_RATE`], in millivolts.
pub(super) struct CleanRows {
    /// Shape (lead, sample).
    pub(super) rows: Vec<Vec<f64>>,
    /// The mains frequency in Hz that was filtered out, if hum was found.
    pub(super) mains_hz: Option<f64>,
}

/// Rows in millivolts at `rate` Hz, resampled and in the [`DiagnosticBand`].
pub(super) fn clean(rows: &[Vec<f32>], rate: f64) -> Result<CleanRows, SignalError> {
    qrs::check_rate(rate)?;
    qrs::check_rows(rows)?;
    let seconds = rows.first().map_or(0, Vec::len) as f64 / rate;
    if seconds > MOST_SECONDS {
        return Err(SignalError::TooLong {
            seconds,
            most: MOST_SECONDS,
        });
    }
    let rows: Vec<Vec<f64>> = rows
        .iter()
        .map(|row| row.iter().map(|&value| f64::from(value)).collect())
        .collect();
    let rows = resample(&rows, rate, WORKING_RATE)?;
    let band = DiagnosticBand::for_rows(&rows, WORKING_RATE)?;
    Ok(CleanRows {
        rows: band.apply_to_rows(rows),
        mains_hz: band.mains_hz(),
    })
}
