//! Why a recording yields no beats, measurements or median beat.

use crate::ecg::{EcgError, Lead};

/// Why a recording cannot be processed; one sentence that says how to mend it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SignalError {
    /// Leads are missing, or the samples make no recording.
    #[error(transparent)]
    Ecg(#[from] EcgError),
    /// The recording is too short for a rhythm.
    #[error("the recording lasts {seconds:.1} s; at least {least} s are needed, 10 s are usual")]
    TooShort {
        /// Its length in seconds.
        seconds: f64,
        /// The least accepted, in seconds.
        least: f64,
    },
    /// The recording is longer than any resting ECG.
    #[error(
        "the recording lasts {seconds:.0} s; at most {most} s are taken, cut some 10 s out of it"
    )]
    TooLong {
        /// Its length in seconds.
        seconds: f64,
        /// The most accepted, in seconds.
        most: f64,
    },
    /// The recording is sampled too slowly to show a QRS complex.
    #[error("the recording has {rate} samples per second; at least {least} are needed")]
    RateTooLow {
        /// Its rate in Hz.
        rate: f64,
        /// The least accepted, in Hz.
        least: f64,
    },
    /// The recording claims a sampling rate that no recorder has.
    #[error(
        "the recording has {rate} samples per second; at most {most} are possible, correct the sampling rate in the file"
    )]
    RateTooHigh {
        /// Its rate in Hz.
        rate: f64,
        /// The most accepted, in Hz.
        most: f64,
    },
    /// The rows given differ in length.
    #[error(
        "row {row} has {found} samples where the first has {expected}; give all leads the same length"
    )]
    UnequalRows {
        /// The row's number, counted from 0.
        row: usize,
        /// Samples of the first row.
        expected: usize,
        /// Samples found.
        found: usize,
    },
    /// A sample of the rows given is NaN or infinite.
    #[error("row {row} has no number at sample {sample}; cut the recording to a part without gaps")]
    NotFinite {
        /// The row's number, counted from 0.
        row: usize,
        /// Sample number, counted from 0.
        sample: usize,
    },
    /// A lead does not move, or shows nothing but drift, hum and stray spikes.
    #[error("lead {lead} is flat; check its electrode and record again")]
    FlatLead {
        /// The flat lead.
        lead: Lead,
    },
    /// A lead swings more than any heart makes it.
    #[error(
        "lead {lead} reaches {millivolts:.1} mV, more than a heart gives; the gain in the file is wrong or the electrode was loose"
    )]
    AmplitudeTooLarge {
        /// The lead concerned.
        lead: Lead,
        /// Its largest deviation from its own median, in mV.
        millivolts: f32,
    },
    /// No lead swings as much as a heart makes it.
    #[error(
        "no lead swings by more than {millivolts:.3} mV, less than a heart gives; the gain in the file is wrong or no electrode was connected"
    )]
    AmplitudeTooSmall {
        /// The largest spread from the 1st to the 99th percentile of a filtered lead, in mV.
        millivolts: f32,
    },
    /// Nothing in the recording looks like heart beats.
    #[error("no QRS complex was found; the recording is noise or has no contact, record again")]
    NoQrs,
    /// Too few beats resemble one another.
    #[error(
        "only {usable} of {found} beats look alike, {least} are needed; record again, longer or with less movement"
    )]
    TooFewBeats {
        /// Beats found.
        found: usize,
        /// Beats complete and alike.
        usable: usize,
        /// The least needed.
        least: usize,
    },
    /// No such denoising can be.
    #[error(
        "noise cannot be taken out on {wavelet_levels} wavelet levels and by polynomials of order {smoothing_order} \
        over {smoothing_window} samples; give 1 to {most_levels} levels, an odd number of samples up to 501, and an \
        order up to 10 that is below it"
    )]
    Denoising {
        /// Wavelet levels asked for.
        wavelet_levels: usize,
        /// The most levels that there can be.
        most_levels: usize,
        /// Samples of the smoothing window asked for.
        smoothing_window: usize,
        /// Order of its polynomials asked for.
        smoothing_order: usize,
    },
}

impl SignalError {
    /// Whether the recording was understood but is too poor to use, so that another recording of
    /// the same person may do; false where the file lacks leads or the model asks for what cannot be.
    pub fn is_poor_signal(&self) -> bool {
        !matches!(self, SignalError::Ecg(_) | SignalError::Denoising { .. })
    }
}
