use super::*;
use crate::cohort::fixtures::simulated;
use crate::cohort::folder::CohortFolder;
use crate::cohort::{Frames, PrepareOptions, PrepareRun, prepare};
use std::path::Path;
use std::sync::atomic::AtomicBool;

const FEW: FitSegmenter = FitSegmenter {
    epochs: 4,
    subjects: 100,
    views: SegmentedViews::All,
    batch: 4,
    learning_rate: 4e-3,
    seed: 2,
    device: Device::Cpu,
    threads: 1,
};

fn hearts(folder: &Path, labels: bool) -> Dataset {
    let cohort = folder.join("cohort");
    simulated(&cohort, 10, 3);
    let options = PrepareOptions {
        frames: Frames::Ed,
        labels,
        ..PrepareOptions::default()
    };
    let run = PrepareRun {
        resume: false,
        stop: &AtomicBool::new(false),
        progress: &|| (),
    };
    let cohort = CohortFolder::open(&cohort).unwrap();
    prepare(&cohort, &folder.join("data"), &options, run)
        .unwrap()
        .dataset
}

/// Keeps what it is told, and stops after some steps.
#[derive(Default)]
struct Kept {
    losses: Vec<f64>,
    steps: usize,
    stop_after: Option<usize>,
}

impl FitWatcher for Kept {
    fn step(&mut self, done: usize, steps: usize, _loss: f32) {
        assert!(done <= steps);
        self.steps = done;
    }

    fn epoch(&mut self, done: &EpochDone) {
        assert_eq!(done.validation.len(), 1);
        self.losses.push(done.loss);
    }

    fn should_stop(&self) -> bool {
        self.stop_after.is_some_and(|steps| self.steps >= steps)
    }
}

#[test]
fn a_segmenter_learns_and_is_found_again() {
    let engine = Engine::load().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dataset = hearts(folder.path(), true);
    let mut watched = Kept::default();
    let fitted = fit_segmenter(&engine, &dataset, &FEW, &mut watched).unwrap();
    // Eight training subjects fill two batches of four.
    assert_eq!((watched.steps, watched.losses.len()), (8, 4));
    let (first, last) = (watched.losses[0], watched.losses[3]);
    assert!(last < 0.9 * first, "{:?}", watched.losses);
    assert_eq!(fitted.description.training.subjects, 8);

    let path = folder.path().join("segmenter");
    fitted.description.write(&path, &fitted.model).unwrap();
    let mut segmenter = Segmenter::open(&engine, &path, Device::Cpu, 1).unwrap();
    let grey = unit_grey(&pictures(&dataset, 0).unwrap());
    assert_eq!(segmenter.labels(&grey).unwrap().len(), PIXELS);
}

#[test]
fn a_picture_is_changed_by_seed_and_epoch_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = hearts(folder.path(), true);
    let made =
        |places: &[(usize, usize)], seed, epoch| batch(&dataset, places, seed, epoch).unwrap();
    let both = made(&[(3, 0), (1, 0)], 5, 2);
    let alone = made(&[(1, 0)], 5, 2);
    assert!(both.0[PIXELS..] == alone.0 && both.1[PIXELS..] == alone.1);
    assert!(made(&[(1, 0)], 5, 3) != alone && made(&[(1, 0)], 6, 2) != alone);
}

#[test]
fn what_cannot_be_trained_is_said() {
    let engine = Engine::load().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dataset = hearts(folder.path(), true);
    let refused = |dataset: &Dataset, options: &FitSegmenter, mut watched: Kept| {
        let error = fit_segmenter(&engine, dataset, options, &mut watched).unwrap_err();
        error.to_string()
    };
    let stopped = Kept {
        stop_after: Some(1),
        ..Kept::default()
    };
    let message = refused(&dataset, &FEW, stopped);
    assert!(message.contains("stopped in epoch 1 of 4"), "{message}");
    let many = FitSegmenter { batch: 9, ..FEW };
    let message = refused(&dataset, &many, Kept::default());
    assert!(message.contains("8 training and 1 validation"), "{message}");
    let other = FitSegmenter {
        views: SegmentedViews::FourChamber,
        ..FEW
    };
    assert!(refused(&dataset, &other, Kept::default()).contains("too few"));
    let wild = FitSegmenter {
        learning_rate: f64::INFINITY,
        ..FEW
    };
    let message = refused(&dataset, &wild, Kept::default());
    assert!(message.contains("--learning-rate"), "{message}");

    let folder = tempfile::tempdir().unwrap();
    let without = hearts(folder.path(), false);
    let message = refused(&without, &FEW, Kept::default());
    assert!(message.contains("prepare --labels"), "{message}");
}
