//! A run's networks as the runtime takes them: two ONNX files, a manifest, a model card.
//!
//! Before anything appears under its name, the files are loaded by the runtime itself and compared with ONNX Runtime;
//! networks on which the two disagree are refused. ONNX Runtime runs the networks as they were trained, so that the
//! comparison covers the folding of batch normalisation too.
//!
//! The batch is fixed at 1, since that is what the runtime runs and tract is 1.7 times as fast on it as on an open one;
//! where others shall run the files with many subjects at once, it may be left open ([`BatchSize::Open`]).

mod fold;
mod folder;
mod model_card;
mod open_batch;
mod parity;

use crate::architecture::Network;
use crate::cohort::Split;
use crate::engine::{Engine, EngineError};
use crate::evaluate::{METRICS_FILE, Metrics, SHEET_FILE};
use crate::graph::GraphError;
use crate::recipe::{Recipe, RecipeError, RunEnvironment, RunFolder};
use crate::staging::staging_beside;
use ecg2mri::atomic_file::{AtomicFile, AtomicFileError};
use ecg2mri::model::manifest::{self, Manifest, NetworkFile, Parity, PictureDescription, Training};
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::model::{ManifestError, ModelError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use open_batch::OpenBatchError;

/// The largest difference of a picture's value between tract and ONNX Runtime that an export may show.
pub const PARITY_TOLERANCE: f64 = 1e-4;
/// How many inputs are compared.
const PARITY_INPUTS: usize = 16;
/// The version of tract that the runtime is built with.
const TRACT_VERSION: &str = "0.23.9";

/// How many subjects the exported files take at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BatchSize {
    /// One.
    #[default]
    One,
    /// As many as are given. The runtime gives one and fixes the size when it loads a file.
    Open,
}

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
    /// The run is part of a study of faults.
    #[error(
        "the run was trained with a fault on purpose ([faults] of its recipe), which no model that is served may have; \
         export a run without"
    )]
    Faulty,
    /// A file or folder cannot be used.
    #[error("{}: {problem}", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// A file cannot be written.
    #[error(transparent)]
    File(#[from] AtomicFileError),
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
    /// The batch cannot be left open.
    #[error(transparent)]
    OpenBatch(#[from] OpenBatchError),
    /// A network that was just written does not read back.
    #[error("a network that was just written is no ONNX model: {0}; please report this")]
    Encoding(#[from] prost::DecodeError),
    /// A graph cannot be run.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Exports a run into `folder`, which becomes a model's folder as a whole or not at all; a model that was there is
/// replaced. Figures and sheet of `evaluate` on the test split are taken over where there are any.
///
/// # Errors
/// [`ExportError::Parity`] where tract and ONNX Runtime disagree, [`ExportError::Faulty`] where the recipe has faults, [`ExportError::Folder`] where `folder` holds anything
/// but a model or the figures are of another checkpoint, and whatever files and graphs refuse.
pub fn export(
    engine: &Engine,
    run: &RunFolder,
    folder: &Path,
    batch: BatchSize,
) -> Result<Manifest, ExportError> {
    folder::check_replaceable(folder)?;
    let recipe = run.recipe()?;
    if !recipe.faults.none() {
        return Err(ExportError::Faulty);
    }
    let environment = run.environment()?;
    let evidence = test_evidence(run, &environment)?;
    let mut table = run.trained_parameters(&recipe)?;
    let trained = [
        Network::EcgEncoder.encode(&recipe, &mut table, 1)?,
        Network::MriDecoder.encode(&recipe, &mut table, 1)?,
    ];
    let mut served = |network: Network| -> Result<Vec<u8>, ExportError> {
        let mut built = |batch| -> Result<Vec<u8>, ExportError> {
            let model = network.encode(&recipe, &mut table, batch)?;
            Ok(fold::fold_batch_normalisation(&model)?)
        };
        match batch {
            BatchSize::One => built(1),
            BatchSize::Open => Ok(open_batch::open_batch(&built(2)?, &built(3)?)?),
        }
    };
    let encoder = served(Network::EcgEncoder)?;
    let decoder = served(Network::MriDecoder)?;
    let mut manifest = Manifest {
        format_version: manifest::FORMAT_VERSION,
        name: recipe.name.clone(),
        created_by: crate::created_by(),
        encoder: description(Network::EcgEncoder, &recipe, folder::ENCODER, &encoder),
        decoder: description(Network::MriDecoder, &recipe, folder::DECODER, &decoder),
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
        metrics: evidence.figures,
    };

    let staging = staging_beside(folder).map_err(|error| ExportError::Folder {
        path: folder.to_owned(),
        problem: error.to_string(),
    })?;
    let write = |name: &str, contents: &[u8]| -> Result<(), ExportError> {
        Ok(AtomicFile::write(&staging.path().join(name), contents)?)
    };
    write(&manifest.encoder.file, &encoder)?;
    write(&manifest.decoder.file, &decoder)?;
    write(manifest::FILE_NAME, manifest.to_toml()?.as_bytes())?;

    manifest.parity.max_abs_difference =
        parity::largest_difference(engine, staging.path(), &recipe, &trained)?;
    if batch == BatchSize::Open {
        let together =
            parity::difference_together(engine, &recipe, &trained, [&encoder, &decoder])?;
        let all = &mut manifest.parity.max_abs_difference;
        *all = all.max(together);
    }
    write(manifest::FILE_NAME, manifest.to_toml()?.as_bytes())?;
    if let Some(sheet) = &evidence.sheet {
        write(SHEET_FILE, sheet)?;
    }
    write(
        folder::CARD,
        model_card::model_card(
            &recipe,
            &manifest,
            &table,
            &environment,
            batch,
            evidence.sheet.is_some(),
        )
        .as_bytes(),
    )?;
    folder::replace_folder(staging, folder)?;
    Ok(manifest)
}

fn description(network: Network, recipe: &Recipe, file: &str, contents: &[u8]) -> NetworkFile {
    let (input, input_shape) = network.inputs(recipe, 1).remove(0);
    let (output, output_shape) = network.outputs(recipe, 1).remove(0);
    NetworkFile {
        file: file.to_owned(),
        sha256: sha256_hex(contents),
        bytes: contents.len() as u64,
        input: input.to_owned(),
        input_shape,
        output: output.to_owned(),
        output_shape,
    }
}

/// The figures that `evaluate` wrote for the test split, and its sheet; none where it was not run.
///
/// # Errors
/// Where they are of another checkpoint than the one exported, or of another data set than the one trained on.
fn test_evidence(run: &RunFolder, trained_on: &RunEnvironment) -> Result<Evidence, ExportError> {
    let folder = run.evaluation(Split::Test);
    let path = folder.join(METRICS_FILE);
    if !path.is_file() {
        return Ok(Evidence::default());
    }
    let unusable = |problem: String| ExportError::Folder {
        path: path.clone(),
        problem,
    };
    let text = std::fs::read_to_string(&path).map_err(|error| unusable(error.to_string()))?;
    let metrics: Metrics =
        serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    if metrics.checkpoint_sha256 != run.trained_sha256()?
        || metrics.split_fingerprint != trained_on.split_fingerprint
    {
        return Err(unusable(
            "is of another checkpoint or data set than the run's; run `evaluate` again".to_owned(),
        ));
    }
    let numbers: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| unusable(error.to_string()))?;
    let sheet = folder.join(SHEET_FILE);
    Ok(Evidence {
        figures: numbers
            .into_iter()
            .filter_map(|(name, value)| Some((format!("test_{name}"), value.as_f64()?)))
            .collect(),
        sheet: std::fs::read(&sheet).ok(),
    })
}

/// What was measured on the test split.
#[derive(Default)]
struct Evidence {
    figures: BTreeMap<String, f64>,
    sheet: Option<Vec<u8>>,
}
