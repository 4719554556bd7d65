//! `ecg2mri-train fit`.

use super::fit_progress::FitProgress;
use super::{Outcome, Replacements, Where};
use crate::cohort::Dataset;
use crate::engine::Engine;
use crate::recipe::{FitOptions, RunFolder, fit};
use ecg2mri::{interrupt, standard_output};
use std::path::PathBuf;
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train fit trainer/recipes/cart.toml --data dataset -o run\n  \
    ecg2mri-train fit trainer/recipes/cart.toml --data dataset -o run --resume\n  \
    ecg2mri-train fit trainer/recipes/thesis.toml --data dataset -o run --set stage.joint.epochs=5 --set seed=3\n  \
    ecg2mri-train fit trainer/recipes/thesis.toml --data dataset -o run \\\n    \
    --set 'architecture.mri.double_convolution.encoder=[16, 32, 64, 256]'\n\n\
    Ctrl-C saves a checkpoint after the step under way and stops (exit code 130); a second one stops at once.")]
pub(super) struct Arguments {
    /// The recipe's TOML file
    recipe: PathBuf,
    #[command(flatten)]
    replacements: Replacements,
    /// The data set's folder
    #[arg(long)]
    data: PathBuf,
    /// The run's folder
    #[arg(short, long)]
    output: PathBuf,
    /// Begin with the parameters that another run ended with, as far as both networks have them
    #[arg(long, value_name = "RUN")]
    start_from: Option<PathBuf>,
    /// Go on from the run's last checkpoint; a run that has none begins
    #[arg(long)]
    resume: bool,
    /// Minutes between checkpoints within an epoch; one is written after each epoch as well
    #[arg(long, default_value = "10", value_parser = minutes)]
    checkpoint_minutes: Duration,
    #[command(flatten)]
    place: Where,
}

/// Minutes from 0 (a checkpoint after each step) to a year.
fn minutes(text: &str) -> Result<Duration, String> {
    match text.parse::<f64>() {
        Ok(minutes) if (0.0..=525_600.0).contains(&minutes) => {
            Ok(Duration::from_secs_f64(60.0 * minutes))
        }
        _ => Err("give a number of minutes from 0 to 525600".to_owned()),
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let recipe = arguments.replacements.recipe(&arguments.recipe)?;
    let dataset = Dataset::read(&arguments.data)?;
    let engine = Engine::load()?;
    fit::check_data(&recipe, &dataset)?;
    let run = match arguments.resume {
        true => RunFolder::resume(&arguments.output, &recipe)?,
        false => RunFolder::create(&arguments.output, &recipe)?,
    };
    let start_from = arguments
        .start_from
        .as_deref()
        .map(RunFolder::open)
        .transpose()?;
    let options = FitOptions {
        device: arguments.place.device,
        threads: arguments.place.threads(),
        resume: arguments.resume,
        checkpoint_interval: arguments.checkpoint_minutes,
    };
    let mut progress = FitProgress::new(interrupt::requested()?);
    fit::fit_from(
        &engine,
        &recipe,
        &dataset,
        &run,
        start_from.as_ref(),
        options,
        &mut progress,
    )?;
    Ok(standard_output::print(&format!(
        "{}: done\n",
        arguments.output.display()
    ))?)
}
