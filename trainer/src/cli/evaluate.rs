//! `ecg2mri-train evaluate`.

use super::{Outcome, Where};
use crate::cohort::{Dataset, Split};
use crate::engine::Engine;
use crate::evaluate::evaluate;
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train evaluate run --data dataset --split test")]
pub(super) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The data set's folder
    #[arg(long)]
    data: PathBuf,
    /// train, validation or test
    #[arg(long, default_value_t = Split::Test)]
    split: Split,
    /// Folder for metrics.json and sheet.png [default: evaluation-SPLIT in the run's folder]
    #[arg(short, long)]
    output: Option<PathBuf>,
    #[command(flatten)]
    place: Where,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let run = RunFolder::open(&arguments.run)?;
    let dataset = Dataset::read(&arguments.data)?;
    let engine = Engine::load()?;
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| run.evaluation(arguments.split));
    let metrics = evaluate(
        &engine,
        &run,
        &dataset,
        arguments.split,
        arguments.place.device,
        arguments.place.threads(),
        Some(&output),
    )?;
    let text = serde_json::to_string_pretty(&metrics)? + "\n";
    Ok(standard_output::print(&text)?)
}
