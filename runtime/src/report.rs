//! What was done to a recording, for people and for machines.
//!
//! A report never holds the patient's name, age or sex, nor the number that the recording
//! gives; of the input it names the file alone, without its folders, and with an ellipsis
//! for the number where the file is named after the patient, as UK Biobank's are. A number
//! that stands in a file's name only (WFDB headers have no field for it) cannot be known
//! for one.

mod findings;
mod quality;

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ecg::Ecg;
use crate::formats::Format;
use crate::model::Model;
use crate::model::manifest::{FileIdentity, NetworkFile};
use crate::model::statistics::Outlier;
use crate::picture::mark::NOTICE;
use crate::pipeline::Generated;
use crate::signal::quality::Verdict;

pub use findings::{EstimateReport, MeasurementsReport, Uncertainty};
use findings::{estimates, uncertainty};
pub use quality::{LeadReport, QualityReport};

/// Version of the report's schema; raised when a name goes or means something else.
pub const SCHEMA_VERSION: u32 = 1;
/// What stands for the format of a recording that was read from no file.
pub const NO_FILE: &str = "samples in memory";

/// The report of one generated picture; its JSON has the same names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Report {
    /// Which version of the schema in `runtime/schema/report.schema.json` the report follows: [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// That the picture is synthetic and not for diagnosis.
    pub notice: String,
    /// Program and version.
    pub program: String,
    /// The recording.
    pub input: Input,
    /// The model.
    pub model: ModelIdentity,
    /// What was made of the recording's quality.
    pub quality: QualityReport,
    /// What was measured on the recording.
    pub measurements: MeasurementsReport,
    /// What the model reads from the ECG besides the picture; empty if it has no statistics.
    pub estimates: Vec<EstimateReport>,
    /// How unlike those that the model learned from the ECG is; null if the model has no
    /// statistics.
    pub outlier: Option<Outlier>,
    /// How uncertain each picture is; empty if the model does not say.
    pub uncertainty: Vec<Uncertainty>,
    /// What the picture is marked with, besides that it is synthetic.
    pub warnings: Vec<String>,
    /// Euclidean norm of the latent.
    pub latent_norm: f64,
    /// Standard deviations of `latent_norm` from the mean of the training split; null
    /// where norms do not vary.
    pub latent_norm_z_score: Option<f64>,
    /// Wall-clock time of each stage.
    pub timing_ms: TimingMs,
}

/// The recording as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Input {
    /// File name, without folders, and empty where there was no file; `…` stands for the patient's number, if the recording
    /// gives it and the name contains it.
    pub file: String,
    /// Name of the file format, or [`NO_FILE`].
    pub format: String,
    /// Leads in the file, in its order.
    pub leads: Vec<String>,
    /// Signals in the file that are none of the twelve standard leads.
    pub signals_not_used: Vec<String>,
    /// Sampling rate in Hz.
    pub sampling_rate_hz: f64,
    /// Samples per lead.
    pub samples: usize,
    /// Length in seconds.
    pub duration_s: f64,
}

/// Which model drew the picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelIdentity {
    /// Name.
    pub name: String,
    /// Digest of the model: SHA-256 of its manifest, which holds those of its files.
    pub sha256: String,
    /// Its files: the networks, and the statistics if there are any.
    pub files: Vec<FileIdentity>,
}

/// Wall-clock times in milliseconds. `total` runs from the start of the command until
/// the picture is ready to be written. Where there are cores, the model is loaded while the
/// recording is preprocessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimingMs {
    /// Reading the recording.
    pub read: f64,
    /// Loading, verifying and optimising the model.
    pub load_model: f64,
    /// Recording to network input.
    pub preprocess: f64,
    /// The encoder.
    pub encoder: f64,
    /// The decoder.
    pub decoder: f64,
    /// Measuring the recording, besides what the picture needs.
    pub measurements: f64,
    /// Drawing, marking and encoding the picture.
    pub picture: f64,
    /// Everything.
    pub total: f64,
}

/// Milliseconds to the microsecond.
pub fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

impl Report {
    /// The report of `generated`, which `model` made of `ecg` as read from `path`. The
    /// times of [`Generated::times`] are taken over into `timing_ms`; the others are the
    /// caller's.
    pub fn new(
        path: &Path,
        format: Format,
        ecg: &Ecg,
        model: &Model,
        generated: &Generated,
        timing_ms: TimingMs,
    ) -> Self {
        let input = Input::of_file(path, format, ecg);
        Self::with_input(input, model, generated, timing_ms)
    }

    /// As [`new`](Self::new), of an `ecg` that came from no file; the report's name of the file is
    /// empty then, and [`NO_FILE`] its format.
    pub fn of_samples(
        ecg: &Ecg,
        model: &Model,
        generated: &Generated,
        timing_ms: TimingMs,
    ) -> Self {
        let input = Input::new(String::new(), NO_FILE.into(), ecg);
        Self::with_input(input, model, generated, timing_ms)
    }

    fn with_input(input: Input, model: &Model, generated: &Generated, timing_ms: TimingMs) -> Self {
        let statistics = &model.manifest().latent;
        let times = &generated.times;
        let poor = generated.quality.verdict == Verdict::Refuse;
        Self {
            schema_version: SCHEMA_VERSION,
            notice: NOTICE.into(),
            program: concat!("ecg2mri ", env!("CARGO_PKG_VERSION")).into(),
            input,
            model: ModelIdentity::new(model),
            quality: QualityReport::new(&generated.quality, poor),
            measurements: MeasurementsReport::new(generated),
            estimates: estimates(&generated.estimates),
            outlier: generated.outlier,
            uncertainty: uncertainty(&generated.picture, &model.manifest().picture),
            warnings: generated
                .warnings()
                .iter()
                .map(|warning| warning.words().to_owned())
                .collect(),
            latent_norm: generated.latent.norm(),
            latent_norm_z_score: generated.latent.norm_z_score(statistics),
            timing_ms: TimingMs {
                preprocess: milliseconds(times.preprocess),
                encoder: milliseconds(times.encoder),
                decoder: milliseconds(times.decoder),
                measurements: milliseconds(times.measurements),
                ..timing_ms
            },
        }
    }

    /// The report as indented JSON with a line break at the end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .expect("a report holds strings, numbers and lists, which are always JSON");
        json.push('\n');
        json
    }
}

impl Input {
    fn of_file(path: &Path, format: Format, ecg: &Ecg) -> Self {
        Self::new(file_without_number(path, ecg), format.to_string(), ecg)
    }

    fn new(file: String, format: String, ecg: &Ecg) -> Self {
        Self {
            file,
            format,
            leads: ecg.leads().iter().map(ToString::to_string).collect(),
            signals_not_used: ecg.skipped_signals().to_vec(),
            sampling_rate_hz: ecg.sampling_rate(),
            samples: ecg.samples_per_lead(),
            duration_s: ecg.duration_seconds(),
        }
    }
}

fn file_without_number(path: &Path, ecg: &Ecg) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str());
    let file = file.to_string_lossy().into_owned();
    match ecg.patient().id.as_deref() {
        Some(number) if !number.is_empty() => file.replace(number, "…"),
        _ => file,
    }
}

impl ModelIdentity {
    fn new(model: &Model) -> Self {
        let manifest = model.manifest();
        let networks = [&manifest.encoder, &manifest.decoder].map(NetworkFile::identity);
        let files = networks.into_iter().chain(manifest.statistics.clone());
        Self {
            name: manifest.name.clone(),
            sha256: model.sha256().into(),
            files: files.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecg::{Lead, Patient};

    #[test]
    fn the_patients_number_is_not_repeated() {
        let file = |number: Option<&str>| {
            let patient = Patient {
                id: number.map(str::to_owned),
                ..Patient::default()
            };
            let ecg = Ecg::new(vec![Lead::I], vec![vec![0.0]], 500.0)
                .expect("a recording")
                .with_patient(patient);
            let path = Path::new("1000001/1000001_20205_2_0.xml");
            Input::of_file(path, Format::CardiologyXml, &ecg).file
        };
        assert_eq!(file(Some("1000001")), "…_20205_2_0.xml");
        for other in [None, Some(""), Some("7")] {
            assert_eq!(file(other), "1000001_20205_2_0.xml");
        }
    }
}
