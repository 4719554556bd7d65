//! A trained segmenter on the disk: `segmenter.onnx` and what it is, `segmenter.toml`.

use super::SegmentationError;
use super::examples::SegmentedViews;
use super::fit::ChannelDice;
use ecg2mri::atomic_file::{AtomicFile, commit_together};
use ecg2mri::model::verify::sha256_hex;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The network's file.
pub const NETWORK_FILE: &str = "segmenter.onnx";
/// The description's file.
pub const DESCRIPTION_FILE: &str = "segmenter.toml";
/// The version of the layout; another one is refused.
const FORMAT_VERSION: u32 = 1;

/// `segmenter.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmenterFolder {
    /// Version of this layout.
    pub format_version: u32,
    /// The program that wrote it.
    pub created_by: String,
    /// The git revision that program was built from.
    pub git_revision: String,
    /// SHA-256 of `segmenter.onnx`, hexadecimal.
    pub sha256: String,
    /// Shape of the input `picture`: (batch, 1, 128, 128), grey in any unit.
    pub picture: Vec<usize>,
    /// Shape of the output `scores`: (batch, label, 128, 128).
    pub scores: Vec<usize>,
    /// The labels in the order of the scores.
    pub labels: Vec<String>,
    /// Size of a pixel that it was trained with, mm.
    pub pixel_mm: f64,
    /// The numbers in it that were trained.
    pub parameters: usize,
    /// What it was trained on.
    pub training: TrainingData,
    /// How well it does on the validation split.
    pub validation: Vec<ChannelDice>,
}

/// What a segmenter was trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingData {
    /// The cohort.
    pub cohort: String,
    /// Whether it is simulated.
    pub simulated: bool,
    /// What tells the data set's split from others.
    pub split: String,
    /// The views.
    pub views: SegmentedViews,
    /// Subjects of the training split that were used.
    pub subjects: usize,
    /// Subjects of the validation split that its figures are of.
    pub validation_subjects: usize,
    /// Passes over them.
    pub epochs: usize,
    /// Pictures of a step.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// The seed of first values, order and changes.
    pub seed: u64,
}

impl SegmenterFolder {
    /// Reads a segmenter: its description, and its network after a look at the checksum.
    ///
    /// # Errors
    /// [`SegmentationError::Folder`] where a file is missing, damaged or of another version.
    pub fn read(folder: &Path) -> Result<(SegmenterFolder, Vec<u8>), SegmentationError> {
        let (description, network) = (folder.join(DESCRIPTION_FILE), folder.join(NETWORK_FILE));
        let problem = |path: &Path, problem: String| SegmentationError::Folder {
            path: path.to_owned(),
            problem,
        };
        let missing = |path: &Path, error: std::io::Error| {
            let how = "make a segmenter with `ecg2mri-train segmenter`";
            problem(path, format!("cannot be read: {error}; {how}"))
        };
        let text =
            std::fs::read_to_string(&description).map_err(|error| missing(&description, error))?;
        let read: SegmenterFolder = toml::from_str(&text).map_err(|error| {
            problem(
                &description,
                format!("cannot be understood: {}", error.message()),
            )
        })?;
        if read.format_version != FORMAT_VERSION {
            return Err(problem(
                &description,
                format!(
                    "is of format version {}, this program reads version {FORMAT_VERSION}; train it anew",
                    read.format_version
                ),
            ));
        }
        let model = std::fs::read(&network).map_err(|error| missing(&network, error))?;
        if sha256_hex(&model) != read.sha256 {
            let what = "differs from what segmenter.toml says of it; fetch it anew".to_owned();
            return Err(problem(&network, what));
        }
        Ok((read, model))
    }

    /// Writes both files into a folder, which is made where there is none; the format's version and the network's
    /// checksum are filled in.
    ///
    /// # Errors
    /// Where the disk refuses.
    pub fn write(mut self, folder: &Path, model: &[u8]) -> Result<(), SegmentationError> {
        let problem = |problem: String| SegmentationError::Folder {
            path: folder.to_owned(),
            problem,
        };
        self.format_version = FORMAT_VERSION;
        self.sha256 = sha256_hex(model);
        let text = toml::to_string(&self)
            .map_err(|error| problem(format!("cannot be described: {error}")))?;
        std::fs::create_dir_all(folder)
            .map_err(|error| problem(format!("cannot be made: {error}")))?;
        let mut files = Vec::new();
        for (name, contents) in [(NETWORK_FILE, model), (DESCRIPTION_FILE, text.as_bytes())] {
            let mut file = AtomicFile::create(&folder.join(name))?;
            file.fill(contents)?;
            files.push(file);
        }
        Ok(commit_together(files)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description() -> SegmenterFolder {
        SegmenterFolder {
            format_version: 0,
            created_by: "test".into(),
            git_revision: "none".into(),
            sha256: String::new(),
            picture: vec![1],
            scores: vec![1],
            labels: Vec::new(),
            pixel_mm: 1.4,
            parameters: 3,
            training: TrainingData {
                cohort: "few".into(),
                simulated: true,
                split: "x".into(),
                views: SegmentedViews::All,
                subjects: 2,
                validation_subjects: 1,
                epochs: 1,
                batch: 1,
                learning_rate: 0.01,
                seed: 1,
            },
            validation: vec![ChannelDice {
                channel: 0,
                left_ventricle: 0.9,
                muscle: 0.8,
                right_ventricle: 0.7,
            }],
        }
    }

    #[test]
    fn reads_what_it_wrote_and_refuses_what_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("segmenter");
        let refused = |says: &str| {
            let message = SegmenterFolder::read(&path).unwrap_err().to_string();
            assert!(message.contains(says), "{message}");
        };
        refused("ecg2mri-train segmenter");
        description().write(&path, b"a network").unwrap();
        let (read, model) = SegmenterFolder::read(&path).unwrap();
        assert_eq!(
            (read.training, &model[..]),
            (description().training, &b"a network"[..])
        );
        std::fs::write(path.join(NETWORK_FILE), "another").unwrap();
        refused("fetch it anew");
        let file = path.join(DESCRIPTION_FILE);
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(
            &file,
            text.replace("format_version = 1", "format_version = 9"),
        )
        .unwrap();
        refused("version 9");
        std::fs::write(&file, "format").unwrap();
        refused("cannot be understood");
    }
}
