//! The work of `ecg2mri batch`: a marked picture and a report for each ECG.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::str::FromStr;
use std::time::Instant;

use super::work::{Outcome, Work};
use crate::ecg::Ecg;
use crate::formats::{self, Format, ReadError, ReadErrorKind, wfdb};
use crate::model::statistics::Novelty;
use crate::picture::png::PngError;
use crate::pipeline::{Generated, Pipeline, PipelineError};
use crate::report::{Report, TimingMs, milliseconds};
use crate::signal::quality::Verdict;

/// Columns of the index before the estimates of the model's statistics.
const COLUMNS: [&str; 10] = [
    "format",
    "quality",
    "novelty",
    "outlier_score",
    "heart_rate_bpm",
    "pr_ms",
    "qrs_ms",
    "qt_ms",
    "qtc_fridericia_ms",
    "latent_norm",
];

/// A kind of file that is written for each ECG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// The marked picture as PNG.
    Png,
    /// The report, as `ecg2mri generate --report` writes it.
    Json,
}

impl OutputFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Png, Self::Json];

    /// The extension of its files, which is its name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for OutputFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.extension())
    }
}

impl FromStr for OutputFormat {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::extension);
        let place = known.iter().position(|name| *name == word);
        let format = place.and_then(|place| Self::ALL.get(place).copied());
        format.ok_or_else(|| format!("no format `{word}`; there are {}", known.join(" and ")))
    }
}

/// What `ecg2mri batch` does with each file.
#[derive(Debug)]
pub struct Pictures {
    pipeline: Pipeline,
    formats: Vec<OutputFormat>,
    extensions: Vec<&'static str>,
    force: bool,
    latents: bool,
    identity: String,
    columns: Vec<String>,
}

impl Pictures {
    /// Writes files in `formats` with what `pipeline` makes of an ECG; with `force` even if the ECG is to be
    /// refused. With `latents` the index has the coordinates of the latent, too.
    pub fn new(pipeline: Pipeline, formats: &[OutputFormat], force: bool, latents: bool) -> Self {
        let mut chosen: Vec<OutputFormat> = Vec::new();
        for format in formats {
            if !chosen.contains(format) {
                chosen.push(*format);
            }
        }
        let extensions: Vec<_> = chosen.iter().map(|format| format.extension()).collect();
        let model = pipeline.model();
        let identity = format!(
            "ecg2mri {}, model {}, {}, force {force}, latents {latents}",
            env!("CARGO_PKG_VERSION"),
            model.sha256(),
            extensions.join("+"),
        );
        let mut columns: Vec<String> = COLUMNS.map(String::from).into();
        if let Some(statistics) = model.statistics() {
            let readouts = statistics.readouts.iter();
            columns.extend(readouts.map(|readout| readout.name.clone()));
        }
        if latents {
            let outputs = &model.manifest().encoder.outputs;
            let length = outputs.first().map_or(0, |latent| latent.length());
            columns.extend((0..length).map(|place| format!("latent_{place}")));
        }
        Self {
            pipeline,
            formats: chosen,
            extensions,
            force,
            latents,
            identity,
            columns,
        }
    }

    fn generated(&self, ecg: &Ecg) -> Result<Generated, PipelineError> {
        if self.force {
            self.pipeline.generate_forced(ecg)
        } else {
            self.pipeline.generate(ecg)
        }
    }

    /// The contents of the files. Whatever else is to be written of a picture is added here.
    fn files(
        &self,
        recording: &Recording<'_>,
        generated: &Generated,
    ) -> Result<Vec<Vec<u8>>, PngError> {
        let drawing = Instant::now();
        let png = match self.formats.contains(&OutputFormat::Png) {
            true => self.pipeline.png(generated)?,
            false => Vec::new(),
        };
        let timing = TimingMs {
            read: recording.read_ms,
            picture: milliseconds(drawing.elapsed()),
            total: milliseconds(recording.begin.elapsed()),
            ..TimingMs::default()
        };
        let report = || {
            let Recording {
                path, format, ecg, ..
            } = recording;
            Report::new(path, *format, ecg, self.pipeline.model(), generated, timing)
        };
        let of = |format: &OutputFormat| match format {
            OutputFormat::Png => png.clone(),
            OutputFormat::Json => report().to_json().into_bytes(),
        };
        Ok(self.formats.iter().map(of).collect())
    }

    /// The values of the columns for a picture.
    fn values(&self, format: Format, generated: &Generated) -> Vec<String> {
        let measured = &generated.measurements;
        let number =
            |value: Option<f64>| value.map_or(String::new(), |value| format!("{value:.1}"));
        let outlier = generated.outlier;
        let mut values = vec![
            format.to_string(),
            generated.quality.verdict.to_string(),
            outlier.map_or(String::new(), |outlier| outlier.verdict.name().into()),
            outlier.map_or(String::new(), |outlier| {
                format!("{:.3}", outlier.relative())
            }),
            number(measured.heart_rate_bpm),
            number(measured.pr_ms),
            number(measured.qrs_ms),
            number(measured.qt_ms),
            number(measured.qtc_ms.map(|corrected| corrected.fridericia)),
            format!("{:.4}", generated.latent.norm()),
        ];
        let estimates = generated.estimates.iter();
        values.extend(estimates.map(|estimate| format!("{:.3}", estimate.value)));
        if self.latents {
            let latent = generated.latent.values().iter();
            // As many digits as it takes to read the same number again.
            values.extend(latent.map(ToString::to_string));
        }
        values
    }
}

/// An ECG that was read.
struct Recording<'a> {
    path: &'a Path,
    format: Format,
    ecg: &'a Ecg,
    begin: Instant,
    read_ms: f64,
}

impl Work for Pictures {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn extensions(&self) -> &[&'static str] {
        &self.extensions
    }

    fn process(&self, path: &Path) -> Outcome {
        let begin = Instant::now();
        if wfdb::is_part_of_record(path) {
            return Outcome::part();
        }
        let format = match formats::detect(path) {
            Ok(format) => format,
            Err(error) => return unread(path, &error),
        };
        let of_format = vec![format.to_string()];
        let ecg = match formats::read_as(path, format) {
            Ok(ecg) => ecg,
            Err(error) => return unread(path, &error).with_values(of_format),
        };
        let recording = Recording {
            path,
            format,
            ecg: &ecg,
            begin,
            read_ms: milliseconds(begin.elapsed()),
        };
        let generated = match self.generated(&ecg) {
            Ok(generated) => generated,
            Err(error) => return without_picture(&error, format),
        };
        let values = self.values(format, &generated);
        match self.files(&recording, &generated) {
            Ok(files) => Outcome::done(files).with_values(values),
            Err(error) => Outcome::failed(error).with_values(values),
        }
    }
}

/// What comes of a file that cannot be read. Folders are left out of the reason, which stands beside the
/// recording's name in the index.
fn unread(path: &Path, error: &ReadError) -> Outcome {
    let kind = error.kind();
    let reason = match error.path().file_name() {
        Some(file) if error.path() != path => format!("{}: {kind}", file.to_string_lossy()),
        _ => kind.to_string(),
    };
    match kind {
        ReadErrorKind::UnknownFormat { .. } => {
            Outcome::skipped("is in no format of ECGs that is read")
        }
        ReadErrorKind::Io(error) if error.kind() != ErrorKind::InvalidData => {
            Outcome::failed_for_now(reason)
        }
        ReadErrorKind::NotFound => Outcome::failed_for_now(reason),
        _ => Outcome::failed(reason),
    }
}

/// What comes of an ECG that gives no picture, with the columns that say why.
fn without_picture(error: &PipelineError, format: Format) -> Outcome {
    let mut values = vec![format.to_string()];
    match error {
        PipelineError::Quality(quality) => values.push(quality.verdict.to_string()),
        PipelineError::Foreign(outlier) => values.extend([
            String::new(),
            Novelty::Refused.name().into(),
            format!("{:.3}", outlier.relative()),
        ]),
        PipelineError::Signal(error) if error.is_poor_signal() => {
            values.push(Verdict::Refuse.to_string());
        }
        _ => (),
    }
    let outcome = if error.is_refusal() {
        Outcome::refused(error)
    } else {
        Outcome::failed(error)
    };
    outcome.with_values(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_named_by_their_extensions() {
        for format in OutputFormat::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        let error = "gif".parse::<OutputFormat>().expect_err("not written");
        assert!(error.contains("png and json"), "{error}");
    }

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let of = |name: &str, content: &[u8]| {
            std::fs::write(path(name), content).expect("written");
            let error = formats::read(&path(name)).expect_err("no recording");
            unread(&path(name), &error)
        };
        assert_eq!(
            of("a.txt", b"words"),
            Outcome::skipped("is in no format of ECGs that is read")
        );
        let empty = of("a.xml", b"");
        assert!(empty == Outcome::failed(&empty.reason) && empty.reason.starts_with("is empty"));
        let missing = of("a.hea", b"a 1 500 4\na.dat 16 200 0 0 0 0 0 II\n");
        assert!(missing.reason.starts_with("a.dat: "), "{}", missing.reason);
        let error = formats::read(&path("absent")).expect_err("absent");
        assert!(unread(&path("absent"), &error).may_pass);
    }
}
