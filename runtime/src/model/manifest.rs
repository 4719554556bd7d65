//! `manifest.toml`: everything the runtime needs to know about a model, and everything
//! a reader of its pictures may ask.
//!
//! The trainer's exporter writes it with [`Manifest::to_toml`], the runtime reads it
//! with [`Manifest::from_toml`]; unknown or missing fields are errors, so that a
//! manifest can never be half understood.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::ManifestError;
use super::manifest_check;
pub use super::network_file::{FileIdentity, NetworkFile, Port};
use super::seal;
pub use super::seal::sealed;

/// The manifest's name within a model folder.
pub const FILE_NAME: &str = "manifest.toml";

/// The only layout of the manifest that this version reads and writes.
pub const FORMAT_VERSION: u32 = 3;

/// The contents of `manifest.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Layout of this file; [`FORMAT_VERSION`].
    pub format_version: u32,
    /// Name of the model, shown on every picture: up to 32 of `A–Z a–z 0–9 . _ -`.
    pub name: String,
    /// Program and version that exported the model, e.g. `ecg2mri-train 0.1.0`.
    pub created_by: String,
    /// The network from ECG to latent.
    pub encoder: NetworkFile,
    /// The network from latent to picture.
    pub decoder: NetworkFile,
    /// How a recording becomes the encoder's input.
    pub preprocessing: Preprocessing,
    /// What the decoder's output depicts.
    pub picture: PictureDescription,
    /// Latents of the training split, against which a new one can be judged.
    pub latent: LatentStatistics,
    /// What the model learned from.
    pub training: Training,
    /// How closely tract reproduces the engine that trained the model.
    pub parity: Parity,
    /// The file that says how latents spread and what can be read from them, if the model has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<FileIdentity>,
    /// Figures of merit by name; each is explained in the model card, with its split.
    #[serde(default)]
    pub metrics: BTreeMap<String, f64>,
}

/// How a recording becomes the encoder's input; carried out by
/// [`super::network_input::from_ecg`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum Preprocessing {
    /// The median beat of the twelve standard leads, 600 samples each at 500 Hz, with
    /// the QRS onset at sample 190 (see [`crate::signal`]).
    #[serde(rename = "median-beat-12x600")]
    MedianBeat {
        /// Sampling rate of the encoder's input in Hz.
        sampling_rate_hz: f64,
        /// Millivolts that become 1 at the encoder's input.
        scale_mv: f32,
        /// The scaled input is limited to `-clip ..= clip` (in units of `scale_mv`).
        clip: f32,
    },
    /// The first 600 samples at 500 Hz of one lead, brought to 0..1 (see
    /// [`crate::signal::first_samples`]).
    #[serde(rename = "first-samples-1x600")]
    FirstSamples {
        /// Sampling rate of the encoder's input in Hz.
        sampling_rate_hz: f64,
        /// The lead.
        lead: String,
    },
    /// The first ten seconds of the twelve standard leads, 5000 samples each at 500 Hz, without
    /// trend and noise, each lead brought to −1..1 (see [`crate::signal::cardiac_nets`]).
    #[serde(rename = "cardiac-nets-12x5000")]
    CardiacNets {
        /// Sampling rate of the encoder's input in Hz.
        sampling_rate_hz: f64,
        /// Wavelet levels whose details are shrunk.
        wavelet_levels: usize,
        /// Samples of the window that is smoothed over.
        smoothing_window: usize,
        /// Order of the polynomials fitted to it.
        smoothing_order: usize,
    },
}

impl Preprocessing {
    /// Sampling rate of the encoder's input in Hz.
    pub fn sampling_rate_hz(&self) -> f64 {
        match self {
            Self::MedianBeat {
                sampling_rate_hz, ..
            }
            | Self::FirstSamples {
                sampling_rate_hz, ..
            }
            | Self::CardiacNets {
                sampling_rate_hz, ..
            } => *sampling_rate_hz,
        }
    }
}

/// What the channels of the decoder's output depict: every view in every phase, the phases of one
/// view together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureDescription {
    /// Imaging planes, e.g. `short axis, mid-ventricular` (printable ASCII).
    pub views: Vec<String>,
    /// Phases of the heart cycle, e.g. `end-diastole` (printable ASCII).
    pub phases: Vec<String>,
    /// Edge of one pixel in millimetres of the patient.
    pub pixel_mm: f64,
}

impl PictureDescription {
    /// Channels of the decoder's output: every view in every phase.
    pub fn channels(&self) -> usize {
        self.views.len() * self.phases.len()
    }

    /// What a channel depicts, e.g. `short axis, mid-ventricular, end-diastole`; `None` if there is no
    /// such channel.
    pub fn channel_name(&self, channel: usize) -> Option<String> {
        let phases = self.phases.len().max(1);
        let view = self.views.get(channel / phases)?;
        Some(format!("{view}, {}", self.phases.get(channel % phases)?))
    }
}

/// Euclidean norm of the latents of the training split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentStatistics {
    /// Mean of the norm.
    pub norm_mean: f64,
    /// Standard deviation of the norm; nearly 0 where latents are normalised.
    pub norm_sd: f64,
}

/// What the model learned from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    /// The cohort in words, e.g. `simulated heart, profile enriched, seed 7`.
    pub cohort: String,
    /// Number of subjects in the split trained on.
    pub subjects: u64,
    /// Seed of the run.
    pub seed: u64,
    /// Name of the recipe file.
    pub recipe: String,
    /// Split trained on, e.g. `train`.
    pub split: String,
    /// Git revision of the program that trained it, at the run's newest start; missing where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
}

/// Agreement of tract with ONNX Runtime, measured at export from ECG input to picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parity {
    /// Largest absolute difference of a value of picture or deviation (values run 0 to 1), with weights in
    /// full precision.
    pub max_abs_difference: f64,
    /// The same between weights in half and in full precision, both in tract; absent where weights are
    /// stored in full precision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub half_precision_difference: Option<f64>,
    /// Number of inputs compared.
    pub inputs: u64,
    /// Version of ONNX Runtime.
    pub ort_version: String,
    /// Version of tract.
    pub tract_version: String,
}

/// Checks a model's name as a manifest must have it, for programs that name models.
///
/// # Errors
/// [`ManifestError::Value`] where it is not 1 to 32 letters, digits, dots, dashes or underscores.
pub fn check_name(name: &str) -> Result<(), ManifestError> {
    manifest_check::check_name(name)
}

impl Manifest {
    /// Reads and checks the text of a manifest.
    ///
    /// # Errors
    /// [`ManifestError::Unsealed`] or [`ManifestError::Changed`] if it is not as it was exported,
    /// [`ManifestError::Syntax`] if it is not TOML of this layout,
    /// [`ManifestError::Value`] if a value cannot be right.
    pub fn from_toml(text: &str) -> Result<Self, ManifestError> {
        let syntax = |error: toml::de::Error| ManifestError::Syntax {
            reason: one_line(&error.to_string()),
        };
        let version = || toml::from_str(text).map(|Version { format_version }| format_version);
        if let Err(error) = seal::check(text) {
            // Layouts before the third had no such line; that its version is another says more.
            if let (ManifestError::Unsealed, Ok(other)) = (&error, version()) {
                manifest_check::check_version(other)?;
            }
            return Err(error);
        }
        // Another layout has other fields; that its version is another says more than that one is missing.
        manifest_check::check_version(version().map_err(syntax)?)?;
        let manifest: Self = toml::from_str(text).map_err(syntax)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The text of a manifest, checked as a reader will check it, with its digest in the last line.
    ///
    /// # Errors
    /// [`ManifestError::Value`] if a value cannot be right.
    pub fn to_toml(&self) -> Result<String, ManifestError> {
        self.check()?;
        let text = toml::to_string(self).map_err(|error| ManifestError::Syntax {
            reason: one_line(&error.to_string()),
        })?;
        Ok(sealed(&text))
    }

    /// Checks every value against the others and against what this version can run.
    ///
    /// # Errors
    /// [`ManifestError::Value`] naming the first field that is wrong.
    pub fn check(&self) -> Result<(), ManifestError> {
        manifest_check::check(self)
    }
}

/// What every layout of a manifest has.
#[derive(Deserialize)]
struct Version {
    format_version: u32,
}

/// The TOML parser draws a picture of the error over several lines; a message here is
/// one sentence.
fn one_line(message: &str) -> String {
    message
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('|') && !line.contains(" | "))
        .collect::<Vec<_>>()
        .join(": ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A manifest that passes every check, for tests to spoil.
    pub(crate) fn sound() -> Manifest {
        let network = |file: &str, input: (&str, &[usize]), output: (&str, &[usize])| NetworkFile {
            file: file.into(),
            sha256: "0123456789abcdef".repeat(4),
            bytes: 1000,
            inputs: vec![Port::new(input.0, input.1)],
            outputs: vec![Port::new(output.0, output.1)],
        };
        Manifest {
            format_version: FORMAT_VERSION,
            name: "cart-thin".into(),
            created_by: "ecg2mri-train 0.1.0".into(),
            encoder: network(
                "encoder.onnx",
                ("ecg", &[1, 12, 600]),
                ("latent", &[1, 256]),
            ),
            decoder: network(
                "decoder.onnx",
                ("latent", &[1, 256]),
                ("picture", &[1, 1, 128, 128]),
            ),
            preprocessing: Preprocessing::MedianBeat {
                sampling_rate_hz: 500.0,
                scale_mv: 0.5,
                clip: 10.0,
            },
            picture: PictureDescription {
                views: vec!["short axis, mid-ventricular".into()],
                phases: vec!["end-diastole".into()],
                pixel_mm: 1.45,
            },
            latent: LatentStatistics {
                norm_mean: 1.0,
                norm_sd: 0.0,
            },
            training: Training {
                cohort: "simulated heart".into(),
                subjects: 4000,
                seed: 7,
                recipe: "cart-thin.toml".into(),
                split: "train".into(),
                revision: Some("0123456789abcdef".into()),
            },
            parity: Parity {
                max_abs_difference: 1e-6,
                half_precision_difference: None,
                inputs: 16,
                ort_version: "1.31.1".into(),
                tract_version: "0.23.9".into(),
            },
            statistics: None,
            metrics: BTreeMap::from([("test_image_mse".into(), 0.01)]),
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        let manifest = sound();
        let text = manifest.to_toml().expect("sound");
        assert_eq!(Manifest::from_toml(&text).expect("reads back"), manifest);
    }

    #[test]
    fn a_manifest_of_another_version_says_what_to_do_whatever_its_fields() {
        let old = "format_version = 1\nname = \"old\"\n[encoder]\ninput_shape = [1, 12, 600]\n";
        let message = Manifest::from_toml(old).expect_err("old").to_string();
        assert!(
            message.contains("format_version is 1") && message.contains("export the model again"),
            "{message}"
        );
    }

    #[test]
    fn channels_are_views_in_phases() {
        let two = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
        let picture = PictureDescription {
            views: two("short axis", "four-chamber"),
            phases: two("end-diastole", "end-systole"),
            pixel_mm: 1.4,
        };
        assert_eq!(picture.channels(), 4);
        let named = |channel: usize| picture.channel_name(channel);
        assert_eq!(named(1).as_deref(), Some("short axis, end-systole"));
        assert_eq!(named(2).as_deref(), Some("four-chamber, end-diastole"));
        assert_eq!(named(4), None);
    }

    #[test]
    fn an_unknown_missing_or_mistyped_field_is_named_in_one_line() {
        // Each is sealed anew, so that it is read.
        let text = sound().to_toml().expect("sound");
        let cases = [
            (
                text.replace("scale_mv = 0.5", "scale_mv = 0.5\nsurprise = 1"),
                "surprise",
            ),
            (text.replace("scale_mv = 0.5", ""), "scale_mv"),
            (
                text.replace("median-beat-12x600", "whole-recording"),
                "median-beat-12x600",
            ),
            (text.replace("bytes = 1000", "bytes = -1"), "invalid value"),
            ("this is = not = toml".into(), "line 1"),
        ];
        for (spoiled, expected) in cases {
            let message = Manifest::from_toml(&sealed(&spoiled))
                .expect_err("spoiled")
                .to_string();
            assert!(message.contains(expected), "{message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }
}
