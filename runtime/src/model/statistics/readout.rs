//! Estimates of the heart's volumes and the like, with their intervals.

use serde::{Deserialize, Serialize};

use super::error::{StatisticsError, check_finite, check_length, check_range, wrong};

/// A figure that is read from a latent: its weighted sum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Readout {
    /// Which figure, e.g. `lvedv_ml`: 1 to 32 of `a–z 0–9 _`.
    pub name: String,
    /// Its unit, e.g. `ml`; `1` for a share.
    pub unit: String,
    /// What each number of the latent counts.
    pub weights: Vec<f32>,
    /// What is added to their sum.
    pub intercept: f64,
    /// How far the truth may be from it.
    pub interval: Interval,
    /// Share of the figure's variance on the validation split that the readout explains; below 0 where it
    /// errs more than the mean would.
    pub r_squared: f64,
}

/// An interval about an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Share of subjects like those of the validation split whose truth lies within it, 0 to 1.
    pub coverage: f64,
    /// From the estimate to either end, in the unit of the readout.
    pub half_width: f64,
}

/// What a readout makes of a latent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// Which figure.
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Unit of the three.
    pub unit: String,
    /// Share of subjects like those of the validation split whose truth lies within the interval, 0 to 1.
    pub coverage: f64,
}

impl Readout {
    /// What it makes of a latent. None of the figures can be below 0, and so neither is the lower end.
    pub fn estimate(&self, latent: &[f32]) -> Estimate {
        let pairs = self.weights.iter().zip(latent);
        let sum: f64 = pairs
            .map(|(&weight, &value)| f64::from(weight) * f64::from(value))
            .sum();
        let value = (self.intercept + sum).max(0.0);
        let half_width = self.interval.half_width;
        Estimate {
            name: self.name.clone(),
            value,
            low: (value - half_width).max(0.0),
            high: value + half_width,
            unit: self.unit.clone(),
            coverage: self.interval.coverage,
        }
    }

    /// Checks every value; see [`Statistics::check`](super::Statistics::check).
    pub(super) fn check(&self, field: &str, latent_length: usize) -> Result<(), StatisticsError> {
        let word = |text: &str, most: usize, allowed: fn(char) -> bool| {
            (1..=most).contains(&text.len()) && text.chars().all(allowed)
        };
        let name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if !word(&self.name, 32, name) {
            let fault = "must be 1 to 32 lower-case letters, digits or underscores".into();
            return wrong(&format!("{field}.name"), fault);
        }
        if !word(&self.unit, 16, |c| c.is_ascii_graphic()) {
            let fault = "must be 1 to 16 printable ASCII letters".into();
            return wrong(&format!("{field}.unit"), fault);
        }
        let weights = format!("{field}.weights");
        check_length(&weights, self.weights.len(), latent_length)?;
        check_finite(&weights, &self.weights)?;
        let largest = f64::from(f32::MAX);
        let Interval {
            coverage,
            half_width,
        } = self.interval;
        for (name, value, least, most) in [
            ("intercept", self.intercept, -largest, largest),
            ("interval.coverage", coverage, 0.0, 1.0),
            ("interval.half_width", half_width, 0.0, largest),
            ("r_squared", self.r_squared, -largest, 1.0),
        ] {
            check_range(&format!("{field}.{name}"), value, least, most)?;
        }
        Ok(())
    }
}
