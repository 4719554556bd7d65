//! What the trainings share: simulated hearts, a recipe, and those who watch.

use ecg2mri::ecg::Lead;
use ecg2mri::signal::first_samples::first_samples;
use ecg2mri::{Ecg, signal};
use ecg2mri_trainer::cohort::dataset_writer::{DatasetPlan, DatasetWriter, Sample};
use ecg2mri_trainer::cohort::{Dataset, Frames, Views};
use ecg2mri_trainer::engine::Device;
use ecg2mri_trainer::recipe::config::Stage;
use ecg2mri_trainer::recipe::fit::{StepDone, Watcher};
use ecg2mri_trainer::recipe::log::LogRow;
use ecg2mri_trainer::recipe::{FitOptions, Recipe};
use ecg2mri_trainer::synthesis::{Profile, SAMPLING_RATE_HZ, sample_subject};
use std::path::Path;
use std::time::Duration;

pub(crate) const OPTIONS: FitOptions = FitOptions {
    device: Device::Cpu,
    threads: 2,
    resume: false,
    checkpoint_interval: Duration::from_secs(600),
};

/// Keeps the losses of every epoch.
#[derive(Default)]
pub(crate) struct Losses(pub(crate) Vec<LogRow>);

impl Watcher for Losses {
    fn falls_back(&mut self, reason: &str) {
        panic!("the CPU was asked for: {reason}");
    }
    fn stage_begins(&mut self, _: &Stage, device: Device, _: usize) {
        assert_eq!(device, Device::Cpu);
    }
    fn step_done(&mut self, _: &StepDone) {}
    fn epoch_done(&mut self, losses: &LogRow, _: usize) {
        self.0.push(losses.clone());
    }
}

/// Stops after every step.
pub(crate) struct Hesitant;

impl Watcher for Hesitant {
    fn falls_back(&mut self, reason: &str) {
        panic!("the CPU was asked for: {reason}");
    }
    fn goes_on_changed(&mut self, changes: &str) {
        panic!("nothing has changed: {changes}");
    }
    fn stage_begins(&mut self, _: &Stage, _: Device, _: usize) {}
    fn step_done(&mut self, _: &StepDone) {}
    fn epoch_done(&mut self, _: &LogRow, _: usize) {}
    fn should_stop(&mut self) -> bool {
        true
    }
}

pub(crate) fn smoke() -> Recipe {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml");
    Recipe::read(Path::new(path)).expect("the smoke recipe reads")
}

/// Simulated hearts as a data set of their own.
pub(crate) fn hearts(subjects: u32) -> Dataset {
    let plan = DatasetPlan {
        cohort: "test".into(),
        simulated: true,
        split_seed: 1,
        pixel_mm: 1.4,
        frames: Frames::Ed,
        views: Views::ShortAxis,
        labels: false,
        columns: Vec::new(),
    };
    // The data set keeps its files open and does not need their names any more.
    let folder = tempfile::tempdir().expect("a folder");
    let mut writer = DatasetWriter::open(&folder.path().join("data"), &plan, false).expect("begun");
    for index in 0..subjects {
        let heart = sample_subject(11, index, Profile::Enriched).simulate();
        let leads = heart.recording().leads.to_vec();
        let recording = Ecg::new(Lead::STANDARD.to_vec(), leads, SAMPLING_RATE_HZ).expect("an ECG");
        let beat = signal::median_beat(&recording).expect("a beat");
        let strip = Lead::STANDARD.map(|lead| first_samples(&recording, lead).expect("a strip"));
        let slice = heart.short_axis(&[0]);
        let gain = 200.0 / slice.blood_units;
        let grey = |&value: &i16| (f64::from(value) * gain).clamp(0.0, 255.0) as u8;
        let sample = Sample {
            ecg: beat.as_slice().to_vec(),
            strip: strip.concat(),
            mri: slice.images[0].iter().map(grey).collect(),
            four_chamber: Vec::new(),
            labels: Vec::new(),
        };
        let id = format!("subject-{index}");
        writer.keep(&id, Vec::new(), &sample).expect("written");
    }
    writer.finish().expect("whole")
}
