//! Median beats of recordings in a folder.

use super::OutlierError;
use super::foreign_beats::{ForeignBeats, Group};
use ecg2mri::formats;
use ecg2mri::signal::median_beat;
use rayon::prelude::*;
use std::path::{Path, PathBuf};

/// File name endings of recordings. A WFDB record is named by its header, so that its signal file is not read again.
const ENDINGS: [&str; 9] = [
    "hea", "xml", "dcm", "scp", "edf", "bdf", "mat", "csv", "json",
];

/// What a folder of recordings gave.
#[derive(Debug, Clone, PartialEq)]
pub struct RealRecordings {
    /// The median beats.
    pub foreign: ForeignBeats,
    /// Files that look like recordings.
    pub files: usize,
    /// Those that cannot be read, or give no median beat.
    pub left_out: usize,
}

/// The median beats of all recordings that lie in `folder` itself, in the order of their names, made by the runtime as
/// for every patient.
///
/// # Errors
/// A folder that cannot be listed, or without a recording that gives a median beat.
pub fn recordings_in(folder: &Path, name: &str) -> Result<RealRecordings, OutlierError> {
    let failed = |source| OutlierError::Folder {
        path: folder.to_owned(),
        source,
    };
    let entries: Result<Vec<PathBuf>, std::io::Error> = std::fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| Ok(entry?.path()))
        .collect();
    let mut files = entries.map_err(failed)?;
    files.retain(|path| {
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or_default();
        ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
    });
    files.sort();
    let read: Vec<Option<(Vec<f32>, f64)>> = files
        .par_iter()
        .map(|path| {
            let beat = median_beat(&formats::read(path).ok()?).ok()?;
            Some((beat.as_slice().to_vec(), beat.heart_rate_bpm()))
        })
        .collect();
    let (beats, heart_rates_bpm): (Vec<Vec<f32>>, Vec<f64>) = read.into_iter().flatten().unzip();
    if beats.is_empty() {
        return Err(OutlierError::NoRecording {
            path: folder.to_owned(),
            files: files.len(),
        });
    }
    Ok(RealRecordings {
        files: files.len(),
        left_out: files.len() - beats.len(),
        foreign: ForeignBeats {
            name: name.to_owned(),
            group: Group::RealRecordings,
            beats: beats.concat(),
            heart_rates_bpm,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::outliers::foreign_beats::BEAT;

    #[test]
    fn real_recordings_give_beats() {
        let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
            println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
            return;
        };
        let found = recordings_in(&Path::new(&root).join("ecg/ludb"), "LUDB").unwrap();
        let beats = found.foreign.heart_rates_bpm.len();
        assert_eq!(found.foreign.beats.len(), beats * BEAT);
        assert_eq!(found.files, beats + found.left_out);
        assert!(
            found.left_out * 10 <= found.files,
            "{} of {}",
            found.left_out,
            found.files
        );
        assert!(
            found
                .foreign
                .heart_rates_bpm
                .iter()
                .all(|rate| (25.0..250.0).contains(rate))
        );
    }

    #[test]
    fn a_folder_without_recordings_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let message = |path: &Path| recordings_in(path, "").unwrap_err().to_string();
        std::fs::write(folder.path().join("one.csv"), "I,II\n0,0\n").unwrap();
        std::fs::write(folder.path().join("notes.txt"), "none").unwrap();
        assert!(message(folder.path()).contains("holds 1 recordings, of which none"));
        assert!(message(&folder.path().join("nowhere")).contains("cannot be listed"));
    }
}
