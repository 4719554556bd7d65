//! The few numbers that tell a model from another; `export` takes them over into the manifest.

use super::{AnatomyStudy, OutlierStudy};
use crate::evaluate::calibration::CalibrationFigures;
use crate::evaluate::ceiling::Ceiling;
use crate::evaluate::diversity::Diversity;
use crate::evaluate::image::ImageComparison;
use crate::evaluate::phenotype::Phenotypes;
use crate::evaluate::report::Metrics;
use crate::evaluate::retrieval::Retrieval;
use crate::segmentation::calibration::Quantity;
use serde::Serialize;
use std::collections::BTreeMap;

/// What has been measured.
pub(super) struct Parts<'a> {
    pub(super) metrics: &'a Metrics,
    pub(super) image: &'a ImageComparison,
    pub(super) diversity: &'a Diversity,
    pub(super) retrieval: &'a Retrieval,
    pub(super) phenotypes: Option<&'a Phenotypes>,
    pub(super) ceiling: Option<&'a Ceiling>,
    pub(super) anatomy: Option<&'a AnatomyStudy>,
    pub(super) uncertainty: Option<&'a CalibrationFigures>,
    pub(super) outliers: Option<&'a OutlierStudy>,
}

/// The summary; what was not measured is missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Subjects of the split.
    pub subjects: usize,
    /// Mean absolute error of the pictures from ECGs.
    pub image_l1: f64,
    /// The same over that of the training split's mean picture.
    pub image_l1_over_mean_image: f64,
    /// The same over that of the training split's median picture.
    pub image_l1_over_median_image: f64,
    /// Mean peak signal-to-noise ratio, dB.
    pub image_psnr_db: f64,
    /// Mean structural similarity.
    pub image_ssim: f64,
    /// Variance of the generated pictures over that of the true ones.
    pub diversity_ratio: f64,
    /// Effective rank of the ECGs' latents.
    pub effective_rank: f64,
    /// Share of ECGs whose MRI is among the ten closest of a thousand (of all, where the split has fewer).
    pub recall_at_10: f64,
    /// The same over what chance gives.
    pub recall_at_10_over_chance: f64,
    /// R² (quantities) and AUROC (classes) from the latent by target.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub latent: BTreeMap<String, f64>,
    /// The same of the best plain learner.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ceiling: BTreeMap<String, f64>,
    /// R² of quantities read off the generated pictures as off true ones.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub picture: BTreeMap<String, f64>,
    /// R² of quantities read off by what generated pictures of the training split taught.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub picture_calibrated: BTreeMap<String, f64>,
    /// That over the ceiling.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub picture_over_ceiling: BTreeMap<String, f64>,
    /// Expected calibration error of the predicted deviations, recalibrated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_calibration_error: Option<f64>,
    /// Area under the ROC of the latent's distance for each kind of foreign ECG.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_auroc: BTreeMap<String, f64>,
}

impl Summary {
    pub(super) fn of(parts: &Parts<'_>) -> Summary {
        let retrieval = parts.retrieval;
        let way = &retrieval
            .in_gallery
            .as_ref()
            .unwrap_or(&retrieval.among_all)
            .ecg_to_mri;
        let ceiling: BTreeMap<String, f64> = parts
            .ceiling
            .iter()
            .flat_map(|found| &found.targets)
            .map(|target| (target.target.clone(), target.best.value))
            .collect();
        let read = |calibrated: bool| -> BTreeMap<String, f64> {
            let studies = parts.anatomy.iter();
            studies
                .flat_map(|study| match calibrated {
                    true => &study.read_as_generated_pictures.quantities,
                    false => &study.read_as_true_pictures.quantities,
                })
                .filter_map(|figures| {
                    let agreement = figures.generated_against_truth.as_ref()?;
                    let name = column(figures.quantity);
                    Some((name, agreement.r_squared.value))
                })
                .collect()
        };
        let picture_calibrated = read(true);
        let picture_over_ceiling = picture_calibrated
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), value / ceiling.get(name)?)))
            .collect();
        let image = parts.image;
        Summary {
            subjects: parts.metrics.subjects,
            image_l1: image.generated.l1,
            image_l1_over_mean_image: image.l1_over_mean_image(),
            image_l1_over_median_image: image.generated.l1 / image.median_image.l1,
            image_psnr_db: image.generated.psnr_db,
            image_ssim: parts.metrics.image_ssim,
            diversity_ratio: parts.diversity.variance_ratio,
            effective_rank: parts.diversity.effective_rank_ecg_latents,
            recall_at_10: way.recall_at_10.value,
            recall_at_10_over_chance: way.times_chance_at_10(),
            latent: parts
                .phenotypes
                .iter()
                .flat_map(|found| &found.targets)
                .map(|target| (target.target.clone(), target.from_latents.value))
                .collect(),
            ceiling,
            picture: read(false),
            picture_calibrated,
            picture_over_ceiling,
            expected_calibration_error: parts
                .uncertainty
                .map(|figures| figures.expected_calibration_error),
            foreign_auroc: parts
                .outliers
                .iter()
                .flat_map(|study| &study.figures.kinds)
                .filter_map(|kind| Some((kind.name.clone(), kind.auroc.as_ref()?.value)))
                .collect(),
        }
    }
}

fn column(quantity: Quantity) -> String {
    quantity.column().to_owned()
}
