//! What the encoder makes of an ECG.

use super::manifest::LatentStatistics;

/// A point in the model's latent space; shape (length), 256 in the shipped model.
#[derive(Clone, Debug, PartialEq)]
pub struct Latent {
    values: Vec<f32>,
}

impl Latent {
    /// A latent of the given coordinates.
    pub fn new(values: Vec<f32>) -> Self {
        Self { values }
    }

    /// Its coordinates.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Its coordinates as text, one to a line, each with as many digits as tell it from its neighbours.
    pub fn to_lines(&self) -> String {
        let lines = self.values.iter().map(|value| format!("{value}\n"));
        lines.collect()
    }

    /// Its Euclidean length, summed in double precision.
    pub fn norm(&self) -> f64 {
        self.values
            .iter()
            .map(|&value| f64::from(value).powi(2))
            .sum::<f64>()
            .sqrt()
    }

    /// How many standard deviations its norm lies from the training split's mean; `None`
    /// where those norms do not vary, as with normalised latents.
    pub fn norm_z_score(&self, trained_on: &LatentStatistics) -> Option<f64> {
        // A spread far below the precision of the encoder's arithmetic carries no news.
        let varies = trained_on.norm_sd > 1e-5 * trained_on.norm_mean.max(f64::MIN_POSITIVE);
        varies.then(|| (self.norm() - trained_on.norm_mean) / trained_on.norm_sd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_text_every_coordinate_keeps_its_last_bit() {
        let latent = Latent::new(vec![1.0 / 3.0, -1e-9, 16_777_217.0]);
        let text = latent.to_lines();
        let read: Vec<f32> = text
            .lines()
            .map(|line| line.parse().expect("a number"))
            .collect();
        assert_eq!(read, latent.values());
    }

    #[test]
    fn the_norm_is_euclidean_and_judged_against_the_training_split() {
        let latent = Latent::new(vec![3.0, 0.0, -4.0]);
        assert_eq!(latent.norm(), 5.0);
        let spread = LatentStatistics {
            norm_mean: 4.0,
            norm_sd: 0.5,
        };
        assert_eq!(latent.norm_z_score(&spread), Some(2.0));
        let normalised = LatentStatistics {
            norm_mean: 1.0,
            norm_sd: 1e-8,
        };
        assert_eq!(latent.norm_z_score(&normalised), None);
    }
}
