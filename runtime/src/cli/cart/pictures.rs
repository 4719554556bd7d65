//! The thread that makes pictures, so that the link is read meanwhile.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use ecg2mri::atomic_file::{AtomicFile, commit_together, remove_leftovers};
use ecg2mri::report::{TimingMs, milliseconds};
use ecg2mri::{Ecg, Pipeline, PipelineError, Report};

use super::super::failure::Failure;
use super::message::Message;

/// Makes pictures, one after the other.
#[derive(Debug)]
pub struct Pictures {
    recordings: Sender<Ecg>,
    results: Receiver<Result<Message, Failure>>,
    is_busy: bool,
}

impl Pictures {
    /// Makes pictures with `pipeline` and puts them into `folder`, which is made if need be.
    ///
    /// # Errors
    /// A folder that cannot be made.
    pub fn start(pipeline: Pipeline, folder: &Path) -> Result<Self, Failure> {
        let failed =
            |error| Failure::failed(format!("{}: cannot be made: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(failed)?;
        let (recordings, received) = channel::<Ecg>();
        let (sender, results) = channel();
        let folder = folder.to_owned();
        thread::spawn(move || {
            for ecg in received {
                if sender.send(picture(&pipeline, &ecg, &folder)).is_err() {
                    break;
                }
            }
        });
        Ok(Self {
            recordings,
            results,
            is_busy: false,
        })
    }

    /// Whether a picture is being made.
    pub fn is_busy(&self) -> bool {
        self.is_busy
    }

    /// Begins a picture of `ecg`.
    pub fn begin(&mut self, ecg: Ecg) {
        self.is_busy = self.recordings.send(ecg).is_ok();
    }

    /// What came of the picture, once that is known; `None` if it takes longer than `patience`.
    ///
    /// # Errors
    /// Where files cannot be written or the model failed.
    pub fn result(&mut self, patience: Duration) -> Option<Result<Message, Failure>> {
        if !self.is_busy {
            return None;
        }
        let result = self.results.recv_timeout(patience).ok()?;
        self.is_busy = false;
        Some(result)
    }
}

/// Makes one picture and writes it with its report.
fn picture(pipeline: &Pipeline, ecg: &Ecg, folder: &Path) -> Result<Message, Failure> {
    let begin = Instant::now();
    let generated = match pipeline.generate(ecg) {
        Ok(generated) => generated,
        Err(error) => return not_generated(&error),
    };
    let drawing = Instant::now();
    let png = pipeline.png(&generated).map_err(Failure::failed)?;
    let timing = TimingMs {
        picture: milliseconds(drawing.elapsed()),
        total: milliseconds(begin.elapsed()),
        ..TimingMs::default()
    };
    let report = Report::of_samples(ecg, pipeline.model(), &generated, timing);
    let (file, report_file) = free_names(folder);
    remove_leftovers([file.as_path(), report_file.as_path()]);
    let mut files = Vec::new();
    for (path, contents) in [
        (&file, &png),
        (&report_file, &report.to_json().into_bytes()),
    ] {
        let mut file = AtomicFile::create(path)?;
        file.fill(contents)?;
        files.push(file);
    }
    commit_together(files)?;
    Ok(Message::Picture {
        file,
        report: report_file,
        quality: report.quality.verdict.clone(),
        heart_rate_bpm: report.measurements.all.heart_rate_bpm,
        warnings: report.warnings,
    })
}

/// A refusal is told and the next ten seconds may do; a failure would come again.
fn not_generated(error: &PipelineError) -> Result<Message, Failure> {
    let reason = error.to_string();
    match error.is_refusal() {
        true => Ok(Message::NoPicture {
            reason,
            refused: true,
        }),
        false => Err(Failure::failed(reason)),
    }
}

/// The first number under which there is neither picture nor report.
fn free_names(folder: &Path) -> (PathBuf, PathBuf) {
    let named = |number: u32| {
        let of = |extension| folder.join(format!("picture-{number:04}.{extension}"));
        (of("png"), of("json"))
    };
    let is_free = |names: &(PathBuf, PathBuf)| !names.0.exists() && !names.1.exists();
    let mut names = (1..=u32::MAX).map(named);
    names.find(is_free).unwrap_or_else(|| named(0))
}
