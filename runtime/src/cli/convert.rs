//! `ecg2mri convert`: ECG in, the same recording out in another format.

use std::path::{Path, PathBuf};

use clap::Args;
use ecg2mri::Ecg;
use ecg2mri::formats::{self, Format, WriteError, csv, json, wfdb};
use ecg2mri::standard_output;

use super::failure::Failure;

const EXAMPLES: &str = "Examples:
  ecg2mri convert recording.xml -o recording.hea
  ecg2mri convert recording.hea -o recording.csv
  ecg2mri convert recording.csv -o recording.json

CSV and JSON read back as the very same numbers. So does WFDB where the samples are a
recorder's whole numbers times its step, as in almost any file; other samples are rounded
to 1 uV or finer. Age and sex are kept, the patient's identifier is not.";

/// Convert an ECG to WFDB, CSV or JSON
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Where the converted recording goes; files of that name are replaced. For a WFDB record
    /// OUT.dat appears beside OUT.hea
    #[arg(short, long, value_name = "OUT.hea|OUT.csv|OUT.json", value_parser = output)]
    output: Output,
}

/// Writes a recording as a file of one format.
type Write = fn(&Path, &Ecg) -> Result<(), WriteError>;

/// The formats written, by extension.
const WRITTEN: [(&str, Format, Write); 3] = [
    ("hea", Format::Wfdb, wfdb::write),
    ("csv", Format::Csv, csv::write),
    ("json", Format::Json, json::write),
];

/// A file to be written, with the way to do it.
#[derive(Clone, Debug)]
struct Output {
    path: PathBuf,
    format: Format,
    write: Write,
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let format = formats::detect(&arguments.ecg)?;
    let ecg = formats::read_as(&arguments.ecg, format)?;
    let output = &arguments.output;
    (output.write)(&output.path, &ecg).map_err(Failure::failed)?;
    standard_output::print(&summary(&ecg, format, output)).map_err(Failure::failed)
}

fn summary(ecg: &Ecg, source: Format, output: &Output) -> String {
    let (leads, left_out) = (ecg.leads().len(), ecg.skipped_signals().len());
    let rest = match left_out {
        0 => String::new(),
        1 => "; 1 signal that is no standard lead is left out".to_owned(),
        _ => format!("; {left_out} signals that are no standard leads are left out"),
    };
    format!(
        "{}: {leads} {}, {:.1} s at {} Hz, from {source} to {}{rest}\n",
        output.path.display(),
        if leads == 1 { "lead" } else { "leads" },
        ecg.duration_seconds(),
        ecg.sampling_rate(),
        output.format,
    )
}

fn output(name: &str) -> Result<Output, String> {
    let path = PathBuf::from(name);
    let extension = path.extension().and_then(|extension| extension.to_str());
    let written = WRITTEN
        .iter()
        .find(|(known, ..)| extension.is_some_and(|found| found.eq_ignore_ascii_case(known)));
    match written {
        Some(&(_, format, write)) => Ok(Output {
            path,
            format,
            write,
        }),
        None => Err(
            "WFDB, CSV and JSON are written, so give a name that ends in .hea, .csv or .json"
                .into(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_format() {
        for (name, format) in [
            ("a/b.hea", Format::Wfdb),
            ("b.CSV", Format::Csv),
            ("b.tar.json", Format::Json),
        ] {
            assert_eq!(output(name).unwrap().format, format, "{name}");
        }
        for name in ["b", "b.dat", ".csv", "csv", "b.xml", ""] {
            assert!(output(name).is_err(), "{name}");
        }
    }
}
