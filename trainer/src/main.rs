//! The program `ecg2mri-train`.

use ecg2mri_trainer::cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
