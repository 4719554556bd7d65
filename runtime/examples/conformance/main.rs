//! How well beats, waves and intervals are found: tables against hand annotations, exact truth and
//! other programs.
//!
//! ```text
//! ECG2MRI_TEST_DATA=<folder> cargo run --release --example conformance -- \
//!     [--synthetic COHORT] [--neurokit FIDUCIALS.json]
//! ```
//!
//! `COHORT` is made by `ecg2mri-train synthesise --also wfdb`, `FIDUCIALS.json` by
//! `tests/goldens/neurokit_fiducials.py`. Whatever is not given is skipped, and said so.

mod annotations;
mod boundaries;
mod devices;
mod other_program;
mod qrs;
mod records;
mod statistics;
mod synthetic;

use std::error::Error;
use std::path::PathBuf;

use other_program::OtherProgram;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let other = match &arguments.neurokit {
        Some(path) => Some(OtherProgram::read(path)?),
        None => {
            println!("SKIPPED: NeuroKit2, because --neurokit names no file of its fiducials");
            None
        }
    };
    match std::env::var_os("ECG2MRI_TEST_DATA").map(PathBuf::from) {
        Some(root) => {
            let ecg = root.join("ecg");
            qrs::print(&ecg, other.as_ref())?;
            boundaries::print(&ecg, other.as_ref())?;
            devices::print(&ecg)?;
        }
        None => println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings"),
    }
    match &arguments.synthetic {
        Some(cohort) => synthetic::print(cohort)?,
        None => println!("SKIPPED: synthetic recordings, because --synthetic names no cohort"),
    }
    Ok(())
}

#[derive(Default)]
struct Arguments {
    synthetic: Option<PathBuf>,
    neurokit: Option<PathBuf>,
}

impl Arguments {
    fn parse(mut given: impl Iterator<Item = String>) -> Result<Arguments, String> {
        let mut arguments = Arguments::default();
        while let Some(name) = given.next() {
            let place = match name.as_str() {
                "--synthetic" => &mut arguments.synthetic,
                "--neurokit" => &mut arguments.neurokit,
                _ => {
                    return Err(format!(
                        "{name} is unknown; --synthetic COHORT and --neurokit FILE are taken"
                    ));
                }
            };
            *place = Some(given.next().ok_or(format!("{name} needs a path"))?.into());
        }
        Ok(arguments)
    }
}
