//! `ecg2mri-train synthesise`.

use super::Outcome;
use super::progress::counting_bar;
use crate::cohort::synthesise::{CohortPlan, synthesise};
use crate::synthesis::Profile;
use ecg2mri::standard_output;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "Example:\n  ecg2mri-train synthesise --subjects 4000 --seed 7 -o cohort")]
pub(super) struct Arguments {
    /// How many subjects
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    subjects: u32,
    /// The cohort's seed; a subject depends on it and on its own number only
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How common each condition is: ukb, enriched or healthy
    #[arg(long, default_value_t = Profile::Enriched)]
    profile: Profile,
    /// The cohort's folder; it must not exist yet, unless with --resume
    #[arg(short, long)]
    output: PathBuf,
    /// Go on with a cohort that was interrupted
    #[arg(long)]
    resume: bool,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let plan = CohortPlan {
        subjects: arguments.subjects,
        seed: arguments.seed,
        profile: arguments.profile,
    };
    let bar = counting_bar(plan.subjects as usize, "subjects");
    let made = synthesise(&arguments.output, &plan, arguments.resume, &|| bar.inc(1));
    bar.finish_and_clear();
    made?;
    Ok(standard_output::print(&format!(
        "{}: {} subjects, profile {}, seed {}\n",
        arguments.output.display(),
        plan.subjects,
        plan.profile,
        plan.seed
    ))?)
}
