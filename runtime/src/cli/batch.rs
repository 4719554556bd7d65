//! `ecg2mri batch`: a folder of ECGs in, marked pictures, reports and an index out.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use ecg2mri::Pipeline;
use ecg2mri::batch::{self, Ended, Options, OutputFormat, Pictures, Shard, Surroundings};
use ecg2mri::{interrupt, standard_output};

use super::failure::Failure;
use super::generate;
use super::progress::Progress;
use super::trust::TrustArguments;

const EXAMPLES: &str = "Examples:
  ecg2mri batch recordings -o pictures
  ecg2mri batch recordings -o pictures --formats png --latents
  ecg2mri batch recordings -o pictures --shard 3/40 --threads 1   (task 3 of a job array of 40)
  ecg2mri batch inbox -o outbox --watch 5                         (stays, and looks every 5 seconds)

Sub-folders are meant as well. a/rec.hea becomes a/rec.hea.png and a/rec.hea.json in the output folder, and a row in
index-I-of-N.csv there. Called again, only new and changed recordings, and those not finished, are dealt with.

Exit codes: 0 every recording has its row, also where one failed (unless --strict), 1 the batch could not go on, or with
--strict a recording failed, 2 wrong usage, 130 stopped by Ctrl-C or SIGTERM (with --watch: 0).";

/// Generate pictures and reports of all ECGs in a folder
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The folder of recordings
    folder: PathBuf,

    /// The folder of pictures, reports and the index; it is made if need be
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,

    /// Deal with part I of N only; a recording's part depends on its path in the folder alone
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE, hide_default_value = true)]
    shard: Shard,

    /// Recordings dealt with at one time [default: all cores]
    #[arg(long, value_name = "T")]
    threads: Option<NonZeroUsize>,

    /// Folder of the model [default: models/cart/ or models/ beside the program or in the current folder]
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArguments,

    /// What is written of each ECG: png, the marked picture; json, the report
    #[arg(long, value_name = "FORMAT,…", value_delimiter = ',', default_values_t = OutputFormat::ALL)]
    formats: Vec<OutputFormat>,

    /// Also put the coordinates of the latent into the index
    #[arg(long)]
    latents: bool,

    /// Make pictures even of recordings refused for their quality or their kind; picture and report then say so
    #[arg(long)]
    force: bool,

    /// Also deal with recordings again that are done and have not changed
    #[arg(long)]
    again: bool,

    /// Stay, and look for new and changed recordings every so many seconds; one counts once it has been still for as long
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    watch: Option<Duration>,

    /// Exit with code 1 if a recording failed (those refused did not)
    #[arg(long)]
    strict: bool,

    /// Print the counts as JSON
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let stop = interrupt::requested().map_err(Failure::failed)?;
    let pipeline = Pipeline::new(generate::load(
        arguments.model.as_deref(),
        &arguments.trust.trust()?,
    )?);
    let Arguments {
        formats,
        force,
        latents,
        ..
    } = arguments;
    let pictures = Pictures::new(pipeline, formats, *force, *latents);
    let options = Options {
        input: arguments.folder.clone(),
        output: arguments.output.clone(),
        shard: arguments.shard,
        threads: arguments.threads.unwrap_or_else(super::cores),
        again: arguments.again,
        watch: arguments.watch,
    };
    let progress = Progress::new();
    let surroundings = Surroundings {
        stop: &stop,
        observe: &|counts| progress.show(counts),
    };
    let ended = batch::run(&options, &pictures, surroundings);
    progress.finish();
    let ended = ended.map_err(Failure::failed)?;
    progress.summarise(&ended);
    if arguments.json {
        standard_output::print(&json(&ended)).map_err(Failure::failed)?;
    }
    let is_watching = arguments.watch.is_some();
    if ended.interrupted && !is_watching {
        let message = "stopped before all recordings were dealt with; the same command goes on";
        return Err(Failure::interrupted(message));
    }
    match (arguments.strict, ended.counts.failed) {
        (false, _) | (true, 0) => Ok(()),
        (true, failed) => Err(Failure::failed(format!(
            "{failed} recordings failed; the index says why"
        ))),
    }
}

fn json(ended: &Ended) -> String {
    let mut json = serde_json::to_string_pretty(ended).expect("counts are always JSON");
    json.push('\n');
    json
}

fn seconds(text: &str) -> Result<Duration, String> {
    super::seconds::up_to(86_400.0, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_within_reason() {
        assert_eq!(seconds("2.5"), Ok(Duration::from_millis(2500)));
        for wrong in ["0", "-1", "nan", "inf", "1e9", "soon", ""] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
