//! What was found besides the picture: measurements, estimates, uncertainty.

use serde::{Deserialize, Serialize};

use crate::model::manifest::PictureDescription;
use crate::model::statistics::Estimate;
use crate::picture::PseudoMri;
use crate::pipeline::Generated;
use crate::signal::measurements::Measurements;

/// Where an estimate comes from, and what it is not.
const BASIS: &str =
    "estimated from the ECG alone by a neural network; not measured, not for diagnosis";

/// What was measured on the recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MeasurementsReport {
    /// All that `ecg2mri measure --json` gives under the same names.
    #[serde(flatten)]
    pub all: Measurements,
    /// The mains frequency in Hz that was filtered out, if hum was found.
    pub mains_hz: Option<f64>,
    /// Beats found.
    pub beats_found: usize,
    /// Beats that went into the median beat.
    pub beats_used: usize,
}

/// A figure of the heart that the model reads from the ECG.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EstimateReport {
    /// Which figure, e.g. `lvedv_ml`.
    pub name: String,
    /// The estimate.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end of its interval.
    pub high: f64,
    /// Unit of the three.
    pub unit: String,
    /// Share of subjects like those the model was checked on whose truth lies within the interval, 0 to 1.
    pub coverage: f64,
    /// Where it comes from, and what it is not.
    pub basis: String,
}

/// How uncertain one picture is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Uncertainty {
    /// What it depicts, e.g. `short axis, mid-ventricular, end-diastole`.
    pub picture: String,
    /// Standard deviation that the model predicts of a pixel's error, mean over the pixels, of grey values 0 to 1.
    pub mean_deviation: f64,
}

impl MeasurementsReport {
    /// What was measured on the way to a picture.
    pub(super) fn new(generated: &Generated) -> Self {
        Self {
            all: generated.measurements.clone(),
            mains_hz: generated.median_beat.mains_hz(),
            beats_found: generated.median_beat.beats_found(),
            beats_used: generated.median_beat.beats_used(),
        }
    }
}

/// Estimates with what they are.
pub(super) fn estimates(estimates: &[Estimate]) -> Vec<EstimateReport> {
    let estimates = estimates.iter().cloned();
    estimates
        .map(|estimate| EstimateReport {
            name: estimate.name,
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
            unit: estimate.unit,
            coverage: estimate.coverage,
            basis: BASIS.into(),
        })
        .collect()
}

/// How uncertain each view is in each phase.
pub(super) fn uncertainty(picture: &PseudoMri, depicted: &PictureDescription) -> Vec<Uncertainty> {
    let means = picture.mean_deviations().unwrap_or_default();
    let channels = means.into_iter().enumerate();
    channels
        .map(|(channel, mean_deviation)| Uncertainty {
            picture: depicted.channel_name(channel).unwrap_or_default(),
            mean_deviation,
        })
        .collect()
}
