//! The distribution of latents or other numbers, and the distance of one from it.
//!
//! A normal distribution whose covariance is that of the training split along its principal components, and
//! the same in all directions across them (probabilistic principal component analysis, Tipping & Bishop,
//! J R Stat Soc B 1999;61:611).

use serde::{Deserialize, Serialize};

use super::error::{StatisticsError, check_finite, check_length, check_range, wrong};

/// How far the product of two components may be from what it must be: rounding to 32 bits makes 1e-6.
const ORTHONORMAL: f64 = 1e-3;

/// The smallest variance that is believed; a division by less would make any latent an outlier.
const LEAST_VARIANCE: f64 = 1e-12;

/// How latents, or other numbers, of the training split spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// How many subjects it is of.
    pub subjects: u64,
    /// Their mean; shape (numbers of a subject).
    pub mean: Vec<f32>,
    /// Directions of largest variance, of length 1 and at right angles; shape (component, numbers of a
    /// subject).
    pub components: Vec<Vec<f32>>,
    /// The variance along each component.
    pub variances: Vec<f64>,
    /// The variance in every direction across the components.
    pub residual_variance: f64,
}

impl Spread {
    /// Mahalanobis distance of a latent from the mean: how many standard deviations it lies away, all
    /// directions together. About the square root of the latent's length for a subject like those of the split.
    pub fn distance(&self, latent: &[f32]) -> f64 {
        let offset: Vec<f64> = latent
            .iter()
            .zip(&self.mean)
            .map(|(&value, &mean)| f64::from(value) - f64::from(mean))
            .collect();
        let (mut along, mut seen) = (0.0, 0.0);
        for (component, variance) in self.components.iter().zip(&self.variances) {
            let score = dot(component, &offset);
            along += score * score / variance;
            seen += score * score;
        }
        let all: f64 = offset.iter().map(|value| value * value).sum();
        let across = (all - seen).max(0.0) / self.residual_variance;
        (along + across).sqrt()
    }

    /// Checks every value of the spread of `length` numbers in the field named; see
    /// [`Statistics::check`](super::Statistics::check).
    pub(super) fn check(&self, name: &str, length: usize) -> Result<(), StatisticsError> {
        check_length(&format!("{name}.mean"), self.mean.len(), length)?;
        check_finite(&format!("{name}.mean"), &self.mean)?;
        if self.components.len() > length {
            let fault = format!(
                "has {} entries, but there are {length} directions",
                self.components.len()
            );
            return wrong(&format!("{name}.components"), fault);
        }
        check_length(
            &format!("{name}.variances"),
            self.variances.len(),
            self.components.len(),
        )?;
        for (place, &variance) in self.variances.iter().enumerate() {
            let field = format!("{name}.variances.{place}");
            check_range(&field, variance, LEAST_VARIANCE, f64::MAX)?;
        }
        check_range(
            &format!("{name}.residual_variance"),
            self.residual_variance,
            LEAST_VARIANCE,
            f64::MAX,
        )?;
        for (place, component) in self.components.iter().enumerate() {
            let field = format!("{name}.components.{place}");
            check_length(&field, component.len(), length)?;
            check_finite(&field, component)?;
        }
        self.check_orthonormal(name)
    }

    fn check_orthonormal(&self, name: &str) -> Result<(), StatisticsError> {
        for (place, component) in self.components.iter().enumerate() {
            let exact: Vec<f64> = component.iter().copied().map(f64::from).collect();
            let field = format!("{name}.components.{place}");
            let square = dot(component, &exact);
            if (square - 1.0).abs() > ORTHONORMAL {
                let fault = format!("has the length {}, but must have 1", square.sqrt());
                return wrong(&field, fault);
            }
            for (other, before) in self.components[..place].iter().enumerate() {
                if dot(before, &exact).abs() > ORTHONORMAL {
                    let fault = format!("is not at right angles to component {other}");
                    return wrong(&field, fault);
                }
            }
        }
        Ok(())
    }
}

fn dot(component: &[f32], values: &[f64]) -> f64 {
    let pairs = component.iter().zip(values);
    pairs
        .map(|(&weight, value)| f64::from(weight) * value)
        .sum()
}
