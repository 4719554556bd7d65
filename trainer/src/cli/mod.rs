//! The program `ecg2mri-train`: one file per subcommand, each a thin layer over the library.
//!
//! Results go to the standard output, everything else to the standard error. Exit codes: 0 done, 1 failed, 2 usage, 130
//! stopped by Ctrl-C, with what was done saved.

mod compare;
mod describe;
mod evaluate;
mod export;
mod fit;
mod fit_progress;
mod information;
mod known_anatomy;
mod prepare;
mod progress;
mod segmenter;
mod synthesise;

use crate::cohort::CohortError;
use crate::recipe::{Recipe, RecipeError};
use clap::{Args, Parser, Subcommand};
use std::path::Path;
use std::process::ExitCode;

/// What a subcommand gives: nothing, or the sentence that says why not.
type Outcome = Result<(), Box<dyn std::error::Error>>;

#[derive(Parser)]
#[command(
    name = "ecg2mri-train",
    version,
    about = "Makes paired ECG-MRI cohorts, trains on them and exports models for ecg2mri",
    after_help = "Examples:\n  \
        ecg2mri-train synthesise --subjects 4000 --seed 7 -o cohort\n  \
        ecg2mri-train prepare cohort -o dataset\n  \
        ecg2mri-train fit trainer/recipes/cart.toml --data dataset -o run\n  \
        ecg2mri-train evaluate run --data dataset\n  \
        ecg2mri-train export run -o models"
)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a cohort of simulated hearts: ECG and MRI from one anatomy, in UK Biobank-shaped folders
    Synthesise(synthesise::Arguments),
    /// Measure how much a cohort's ECGs tell about its hearts, beside published figures
    Information(information::Arguments),
    /// Read a cohort's folders into a data set: median beats, pictures, a split by subject
    Prepare(prepare::Arguments),
    /// Put the true anatomy in the place of a data set's ECGs: the ceiling of what any ECG could tell
    KnownAnatomy(known_anatomy::Arguments),
    /// List a recipe's networks: layers, shapes, parameters, multiply-accumulates; nothing is run
    Describe(describe::Arguments),
    /// Train a recipe on a data set
    Fit(fit::Arguments),
    /// Train the segmenter that finds ventricles and muscle in pictures, on a data set's labels
    Segmenter(segmenter::Arguments),
    /// Measure a run on one split: metrics.json and a sheet of pictures
    Evaluate(evaluate::Arguments),
    /// Measure several runs on one split and print their figures side by side
    Compare(compare::Arguments),
    /// Write a run's networks as a model for ecg2mri, checked against tract
    Export(export::Arguments),
}

/// Where graphs run.
#[derive(Args)]
struct Where {
    /// auto, cpu, cuda or cuda:N; CUDA is refused, not replaced, where it cannot serve
    #[arg(long, default_value = "auto")]
    device: crate::engine::Device,
    /// Threads given to ONNX Runtime [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

impl Where {
    fn threads(&self) -> usize {
        self.threads.map_or_else(
            || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            usize::from,
        )
    }
}

/// Values in place of a recipe's own.
#[derive(Args)]
struct Replacements {
    /// A value in place of the recipe's, as often as wanted: dotted keys with a stage by its name, and a TOML value
    #[arg(long = "set", value_name = "PATH=VALUE")]
    set: Vec<String>,
}

impl Replacements {
    /// The recipe in a file with the replacements made.
    fn recipe(&self, path: &Path) -> Result<Recipe, RecipeError> {
        Recipe::read_with(path, &self.set)
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let outcome = match Program::parse().command {
        Command::Synthesise(arguments) => synthesise::run(&arguments),
        Command::Information(arguments) => information::run(&arguments),
        Command::Prepare(arguments) => prepare::run(&arguments),
        Command::KnownAnatomy(arguments) => known_anatomy::run(&arguments),
        Command::Describe(arguments) => describe::run(&arguments),
        Command::Fit(arguments) => fit::run(&arguments),
        Command::Segmenter(arguments) => segmenter::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ecg2mri-train: error: {error}");
            exit_code(error.as_ref())
        }
    }
}

fn exit_code(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    let cohort = matches!(error.downcast_ref(), Some(CohortError::Stopped { .. }));
    let training = matches!(error.downcast_ref(), Some(RecipeError::Stopped { .. }));
    match cohort || training {
        true => ExitCode::from(ecg2mri::interrupt::EXIT_CODE),
        false => ExitCode::FAILURE,
    }
}
