//! How far the pictures from ECGs differ between subjects, beside how far the true ones do.

use super::markdown::{figure, table};
use super::measures::{diversity_ratio, pixel_variances};
use crate::information::symmetric::Eigen;
use ndarray::{Array2, Axis};
use rayon::prelude::*;
use serde::Serialize;

/// Below this ratio of variances the networks show about the same picture for everybody.
pub const COLLAPSED_BELOW: f64 = 0.5;

/// Subjects whose pictures are compared two by two, evenly out of all.
const COMPARED: usize = 500;

/// Nearer to its neighbour than this part of what is usual among true pictures, a picture is nearly a duplicate.
const NEAR_DUPLICATE: f64 = 0.1;

/// The part of the pixels, those of largest true variance, that is taken for the heart.
const HEART: f64 = 0.25;

/// How far pictures and latents differ between subjects.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Diversity {
    /// Subjects.
    pub subjects: usize,
    /// Variance of the generated pictures over that of the true ones, mean over pixels: 1 for life, 0 for one picture.
    pub variance_ratio: f64,
    /// The same of each channel.
    pub variance_ratio_of_channels: Vec<f64>,
    /// The same over the quarter of the pixels whose true variance is largest: the heart, roughly.
    pub variance_ratio_in_heart: f64,
    /// Effective rank of the ECGs' latents, 1 to their length.
    pub effective_rank_ecg_latents: f64,
    /// Effective rank of the MRIs' latents.
    pub effective_rank_mri_latents: f64,
    /// Distances between the pictures of different subjects.
    pub nearest: NearestPairs,
    /// Standard deviation of each pixel between subjects, of the generated and of the true pictures, in grey 0..1;
    /// (channel × pixel). Not written to files.
    #[serde(skip)]
    pub deviation_maps: [Vec<f32>; 2],
    /// Mean over the pixels of each subject's squared deviation from the mean picture, of the generated and of the true
    /// pictures; their sums' ratio is [`variance_ratio`](Self::variance_ratio). Not written to files.
    #[serde(skip)]
    pub squared_deviations: [Vec<f64>; 2],
}

/// Distances (mean absolute differences in grey 0..1) from each picture to the nearest other one of its set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NearestPairs {
    /// Pictures compared.
    pub subjects: usize,
    /// Median distance among generated pictures.
    pub median_l1_generated: f64,
    /// Median distance among true pictures.
    pub median_l1_true: f64,
    /// Generated pictures nearer to another than a tenth of the median distance among true ones.
    pub near_duplicates_generated: usize,
    /// True pictures that near.
    pub near_duplicates_true: usize,
}

/// Pictures of a split and the latents they belong to, all row by row and subject by subject.
#[derive(Debug, Clone, Copy)]
pub struct Generated<'a> {
    /// Pictures from ECGs (subject, channel × pixel), 0..1.
    pub pictures: &'a [f32],
    /// True pictures of the same shape.
    pub truth: &'a [f32],
    /// Numbers of one subject's pictures.
    pub values: usize,
    /// Channels these are divided into.
    pub channels: usize,
    /// Latents of the ECGs (subject, `latent`).
    pub ecg_latents: &'a [f32],
    /// Latents of the MRIs (subject, `latent`).
    pub mri_latents: &'a [f32],
    /// Length of a latent.
    pub latent: usize,
}

impl Diversity {
    /// Measures it.
    pub fn measure(given: &Generated<'_>) -> Diversity {
        let generated = pixel_variances(given.pictures, given.values);
        let truth = pixel_variances(given.truth, given.values);
        let channel = (given.values / given.channels.max(1)).max(1);
        let heart = largest(&truth, HEART);
        let in_heart = |variances: &[f64]| heart.iter().map(|&pixel| variances[pixel]).sum::<f64>();
        Diversity {
            subjects: given.truth.len() / given.values,
            variance_ratio: diversity_ratio(given.pictures, given.truth, given.values),
            variance_ratio_of_channels: generated
                .chunks(channel)
                .zip(truth.chunks(channel))
                .map(|(generated, truth)| generated.iter().sum::<f64>() / truth.iter().sum::<f64>())
                .collect(),
            variance_ratio_in_heart: in_heart(&generated) / in_heart(&truth),
            effective_rank_ecg_latents: effective_rank(given.ecg_latents, given.latent),
            effective_rank_mri_latents: effective_rank(given.mri_latents, given.latent),
            nearest: NearestPairs::among(given.pictures, given.truth, given.values),
            deviation_maps: [&generated, &truth]
                .map(|variances| variances.iter().map(|x| x.sqrt() as f32).collect()),
            squared_deviations: [given.pictures, given.truth]
                .map(|pictures| squared_deviations(pictures, given.values)),
        }
    }

    /// Whether every patient gets about the same picture: a ratio of variances below [`COLLAPSED_BELOW`], or none.
    pub fn is_collapsed(&self) -> bool {
        self.variance_ratio.is_nan() || self.variance_ratio < COLLAPSED_BELOW
    }

    /// A row for each figure, a column for generated and one for true pictures.
    pub fn markdown(&self, channel_names: &[String]) -> String {
        let ratio = |name: String, value: f64| vec![name, figure(value, 3), "1.000".to_owned()];
        let mut rows = vec![
            ratio("variance ratio".to_owned(), self.variance_ratio),
            ratio(
                "variance ratio in the heart".to_owned(),
                self.variance_ratio_in_heart,
            ),
        ];
        for (name, &value) in channel_names.iter().zip(&self.variance_ratio_of_channels) {
            rows.push(ratio(format!("variance ratio, {name}"), value));
        }
        rows.push(vec![
            "effective rank of the latents (ECG, MRI)".to_owned(),
            figure(self.effective_rank_ecg_latents, 1),
            figure(self.effective_rank_mri_latents, 1),
        ]);
        rows.push(vec![
            format!(
                "median L1 to the nearest of {} pictures",
                self.nearest.subjects
            ),
            figure(self.nearest.median_l1_generated, 4),
            figure(self.nearest.median_l1_true, 4),
        ]);
        rows.push(vec![
            "near duplicates".to_owned(),
            self.nearest.near_duplicates_generated.to_string(),
            self.nearest.near_duplicates_true.to_string(),
        ]);
        table(&["figure", "from the ECG", "true"], &rows)
    }
}

/// The effective rank of latents (subject, `length`): the exponential of the entropy of their covariance's eigenvalues,
/// scaled to a sum of 1 (Roy and Vetterli, EUSIPCO 2007). 1 where they lie on a line, `length` where they spread evenly;
/// NaN where they do not differ.
pub fn effective_rank(latents: &[f32], length: usize) -> f64 {
    let subjects = latents.len() / length.max(1);
    let mut rows = Array2::from_shape_fn((subjects, length), |(subject, place)| {
        f64::from(latents[subject * length + place])
    });
    let mean = rows.sum_axis(Axis(0)) / subjects as f64;
    rows -= &mean;
    let values = Eigen::of(&(rows.t().dot(&rows) / subjects as f64)).values;
    let sum: f64 = values.iter().map(|value| value.max(0.0)).sum();
    // Less than rounding in single precision leaves of equal latents.
    if sum <= 1e-12 * mean.dot(&mean) || sum <= 0.0 {
        return f64::NAN;
    }
    let shares = values.iter().map(|value| value / sum);
    let entropy: f64 = shares
        .filter(|share| *share > 0.0)
        .map(|share| -share * share.ln())
        .sum();
    entropy.exp()
}

impl NearestPairs {
    fn among(generated: &[f32], truth: &[f32], values: usize) -> NearestPairs {
        let of_generated = nearest_distances(generated, values);
        let of_truth = nearest_distances(truth, values);
        let median_l1_true = median(&of_truth);
        let near = |distances: &[f64]| {
            let limit = NEAR_DUPLICATE * median_l1_true;
            distances
                .iter()
                .filter(|&&distance| distance < limit)
                .count()
        };
        NearestPairs {
            subjects: of_truth.len(),
            median_l1_generated: median(&of_generated),
            median_l1_true,
            near_duplicates_generated: near(&of_generated),
            near_duplicates_true: near(&of_truth),
        }
    }
}

/// From each of [`COMPARED`] pictures to the nearest other of them.
fn nearest_distances(pictures: &[f32], values: usize) -> Vec<f64> {
    let all: Vec<&[f32]> = pictures.chunks_exact(values).collect();
    let compared = all.len().min(COMPARED);
    let chosen: Vec<&[f32]> = (0..compared)
        .map(|place| all[place * all.len() / compared])
        .collect();
    (0..compared)
        .into_par_iter()
        .map(|own| {
            let others = chosen.iter().enumerate().filter(|(other, _)| *other != own);
            others
                .map(|(_, other)| mean_absolute_difference(chosen[own], other))
                .fold(f64::INFINITY, f64::min)
        })
        .collect()
}

/// In sums of sixteen lanes, which the compiler does at once: a quarter of a million pairs of pictures are compared.
fn mean_absolute_difference(one: &[f32], other: &[f32]) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0f32; LANES];
    let (ones, one_rest) = one.as_chunks::<LANES>();
    let (others, other_rest) = other.as_chunks::<LANES>();
    for (a, b) in ones.iter().zip(others) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b).abs();
        }
    }
    let rest = one_rest.iter().zip(other_rest).map(|(a, b)| (a - b).abs());
    let sum: f64 = sums.into_iter().chain(rest).map(f64::from).sum();
    sum / one.len() as f64
}

/// The places of the largest `share` of the values.
fn largest(values: &[f64], share: f64) -> Vec<usize> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    places.truncate(((values.len() as f64 * share).round() as usize).max(1));
    places
}

/// Mean over the pixels of each picture's squared deviation from the mean picture.
fn squared_deviations(pictures: &[f32], values: usize) -> Vec<f64> {
    let subjects = (pictures.len() / values) as f64;
    let mut mean = vec![0.0; values];
    for picture in pictures.chunks_exact(values) {
        for (sum, &value) in mean.iter_mut().zip(picture) {
            *sum += f64::from(value) / subjects;
        }
    }
    pictures
        .chunks_exact(values)
        .map(|picture| {
            let pairs = picture.iter().zip(&mean);
            pairs
                .map(|(&value, mean)| (f64::from(value) - mean).powi(2))
                .sum::<f64>()
                / values as f64
        })
        .collect()
}

/// The middle value, the upper one of an even number; NaN of nothing.
fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of two channels of two pixels for four subjects, and the same paler by half in the second channel.
    const TRUTH: [f32; 16] = [
        0.0, 0.2, 0.1, 0.5, //
        1.0, 0.2, 0.3, 0.5, //
        0.0, 0.2, 0.5, 0.5, //
        1.0, 0.2, 0.7, 0.5,
    ];

    fn given<'a>(pictures: &'a [f32], latents: &'a [f32]) -> Generated<'a> {
        Generated {
            pictures,
            truth: &TRUTH,
            values: 4,
            channels: 2,
            ecg_latents: latents,
            mri_latents: latents,
            latent: 2,
        }
    }

    const CORNERS: [f32; 8] = [1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0];

    #[test]
    fn by_hand() {
        let mut pictures = TRUTH;
        for subject in 0..4 {
            pictures[subject * 4 + 2] = 0.5 * TRUTH[subject * 4 + 2];
        }
        let found = Diversity::measure(&given(&pictures, &CORNERS));
        // Variances of the true pixels: 0.25, 0, 0.05, 0.
        assert_eq!(found.subjects, 4);
        assert!((found.variance_ratio - (0.25 + 0.0125) / 0.3).abs() < 1e-6);
        assert!((found.variance_ratio_of_channels[0] - 1.0).abs() < 1e-6);
        assert!((found.variance_ratio_of_channels[1] - 0.25).abs() < 1e-6);
        assert!((found.variance_ratio_in_heart - 1.0).abs() < 1e-6);
        assert!((found.effective_rank_ecg_latents - 2.0).abs() < 1e-9);
        assert!((f64::from(found.deviation_maps[1][0]) - 0.5).abs() < 1e-6);
        assert!((f64::from(found.deviation_maps[0][2]) - 0.05_f64.sqrt() / 2.0).abs() < 1e-6);
        let sums = found
            .squared_deviations
            .clone()
            .map(|of| of.iter().sum::<f64>());
        assert!((sums[0] / sums[1] - found.variance_ratio).abs() < 1e-6);
        // The nearest picture differs by 0.4 in one pixel of four, and by half of that.
        assert!((found.nearest.median_l1_true - 0.1).abs() < 1e-6);
        assert!((found.nearest.median_l1_generated - 0.05).abs() < 1e-6);
        assert_eq!(found.nearest.near_duplicates_generated, 0);
        assert!(!found.is_collapsed());
        let names = ["one".to_owned(), "two".to_owned()];
        assert_eq!(found.markdown(&names).lines().count(), 9);
    }

    #[test]
    fn one_picture_for_everybody_is_a_collapse() {
        let found = Diversity::measure(&given(&[0.3; 16], &[0.7; 8]));
        assert_eq!(found.variance_ratio, 0.0);
        assert!(found.is_collapsed());
        assert_eq!(found.nearest.near_duplicates_generated, 4);
        assert_eq!(found.nearest.near_duplicates_true, 0);
        assert!(found.effective_rank_ecg_latents.is_nan());
        let unknown = Diversity {
            variance_ratio: f64::NAN,
            ..found
        };
        assert!(unknown.is_collapsed());
    }

    #[test]
    fn effective_rank_is_the_exponential_of_an_entropy() {
        assert!((effective_rank(&CORNERS, 2) - 2.0).abs() < 1e-9);
        let line = [1.0, 2.0, 2.0, 4.0, 3.0, 6.0];
        assert!((effective_rank(&line, 2) - 1.0).abs() < 1e-6);
        // Variances 4 and 1: shares 0.8 and 0.2.
        let stretched = [2.0, 1.0, 2.0, -1.0, -2.0, 1.0, -2.0, -1.0];
        let entropy = -(0.8f64 * 0.8f64.ln() + 0.2 * 0.2f64.ln());
        assert!((effective_rank(&stretched, 2) - entropy.exp()).abs() < 1e-9);
    }

    #[test]
    fn distances_by_lanes_are_distances() {
        let one: Vec<f32> = (0..37).map(|i| (i as f32 * 0.7).sin()).collect();
        let other: Vec<f32> = (0..37).map(|i| (i as f32 * 0.3).cos()).collect();
        let plain: f64 = one
            .iter()
            .zip(&other)
            .map(|(a, b)| f64::from((a - b).abs()))
            .sum();
        assert!((mean_absolute_difference(&one, &other) - plain / 37.0).abs() < 1e-6);
    }
}
