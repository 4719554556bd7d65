//! `ecg2mri-train export`.

use super::Outcome;
use crate::engine::Engine;
use crate::export::{BatchSize, export};
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train export run -o models\n  \
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
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let run = RunFolder::open(&arguments.run)?;
    let engine = Engine::load()?;
    let batch = match arguments.dynamic_batch {
        true => BatchSize::Open,
        false => BatchSize::One,
    };
    let manifest = export(&engine, &run, &arguments.output, batch)?;
    Ok(standard_output::print(&format!(
        "{}: {} ({} + {} bytes), tract and ONNX Runtime differ by {:.1e} at the most\n",
        arguments.output.display(),
        manifest.name,
        manifest.encoder.bytes,
        manifest.decoder.bytes,
        manifest.parity.max_abs_difference
    ))?)
}
