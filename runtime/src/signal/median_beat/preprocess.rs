//! Which recordings no median beat can be made of.

use crate::ecg::{Ecg, Lead};
use crate::signal::clean::CleanRows;
use crate::signal::filter::{Band, at_working_rate};
use crate::signal::quantile::quantile;
use crate::signal::{SignalError, milliseconds, qrs};

/// Seconds; below that three beats are a matter of luck.
const LEAST_SECONDS: f64 = 3.0;
/// Millivolts from a lead's own median; the largest QRS complexes have some 6 mV.
const LARGEST_AMPLITUDE: f32 = 20.0;
/// Millivolts; the smallest QRS complexes of any worth have 0.1 mV in their best lead.
const SMALLEST_SPREAD: f64 = 0.05;
/// Millivolts; even a quiet lead has more noise.
const FLAT_SPREAD: f64 = 0.01;
/// The shares of the samples left out at either end of a lead's spread: a spike or two do not
/// make a lead live, but QRS complexes take more of the time than this.
const SPREAD_FROM: f64 = 0.01;
const SPREAD_TO: f64 = 0.99;
/// Corner below which a lead's spread is taken, in Hz: hum in a single lead, too little in all
/// of them for the notch, does not make it live either.
const SPREAD_LOW_PASS_HZ: f64 = 30.0;
const SPREAD_PADDING: usize = milliseconds(100);

/// Refuses twelve leads, as recorded, that no median beat can be made of.
pub(super) fn check_recorded(twelve: &Ecg) -> Result<(), SignalError> {
    let seconds = twelve.duration_seconds();
    qrs::check_rate(twelve.sampling_rate())?;
    if seconds < LEAST_SECONDS {
        return Err(SignalError::TooShort {
            seconds,
            least: LEAST_SECONDS,
        });
    }
    check_largest(twelve)
}

/// Refuses clean leads, twelve in standard order, that no median beat can be made of.
pub(super) fn check_clean(clean: &CleanRows) -> Result<(), SignalError> {
    check_spreads(&Lead::STANDARD, &clean.rows)
}

/// Refuses leads, as recorded, that swing more than any heart makes them.
fn check_largest(twelve: &Ecg) -> Result<(), SignalError> {
    for (&lead, row) in twelve.leads().iter().zip(twelve.samples()) {
        // An electrode's constant offset is no fault: the high-pass takes it away.
        let mut values = row.clone();
        let half = values.len() / 2;
        let (below, &mut middle, above) = values.select_nth_unstable_by(half, f32::total_cmp);
        let lowest = below.iter().copied().fold(middle, f32::min);
        let highest = above.iter().copied().fold(middle, f32::max);
        let millivolts = (highest - middle).max(middle - lowest);
        if millivolts > LARGEST_AMPLITUDE {
            return Err(SignalError::AmplitudeTooLarge { lead, millivolts });
        }
    }
    Ok(())
}

/// Refuses leads that carry nothing of a heart once drift and hum are filtered out.
fn check_spreads(leads: &[Lead], rows: &[Vec<f64>]) -> Result<(), SignalError> {
    let band = Band::LowPass {
        cutoff_hz: SPREAD_LOW_PASS_HZ,
    };
    let low_pass = at_working_rate(2, band);
    let spreads: Vec<f64> = rows
        .iter()
        .map(|row| {
            let row = low_pass.zero_phase(row, SPREAD_PADDING);
            quantile(&row, SPREAD_TO) - quantile(&row, SPREAD_FROM)
        })
        .collect();
    let largest = spreads.iter().copied().fold(0.0, f64::max);
    if largest < SMALLEST_SPREAD {
        let millivolts = largest as f32;
        return Err(SignalError::AmplitudeTooSmall { millivolts });
    }
    match leads
        .iter()
        .zip(&spreads)
        .find(|(_, spread)| **spread < FLAT_SPREAD)
    {
        Some((&lead, _)) => Err(SignalError::FlatLead { lead }),
        None => Ok(()),
    }
}
