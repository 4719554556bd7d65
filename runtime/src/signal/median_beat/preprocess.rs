//! Twelve filtered leads at 500 Hz, or the reason why there are none.

use crate::ecg::{Ecg, Lead};
use crate::signal::filter::{Band, Sections, butterworth, mains_frequency};
use crate::signal::resample::resample;
use crate::signal::{SignalError, WORKING_RATE, milliseconds, qrs};

/// Seconds; below that three beats are a matter of luck.
const LEAST_SECONDS: f64 = 3.0;
/// Millivolts from a lead's own median; the largest QRS complexes have some 6 mV.
const LARGEST_AMPLITUDE: f32 = 20.0;
/// Millivolts peak to peak; the smallest QRS complexes of any worth have 0.1 mV in their best lead.
const SMALLEST_SWING: f32 = 0.05;
/// Millivolts peak to peak; even a quiet lead has more noise.
const FLAT_SWING: f32 = 0.01;
/// Order of each pass; forward and backward it counts twice.
const ORDER: usize = 2;
const HIGH_PASS_HZ: f64 = 0.5;
const LOW_PASS_HZ: f64 = 100.0;
/// Half the width of the notch in Hz.
const NOTCH_HALF_WIDTH: f64 = 1.0;
/// Two periods of the high-pass corner.
const PADDING: usize = milliseconds(4000);

pub(super) struct Prepared {
    /// Millivolts, twelve rows in standard order, at the working rate.
    pub(super) rows: Vec<Vec<f64>>,
    pub(super) mains_hz: Option<f64>,
}

pub(super) fn prepare(ecg: &Ecg) -> Result<Prepared, SignalError> {
    let twelve = ecg.twelve_leads()?;
    let seconds = twelve.duration_seconds();
    if seconds < LEAST_SECONDS {
        return Err(SignalError::TooShort {
            seconds,
            least: LEAST_SECONDS,
        });
    }
    qrs::check_rate(twelve.sampling_rate())?;
    check_amplitudes(&twelve)?;

    let rows: Vec<Vec<f64>> = twelve
        .samples()
        .iter()
        .map(|row| row.iter().map(|&value| f64::from(value)).collect())
        .collect();
    let rows = resample(&rows, twelve.sampling_rate(), WORKING_RATE);
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
    let filtered = |row: Vec<f64>| {
        filters
            .iter()
            .fold(row, |row, filter| filter.zero_phase(&row, PADDING))
    };
    Ok(Prepared {
        rows: rows.into_iter().map(filtered).collect(),
        mains_hz,
    })
}

fn designed(band: Band) -> Sections {
    butterworth(ORDER, band, WORKING_RATE)
        .expect("constant corners lie below half the working rate")
}

fn check_amplitudes(twelve: &Ecg) -> Result<(), SignalError> {
    let mut swings = Vec::with_capacity(Lead::STANDARD.len());
    for (&lead, row) in twelve.leads().iter().zip(twelve.samples()) {
        // An electrode's constant offset is no fault: the high-pass takes it away.
        let mut sorted = row.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let (lowest, highest) = (sorted[0], sorted[sorted.len() - 1]);
        let middle = sorted[sorted.len() / 2];
        let millivolts = (highest - middle).max(middle - lowest);
        if millivolts > LARGEST_AMPLITUDE {
            return Err(SignalError::AmplitudeTooLarge { lead, millivolts });
        }
        swings.push((lead, highest - lowest));
    }
    let millivolts = swings.iter().map(|&(_, swing)| swing).fold(0.0, f32::max);
    if millivolts < SMALLEST_SWING {
        return Err(SignalError::AmplitudeTooSmall { millivolts });
    }
    match swings.into_iter().find(|&(_, swing)| swing < FLAT_SWING) {
        Some((lead, _)) => Err(SignalError::FlatLead { lead }),
        None => Ok(()),
    }
}
