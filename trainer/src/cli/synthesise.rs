//! `ecg2mri-train synthesise`.

use super::progress::Counter;
use super::{Outcome, information};
use crate::cohort::CohortPlan;
use crate::cohort::room::megabytes_a_subject;
use crate::cohort::shard::Shard;
use crate::cohort::synthesise::{Run, synthesise};
use crate::synthesis::Profile;
use crate::synthesis::write::{Labels, Pictures};
use ecg2mri::{interrupt, standard_output};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = after_help())]
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
    /// full: the short-axis stack and the four-chamber slice in 50 frames; mid: the mid short-axis slice and the
    /// four-chamber slice at end-diastole and end-systole
    #[arg(long, default_value_t)]
    pictures: Pictures,
    /// ed-es: the short axis at end-diastole and end-systole; all: its every frame besides, and the four-chamber slice
    #[arg(long, default_value_t)]
    labels: Labels,
    /// Another format to write the recordings in besides: wfdb, with beats (.atr) and waves (.waves) annotated
    #[arg(long, value_name = "FORMAT")]
    also: Vec<AlsoFormat>,
    /// The cohort's folder; it must not exist yet, unless with --resume or --shard
    #[arg(short, long)]
    output: PathBuf,
    /// Make part I of N only: the subjects whose number modulo N is I - 1
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE, hide_default_value = true)]
    shard: Shard,
    /// Go on where an earlier run stopped, or begin where there was none
    #[arg(long)]
    resume: bool,
    /// Then measure how much the ECGs tell about the hearts, and write the figures to information.json in the cohort
    #[arg(long)]
    report: bool,
    /// Subjects made at one time [default: all cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
}

fn after_help() -> String {
    let size = |pictures| megabytes_a_subject(pictures, Labels::EdEs, false);
    format!(
        "Examples:\n  \
         ecg2mri-train synthesise --subjects 500 --seed 7 -o cohort\n  \
         ecg2mri-train synthesise --subjects 20000 --pictures mid -o cohort\n  \
         ecg2mri-train synthesise --subjects 20000 --shard 3/40 --resume -o cohort   (task 3 of a job array of 40)\n\n\
         A subject takes about {:.1} MB, with --pictures mid about {:.2} MB. Shards share one folder and run in any order,\n\
         also at one time; subjects.csv appears when all are there. Whatever the threads, shards and interruptions, the\n\
         same options give the same bytes. Ctrl-C stops when the subjects in hand are made; --resume goes on.",
        size(Pictures::Full),
        size(Pictures::Mid)
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AlsoFormat {
    Wfdb,
}

impl std::str::FromStr for AlsoFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "wfdb" => Ok(Self::Wfdb),
            _ => Err(format!("unknown format `{word}`: use wfdb")),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let plan = CohortPlan {
        subjects: arguments.subjects,
        seed: arguments.seed,
        profile: arguments.profile,
        pictures: arguments.pictures,
        labels: arguments.labels,
        also_wfdb: arguments.also.contains(&AlsoFormat::Wfdb),
    };
    let shard = arguments.shard;
    let stop = interrupt::requested()?;
    let threads = usize::from(arguments.threads.unwrap_or(0));
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    let counter = Counter::new(shard.count(plan.subjects) as usize, "subjects");
    let run = Run {
        shard,
        resume: arguments.resume,
        stop: &stop,
        progress: &|| counter.add_one(),
    };
    let made = pool.install(|| synthesise(&arguments.output, &plan, run));
    counter.finish();
    let made = made?;
    let root = arguments.output.display();
    let CohortPlan { profile, seed, .. } = plan;
    let mut text = format!("{root}: {} subjects", made.subjects);
    if !shard.is_whole() {
        text += &format!(" of shard {shard}");
    }
    text += &format!(", profile {profile}, seed {seed}");
    if !shard.is_whole() {
        text += if made.whole {
            "; all shards are there"
        } else {
            "; other shards are still to come"
        };
    }
    standard_output::print(&(text + "\n"))?;
    match arguments.report && made.whole {
        true => information::report(
            &arguments.output,
            information::SUBJECTS as usize,
            seed,
            Some(&arguments.output.join("information.json")),
        ),
        false => Ok(()),
    }
}
