//! A run's networks as the runtime takes them: two ONNX files, a manifest, a model card.
//!
//! Before anything appears under its name, the files are loaded by the runtime itself and compared with ONNX Runtime;
//! networks on which the two disagree are refused.

use crate::architecture::Network;
use crate::cohort::Split;
use crate::engine::{Device, Engine, EngineError, Inference};
use crate::graph::GraphError;
use crate::recipe::config::Architecture;
use crate::recipe::{Recipe, RecipeError, RunFolder};
use ecg2mri::model::manifest::{self, Manifest, NetworkFile, Parity, PictureDescription, Training};
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::model::{ManifestError, Model, ModelError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest difference of a picture's value between tract and ONNX Runtime that an export may show.
pub const PARITY_TOLERANCE: f64 = 1e-4;
/// How many inputs are compared.
const PARITY_INPUTS: usize = 16;
/// The version of tract that the runtime is built with.
const TRACT_VERSION: &str = "0.23.9";

/// What can go wrong at an export.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// tract and ONNX Runtime disagree.
    #[error(
        "tract and ONNX Runtime differ by {difference:.2e} on input {input} of {PARITY_INPUTS}, more than \
         {PARITY_TOLERANCE:.0e}; the model is not exported"
    )]
    Parity {
        /// The largest difference of a picture's value.
        difference: f64,
        /// The input's number, from 1.
        input: usize,
    },
    /// A file or folder cannot be used.
    #[error("{}: {problem}", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// The manifest would not be read back.
    #[error("the model's manifest: {0}")]
    Manifest(#[from] ManifestError),
    /// The runtime refuses the model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RecipeError),
    /// A graph cannot be built.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A graph cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Exports a run into `folder`, which becomes a model's folder as a whole or not at all; a model that was there is
/// replaced. Figures of `evaluate` on the test split are taken over where there are any.
///
/// # Errors
/// [`ExportError::Parity`] where tract and ONNX Runtime disagree, [`ExportError::Folder`] where `folder` exists and is
/// no model, and whatever files and graphs refuse.
pub fn export(engine: &Engine, run: &RunFolder, folder: &Path) -> Result<Manifest, ExportError> {
    let recipe = run.recipe()?;
    let environment = run.environment()?;
    let mut table = run.trained_parameters(&recipe)?;
    let architecture = &recipe.architecture;
    let encoder = Network::EcgEncoder.encode(architecture, &mut table, 1)?;
    let decoder = Network::MriDecoder.encode(architecture, &mut table, 1)?;
    let mut manifest = Manifest {
        format_version: manifest::FORMAT_VERSION,
        name: recipe.name.clone(),
        created_by: crate::created_by(),
        encoder: description(Network::EcgEncoder, architecture, "encoder.onnx", &encoder),
        decoder: description(Network::MriDecoder, architecture, "decoder.onnx", &decoder),
        preprocessing: recipe.input.preprocessing(),
        picture: PictureDescription {
            view: "short axis, mid-ventricular".to_owned(),
            phase: "end-diastole".to_owned(),
            pixel_mm: environment.pixel_mm,
            frames: 1,
        },
        latent: run.latents()?,
        training: Training {
            cohort: environment.cohort.clone(),
            subjects: environment.training_subjects as u64,
            seed: recipe.seed,
            recipe: format!("{}.toml", recipe.name),
            split: Split::Train.to_string(),
        },
        parity: Parity {
            max_abs_difference: 0.0,
            inputs: PARITY_INPUTS as u64,
            ort_version: engine.version().to_owned(),
            tract_version: TRACT_VERSION.to_owned(),
        },
        metrics: test_figures(run)?,
    };

    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let in_folder = |path: &Path| {
        let path = path.to_owned();
        move |error: std::io::Error| ExportError::Folder {
            path,
            problem: error.to_string(),
        }
    };
    std::fs::create_dir_all(parent).map_err(in_folder(parent))?;
    let staging = tempfile::Builder::new()
        .prefix(".model-")
        .tempdir_in(parent)
        .map_err(in_folder(parent))?;
    let write = |name: &str, contents: &[u8]| -> Result<(), ExportError> {
        let path = staging.path().join(name);
        ecg2mri::atomic_file::AtomicFile::write(&path, contents).map_err(|error| {
            ExportError::Folder {
                path,
                problem: error.to_string(),
            }
        })
    };
    write(&manifest.encoder.file, &encoder)?;
    write(&manifest.decoder.file, &decoder)?;
    write(manifest::FILE_NAME, manifest.to_toml()?.as_bytes())?;

    manifest.parity.max_abs_difference =
        largest_difference(engine, staging.path(), architecture, &encoder, &decoder)?;
    write(manifest::FILE_NAME, manifest.to_toml()?.as_bytes())?;
    write(
        "MODEL_CARD.md",
        model_card(&recipe, &manifest, &table_counts(&table)).as_bytes(),
    )?;
    replace_folder(staging, folder)?;
    Ok(manifest)
}

fn description(
    network: Network,
    architecture: &Architecture,
    file: &str,
    contents: &[u8],
) -> NetworkFile {
    let (input, input_shape) = network.input(architecture, 1);
    let output_shape = match network {
        Network::EcgEncoder | Network::MriEncoder => vec![1, architecture.latent],
        Network::EcgDecoder => vec![1, 12 * 600 / architecture.ecg.average],
        Network::MriDecoder => vec![1, 1, 128, 128],
    };
    NetworkFile {
        file: file.to_owned(),
        sha256: sha256_hex(contents),
        bytes: contents.len() as u64,
        input: input.to_owned(),
        input_shape,
        output: network.output().to_owned(),
        output_shape,
    }
}

/// Runs 16 random ECGs through both programs, end to end, and gives the largest difference of a picture's value.
fn largest_difference(
    engine: &Engine,
    folder: &Path,
    architecture: &Architecture,
    encoder: &[u8],
    decoder: &[u8],
) -> Result<f64, ExportError> {
    let served = Model::load(folder)?;
    let mut encoder = Inference::open(engine, encoder, Device::Cpu, 1)?;
    let mut decoder = Inference::open(engine, decoder, Device::Cpu, 1)?;
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut largest = 0.0f64;
    for input in 1..=PARITY_INPUTS {
        let ecg: Vec<f32> = (0..12 * 600)
            .map(|_| StandardNormal.sample(&mut random))
            .collect();
        let latent = run_one(&mut encoder, Network::EcgEncoder, architecture, &ecg)?;
        let expected = run_one(&mut decoder, Network::MriDecoder, architecture, &latent)?;
        let picture = served.decode(&served.encode(&ecg)?)?;
        let difference = picture
            .values()
            .iter()
            .zip(&expected)
            .map(|(a, b)| f64::from((a - b).abs()))
            .fold(0.0, f64::max);
        if difference > PARITY_TOLERANCE || picture.values().len() != expected.len() {
            return Err(ExportError::Parity { difference, input });
        }
        largest = largest.max(difference);
    }
    Ok(largest)
}

fn run_one(
    session: &mut Inference,
    network: Network,
    architecture: &Architecture,
    values: &[f32],
) -> Result<Vec<f32>, ExportError> {
    let (name, shape) = network.input(architecture, 1);
    let mut outputs = session.run(&[(name, &shape, values)])?;
    Ok(outputs.remove(network.output()).unwrap_or_default())
}

/// The figures that `evaluate` wrote for the test split; none where it was not run.
fn test_figures(run: &RunFolder) -> Result<BTreeMap<String, f64>, ExportError> {
    let path = run.evaluation(Split::Test).join("metrics.json");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let unreadable = |problem: String| ExportError::Folder {
        path: path.clone(),
        problem,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
    let figures: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    Ok(figures
        .into_iter()
        .filter_map(|(name, value)| Some((format!("test_{name}"), value.as_f64()?)))
        .collect())
}

fn table_counts(table: &crate::architecture::ParameterTable) -> [usize; 2] {
    [Network::EcgEncoder, Network::MriDecoder].map(|network| table.trained_count(network.prefix()))
}

fn model_card(recipe: &Recipe, manifest: &Manifest, counts: &[usize; 2]) -> String {
    let mut figures = String::new();
    for (name, value) in &manifest.metrics {
        figures += &format!("| `{name}` | {value:.6} |\n");
    }
    if figures.is_empty() {
        figures = "| none: the run was not evaluated before its export | |\n".to_owned();
    }
    format!(
        "# Model card: {name}\n\n\
         Generates a pseudo-MRI ({view}, {phase}, {pixel} mm pixels) from the median beat of a 12-lead ECG.\n\n\
         **Not a medical device. Not for diagnosis.** It was trained on simulated hearts only and has seen no patient. \
         What it shows is a guess from the ECG, not a scan.\n\n\
         | | |\n|---|---|\n\
         | written by | {created_by} |\n\
         | recipe | `trainer/recipes/{recipe}`, seed {seed} |\n\
         | cohort | {cohort}; {subjects} subjects in the train split |\n\
         | ECG encoder | {encoder_count} parameters, {encoder_bytes} bytes |\n\
         | picture decoder | {decoder_count} parameters, {decoder_bytes} bytes |\n\
         | latent | {latent} values, norm {norm:.3} ± {norm_sd:.3} on the train split |\n\
         | tract against ONNX Runtime {ort} | largest difference of a pixel {difference:.1e} of 1, {inputs} inputs |\n\n\
         ## Figures on the test split\n\n\
         Pictures run from 0 to 1. `image_l1…` and `image_mse…` are mean absolute and squared errors of ECG → picture, \
         of the constant guesses (mean and median picture of the train split) and of the autoencoder (picture → \
         picture). `diversity_ratio` is the mean pixel variance of the generated pictures across subjects over that of \
         the true ones. `retrieval_at_k` is the share of ECGs whose own MRI is among the k closest latents. The norms \
         are those of the latents.\n\n\
         | figure | value |\n|---|---|\n{figures}",
        name = manifest.name,
        view = manifest.picture.view,
        phase = manifest.picture.phase,
        pixel = manifest.picture.pixel_mm,
        created_by = manifest.created_by,
        recipe = manifest.training.recipe,
        seed = manifest.training.seed,
        cohort = manifest.training.cohort,
        subjects = manifest.training.subjects,
        encoder_count = counts[0],
        encoder_bytes = manifest.encoder.bytes,
        decoder_count = counts[1],
        decoder_bytes = manifest.decoder.bytes,
        latent = recipe.architecture.latent,
        norm = manifest.latent.norm_mean,
        norm_sd = manifest.latent.norm_sd,
        ort = manifest.parity.ort_version,
        difference = manifest.parity.max_abs_difference,
        inputs = manifest.parity.inputs,
    )
}

/// Puts the staged folder in its place. A model that is there moves aside first and goes only when the new one stands.
fn replace_folder(staging: tempfile::TempDir, folder: &Path) -> Result<(), ExportError> {
    let failed = |problem: String| ExportError::Folder {
        path: folder.to_owned(),
        problem,
    };
    let io = |error: std::io::Error| failed(error.to_string());
    let occupied = folder.is_dir() && std::fs::read_dir(folder).map_err(io)?.next().is_some();
    if folder.exists() && (!folder.is_dir() || occupied) {
        if !folder.join(manifest::FILE_NAME).is_file() {
            return Err(failed(
                "exists and is no model's folder; give another name".to_owned(),
            ));
        }
        let aside = staging.path().with_extension("old");
        std::fs::rename(folder, &aside).map_err(io)?;
        if let Err(error) = std::fs::rename(staging.keep(), folder) {
            std::fs::rename(&aside, folder).map_err(io)?;
            return Err(io(error));
        }
        return std::fs::remove_dir_all(&aside).map_err(io);
    }
    std::fs::rename(staging.keep(), folder).map_err(io)
}
