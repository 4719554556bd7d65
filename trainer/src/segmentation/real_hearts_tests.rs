//! The shipped segmenter on pictures of real hearts: the Automated Cardiac Diagnosis Challenge (Bernard et al., IEEE
//! Transactions on Medical Imaging 2018), whose labels were drawn by hand. They are not ours to ship.

use super::Segmenter;
use super::dice::Overlap;
use super::examples::unit_grey;
use super::network::CLASSES;
use crate::cohort::Frames;
use crate::cohort::label_maps::short_axis_labels;
use crate::cohort::picture::short_axis_pictures;
use crate::engine::{Device, Engine};
use std::path::{Path, PathBuf};

/// The least Dice coefficient (the shipped segmenter has 0.93, 0.79 and 0.85), over the pixels of all slices, of left cavity, muscle and right cavity.
const LEAST: [f64; 3] = [0.9, 0.75, 0.8];

/// The challenge's numbers of cavities are those of UK Biobank work the other way round.
fn of_challenge(label: u8) -> u8 {
    [0, 3, 2, 1].get(usize::from(label)).copied().unwrap_or(0)
}

/// Files of hand-drawn labels, sorted.
fn labelled(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| -> Vec<PathBuf> {
        let read = folder
            .read_dir()
            .expect("the folder of real hearts can be listed");
        read.map(|entry| entry.expect("an entry").path()).collect()
    };
    let patients = entries(folder).into_iter().filter(|path| path.is_dir());
    let mut files: Vec<PathBuf> = patients.flat_map(|patient| entries(&patient)).collect();
    files.retain(|path| path.to_string_lossy().ends_with("_gt.nii.gz"));
    files.sort();
    files
}

#[test]
fn real_mid_ventricular_slices() {
    let Some(data) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real data");
        return;
    };
    let folder = Path::new(&data).join("cmr/acdc");
    let engine = Engine::load().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/segmenter");
    let mut segmenter = Segmenter::open(&engine, &shipped, Device::Cpu, 1).unwrap();
    let mut overlap = Overlap::<CLASSES>::default();
    let files = labelled(&folder);
    assert!(files.len() >= 20, "{} labelled frames", files.len());
    for labels in files {
        let stack = labels.to_string_lossy().replace("_gt.nii.gz", ".nii.gz");
        let (stack, mm) = (PathBuf::from(stack), 1.4);
        let shown = short_axis_pictures(&stack, Some(&labels), None, mm, Frames::Ed).unwrap();
        let truth = short_axis_labels(&[&labels], mm).unwrap();
        let truth: Vec<u8> = truth.into_iter().map(of_challenge).collect();
        let found = segmenter.labels(&unit_grey(&shown.grey)).unwrap();
        overlap.add(&found, &truth);
    }
    let [_, found @ ..] = overlap.dice();
    println!("Dice of left cavity, muscle and right cavity: {found:.3?}");
    for (found, least) in found.iter().zip(LEAST) {
        assert!(*found >= least, "{found} is less than {least}");
    }
}
