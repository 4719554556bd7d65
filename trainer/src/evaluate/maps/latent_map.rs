//! The map of one set of latents: ECGs and MRIs of the same subjects on one plane.

use super::embedding::{EmbeddingSettings, check, embed};
use super::{Colouring, MapError, trustworthiness};
use crate::evaluate::html::Svg;
use crate::evaluate::html::chart::PointMap;
use serde::Serialize;

/// Neighbours that trustworthiness is asked for.
pub const TRUSTED_NEIGHBOURS: usize = 10;

/// A map with its figures. Subjects keep the order they were given in.
#[derive(Debug, Clone, PartialEq)]
pub struct LatentMap {
    /// Where each subject's ECG lies.
    pub ecg: Vec<[f64; 2]>,
    /// Where each subject's MRI lies.
    pub mri: Vec<[f64; 2]>,
    /// Its figures.
    pub figures: MapFigures,
}

/// The figures of a map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MapFigures {
    /// Subjects, each with two points.
    pub subjects: usize,
    /// Trustworthiness of the map with [`TRUSTED_NEIGHBOURS`] neighbours, 0 to 1.
    pub trustworthiness: f64,
    /// Mean distance between the two points of a subject in the latent, over that of an ECG and another subject's MRI:
    /// 1 where pairs mean nothing, 0 where both are one point.
    pub pair_distance_ratio: f64,
    /// The same on the map.
    pub pair_distance_ratio_on_map: f64,
}

impl LatentMap {
    /// The map of `ecg_latents` and `mri_latents`, (subject, `length`) each, in one order of subjects.
    ///
    /// # Errors
    /// As [`embed`], and where there are not as many of one kind as of the other.
    pub fn make(
        ecg_latents: &[f32],
        mri_latents: &[f32],
        length: usize,
        settings: &EmbeddingSettings,
    ) -> Result<LatentMap, MapError> {
        if ecg_latents.len() != mri_latents.len() {
            return Err(MapError::Shape {
                numbers: mri_latents.len(),
                points: ecg_latents.len().checked_div(length).unwrap_or(0),
                length,
            });
        }
        let both: Vec<f32> = ecg_latents.iter().chain(mri_latents).copied().collect();
        let subjects = check(&both, length)? / 2;
        let places = embed(&both, length, settings)?;
        let flat: Vec<f32> = places.iter().flatten().map(|&value| value as f32).collect();
        let trusted = TRUSTED_NEIGHBOURS.min((2 * subjects - 1) / 2);
        let figures = MapFigures {
            subjects,
            trustworthiness: trustworthiness(&both, length, &places, trusted),
            pair_distance_ratio: pair_distance_ratio(ecg_latents, mri_latents, length),
            pair_distance_ratio_on_map: pair_distance_ratio(
                &flat[..2 * subjects],
                &flat[2 * subjects..],
                2,
            ),
        };
        let mri = places[subjects..].to_vec();
        let mut ecg = places;
        ecg.truncate(subjects);
        Ok(LatentMap { ecg, mri, figures })
    }

    /// The map in the colours of each of `colourings`.
    pub fn drawings(&self, colourings: &[Colouring]) -> Vec<Svg> {
        let draw = |colouring: &Colouring| {
            PointMap {
                title: &colouring.title,
                ecg: &self.ecg,
                mri: &self.mri,
                colours: &colouring.colours,
            }
            .svg()
        };
        colourings.iter().map(draw).collect()
    }
}

/// Mean distance of pairs over that of ECGs and the MRIs of others. Each ECG is held against as many others as make the
/// mean steady, a fixed number of places on.
fn pair_distance_ratio(ecg: &[f32], mri: &[f32], length: usize) -> f64 {
    const STRANGERS: usize = 25;
    let subjects = ecg.len() / length;
    let latent = |set: &'_ [f32], subject: usize| -> Vec<f32> {
        set[subject * length..(subject + 1) * length].to_vec()
    };
    let mean_distance = |step: usize| -> f64 {
        let distances = (0..subjects).map(|subject| {
            let (own, other) = (
                latent(ecg, subject),
                latent(mri, (subject + step) % subjects),
            );
            let squares = own
                .iter()
                .zip(&other)
                .map(|(a, b)| f64::from(a - b).powi(2));
            squares.sum::<f64>().sqrt()
        });
        distances.sum::<f64>() / subjects as f64
    };
    let steps: Vec<usize> = (1..subjects)
        .step_by((subjects / STRANGERS).max(1))
        .collect();
    let strangers = steps.iter().map(|&step| mean_distance(step)).sum::<f64>() / steps.len() as f64;
    mean_distance(0) / strangers
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    fn latents(subjects: usize, seed: u64) -> Vec<f32> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..subjects * 6)
            .map(|_| random.random_range(-1.0..1.0))
            .collect()
    }

    #[test]
    fn pairs_that_belong_together_lie_together() {
        let ecg = latents(80, 1);
        let near: Vec<f32> = ecg.iter().map(|value| value + 0.01).collect();
        let settings = EmbeddingSettings {
            steps: 400,
            ..EmbeddingSettings::default()
        };
        let bound = LatentMap::make(&ecg, &near, 6, &settings).unwrap();
        assert!(
            bound.figures.pair_distance_ratio < 0.02,
            "{:?}",
            bound.figures
        );
        assert!(
            bound.figures.pair_distance_ratio_on_map < 0.2,
            "{:?}",
            bound.figures
        );
        assert!(bound.figures.trustworthiness > 0.8, "{:?}", bound.figures);
        let loose = LatentMap::make(&ecg, &latents(80, 2), 6, &settings).unwrap();
        assert!(
            (loose.figures.pair_distance_ratio - 1.0).abs() < 0.1,
            "{:?}",
            loose.figures
        );
        assert_eq!((bound.ecg.len(), bound.mri.len()), (80, 80));
    }

    #[test]
    fn both_kinds_must_have_the_same_subjects() {
        let settings = EmbeddingSettings::default();
        let error = LatentMap::make(&latents(20, 1), &latents(19, 1), 6, &settings).unwrap_err();
        assert!(matches!(error, MapError::Shape { points: 20, .. }));
    }
}
