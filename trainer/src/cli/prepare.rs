//! `ecg2mri-train prepare`.

use super::Outcome;
use super::progress::Counter;
use crate::cohort::folder::CohortFolder;
use crate::cohort::left_out::count_by_reason;
use crate::cohort::{Frames, PrepareOptions, PrepareRun, Split, Views, prepare};
use ecg2mri::{interrupt, standard_output};
use std::path::PathBuf;

/// Subjects left out that are named on the terminal; a real cohort may lack one modality for most.
const LEFT_OUT_SHOWN: usize = 10;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
        ecg2mri-train prepare cohort -o dataset\n  \
        ecg2mri-train prepare cohort -o dataset --frames all --views sa+4ch --resume\n  \
        ecg2mri-train prepare cohort -o dataset --frames ed-es --views sa+4ch --labels\n\n\
        Whatever the threads and interruptions, the same cohort and options give the same bytes. Ctrl-C stops when the\n\
        subjects in hand are read; --resume goes on, also after a kill.")]
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
    /// Frames of the heart's cycle: ed, ed-es or all (50, brought to that number in time)
    #[arg(long, default_value_t)]
    frames: Frames,
    /// Views of the heart: sa or sa+4ch
    #[arg(long, default_value_t)]
    views: Views,
    /// Keep the pictures' labels as well, of cohorts that have them in both views (--frames ed or ed-es)
    #[arg(long)]
    labels: bool,
    /// Go on with what an interrupted run left; where it left nothing, begin
    #[arg(long)]
    resume: bool,
    /// Threads [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let cohort = CohortFolder::open(&arguments.cohort)?;
    let stop = interrupt::requested()?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(arguments.threads.unwrap_or(0)))
        .build()?;
    let counter = Counter::new(cohort.subjects.len(), "subjects");
    let options = PrepareOptions {
        seed: arguments.seed,
        pixel_mm: arguments.pixel_mm,
        frames: arguments.frames,
        views: arguments.views,
        labels: arguments.labels,
    };
    let run = PrepareRun {
        resume: arguments.resume,
        stop: &stop,
        progress: &|| counter.add_one(),
    };
    let prepared = pool.install(|| prepare(&cohort, &arguments.output, &options, run));
    counter.finish();
    let prepared = prepared?;
    for subject in prepared.left_out.iter().take(LEFT_OUT_SHOWN) {
        eprintln!("left out {}: {}", subject.id, subject.reason);
    }
    if let more @ 1.. = prepared.left_out.len().saturating_sub(LEFT_OUT_SHOWN) {
        eprintln!("and {more} more; left_out.csv in the data set has them all");
    }
    let count = |split| prepared.dataset.members(split).len();
    let mut text = format!(
        "{}: {} subjects (train {}, validation {}, test {}), {} left out",
        arguments.output.display(),
        prepared.dataset.ids.len(),
        count(Split::Train),
        count(Split::Validation),
        count(Split::Test),
        prepared.left_out.len()
    );
    let reasons: Vec<String> = count_by_reason(&prepared.left_out)
        .iter()
        .map(|(kind, subjects)| format!("{kind} {subjects}"))
        .collect();
    if !reasons.is_empty() {
        text += &format!(" ({})", reasons.join(", "));
    }
    Ok(standard_output::print(&(text + "\n"))?)
}
