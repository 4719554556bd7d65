//! `ecg2mri model`: what a model is, and whether its files are sound.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use ecg2mri::Model;
use ecg2mri::model::manifest::{Port, Preprocessing};
use ecg2mri::model::network_file::ECG;
use ecg2mri::model::signature::{self, SignatureState};
use ecg2mri::model::verify::{self, VerifiedManifest};
use ecg2mri::model::{Manifest, Statistics, Trust, locate};
use ecg2mri::standard_output;

use super::failure::Failure;
use super::trust::TrustArguments;

const EXAMPLES: &str = "Examples:
  ecg2mri model info
  ecg2mri model info models --json
  ecg2mri model verify /media/usb/models
  ecg2mri model verify /media/usb/models --public-key minisign.pub";

/// Show or verify a model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show what manifest and statistics say; the network files are not opened
    Info {
        /// Folder of the model [default: as for generate]
        folder: Option<PathBuf>,
        /// Print the manifest as JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        trust: TrustArguments,
    },
    /// Check every file against its SHA-256 and run the networks once
    Verify {
        /// Folder of the model [default: as for generate]
        folder: Option<PathBuf>,
        #[command(flatten)]
        trust: TrustArguments,
    },
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Info {
            folder,
            json,
            trust,
        } => info(&chosen(folder.as_deref())?, *json, &trust.trust()?),
        Action::Verify { folder, trust } => verify(&chosen(folder.as_deref())?, &trust.trust()?),
    }
}

fn chosen(folder: Option<&Path>) -> Result<PathBuf, Failure> {
    match folder {
        Some(folder) => Ok(folder.into()),
        None => Ok(locate::default_folder()?),
    }
}

fn info(folder: &Path, json: bool, trust: &Trust) -> Result<(), Failure> {
    let VerifiedManifest {
        manifest,
        sha256,
        signature,
    } = verify::read_manifest(folder, trust)?;
    if json {
        let text = serde_json::to_string_pretty(&manifest).map_err(Failure::failed)?;
        return standard_output::print(&format!("{text}\n")).map_err(Failure::failed);
    }
    let statistics = Statistics::read(folder, &manifest)?;
    let text = description(
        folder,
        &manifest,
        statistics.as_ref(),
        (&sha256, &signature),
    );
    standard_output::print(&text).map_err(Failure::failed)
}

fn input_description(preprocessing: &Preprocessing) -> String {
    let rate = preprocessing.sampling_rate_hz();
    match preprocessing {
        Preprocessing::MedianBeat { scale_mv, clip, .. } => {
            format!("median beat of 12 leads at {rate} Hz, {scale_mv} mV to 1, limited to ±{clip}")
        }
        Preprocessing::FirstSamples { lead, .. } => {
            format!("first 600 samples of lead {lead} at {rate} Hz, brought to 0..1")
        }
        Preprocessing::CardiacNets {
            wavelet_levels,
            smoothing_window,
            smoothing_order,
            ..
        } => format!(
            "10 s of 12 leads at {rate} Hz without trend, {wavelet_levels} wavelet levels denoised, \
            smoothed over {smoothing_window} samples by order {smoothing_order}, brought to -1..1"
        ),
    }
}

/// The manifest in lines of a name and what it is.
fn description(
    folder: &Path,
    manifest: &Manifest,
    statistics: Option<&Statistics>,
    (sha256, signature): (&str, &SignatureState),
) -> String {
    let Manifest {
        picture,
        preprocessing,
        training,
        parity,
        latent,
        ..
    } = manifest;
    let mut lines = vec![
        ("folder", folder.display().to_string()),
        ("name", manifest.name.clone()),
        ("sha256", sha256.to_owned()),
        ("signature", signature_description(signature)),
        ("created by", manifest.created_by.clone()),
    ];
    for (name, network) in [
        ("encoder", &manifest.encoder),
        ("decoder", &manifest.decoder),
    ] {
        let listed = |ports: &[Port]| {
            let words: Vec<String> = ports.iter().map(Port::to_string).collect();
            words.join(" and ")
        };
        lines.push((
            name,
            format!(
                "{} ({} bytes), {} to {}",
                network.file,
                network.bytes,
                listed(&network.inputs),
                listed(&network.outputs)
            ),
        ));
    }
    lines.extend([
        ("input", input_description(preprocessing)),
        ("views", picture.views.join("; ")),
        ("phases", picture.phases.join("; ")),
        ("pixel", format!("{} mm", picture.pixel_mm)),
        (
            "latent norm",
            format!("{} ± {}", latent.norm_mean, latent.norm_sd),
        ),
        (
            "trained on",
            format!(
                "{}; split {}, {} subjects, recipe {}, seed {}",
                training.cohort, training.split, training.subjects, training.recipe, training.seed
            ),
        ),
        (
            "parity",
            format!(
                "tract {} and ONNX Runtime {} differ by at most {:e} over {} inputs",
                parity.tract_version, parity.ort_version, parity.max_abs_difference, parity.inputs
            ),
        ),
    ]);
    if let Some(difference) = parity.half_precision_difference {
        let text = format!("in half precision, which changes values by at most {difference:e}");
        lines.push(("weights", text));
    }
    lines.extend(statistics.map_or(Vec::new(), statistics_lines));
    let mut text = String::new();
    for (name, value) in lines {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<12} {value}");
    }
    for (name, value) in &manifest.metrics {
        let _ = writeln!(text, "{:<12} {name} = {value}", "metric");
    }
    text
}

fn signature_description(signature: &SignatureState) -> String {
    match signature {
        SignatureState::Absent => "none".into(),
        SignatureState::Right { trusted_comment } => {
            format!("right, with the trusted comment: {trusted_comment}")
        }
        _ => format!(
            "{} is there and was not checked: give --public-key",
            signature::file_name()
        ),
    }
}

fn statistics_lines(statistics: &Statistics) -> Vec<(&'static str, String)> {
    let (latents, gate) = (&statistics.latents, &statistics.gate);
    let mut lines = vec![
        (
            "latents",
            format!(
                "of {} subjects, {} principal components of {}",
                latents.subjects,
                latents.components.len(),
                latents.mean.len()
            ),
        ),
        (
            "gate",
            format!(
                "marked above a distance of {:.1} ({:.2} % of {} held-out subjects), refused above {:.1} ({:.2} %)",
                gate.marked_above,
                100.0 * gate.marked_share,
                gate.held_out_subjects,
                gate.refused_above,
                100.0 * gate.refused_share
            ),
        ),
    ];
    lines.extend(statistics.readouts.iter().map(|readout| {
        let text = format!(
            "{} ± {:.1} {} in {:.0} % of subjects, R² {:.2}",
            readout.name,
            readout.interval.half_width,
            readout.unit,
            100.0 * readout.interval.coverage,
            readout.r_squared
        );
        ("estimate", text)
    }));
    lines
}

fn verify(folder: &Path, trust: &Trust) -> Result<(), Failure> {
    let model = Model::load_trusting(folder, trust)?;
    let manifest = model.manifest();
    let ecg = manifest.encoder.input(ECG).map_or(0, Port::length);
    model.decode(&model.encode(&vec![0.0; ecg], 60.0)?)?;
    let networks = [&manifest.encoder, &manifest.decoder].map(|network| network.file.as_str());
    let statistics = manifest.statistics.iter().map(|own| own.file.as_str());
    let files: Vec<&str> = networks.into_iter().chain(statistics).collect();
    standard_output::print(&format!(
        "{}: model {} is sound: {} have their sizes and digests, and the networks run\nsha256 {}\nsignature {}\n",
        folder.display(),
        manifest.name,
        files.join(", "),
        model.sha256(),
        signature_description(model.signature()),
    ))
    .map_err(Failure::failed)
}
