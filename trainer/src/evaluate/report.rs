//! All figures of a run on one split.

use super::constant_guess::ConstantGuesses;
use super::measures::{
    diversity_ratio, norm_statistics, picture_error, recall_at, repeated, retrieval_ranks,
    squared_error,
};
use super::networks::ServedNetworks;
use super::sheet;
use super::similarity::PictureSimilarity;
use crate::cohort::picture::SIDE;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use crate::recipe::batches::Batches;
use crate::recipe::{RecipeError, RunFolder};
use ecg2mri::atomic_file::AtomicFile;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::Path;

/// The file of the figures.
pub const METRICS_FILE: &str = "metrics.json";
/// The file of the pictures.
pub const SHEET_FILE: &str = "sheet.png";

/// The figures of one run on one split. Errors are of pictures in 0..1. A figure that is no finite number is null in
/// JSON and reads back as NaN.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// The cohort.
    pub cohort: String,
    /// What tells the data set's split from others of the cohort.
    pub split_fingerprint: String,
    /// SHA-256 of the checkpoint that was measured.
    pub checkpoint_sha256: String,
    /// The split.
    pub split: String,
    /// Its subjects.
    pub subjects: usize,
    /// Mean absolute error, ECG → picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_l1: f64,
    /// Mean absolute error of the training split's mean picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_l1_mean_image: f64,
    /// Mean absolute error of the training split's median picture: the best constant guess there is.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_l1_median_image: f64,
    /// Mean absolute error, picture → picture: what the decoder can show at its best.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_l1_autoencoder: f64,
    /// Mean squared error, ECG → picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_mse: f64,
    /// Mean squared error of the training split's mean picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_mse_mean_image: f64,
    /// Mean squared error, picture → picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_mse_autoencoder: f64,
    /// Mean structural similarity, ECG → picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_ssim: f64,
    /// Mean structural similarity of the training split's mean picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_ssim_mean_image: f64,
    /// Mean structural similarity of the training split's median picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_ssim_median_image: f64,
    /// Mean structural similarity, picture → picture.
    #[serde(deserialize_with = "number_or_nan")]
    pub image_ssim_autoencoder: f64,
    /// Mean pixel variance of the pictures from ECGs over that of the true ones; NaN where the split has one subject.
    #[serde(deserialize_with = "number_or_nan")]
    pub diversity_ratio: f64,
    /// The same for pictures from pictures.
    #[serde(deserialize_with = "number_or_nan")]
    pub diversity_ratio_autoencoder: f64,
    /// Share of ECGs whose own MRI is the closest of the split.
    #[serde(deserialize_with = "number_or_nan")]
    pub retrieval_at_1: f64,
    /// Share of ECGs whose own MRI is among the five closest.
    #[serde(deserialize_with = "number_or_nan")]
    pub retrieval_at_5: f64,
    /// Share of ECGs whose own MRI is among the ten closest.
    #[serde(deserialize_with = "number_or_nan")]
    pub retrieval_at_10: f64,
    /// Mean norm of the ECGs' latents over that of the MRIs'.
    #[serde(deserialize_with = "number_or_nan")]
    pub latent_norm_ratio: f64,
    /// Mean norm of the ECGs' latents.
    #[serde(deserialize_with = "number_or_nan")]
    pub ecg_latent_norm_mean: f64,
    /// Standard deviation of the same.
    #[serde(deserialize_with = "number_or_nan")]
    pub ecg_latent_norm_sd: f64,
    /// Mean norm of the MRIs' latents.
    #[serde(deserialize_with = "number_or_nan")]
    pub mri_latent_norm_mean: f64,
    /// Standard deviation of the same.
    #[serde(deserialize_with = "number_or_nan")]
    pub mri_latent_norm_sd: f64,
}

/// A figure, or NaN where JSON has null: what serde_json writes for a figure that is no finite number.
fn number_or_nan<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// Measures a run on one split of the data set it was trained on; writes `metrics.json` and `sheet.png` into `output`
/// where it is given.
///
/// # Errors
/// [`RecipeError::Data`] where the split or the training split is empty, [`RecipeError::Run`] where the data set is of
/// the run's cohort and keeps other subjects back, and whatever files and graphs refuse.
pub fn evaluate(
    engine: &Engine,
    run: &RunFolder,
    dataset: &Dataset,
    split: Split,
    device: Device,
    threads: usize,
    output: Option<&Path>,
) -> Result<Metrics, RecipeError> {
    let recipe = run.recipe()?;
    run.check_split(dataset)?;
    let mut table = run.trained_parameters(&recipe)?;
    let members = dataset.members(split);
    let training = dataset.members(Split::Train);
    if members.is_empty() || training.is_empty() {
        return Err(RecipeError::Data(format!(
            "the data set has {} subjects in its {split} split and {} in its train split; both are needed",
            members.len(),
            training.len()
        )));
    }
    let batches = Batches::new(dataset, &recipe);
    let batch = batches.unchanged(&members)?;
    let mut networks = ServedNetworks::open(engine, &recipe, &mut table, device, threads)?;
    let ecg_latents = networks.ecg_latents(&batch.ecg, &batch.heart_rate)?;
    let mri_latents = networks.mri_latents(&batch.picture)?;
    let generated = networks.pictures(&ecg_latents)?;
    let rebuilt = networks.pictures(&mri_latents)?;

    let truth = &batch.picture;
    let pixels = truth.len() / members.len();
    let guesses = ConstantGuesses::of(dataset, &recipe.picture, &training)?;
    let mean_guess = repeated(&guesses.mean, members.len());
    let median_guess = repeated(&guesses.median, members.len());
    let similarity = PictureSimilarity::new(engine, device, threads);
    let ranks = retrieval_ranks(&ecg_latents, &mri_latents, networks.latent_length());
    let (ecg_norm, ecg_norm_sd) = norm_statistics(&ecg_latents, networks.latent_length());
    let (mri_norm, mri_norm_sd) = norm_statistics(&mri_latents, networks.latent_length());
    let metrics = Metrics {
        cohort: dataset.header.cohort.clone(),
        split_fingerprint: dataset.split_fingerprint(),
        checkpoint_sha256: run.trained_sha256()?,
        split: split.to_string(),
        subjects: members.len(),
        image_l1: picture_error(&generated, truth),
        image_l1_mean_image: picture_error(&mean_guess, truth),
        image_l1_median_image: picture_error(&median_guess, truth),
        image_l1_autoencoder: picture_error(&rebuilt, truth),
        image_mse: squared_error(&generated, truth),
        image_mse_mean_image: squared_error(&mean_guess, truth),
        image_mse_autoencoder: squared_error(&rebuilt, truth),
        image_ssim: similarity.mean(&generated, truth)?,
        image_ssim_mean_image: similarity.mean(&mean_guess, truth)?,
        image_ssim_median_image: similarity.mean(&median_guess, truth)?,
        image_ssim_autoencoder: similarity.mean(&rebuilt, truth)?,
        diversity_ratio: diversity_ratio(&generated, truth, pixels),
        diversity_ratio_autoencoder: diversity_ratio(&rebuilt, truth, pixels),
        retrieval_at_1: recall_at(&ranks, 1),
        retrieval_at_5: recall_at(&ranks, 5),
        retrieval_at_10: recall_at(&ranks, 10),
        latent_norm_ratio: ecg_norm / mri_norm,
        ecg_latent_norm_mean: ecg_norm,
        ecg_latent_norm_sd: ecg_norm_sd,
        mri_latent_norm_mean: mri_norm,
        mri_latent_norm_sd: mri_norm_sd,
    };
    if let Some(folder) = output {
        std::fs::create_dir_all(folder).map_err(|error| RecipeError::Run {
            path: folder.to_owned(),
            problem: error.to_string(),
        })?;
        let json = serde_json::to_string_pretty(&metrics).unwrap_or_default() + "\n";
        AtomicFile::write(&folder.join(METRICS_FILE), json.as_bytes())?;
        let shown = members.len().min(8) * pixels;
        let columns = shown / (SIDE * SIDE);
        let rows = [truth, &rebuilt, &generated].map(|set| &set[..shown]);
        AtomicFile::write(&folder.join(SHEET_FILE), &sheet::png(&rows, columns)?)?;
    }
    Ok(metrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_that_are_no_numbers_read_back_as_nan() {
        let written = Metrics {
            image_l1: 0.1 + 0.2,
            diversity_ratio: f64::NAN,
            latent_norm_ratio: f64::INFINITY,
            ..Metrics::default()
        };
        let text = serde_json::to_string_pretty(&written).unwrap();
        assert!(text.contains("\"diversity_ratio\": null"), "{text}");
        let back: Metrics = serde_json::from_str(&text).unwrap();
        assert!(back.diversity_ratio.is_nan() && back.latent_norm_ratio.is_nan());
        let finite = |metrics: Metrics| Metrics {
            diversity_ratio: 0.0,
            latent_norm_ratio: 0.0,
            ..metrics
        };
        assert_eq!(finite(back), finite(written));
        // A figure that is missing altogether is of another version.
        let without = text.replacen("\"image_l1\"", "\"image_l2\"", 1);
        let error = serde_json::from_str::<Metrics>(&without).unwrap_err();
        assert!(
            error.to_string().contains("missing field `image_l1`"),
            "{error}"
        );
    }
}
