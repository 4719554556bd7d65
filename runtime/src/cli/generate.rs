//! `ecg2mri generate`: ECG in, marked picture and report out.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use ecg2mri::atomic_file::{AtomicFile, commit_together};
use ecg2mri::formats;
use ecg2mri::model::{Model, locate};
use ecg2mri::picture::mark::NOTICE;
use ecg2mri::report::{EstimateReport, TimingMs, milliseconds};
use ecg2mri::standard_output;
use ecg2mri::{Pipeline, Report};

use super::failure::Failure;

const EXAMPLES: &str = "Examples:
  ecg2mri generate recording.hea -o picture.png
  ecg2mri generate recording.xml -o picture.png --report report.json
  ecg2mri generate recording -o picture.png --model /media/usb/models --json
  ecg2mri generate noisy.hea -o picture.png --force";

/// Generate a pseudo-MRI picture from a 12-lead ECG
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Where the picture goes; a file of that name is replaced
    #[arg(short, long, value_name = "OUT.png", value_parser = png_name)]
    output: PathBuf,

    /// Folder of the model [default: models/cart/ or models/ beside the program or in the current folder]
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,

    /// Also write a report of what was done
    #[arg(long, value_name = "OUT.json", value_parser = json_name)]
    report: Option<PathBuf>,

    /// Also write what the encoder makes of the ECG, a number per line
    #[arg(long, value_name = "OUT.txt", value_parser = txt_name)]
    latent: Option<PathBuf>,

    /// Make a picture even of a recording refused for its quality or its kind; picture and report then say so
    #[arg(long)]
    force: bool,

    /// Print the report instead of a summary
    #[arg(long)]
    json: bool,
}

/// Carries out the command.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let begin = Instant::now();
    let path = arguments.ecg.as_path();
    let format = formats::detect(path)?;
    let ecg = formats::read_as(path, format)?;
    let read = Instant::now();
    let pipeline = Pipeline::new(load(arguments.model.as_deref())?);
    let loaded = Instant::now();
    let generated = if arguments.force {
        pipeline.generate_forced(&ecg)
    } else {
        pipeline.generate(&ecg)
    };
    let generated = generated.map_err(|error| Failure::pipeline(path, &error))?;
    let drawing = Instant::now();
    let png = pipeline.png(&generated).map_err(Failure::failed)?;
    let timing = TimingMs {
        read: milliseconds(read - begin),
        load_model: milliseconds(loaded - read),
        picture: milliseconds(drawing.elapsed()),
        total: milliseconds(begin.elapsed()),
        ..TimingMs::default()
    };
    let report = Report::new(path, format, &ecg, pipeline.model(), &generated, timing);

    let mut files = vec![filled(&arguments.output, &png)?];
    if let Some(destination) = &arguments.report {
        files.push(filled(destination, report.to_json().as_bytes())?);
    }
    if let Some(destination) = &arguments.latent {
        files.push(filled(destination, generated.latent.to_lines().as_bytes())?);
    }
    commit_together(files)?;
    if arguments.json {
        standard_output::print(&report.to_json()).map_err(Failure::failed)
    } else {
        standard_output::print(&summary(&arguments.output, &pipeline, &report))
            .map_err(Failure::failed)
    }
}

fn load(folder: Option<&Path>) -> Result<Model, Failure> {
    match folder {
        Some(folder) => Ok(Model::load(folder)?),
        None => Ok(Model::load(&locate::default_folder()?)?),
    }
}

/// A file under a temporary name, waiting to be committed with the others.
fn filled(destination: &Path, contents: &[u8]) -> Result<AtomicFile, Failure> {
    let mut file = AtomicFile::create(destination)?;
    file.fill(contents)?;
    Ok(file)
}

fn summary(picture: &Path, pipeline: &Pipeline, report: &Report) -> String {
    let (label, input, measured) = (pipeline.label(), &report.input, &report.measurements);
    let heart_rate_bpm = measured.all.heart_rate_bpm.unwrap_or(f64::NAN);
    let warnings: String = report
        .warnings
        .iter()
        .map(|warning| format!("\n{warning}"))
        .collect();
    let reasons: String = report
        .quality
        .reasons
        .iter()
        .map(|reason| format!("- {reason}\n"))
        .collect();
    format!(
        "{}: {}\n{NOTICE}{warnings}\nfrom {}: {} leads, {:.1} s at {} Hz, heart rate {:.0} bpm, {} of {} beats used\nquality {}\n{reasons}{}{}{}, {:.0} ms\n",
        picture.display(),
        label.view_line(),
        input.file,
        input.leads.len(),
        input.duration_s,
        input.sampling_rate_hz,
        heart_rate_bpm,
        measured.beats_used,
        measured.beats_found,
        report.quality.verdict,
        likeness(report),
        estimates(report),
        label.model_line(),
        report.timing_ms.total,
    )
}

/// How like those that the model learned from the ECG is, in a line, if the model says.
fn likeness(report: &Report) -> String {
    report.outlier.map_or(String::new(), |outlier| {
        format!(
            "{} ECG: distance {:.1} from those the model learned from (marked above {:.1}, refused above {:.1})\n",
            outlier.verdict, outlier.distance, outlier.marked_above, outlier.refused_above
        )
    })
}

/// What the model reads from the ECG, a line each, if it reads anything.
fn estimates(report: &Report) -> String {
    let line = |one: &EstimateReport| {
        // Millimetres of a wall need a decimal, millilitres of a ventricle none.
        let digits = if one.high < 20.0 { 1 } else { 0 };
        format!(
            "- {}: {:.digits$} {} ({:.digits$} to {:.digits$} in {:.0} % of hearts)\n",
            one.name,
            one.value,
            one.unit,
            one.low,
            one.high,
            100.0 * one.coverage
        )
    };
    let lines: String = report.estimates.iter().map(line).collect();
    match lines.as_str() {
        "" => lines,
        _ => format!("estimates from the ECG alone\n{lines}"),
    }
}

fn png_name(name: &str) -> Result<PathBuf, String> {
    named(name, "png").ok_or_else(|| {
        "only PNG pictures are written by this version, so give a name that ends in .png".into()
    })
}

fn json_name(name: &str) -> Result<PathBuf, String> {
    named(name, "json")
        .ok_or_else(|| "the report is JSON, so give a name that ends in .json".into())
}

fn txt_name(name: &str) -> Result<PathBuf, String> {
    named(name, "txt").ok_or_else(|| "the latent is text, so give a name that ends in .txt".into())
}

/// The path, if it has the given extension in whatever case.
fn named(name: &str, extension: &str) -> Option<PathBuf> {
    let path = PathBuf::from(name);
    let fits = path
        .extension()
        .is_some_and(|found| found.eq_ignore_ascii_case(extension));
    fits.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_named_for_what_they_are() {
        assert_eq!(png_name("a/b.PNG"), Ok(PathBuf::from("a/b.PNG")));
        for name in ["picture", "picture.nii.gz", ".png", "png", ""] {
            assert!(png_name(name).is_err(), "{name}");
        }
        assert!(json_name("report.json").is_ok() && json_name("report.png").is_err());
        assert!(txt_name("latent.txt").is_ok() && txt_name("latent.npy").is_err());
    }
}
