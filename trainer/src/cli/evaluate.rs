//! `ecg2mri-train evaluate`.

use super::{Outcome, Where};
use crate::cohort::{Dataset, Split};
use crate::engine::Engine;
use crate::evaluate::evaluate;
use crate::evaluate::study::{Part, REPORT_FILE, StudyOptions, study};
use crate::recipe::RunFolder;
use ecg2mri::standard_output;
use std::path::{Path, PathBuf};

/// Where a segmenter is looked for unless one is named.
const SEGMENTER: &str = "models/segmenter";

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train evaluate run --data dataset\n  \
    ecg2mri-train evaluate run --data dataset --foreign recordings/ludb --segmenter models/segmenter\n  \
    ecg2mri-train evaluate run --data dataset --split validation --quick\n\n\
    Writes metrics.json, report.html, sheet.png, galleries and the tables of the model card. With --quick only the errors,\n\
    diversity and retrieval of the pictures are measured, and only metrics.json and sheet.png are written.")]
pub(super) struct Arguments {
    /// The run's folder
    run: PathBuf,
    /// The data set's folder
    #[arg(long)]
    data: PathBuf,
    /// train, validation or test
    #[arg(long, default_value_t = Split::Test)]
    split: Split,
    /// Folder for what is written [default: evaluation-SPLIT in the run's folder]
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Measure the pictures alone
    #[arg(long)]
    quick: bool,
    /// Folder of the segmenter that reads anatomy off pictures [default: models/segmenter where there is one]
    #[arg(long, value_name = "DIR", conflicts_with = "quick")]
    segmenter: Option<PathBuf>,
    /// Folder of recordings unlike those of the training; may be given more than once
    #[arg(long, value_name = "DIR", conflicts_with = "quick")]
    foreign: Vec<PathBuf>,
    /// A part to leave out; may be given more than once
    #[arg(long, value_enum, conflicts_with = "quick")]
    skip: Vec<Part>,
    /// Seed of intervals, maps and draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
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
    let (device, threads) = (arguments.place.device, arguments.place.threads());
    if arguments.quick {
        let split = arguments.split;
        let metrics = evaluate(
            &engine,
            &run,
            &dataset,
            split,
            device,
            threads,
            Some(&output),
        )?;
        let text = serde_json::to_string_pretty(&metrics)? + "\n";
        return Ok(standard_output::print(&text)?);
    }
    let found = || {
        let folder = Path::new(SEGMENTER);
        folder.is_dir().then(|| folder.to_owned())
    };
    let options = StudyOptions {
        split: arguments.split,
        device,
        threads,
        seed: arguments.seed,
        segmenter: arguments.segmenter.clone().or_else(found),
        foreign: arguments.foreign.clone(),
        skip: arguments.skip.clone(),
    };
    let mut progress = |part: &str| eprintln!("measuring: {part}");
    let study = study(&engine, &run, &dataset, &options, &output, &mut progress)?;
    for part in &study.left_out {
        eprintln!("left out: {part}");
    }
    eprintln!("the report: {}", output.join(REPORT_FILE).display());
    let text = serde_json::to_string_pretty(&study.summary)? + "\n";
    Ok(standard_output::print(&text)?)
}
