//! A run's networks as the runtime takes them: two ONNX files, statistics, a manifest, a model card.
//!
//! Before anything appears under its name, the files are loaded by the runtime itself and compared with ONNX Runtime;
//! networks on which the two disagree are refused. ONNX Runtime runs the networks as they were trained, so that the
//! comparison covers the folding of batch normalisation too. Then weights are stored in half precision, unless that
//! changes a picture's values by more than [`HALF_PRECISION_TOLERANCE`] on average.
//!
//! The batch is fixed at 1, since that is what the runtime runs and tract is 1.7 times as fast on it as on an open one;
//! where others shall run the files with many subjects at once, it may be left open ([`BatchSize::Open`]).
//!
//! - `fold`, `open_batch`, `half_precision`: what is done to the networks;
//! - `parity`: tract against ONNX Runtime;
//! - `statistics`: spread of the latents, limits, readouts;
//! - `evidence`: what `evaluate` measured;
//! - `model_card`, `folder`: what is written, and where.

mod evidence;
mod fold;
mod folder;
mod half_precision;
mod model_card;
mod open_batch;
mod parity;
pub(crate) mod statistics;

use crate::architecture::{NamedShape, Network, ParameterTable};
use crate::cohort::{Dataset, Split};
use crate::engine::{Engine, EngineError};
use crate::evaluate::SHEET_FILE;
use crate::graph::GraphError;
use crate::recipe::{Recipe, RecipeError, RunEnvironment, RunFolder};
use crate::staging::staging_beside;
use ecg2mri::atomic_file::{AtomicFile, AtomicFileError};
use ecg2mri::model::manifest::{
    self, FileIdentity, Manifest, NetworkFile, Parity, PictureDescription, Port, Training,
};
use ecg2mri::model::statistics::{self as served_statistics, Statistics, StatisticsError};
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::model::{ManifestError, ModelError};
use evidence::Evidence;
use std::path::{Path, PathBuf};

pub use open_batch::OpenBatchError;

/// The largest difference of a picture's value between tract and ONNX Runtime that an export may show.
pub const PARITY_TOLERANCE: f64 = 1e-4;
/// The mean difference of a picture's values that half precision may make: a hundredth of the error that the best pictures
/// have, 0.1 or so, and a quarter of a grey level of the 255 that a file of the picture has.
pub const HALF_PRECISION_TOLERANCE: f64 = 1e-3;
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

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weights {
    /// In half precision, if that changes values by no more than [`HALF_PRECISION_TOLERANCE`] on average, else in full
    /// precision.
    #[default]
    HalfIfAlike,
    /// In half precision, or not at all.
    Half,
    /// In full precision.
    Full,
}

/// How a run is exported.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// How many subjects the files take at once.
    pub batch: BatchSize,
    /// How weights are stored.
    pub weights: Weights,
    /// The data set that the run was trained on, to fit statistics on; without it, the model has none.
    pub dataset: Option<&'a Dataset>,
    /// Threads for the networks that are run over it; 0 is as many as there are cores.
    pub threads: usize,
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
    /// Half precision was asked for and changes too much.
    #[error(
        "weights in half precision change a value by {difference:.2e} on average, more than \
         {HALF_PRECISION_TOLERANCE:.0e}; export without --half"
    )]
    HalfPrecision {
        /// The mean difference of a picture's values.
        difference: f64,
    },
    /// No statistics can be fitted.
    #[error(
        "statistics of the model: {0}; export without --data, or give a data set with more subjects"
    )]
    Statistics(String),
    /// The statistics would not be read back.
    #[error("the model's statistics: {0}; please report this")]
    UnreadableStatistics(#[from] StatisticsError),
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
/// replaced. Figures, sheet and tables of `evaluate` on the test split are taken over where there are any.
///
/// # Errors
/// [`ExportError::Parity`] where tract and ONNX Runtime disagree, [`ExportError::HalfPrecision`] where half precision is
/// asked for and changes too much, [`ExportError::Faulty`] where the recipe has faults, [`ExportError::Folder`] where
/// `folder` holds anything but a model or the figures are of another checkpoint, and whatever files and graphs refuse.
pub fn export(
    engine: &Engine,
    run: &RunFolder,
    folder: &Path,
    options: Options<'_>,
) -> Result<Manifest, ExportError> {
    folder::check_replaceable(folder)?;
    let recipe = run.recipe()?;
    if !recipe.faults.none() {
        return Err(ExportError::Faulty);
    }
    let environment = run.environment()?;
    let evidence = evidence::of_test_split(run, &environment)?;
    let mut table = run.trained_parameters(&recipe)?;
    let networks = Networks::of(&recipe, &mut table, options.batch)?;
    let statistics = match options.dataset {
        Some(dataset) => {
            let threads = options.threads;
            Some(statistics::fit(engine, run, dataset, threads)?)
        }
        None => None,
    };
    let staging = staging_beside(folder).map_err(|error| ExportError::Folder {
        path: folder.to_owned(),
        problem: error.to_string(),
    })?;
    let mut model = Staged {
        folder: staging.path(),
        manifest: manifest(&recipe, run, &environment, engine, &evidence)?,
    };
    if let Some(statistics) = &statistics {
        model.write_statistics(statistics, recipe.architecture.latent)?;
    }
    compare_and_write(engine, &recipe, &networks, &mut model, options)?;
    if let Some(sheet) = &evidence.sheet {
        model.write(SHEET_FILE, sheet)?;
    }
    let card = model_card::Card {
        recipe: &recipe,
        manifest: &model.manifest,
        table: &table,
        trained_on: &environment,
        batch: options.batch,
        statistics: statistics.as_ref(),
        evidence: &evidence,
    };
    model.write(folder::CARD, card.text().as_bytes())?;
    // What a reader of the card may ask: by which recipe, and how the run went.
    model.write(folder::RECIPE, recipe.to_toml().as_bytes())?;
    if let Some(losses) = run.losses_file() {
        model.write(folder::LOSSES, &losses)?;
    }
    let manifest = model.manifest;
    folder::replace_folder(staging, folder)?;
    Ok(manifest)
}

/// Encoder and decoder, as they were trained and as they are served, in full precision.
struct Networks {
    trained: [Vec<u8>; 2],
    served: [Vec<u8>; 2],
}

impl Networks {
    fn of(
        recipe: &Recipe,
        table: &mut ParameterTable,
        batch: BatchSize,
    ) -> Result<Networks, ExportError> {
        let mut of = |network: Network| -> Result<(Vec<u8>, Vec<u8>), ExportError> {
            let trained = network.encode(recipe, table, 1)?;
            let mut built = |batch| -> Result<Vec<u8>, ExportError> {
                let model = network.encode(recipe, table, batch)?;
                Ok(fold::fold_batch_normalisation(&model)?)
            };
            let served = match batch {
                BatchSize::One => built(1)?,
                BatchSize::Open => open_batch::open_batch(&built(2)?, &built(3)?)?,
            };
            Ok((trained, served))
        };
        let (encoder, decoder) = (of(Network::EcgEncoder)?, of(Network::MriDecoder)?);
        Ok(Networks {
            trained: [encoder.0, decoder.0],
            served: [encoder.1, decoder.1],
        })
    }
}

/// A model that is being put together.
struct Staged<'a> {
    folder: &'a Path,
    manifest: Manifest,
}

impl Staged<'_> {
    fn write(&self, name: &str, contents: &[u8]) -> Result<(), ExportError> {
        Ok(AtomicFile::write(&self.folder.join(name), contents)?)
    }

    /// Writes the networks and the manifest that names them.
    fn write_networks(
        &mut self,
        recipe: &Recipe,
        [encoder, decoder]: &[Vec<u8>; 2],
    ) -> Result<(), ExportError> {
        self.manifest.encoder = description(Network::EcgEncoder, recipe, folder::ENCODER, encoder);
        self.manifest.decoder = description(Network::MriDecoder, recipe, folder::DECODER, decoder);
        self.write(folder::ENCODER, encoder)?;
        self.write(folder::DECODER, decoder)?;
        self.write_manifest()
    }

    fn write_manifest(&self) -> Result<(), ExportError> {
        self.write(manifest::FILE_NAME, self.manifest.to_toml()?.as_bytes())
    }

    fn write_statistics(
        &mut self,
        statistics: &Statistics,
        latent_length: usize,
    ) -> Result<(), ExportError> {
        let text = statistics.to_json(latent_length)?;
        self.manifest.statistics = Some(identity(served_statistics::FILE_NAME, text.as_bytes()));
        self.write(served_statistics::FILE_NAME, text.as_bytes())
    }
}

/// Writes the networks, in the precision that is wanted, once tract and ONNX Runtime agree on them.
fn compare_and_write(
    engine: &Engine,
    recipe: &Recipe,
    networks: &Networks,
    model: &mut Staged<'_>,
    options: Options<'_>,
) -> Result<(), ExportError> {
    model.write_networks(recipe, &networks.served)?;
    let inputs = parity::random_inputs(recipe);
    let in_onnx_runtime = |[encoder, decoder]: &[Vec<u8>; 2], at_once: usize| {
        parity::run_in_onnx_runtime(engine, recipe, [encoder, decoder], &inputs, at_once)
    };
    let expected = in_onnx_runtime(&networks.trained, 1)?;
    let full = parity::served(model.folder, &inputs)?;
    let mut largest = parity::checked_difference(&full, &expected)?;
    if options.batch == BatchSize::Open {
        let together = in_onnx_runtime(&networks.served, PARITY_INPUTS)?;
        largest = largest.max(parity::checked_difference(&together, &expected)?);
    }
    model.manifest.parity.max_abs_difference = largest;
    if options.weights == Weights::Full {
        return model.write_manifest();
    }
    let [encoder, decoder] = &networks.served;
    let halved = [
        half_precision::in_half_precision(encoder)?,
        half_precision::in_half_precision(decoder)?,
    ];
    model.write_networks(recipe, &halved)?;
    let half = parity::served(model.folder, &inputs)?;
    let difference = parity::mean_difference(&half, &full);
    if difference <= HALF_PRECISION_TOLERANCE {
        let largest = parity::largest_difference(&half, &full);
        model.manifest.parity.half_precision_difference = Some(largest);
        return model.write_manifest();
    }
    match options.weights {
        Weights::Half => Err(ExportError::HalfPrecision { difference }),
        Weights::HalfIfAlike | Weights::Full => model.write_networks(recipe, &networks.served),
    }
}

/// The manifest but for what the files are and how they compare.
fn manifest(
    recipe: &Recipe,
    run: &RunFolder,
    trained_on: &RunEnvironment,
    engine: &Engine,
    evidence: &Evidence,
) -> Result<Manifest, ExportError> {
    let views = recipe.picture.view_names().iter();
    Ok(Manifest {
        format_version: manifest::FORMAT_VERSION,
        name: recipe.name.clone(),
        created_by: crate::created_by(),
        encoder: description(Network::EcgEncoder, recipe, folder::ENCODER, &[]),
        decoder: description(Network::MriDecoder, recipe, folder::DECODER, &[]),
        preprocessing: recipe.input.preprocessing(),
        picture: PictureDescription {
            views: views.map(|view| (*view).to_owned()).collect(),
            phases: recipe.picture.phase_names(),
            pixel_mm: trained_on.pixel_mm,
        },
        latent: run.latents()?,
        training: Training {
            cohort: trained_on.cohort.clone(),
            subjects: trained_on.training_subjects as u64,
            seed: recipe.seed,
            recipe: format!("{}.toml", recipe.name),
            split: Split::Train.to_string(),
            revision: trained_on.starts.last().map(|start| start.revision.clone()),
        },
        parity: Parity {
            max_abs_difference: 0.0,
            half_precision_difference: None,
            inputs: PARITY_INPUTS as u64,
            ort_version: engine.version().to_owned(),
            tract_version: TRACT_VERSION.to_owned(),
        },
        statistics: None,
        metrics: evidence.figures.clone(),
    })
}

fn identity(file: &str, contents: &[u8]) -> FileIdentity {
    FileIdentity {
        file: file.to_owned(),
        sha256: sha256_hex(contents),
        bytes: contents.len() as u64,
    }
}

fn description(network: Network, recipe: &Recipe, file: &str, contents: &[u8]) -> NetworkFile {
    let ports = |all: Vec<NamedShape>| -> Vec<Port> {
        let all = all.iter();
        all.map(|(name, shape)| Port::new(name, shape)).collect()
    };
    let FileIdentity {
        file,
        sha256,
        bytes,
    } = identity(file, contents);
    NetworkFile {
        file,
        sha256,
        bytes,
        inputs: ports(network.inputs(recipe, 1)),
        outputs: ports(network.outputs(recipe, 1)),
    }
}
