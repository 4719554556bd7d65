//! `ecg2mri generate`: ECG in, marked picture and report out.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Instant;

use clap::Args;
use ecg2mri::atomic_file::{AtomicFile, commit_together, remove_leftovers};
use ecg2mri::formats;
use ecg2mri::model::{Model, Trust, locate};
use ecg2mri::picture::file::{File, FileKind, Wishes};
use ecg2mri::picture::mark::NOTICE;
use ecg2mri::report::{EstimateReport, TimingMs, milliseconds};
use ecg2mri::standard_output;
use ecg2mri::{Analysed, Generated, Pipeline, Report};

use super::failure::Failure;
use super::trust::TrustArguments;

const EXAMPLES: &str = "Examples:
  ecg2mri generate recording.hea -o picture.png
  ecg2mri generate recording.xml -o picture.png --report report.json
  ecg2mri generate recording.hea -o picture.png -o film.gif -o archive.dcm
  ecg2mri generate recording.hea -o heart.nii.gz --deviation
  ecg2mri generate recording.hea -o values.png --bit-depth 16
  ecg2mri generate recording -o picture.png --model /media/usb/models --json
  ecg2mri generate noisy.hea -o picture.png --force

The end of its name says what a picture becomes:
  .png     all views and phases on a sheet, with their uncertainty
  .gif     a film of the phases; .apng the same as an animated PNG
  .nii.gz  the values of a view in all phases as NIfTI-1, in millimetres; .nii the same uncompressed; of several views
           each has a file of its own (heart_sa.nii.gz, heart_4ch.nii.gz)
  .dcm     an image of every view in every phase as DICOM Secondary Capture
Every one of them says, in pixels and in words, that it is synthetic and not for diagnosis.";

/// Generate a pseudo-MRI picture from a 12-lead ECG
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// The recording, in any format that is read (`ecg2mri --help` lists them)
    ecg: PathBuf,

    /// Where the picture goes; a file of that name is replaced; may be given several times
    #[arg(short, long, required = true, value_name = "OUT.png|.gif|.apng|.nii.gz|.nii|.dcm", value_parser = picture_name)]
    output: Vec<PathBuf>,

    /// Bits of a grey value of PNG: 8 for a sheet that is drawn, 16 for the values themselves
    #[arg(long, value_name = "BITS", default_value = "8", value_parser = ["8", "16"])]
    bit_depth: String,

    /// Beside each NIfTI file also write one of the deviations that the model predicts
    #[arg(long)]
    deviation: bool,

    /// Folder of the model [default: models/cart/ or models/ beside the program or in the current folder]
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,

    #[command(flatten)]
    trust: TrustArguments,

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
    let trust = arguments.trust.trust()?;
    let threads = super::cores();
    let load = || {
        let model = load(arguments.model.as_deref(), &trust);
        (model, read.elapsed())
    };
    // Neither needs the other, and each takes a good part of the whole time.
    let ((model, load_model), analysed) = match threads.get() {
        1 => (load(), Analysed::of(&ecg)),
        // The model by the other thread: what it allocates is kept, and what the analysis frees is used again by this one.
        _ => thread::scope(|scope| {
            let loaded = thread::Builder::new().spawn_scoped(scope, load);
            let analysed = Analysed::of(&ecg);
            // The system may have no thread to spare.
            let loaded = loaded.ok().and_then(|thread| thread.join().ok());
            (loaded.unwrap_or_else(load), analysed)
        }),
    };
    let pipeline = Pipeline::new(model?).with_threads(threads);
    let generated = if arguments.force {
        pipeline.generate_forced_of(analysed)
    } else {
        pipeline.generate_of(analysed)
    };
    let generated = generated.map_err(|error| Failure::pipeline(path, &error))?;
    let drawing = Instant::now();
    let pictures = encoded(arguments, &pipeline, &generated)?;
    let timing = TimingMs {
        read: milliseconds(read - begin),
        load_model: milliseconds(load_model),
        picture: milliseconds(drawing.elapsed()),
        total: milliseconds(begin.elapsed()),
        ..TimingMs::default()
    };
    let report = Report::new(path, format, &ecg, pipeline.model(), &generated, timing);

    let destinations = pictures.iter().map(|file| file.path.as_path());
    let written = [arguments.report.as_deref(), arguments.latent.as_deref()];
    remove_leftovers(destinations.chain(written.into_iter().flatten()));
    let mut files = Vec::new();
    for picture in &pictures {
        files.push(filled(&picture.path, &picture.contents)?);
    }
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
        standard_output::print(&summary(&pictures, &pipeline, &report)).map_err(Failure::failed)
    }
}

/// The model in `folder`, or the one that is found where none is named, signed as `trust` asks.
pub(super) fn load(folder: Option<&Path>, trust: &Trust) -> Result<Model, Failure> {
    match folder {
        Some(folder) => Ok(Model::load_trusting(folder, trust)?),
        None => Ok(Model::load_trusting(&locate::default_folder()?, trust)?),
    }
}

/// Every file that was asked for, in that order.
fn encoded(
    arguments: &Arguments,
    pipeline: &Pipeline,
    generated: &Generated,
) -> Result<Vec<File>, Failure> {
    let label = pipeline.label_of(generated);
    let wishes = Wishes {
        sixteen_bit: arguments.bit_depth == "16",
        deviation: arguments.deviation,
    };
    let mut files = Vec::new();
    for path in &arguments.output {
        let kind = FileKind::of(path).ok_or_else(|| Failure::failed(unknown_kind()))?;
        let encoded = kind.encode(path, &generated.picture, &label, wishes);
        let named = |error| Failure::failed(format!("{}: {error}", path.display()));
        files.extend(encoded.map_err(named)?);
    }
    for (place, file) in files.iter().enumerate() {
        if files[..place].iter().any(|other| other.path == file.path) {
            let path = file.path.display();
            return Err(Failure::failed(format!(
                "{path}: would be written twice; give each -o a name of its own"
            )));
        }
    }
    Ok(files)
}

/// A file under a temporary name, waiting to be committed with the others.
fn filled(destination: &Path, contents: &[u8]) -> Result<AtomicFile, Failure> {
    let mut file = AtomicFile::create(destination)?;
    file.fill(contents)?;
    Ok(file)
}

fn summary(pictures: &[File], pipeline: &Pipeline, report: &Report) -> String {
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
    let paths = pictures.iter().map(|file| file.path.display().to_string());
    format!(
        "{}: {}\n{NOTICE}{warnings}\nfrom {}: {} leads, {:.1} s at {} Hz, heart rate {:.0} bpm, {} of {} beats used\nquality {}\n{reasons}{}{}{}, {:.0} ms\n",
        paths.collect::<Vec<_>>().join(", "),
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
            "{} ECG: {:.1} away from those the model learned from in its {} (marked above {:.1}, refused above {:.1})\n",
            outlier.verdict, outlier.distance, outlier.measure, outlier.marked_above, outlier.refused_above
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

fn picture_name(name: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(name);
    match FileKind::of(&path) {
        Some(_) => Ok(path),
        None => Err(unknown_kind()),
    }
}

/// Which names pictures may have.
fn unknown_kind() -> String {
    let endings = FileKind::ALL.map(FileKind::ending);
    let (last, others) = endings.split_last().expect("there are kinds of files");
    format!("give a name that ends in {} or {last}", others.join(", "))
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
        assert_eq!(picture_name("a/b.PNG"), Ok(PathBuf::from("a/b.PNG")));
        assert_eq!(picture_name("b.nii.gz"), Ok(PathBuf::from("b.nii.gz")));
        for name in ["picture", "picture.jpg", ".png", "png", ""] {
            let refused = picture_name(name).expect_err(name);
            assert_eq!(
                refused,
                "give a name that ends in .png, .apng, .gif, .nii, .nii.gz or .dcm"
            );
        }
        assert!(json_name("report.json").is_ok() && json_name("report.png").is_err());
        assert!(txt_name("latent.txt").is_ok() && txt_name("latent.npy").is_err());
    }
}
