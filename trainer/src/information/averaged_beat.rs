//! The median beat in fewer numbers: as the plain learners see it.

/// Leads of a median beat.
const LEADS: usize = 12;

/// Samples of the median beat that are averaged into one: 12 ms.
const AVERAGED: usize = 6;

/// Samples a lead that the learners see: 100 of 12 ms.
pub const SAMPLES: usize = 100;

/// Numbers of all leads.
pub const FEATURES: usize = LEADS * SAMPLES;

/// Means of [`AVERAGED`] samples each of a median beat (12, 600), the samples of one lead together.
pub fn averaged(beat: &[f32]) -> impl Iterator<Item = f64> {
    beat.chunks_exact(AVERAGED)
        .map(|samples| samples.iter().copied().map(f64::from).sum::<f64>() / AVERAGED as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_samples_become_one() {
        let beat: Vec<f32> = (0..LEADS * SAMPLES * AVERAGED).map(|i| i as f32).collect();
        let found: Vec<f64> = averaged(&beat).collect();
        assert_eq!(found.len(), FEATURES);
        assert_eq!((found[0], found[FEATURES - 1]), (2.5, 7196.5));
    }
}
