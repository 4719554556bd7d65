//! How large a median beat is in each lead, beside the training split's.
//!
//! A latent of fixed length hardly tells how large the ECG was that it was made of, so that a wrong amplitude scale or
//! a lead without signal goes unseen in it. Two distances of the beat itself tell: its size as a whole, which a wrong
//! scale moves and nothing else does as far, and the sizes of its leads against each other, of which a flat one stands
//! out.

use serde::{Deserialize, Serialize};

use super::error::StatisticsError;
use super::gate::Gate;
use super::spread::Spread;
use crate::ecg::Lead;
use crate::signal::MedianBeat;

/// A lead without signal has this root mean square, in mV: below the step of any recorder, and a logarithm is finite.
const FLAT_MV: f64 = 1e-3;

/// How large beats are, as a whole and lead by lead, and what is done with those unlike the training split's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amplitudes {
    /// Spread of [`level`], one number.
    pub level: Spread,
    /// What is done with a beat whose level lies far from theirs.
    pub level_gate: Gate,
    /// Spread of [`of_leads`], eight numbers.
    pub leads: Spread,
    /// What is done with a beat whose leads lie far from theirs.
    pub leads_gate: Gate,
}

impl Amplitudes {
    /// Checks every value; see [`Statistics::check`](super::Statistics::check).
    pub(super) fn check(&self) -> Result<(), StatisticsError> {
        self.level.check("amplitudes.level", 1)?;
        self.level_gate.check("amplitudes.level_gate")?;
        self.leads
            .check("amplitudes.leads", Lead::INDEPENDENT.len())?;
        self.leads_gate.check("amplitudes.leads_gate")
    }
}

/// How large a median beat (12, 600) in mV is as a whole: the decimal logarithm of the root mean square of its twelve
/// leads, each about its own mean.
pub fn level(beat: &[f32]) -> [f32; 1] {
    let rows = beat.chunks_exact(MedianBeat::SAMPLES);
    let count = rows.len().max(1) as f64;
    let power = rows.map(variance).sum::<f64>() / count;
    [logarithm(power.sqrt())]
}

/// How large each of the leads I, II and V1 to V6 of a median beat (12, 600) in mV is: the decimal logarithm of its root
/// mean square about its mean.
pub fn of_leads(beat: &[f32]) -> [f32; 8] {
    Lead::INDEPENDENT.map(|lead| {
        let row = Lead::STANDARD.iter().position(|standard| *standard == lead);
        let row = row.and_then(|row| beat.chunks_exact(MedianBeat::SAMPLES).nth(row));
        logarithm(row.map_or(0.0, variance).sqrt())
    })
}

fn variance(row: &[f32]) -> f64 {
    let count = row.len() as f64;
    let mean = row.iter().copied().map(f64::from).sum::<f64>() / count;
    let square = |value: &f32| (f64::from(*value) - mean).powi(2);
    row.iter().map(square).sum::<f64>() / count
}

fn logarithm(size_mv: f64) -> f32 {
    size_mv.max(FLAT_MV).log10() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Leads that swing by ±(1 + their place) mV.
    fn beat() -> Vec<f32> {
        let sample = |place: usize| {
            let size = 1.0 + (place / MedianBeat::SAMPLES) as f32;
            // Off the zero line, which must not count.
            if place.is_multiple_of(2) {
                size + 5.0
            } else {
                5.0 - size
            }
        };
        (0..MedianBeat::LEADS * MedianBeat::SAMPLES)
            .map(sample)
            .collect()
    }

    #[test]
    fn sizes_are_logarithms_of_each_leads_swing() {
        let leads = of_leads(&beat());
        for (found, size) in leads
            .iter()
            .zip([1.0, 2.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0])
        {
            assert!(
                (f64::from(*found) - f64::log10(size)).abs() < 1e-6,
                "{size}"
            );
        }
        // The mean of the squares of 1 to 12 is 650 / 12.
        let expected = (650.0 / 12.0_f64).sqrt().log10();
        assert!((f64::from(level(&beat())[0]) - expected).abs() < 1e-6);
    }

    #[test]
    fn ten_times_the_scale_is_one_more_and_a_flat_lead_is_tiny_but_finite() {
        let large: Vec<f32> = beat().iter().map(|value| 10.0 * value).collect();
        assert!((level(&large)[0] - level(&beat())[0] - 1.0).abs() < 1e-6);
        let flat = vec![0.25; beat().len()];
        assert_eq!(of_leads(&flat), [-3.0; 8]);
        assert_eq!(level(&flat), [-3.0]);
        assert_eq!(of_leads(&[]), [-3.0; 8]);
    }
}
