//! `ecg2mri-train export`.

use super::Outcome;
use crate::engine::Engine;
use crate::export::export;
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train export run -o models")]
pub(super) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The model's folder; a model that is there is replaced
    #[arg(short, long)]
    output: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let run = RunFolder::open(&arguments.run)?;
    let engine = Engine::load()?;
    let manifest = export(&engine, &run, &arguments.output)?;
    Ok(standard_output::print(&format!(
        "{}: {} ({} + {} bytes), tract and ONNX Runtime differ by {:.1e} at the most\n",
        arguments.output.display(),
        manifest.name,
        manifest.encoder.bytes,
        manifest.decoder.bytes,
        manifest.parity.max_abs_difference
    ))?)
}
