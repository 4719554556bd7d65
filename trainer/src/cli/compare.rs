//! `ecg2mri-train compare`.

use super::{Outcome, Where};
use crate::cohort::{Dataset, Split};
use crate::engine::Engine;
use crate::evaluate::comparison::table;
use crate::evaluate::evaluate;
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  ecg2mri-train compare thesis thesis-mended --data dataset --split test"
)]
pub(super) struct Arguments {
    /// The runs' folders
    #[arg(required = true)]
    runs: Vec<PathBuf>,
    /// The data set's folder
    #[arg(long)]
    data: PathBuf,
    /// train, validation or test
    #[arg(long, default_value_t = Split::Test)]
    split: Split,
    #[command(flatten)]
    place: Where,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let runs = arguments.runs.iter().map(|path| RunFolder::open(path));
    let runs = runs.collect::<Result<Vec<_>, _>>()?;
    let dataset = Dataset::read(&arguments.data)?;
    let engine = Engine::load()?;
    let mut measured = Vec::new();
    for (path, run) in arguments.runs.iter().zip(&runs) {
        let metrics = evaluate(
            &engine,
            run,
            &dataset,
            arguments.split,
            arguments.place.device,
            arguments.place.threads(),
            None,
        )?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        measured.push((name.display().to_string(), metrics));
    }
    Ok(standard_output::print(&table(&measured))?)
}
