//! Leads at the working rate without drift and hum: what all measuring begins with.

use super::filter::{Band, Sections, butterworth, mains_frequency};
use super::resample::resample;
use super::{SignalError, WORKING_RATE, milliseconds, qrs};

/// Seconds; a longer recording's rows would fill the memory.
const MOST_SECONDS: f64 = 3600.0;
/// Order of each pass; forward and backward it counts twice.
const ORDER: usize = 2;
const HIGH_PASS_HZ: f64 = 0.5;
const LOW_PASS_HZ: f64 = 100.0;
/// Half the width of the notch in Hz.
const NOTCH_HALF_WIDTH: f64 = 1.0;
/// Two periods of the high-pass corner.
const PADDING: usize = milliseconds(4000);

/// Leads at [`WORKING_RATE`], in millivolts.
pub(super) struct CleanRows {
    /// Shape (lead, sample).
    pub(super) rows: Vec<Vec<f64>>,
    /// The mains frequency in Hz that was filtered out, if hum was found.
    pub(super) mains_hz: Option<f64>,
}

/// Rows in millivolts at `rate` Hz, resampled, band-passed to 0.5–100 Hz without shift of phase, and
/// freed of hum where there is any.
///
/// For zero-phase filters AHA/ACC/HRS 2007 (Kligfield et al., Circulation 2007;115:1306) allow 0.67 Hz
/// without harm to ST.
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
    let mains_hz = mains_frequency(&rows, WORKING_RATE);
    let mut filters = vec![
        designed(Band::HighPass {
            cutoff_hz: HIGH_PASS_HZ,
        }),
        designed(Band::LowPass {
            cutoff_hz: LOW_PASS_HZ,
        }),
    ];
    if let Some(mains) = mains_hz {
        filters.push(designed(Band::BandStop {
            low_hz: mains - NOTCH_HALF_WIDTH,
            high_hz: mains + NOTCH_HALF_WIDTH,
        }));
    }
    let rows = filters
        .iter()
        .fold(rows, |rows, filter| filter.zero_phase_rows(&rows, PADDING));
    Ok(CleanRows { rows, mains_hz })
}

/// A filter of the order all measuring uses.
pub(super) fn designed(band: Band) -> Sections {
    butterworth(ORDER, band, WORKING_RATE)
        .expect("constant corners lie below half the working rate")
}
