//! Putting a finished model in its place.

use super::ExportError;
use crate::evaluate::SHEET_FILE;
use ecg2mri::model::{manifest, statistics};
use std::path::Path;

/// The network from ECG to latent.
pub(super) const ENCODER: &str = "encoder.onnx";
/// The network from latent to picture.
pub(super) const DECODER: &str = "decoder.onnx";
/// The losses of each epoch of the run.
pub(super) const LOSSES: &str = "losses.csv";
/// The recipe as run.
pub(super) const RECIPE: &str = "recipe.toml";
/// The model card.
pub(super) const CARD: &str = "MODEL_CARD.md";

/// Checks that a folder may become a model's: it is not there, or empty, or holds a model and nothing else.
pub(super) fn check_replaceable(folder: &Path) -> Result<(), ExportError> {
    if !folder.exists() {
        return Ok(());
    }
    let refuse = |problem: String| ExportError::Folder {
        path: folder.to_owned(),
        problem,
    };
    let ours = [
        manifest::FILE_NAME,
        statistics::FILE_NAME,
        ENCODER,
        DECODER,
        CARD,
        LOSSES,
        RECIPE,
        SHEET_FILE,
    ];
    let entries = std::fs::read_dir(folder).map_err(|error| refuse(error.to_string()))?;
    for entry in entries {
        let name = entry
            .map_err(|error| refuse(error.to_string()))?
            .file_name();
        if !ours.iter().any(|known| name == *known) {
            return Err(refuse(format!(
                "holds {}, which is no part of a model and would be lost; give another name",
                name.display()
            )));
        }
    }
    Ok(())
}

/// Puts the staged folder in its place. A model that is there moves aside first and goes only when the new one stands.
pub(super) fn replace_folder(staging: tempfile::TempDir, folder: &Path) -> Result<(), ExportError> {
    check_replaceable(folder)?;
    let io = |error: std::io::Error| ExportError::Folder {
        path: folder.to_owned(),
        problem: error.to_string(),
    };
    if !folder.exists() {
        return std::fs::rename(staging.keep(), folder).map_err(io);
    }
    let aside = staging.path().with_extension("old");
    std::fs::rename(folder, &aside).map_err(io)?;
    let staged = staging.keep();
    if let Err(error) = std::fs::rename(&staged, folder) {
        std::fs::rename(&aside, folder).map_err(io)?;
        return Err(io(error));
    }
    std::fs::remove_dir_all(&aside).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_model_is_replaced() {
        let parent = tempfile::tempdir().unwrap();
        let model = parent.path().join("model");
        let staged = |text: &str| {
            let staging = tempfile::tempdir_in(parent.path()).unwrap();
            std::fs::write(staging.path().join(manifest::FILE_NAME), text).unwrap();
            staging
        };
        replace_folder(staged("one"), &model).unwrap();
        replace_folder(staged("two"), &model).unwrap();
        let manifest = model.join(manifest::FILE_NAME);
        assert_eq!(std::fs::read_to_string(&manifest).unwrap(), "two");

        std::fs::write(model.join("notes.txt"), "mine").unwrap();
        let message = replace_folder(staged("three"), &model)
            .unwrap_err()
            .to_string();
        assert!(message.contains("notes.txt"), "{message}");
        assert_eq!(std::fs::read_to_string(&manifest).unwrap(), "two");
        let beside = std::fs::read_dir(parent.path()).unwrap().count();
        assert_eq!(beside, 1, "nothing is left beside the model");
    }
}
