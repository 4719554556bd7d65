//! Ten seconds of twelve leads without trend and noise, each brought to −1..1: what CardiacNets
//! (Ding et al., "Translating Electrocardiograms to Cardiac Magnetic Resonance Imaging",
//! arXiv 2411.13602) makes of an ECG, kept so that such networks can be run and measured.
//!
//! The trend and the final scale are those of its authors' published code: the trend is the moving
//! average over one mean heart cycle, as statsmodels' `seasonal_decompose` takes it, and each lead
//! is scaled to −1..1 by its own extremes. Between the two, noise is shrunk away in the wavelet
//! domain (db6, soft universal threshold) and the lead smoothed by a Savitzky–Golay filter; that
//! code names neither levels nor window nor order, so they are the model's to name.

use super::first_samples::first_of;
use super::savitzky_golay::SavitzkyGolay;
use super::wavelet::{Decomposition, without_noise};
use super::{SignalError, WORKING_RATE};
use crate::ecg::Ecg;

/// Samples of each lead, at [`WORKING_RATE`]: ten seconds.
pub const SAMPLES: usize = 5000;

/// The chain with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct CardiacNets {
    wavelet_levels: usize,
    smoothing: SavitzkyGolay,
}

impl CardiacNets {
    /// The chain that shrinks details of so many wavelet levels, then fits polynomials of
    /// `smoothing_order` to `smoothing_window` samples.
    ///
    /// # Errors
    /// [`SignalError::Denoising`] where there are no such levels, window or order.
    pub fn new(
        wavelet_levels: usize,
        smoothing_window: usize,
        smoothing_order: usize,
    ) -> Result<Self, SignalError> {
        let most_levels = Decomposition::most_levels(SAMPLES);
        let refused = SignalError::Denoising {
            wavelet_levels,
            most_levels,
            smoothing_window,
            smoothing_order,
        };
        let smoothing = SavitzkyGolay::new(smoothing_window, smoothing_order);
        match smoothing {
            Some(smoothing) if (1..=most_levels).contains(&wavelet_levels) => Ok(Self {
                wavelet_levels,
                smoothing,
            }),
            _ => Err(refused),
        }
    }

    /// The first ten seconds of the twelve leads in millivolts at [`WORKING_RATE`], without trend
    /// and noise, shape (12, [`SAMPLES`]), the samples of one lead together.
    ///
    /// # Errors
    /// [`SignalError::Ecg`] where leads are missing, [`SignalError::TooShort`] where the recording
    /// ends before ten seconds.
    pub fn leads(&self, ecg: &Ecg, heart_rate_bpm: f64) -> Result<Vec<f32>, SignalError> {
        let twelve = ecg.twelve_leads()?;
        let period = samples_per_beat(heart_rate_bpm);
        let mut leads = Vec::with_capacity(twelve.leads().len() * SAMPLES);
        for row in twelve.samples() {
            let lead = first_of(row, twelve.sampling_rate(), SAMPLES)?;
            leads.extend(self.lead(&lead, period).into_iter().map(|mv| mv as f32));
        }
        Ok(leads)
    }

    /// One lead without trend and noise.
    fn lead(&self, samples: &[f64], period: usize) -> Vec<f64> {
        let trend = trend(samples, period);
        let level: Vec<f64> = samples.iter().zip(&trend).map(|(x, t)| x - t).collect();
        self.smoothing
            .smooth(&without_noise(&level, self.wavelet_levels))
    }
}

/// Each lead of [`SAMPLES`] samples brought to −1..1 by its own extremes; a flat one becomes 0.
pub fn scaled_to_extremes(millivolts: &[f32]) -> Vec<f32> {
    let leads = millivolts.chunks(SAMPLES);
    leads
        .flat_map(|lead| {
            let low = lead.iter().copied().fold(f32::INFINITY, f32::min);
            let high = lead.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let span = high - low;
            lead.iter().map(move |value| {
                if span > 0.0 {
                    (value - low) / span * 2.0 - 1.0
                } else {
                    0.0
                }
            })
        })
        .collect()
}

/// Whole samples of a mean heart cycle; two must fit the recording, as the trend's average needs.
fn samples_per_beat(heart_rate_bpm: f64) -> usize {
    let samples = 60.0 * WORKING_RATE / heart_rate_bpm;
    (samples as usize).clamp(2, SAMPLES / 2)
}

/// The average over `period` samples (2 or more) about each sample, where that is even with half weight on
/// both ends; before the first and after the last full average, that one stands.
fn trend(samples: &[f64], period: usize) -> Vec<f64> {
    let half = period / 2;
    let width = 2 * half + 1;
    let Some(count) = (samples.len() + 1).checked_sub(width) else {
        return vec![0.0; samples.len()];
    };
    let ends = if period.is_multiple_of(2) { 0.5 } else { 1.0 };
    // Sums of all samples before each.
    let mut sums = vec![0.0];
    for (number, sample) in samples.iter().enumerate() {
        sums.push(sums[number] + sample);
    }
    let averages: Vec<f64> = (0..count)
        .map(|start| {
            let last = start + width - 1;
            let inner = sums[last] - sums[start + 1];
            let outer = samples[start] + samples[last];
            (inner + ends * outer) / period as f64
        })
        .collect();
    (0..samples.len())
        .map(|index| averages[index.saturating_sub(half).min(count - 1)])
        .collect()
}

#[cfg(test)]
mod tests;
