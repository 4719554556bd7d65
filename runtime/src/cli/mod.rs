//! The command line, one file per subcommand.
//!
//! - [`batch`]: a folder of ECGs in, pictures, reports and an index out;
//! - [`cart`]: a device at the bedside;
//! - [`check`]: what a recording is worth;
//! - [`convert`]: ECG in, the same recording out in another format;
//! - [`generate`]: ECG in, marked picture and report out;
//! - [`measure`]: rate, intervals, axes and voltages of an ECG;
//! - [`model`]: what a model is, and whether its files are sound;
//! - [`plot`]: an ECG on paper, as PNG or SVG;
//! - [`failure`]: how a command ends when it does not succeed;
//! - [`progress`]: how far a batch is;
//! - [`seconds`]: how durations are read.

mod batch;
mod cart;
mod check;
mod convert;
mod failure;
mod generate;
mod measure;
mod model;
mod plot;
mod progress;
mod seconds;
mod trust;

use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "Examples:
  ecg2mri generate recording.hea -o picture.png
  ecg2mri generate recording.xml -o picture.png --report report.json
  ecg2mri batch recordings -o pictures
  ecg2mri cart --port /dev/ttyACM0
  ecg2mri check recording.hea
  ecg2mri convert recording.xml -o recording.csv
  ecg2mri measure recording.scp --json
  ecg2mri plot recording.dcm -o paper.svg
  ecg2mri model verify models

Formats read, told apart by content: WFDB, CardiologyXML, MUSE XML, Philips XML, HL7 aECG, SCP-ECG, DICOM, EDF, MATLAB, CSV,
JSON and asc.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 recording refused for its quality, or for being unlike what the model knows.

Pictures are SYNTHETIC: not a scan and not for diagnosis.";

/// Generates a pseudo-MRI, a synthetic picture of the heart, from a 12-lead ECG
#[derive(Debug, Parser)]
#[command(name = "ecg2mri", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Batch(batch::Arguments),
    Cart(cart::Arguments),
    Check(check::Arguments),
    Convert(convert::Arguments),
    Generate(generate::Arguments),
    Measure(measure::Arguments),
    Model(model::Arguments),
    Plot(plot::Arguments),
}

/// Runs the command that the program was called with. Results go to standard output,
/// messages to standard error. Wrong usage ends the program here, with exit code 2.
pub fn run() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Batch(arguments) => batch::run(&arguments),
        Command::Cart(arguments) => cart::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Measure(arguments) => measure::run(&arguments),
        Command::Model(arguments) => model::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// How many threads the program may keep busy; one where the system does not say.
fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use ecg2mri::formats::Format;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_format() {
        for format in Format::ALL {
            assert!(EXAMPLES.contains(format.name()), "{format}");
        }
    }
}
