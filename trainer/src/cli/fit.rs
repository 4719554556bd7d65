//! `ecg2mri-train fit`.

use super::progress::FitProgress;
use super::{Outcome, Where};
use crate::cohort::Dataset;
use crate::engine::Engine;
use crate::recipe::{FitOptions, Recipe, RunFolder, fit};
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train fit trainer/recipes/cart-thin.toml --data dataset -o run\n  \
    ecg2mri-train fit trainer/recipes/cart-thin.toml --data dataset -o run --resume")]
pub(super) struct Arguments {
    /// The recipe's TOML file
    recipe: PathBuf,
    /// The data set's folder
    #[arg(long)]
    data: PathBuf,
    /// The run's folder
    #[arg(short, long)]
    output: PathBuf,
    /// Go on from the run's last checkpoint; a run that has none begins
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    place: Where,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let recipe = Recipe::read(&arguments.recipe)?;
    let dataset = Dataset::read(&arguments.data)?;
    let engine = Engine::load()?;
    fit::check_data(&recipe, &dataset)?;
    let run = match arguments.resume {
        true => RunFolder::resume(&arguments.output, &recipe)?,
        false => RunFolder::create(&arguments.output, &recipe)?,
    };
    let options = FitOptions {
        device: arguments.place.device,
        threads: arguments.place.threads(),
        resume: arguments.resume,
    };
    let mut progress = FitProgress::default();
    fit::fit(&engine, &recipe, &dataset, &run, options, &mut progress)?;
    Ok(standard_output::print(&format!(
        "{}: done\n",
        arguments.output.display()
    ))?)
}
