//! `ecg2mri check`: is a recording good enough, and is every electrode where it belongs?

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use ecg2mri::formats;
use ecg2mri::report::QualityReport;
use ecg2mri::signal::quality::{Verdict, assess};
use ecg2mri::standard_output;

use super::failure::Failure;

const EXAMPLES: &str = "Examples:
  ecg2mri check recording.hea
  ecg2mri check recording.xml --json

Exit codes: 0 if the recording is good or usable, 3 if it is refused.";

/// Check the signal quality of an ECG and the places of its electrodes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Print verdict, scores and reasons as JSON
    #[arg(long)]
    json: bool,
}

/// Carries out the command. A refused recording ends it with exit code 3, after the result was
/// printed, so that a script needs not read it.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let quality = assess(&formats::read(&arguments.ecg)?);
    let report = QualityReport::new(&quality, false);
    let text = if arguments.json {
        let json = serde_json::to_string_pretty(&report).map_err(Failure::failed)?;
        json + "\n"
    } else {
        table(&report)
    };
    standard_output::print(&text).map_err(Failure::failed)?;
    if quality.verdict == Verdict::Refuse {
        return Err(Failure::refused(&arguments.ecg));
    }
    Ok(())
}

/// One line per lead, then the verdict and its reasons.
fn table(report: &QualityReport) -> String {
    let mut text = String::from("lead  score  verdict  QRS mV  wander mV  mains mV  muscle mV\n");
    for lead in &report.leads {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<4}  {:>5.2}  {:<7}  {:>6.2}  {:>9.2}  {:>8.3}  {:>9.3}",
            lead.lead,
            lead.score,
            lead.verdict,
            lead.qrs_mv,
            lead.wander_mv,
            lead.mains_mv,
            lead.muscle_mv
        );
    }
    let _ = writeln!(text, "\n{}", report.verdict);
    for reason in &report.reasons {
        let _ = writeln!(text, "- {reason}");
    }
    text
}
