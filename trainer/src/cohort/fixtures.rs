//! What several tests of cohorts and data sets begin with.

use super::CohortPlan;
use super::shard::Shard;
use super::synthesise::{Run, synthesise};
use crate::synthesis::Profile;
use crate::synthesis::write::{Labels, Pictures};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// A cohort of healthy simulated hearts with mid slices.
pub(crate) fn simulated(root: &Path, subjects: u32, seed: u64) {
    let plan = CohortPlan {
        subjects,
        seed,
        profile: Profile::Healthy,
        pictures: Pictures::Mid,
        labels: Labels::EdEs,
        also_wfdb: false,
    };
    let run = Run {
        shard: Shard::WHOLE,
        resume: false,
        stop: &AtomicBool::new(false),
        progress: &|| (),
    };
    synthesise(root, &plan, run).unwrap();
}

/// The files of a folder by name.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}
