//! Test support: the hand annotations of the Lobachevsky University database (LUDB, PhysioNet),
//! where the tests are given a folder of real recordings.

use std::fs;
use std::path::{Path, PathBuf};

use crate::formats::wfdb::{self, AnnotationCode};

/// The extensions of the annotation files, in the standard order of leads.
const LEADS: [&str; 12] = [
    "i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6",
];

/// One annotated QRS complex in one lead, sample numbers at 500 Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Complex {
    pub(super) onset: Option<usize>,
    pub(super) peak: usize,
}

/// The LUDB records of the test data folder, or `None`, said on the console, where there is none.
pub(super) fn records() -> Option<Vec<PathBuf>> {
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return None;
    };
    let folder = Path::new(&root).join("ecg/ludb");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("SKIPPED: no folder {}", folder.display());
        return None;
    };
    let mut headers: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "hea"))
        .collect();
    headers.sort();
    Some(headers)
}

/// The complexes annotated in each of the twelve leads of the record with this header.
pub(super) fn complexes(header: &Path) -> Vec<Vec<Complex>> {
    LEADS
        .iter()
        .map(|name| of_lead(&fs::read(header.with_extension(name)).unwrap()))
        .collect()
}

/// An annotated wave of one lead, sample numbers at 500 Hz.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Marked {
    /// What is at its peak.
    pub(super) code: AnnotationCode,
    /// Onset, peak and offset.
    pub(super) at: [usize; 3],
}

/// The waves annotated with both ends in each of the twelve leads.
pub(super) fn waves(header: &Path) -> Vec<Vec<Marked>> {
    let of_lead = |name: &&str| {
        let annotations = wfdb::decode_annotations(&fs::read(header.with_extension(name)).unwrap());
        let whole = annotations.windows(3).filter(|three| {
            three[0].code == AnnotationCode::WAVE_ONSET && three[2].code == AnnotationCode::WAVE_END
        });
        whole
            .map(|three| Marked {
                code: three[1].code,
                at: std::array::from_fn(|end| three[end].sample as usize),
            })
            .collect()
    };
    LEADS.iter().map(of_lead).collect()
}

/// Complexes that most leads agree on: the middle of their peaks.
pub(super) fn agreed(complexes: &[Vec<Complex>]) -> Vec<usize> {
    let mut peaks: Vec<usize> = complexes
        .iter()
        .flatten()
        .map(|complex| complex.peak)
        .collect();
    peaks.sort_unstable();
    let beats = peaks.chunk_by(|one, other| other - one < 50);
    beats
        .filter(|beat| beat.len() > complexes.len() / 2)
        .map(|beat| beat[beat.len() / 2])
        .collect()
}

/// The complexes among the waves that the content of an annotation file marks.
fn of_lead(bytes: &[u8]) -> Vec<Complex> {
    let mut onset = None;
    let mut complexes = Vec::new();
    for annotation in wfdb::decode_annotations(bytes) {
        let sample = annotation.sample as usize;
        match annotation.code {
            AnnotationCode::WAVE_ONSET => onset = Some(sample),
            AnnotationCode::NORMAL_BEAT => complexes.push(Complex {
                onset: onset.take(),
                peak: sample,
            }),
            _ => onset = None,
        }
    }
    complexes
}

#[test]
fn annotations_and_recordings_belong_together() {
    let Some(headers) = records() else { return };
    for header in headers {
        let length = wfdb::read(&header).unwrap().samples_per_lead();
        let beats = agreed(&complexes(&header));
        assert!(beats.len() >= 4, "{}", header.display());
        assert!(beats.iter().all(|&beat| beat < length));
    }
}
