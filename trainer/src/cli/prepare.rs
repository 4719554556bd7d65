//! `ecg2mri-train prepare`.

use super::Outcome;
use super::progress::Counter;
use crate::cohort::folder::CohortFolder;
use crate::cohort::{PrepareOptions, Split, prepare};
use ecg2mri::standard_output;
use std::path::PathBuf;

/// Subjects left out that are named on the terminal; a real cohort may lack one modality for most.
const LEFT_OUT_SHOWN: usize = 10;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train prepare cohort -o dataset")]
pub(super) struct Arguments {
    /// The cohort's folder, with ecg/, NIFTI/ and subjects.csv
    cohort: PathBuf,
    /// The data set's folder; it must not exist yet
    #[arg(short, long)]
    output: PathBuf,
    /// Seed of the split by subject (80 % train, 10 % validation, 10 % test)
    #[arg(long, default_value_t = PrepareOptions::default().seed)]
    seed: u64,
    /// Pixel size of the pictures, in millimetres
    #[arg(long, default_value_t = PrepareOptions::default().pixel_mm)]
    pixel_mm: f64,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    if arguments.output.exists() {
        return Err(format!(
            "{} exists already; remove it or give another name for the data set",
            arguments.output.display()
        )
        .into());
    }
    let cohort = CohortFolder::open(&arguments.cohort)?;
    let counter = Counter::new(cohort.subjects.len(), "subjects");
    let options = PrepareOptions {
        seed: arguments.seed,
        pixel_mm: arguments.pixel_mm,
    };
    let prepared = prepare(&cohort, &options, &|| counter.add_one());
    counter.finish();
    let prepared = prepared?;
    for subject in prepared.left_out.iter().take(LEFT_OUT_SHOWN) {
        eprintln!("left out {}: {}", subject.id, subject.reason);
    }
    if let more @ 1.. = prepared.left_out.len().saturating_sub(LEFT_OUT_SHOWN) {
        eprintln!("and {more} more; left_out.csv in the data set has them all");
    }
    prepared
        .dataset
        .write(&arguments.output, &prepared.left_out)?;
    let count = |split| prepared.dataset.members(split).len();
    Ok(standard_output::print(&format!(
        "{}: {} subjects (train {}, validation {}, test {}), {} left out\n",
        arguments.output.display(),
        prepared.dataset.ids.len(),
        count(Split::Train),
        count(Split::Validation),
        count(Split::Test),
        prepared.left_out.len()
    ))?)
}
