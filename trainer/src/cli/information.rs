//! `ecg2mri-train information`.

use super::Outcome;
use super::progress::Counter;
use crate::cohort::folder::CohortFolder;
use crate::information::{CrossValidation, Information, Subjects};
use ecg2mri::{AtomicFile, standard_output};
use std::path::{Path, PathBuf};

/// Subjects by default: enough for steady figures within a few minutes on two cores.
pub(super) const SUBJECTS: u32 = 2000;
/// The most: a kernel matrix of more fills the memory.
const MOST_SUBJECTS: i64 = 8000;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train information cohort --json information.json")]
pub(super) struct Arguments {
    /// The cohort's folder, with ecg/ and subjects.csv
    cohort: PathBuf,
    /// File for the figures, with their intervals and sources
    #[arg(long)]
    json: Option<PathBuf>,
    /// Take at most so many subjects, by chance
    #[arg(long, default_value_t = SUBJECTS, value_parser = clap::value_parser!(u32).range(1..=MOST_SUBJECTS))]
    subjects: u32,
    /// The seed of that chance, of the split and of the intervals
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    report(
        &arguments.cohort,
        arguments.subjects as usize,
        arguments.seed,
        arguments.json.as_deref(),
    )
}

/// Measures a cohort, prints the tables and writes the figures to `json`.
pub(super) fn report(cohort: &Path, most: usize, seed: u64, json: Option<&Path>) -> Outcome {
    let cohort = CohortFolder::open(cohort)?;
    // Before the minutes of work, so that a path that cannot be written is told at once.
    let json = json.map(AtomicFile::create).transpose()?;
    let counter = Counter::new(cohort.subjects.len().min(most), "ECGs");
    let subjects = Subjects::read(&cohort, most, seed, &|| counter.add_one());
    counter.finish();
    let subjects = subjects?;
    let plan = CrossValidation::new(&subjects, seed);
    let counter = Counter::new(plan.steps(), "fits");
    let information = Information::measure(&subjects, &plan, seed, &|| counter.add_one());
    counter.finish();
    if let Some(mut file) = json {
        file.fill(serde_json::to_string_pretty(&information)?.as_bytes())?;
        file.fill(b"\n")?;
        file.commit()?;
    }
    Ok(standard_output::print(&information.text())?)
}
