//! `environment.toml`: what a run ran on, with what, and on which data.

use super::machine;
use super::{Recipe, RecipeError, RunFolder};
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use serde::{Deserialize, Serialize};

/// `environment.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEnvironment {
    /// The program and its version, at the newest start.
    pub created_by: String,
    /// ONNX Runtime's version, at the newest start.
    pub onnx_runtime: String,
    /// The devices that trained, comma-separated.
    pub device: String,
    /// The seed of everything random in training: first weights, order of the subjects, changes made to their ECGs.
    pub seed: u64,
    /// The data set's cohort.
    pub cohort: String,
    /// Whether the cohort is simulated.
    pub simulated: bool,
    /// Which subjects of the data set are trained on and which are kept back.
    pub split_fingerprint: String,
    /// Subjects trained on.
    pub training_subjects: usize,
    /// The seed of the data set's split.
    pub split_seed: u64,
    /// Pixel size of the data set's pictures, in millimetres.
    pub pixel_mm: f64,
    /// Every start of the run, the oldest first.
    #[serde(rename = "start", default)]
    pub starts: Vec<RunStart>,
}

/// One start of a run: the first, or one that went on with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunStart {
    /// The program and its version.
    pub created_by: String,
    /// The git revision that the program was built from; `unknown` where it was built outside a checkout.
    pub revision: String,
    /// ONNX Runtime's version.
    pub onnx_runtime: String,
    /// The device: `cpu` or `cuda:N`.
    pub device: String,
    /// What the machine calls the device.
    pub device_name: String,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
    /// The CPU's model and its threads.
    pub cpu: String,
    /// Operating system and architecture.
    pub system: String,
    /// The stage in which it began.
    pub stage: String,
    /// The step of that stage that it began after.
    pub step: usize,
}

impl RunStart {
    /// A start here and now.
    pub(super) fn here(
        engine: &Engine,
        device: Device,
        threads: usize,
        stage: &str,
        step: usize,
    ) -> RunStart {
        RunStart {
            created_by: crate::created_by(),
            revision: crate::revision().to_owned(),
            onnx_runtime: engine.version().to_owned(),
            device: device.to_string(),
            device_name: machine::device_name(device),
            threads,
            cpu: machine::cpu(),
            system: machine::system(),
            stage: stage.to_owned(),
            step,
        }
    }

    /// Why a run that began as `self` and goes on as `next` may end with other last bits than if it had not stopped;
    /// `None` where nothing that rounds has changed.
    fn differs_in(&self, next: &RunStart) -> Option<String> {
        let pairs = [
            ("device", &self.device_name, &next.device_name),
            ("ONNX Runtime", &self.onnx_runtime, &next.onnx_runtime),
            ("program", &self.revision, &next.revision),
        ];
        let mut changes: Vec<String> = pairs
            .iter()
            .filter(|(_, before, now)| before != now)
            .map(|(what, before, now)| format!("{what} {now} instead of {before}"))
            .collect();
        if self.threads != next.threads {
            let (before, now) = (self.threads, next.threads);
            changes.push(format!("--threads {now} instead of {before}"));
        }
        (!changes.is_empty()).then(|| changes.join(", "))
    }
}

/// Adds a start to `environment.toml`, or writes the file anew for a run that begins. Gives what has changed since the
/// run's last start, where that may change the last bits of the weights.
///
/// # Errors
/// Where the file cannot be written.
pub(super) fn write_down(
    run: &RunFolder,
    recipe: &Recipe,
    dataset: &Dataset,
    start: RunStart,
    resumed: bool,
) -> Result<Option<String>, RecipeError> {
    let before = run.environment().ok().filter(|_| resumed);
    let mut starts = before.map_or_else(Vec::new, |before| before.starts);
    let change = starts.last().and_then(|last| last.differs_in(&start));
    let (created_by, onnx_runtime) = (start.created_by.clone(), start.onnx_runtime.clone());
    starts.push(start);
    let mut devices: Vec<&str> = Vec::new();
    for start in &starts {
        if !devices.contains(&start.device.as_str()) {
            devices.push(&start.device);
        }
    }
    run.write_environment(&RunEnvironment {
        created_by,
        onnx_runtime,
        device: devices.join(", "),
        seed: recipe.seed,
        cohort: dataset.header.cohort.clone(),
        simulated: dataset.header.simulated,
        split_fingerprint: dataset.split_fingerprint(),
        training_subjects: dataset.members(Split::Train).len(),
        split_seed: dataset.header.split_seed,
        pixel_mm: dataset.header.pixel_mm,
        starts,
    })?;
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_elsewhere_is_told_from_one_here() {
        let first = RunStart {
            created_by: "ecg2mri-train 0.1.0".into(),
            revision: "abc".into(),
            onnx_runtime: "1.31.1".into(),
            device: "cpu".into(),
            device_name: "a CPU (2 threads)".into(),
            threads: 2,
            cpu: "a CPU (2 threads)".into(),
            system: "linux x86_64".into(),
            stage: "joint".into(),
            step: 0,
        };
        let later = RunStart {
            step: 12,
            ..first.clone()
        };
        assert_eq!(first.differs_in(&later), None);
        let elsewhere = RunStart {
            threads: 8,
            onnx_runtime: "1.32.0".into(),
            ..later
        };
        assert_eq!(
            first.differs_in(&elsewhere).as_deref(),
            Some("ONNX Runtime 1.32.0 instead of 1.31.1, --threads 8 instead of 2")
        );
    }
}
