//! `ecg2mri-train export`.

use super::Outcome;
use crate::cohort::Dataset;
use crate::engine::Engine;
use crate::export::{BatchSize, Options, Weights, export};
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train export run -o models/cart --data dataset\n  \
    ecg2mri-train export run -o for-a-server --dynamic-batch")]
pub(super) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The model's folder; a model that is there is replaced
    #[arg(short, long)]
    output: PathBuf,
    /// Leave the size of the batch open, for programs that run many subjects at once; ecg2mri runs one all the same
    #[arg(long)]
    dynamic_batch: bool,
    /// The data set that the run was trained on: fit on it how far an ECG may be from those learned from, and estimates of
    /// volumes; without it, the model has neither
    #[arg(long)]
    data: Option<PathBuf>,
    /// Store weights in half precision, or fail where that changes pictures' values by more than 0.001 on average
    /// [default: in half precision where it does not]
    #[arg(long, conflicts_with = "full")]
    half: bool,
    /// Store weights in full precision
    #[arg(long)]
    full: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let run = RunFolder::open(&arguments.run)?;
    let engine = Engine::load()?;
    let dataset = arguments.data.as_deref().map(Dataset::read).transpose()?;
    let options = Options {
        batch: match arguments.dynamic_batch {
            true => BatchSize::Open,
            false => BatchSize::One,
        },
        weights: match (arguments.half, arguments.full) {
            (true, _) => Weights::Half,
            (_, true) => Weights::Full,
            _ => Weights::HalfIfAlike,
        },
        dataset: dataset.as_ref(),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
    };
    let manifest = export(&engine, &run, &arguments.output, options)?;
    let weights = match manifest.parity.half_precision_difference {
        Some(difference) => {
            format!(
                "; weights in half precision, which changes values by {difference:.1e} at the most"
            )
        }
        None => String::new(),
    };
    let statistics = manifest.statistics.as_ref().map_or(String::new(), |file| {
        format!(" + {} bytes of statistics", file.bytes)
    });
    Ok(standard_output::print(&format!(
        "{}: {} ({} + {} bytes{statistics}), tract and ONNX Runtime differ by {:.1e} at the most{weights}\n",
        arguments.output.display(),
        manifest.name,
        manifest.encoder.bytes,
        manifest.decoder.bytes,
        manifest.parity.max_abs_difference
    ))?)
}
