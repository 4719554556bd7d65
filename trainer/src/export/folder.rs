//! Putting a finished model in its place.

use super::ExportError;
use ecg2mri::model::manifest;
use std::path::Path;

/// Puts the staged folder in its place. A model that is there moves aside first and goes only when the new one stands.
pub(super) fn replace_folder(staging: tempfile::TempDir, folder: &Path) -> Result<(), ExportError> {
    let failed = |problem: String| ExportError::Folder {
        path: folder.to_owned(),
        problem,
    };
    let io = |error: std::io::Error| failed(error.to_string());
    let occupied = folder.is_dir() && std::fs::read_dir(folder).map_err(io)?.next().is_some();
    if folder.exists() && (!folder.is_dir() || occupied) {
        if !folder.join(manifest::FILE_NAME).is_file() {
            return Err(failed(
                "exists and is no model's folder; give another name".to_owned(),
            ));
        }
        let aside = staging.path().with_extension("old");
        std::fs::rename(folder, &aside).map_err(io)?;
        if let Err(error) = std::fs::rename(staging.keep(), folder) {
            std::fs::rename(&aside, folder).map_err(io)?;
            return Err(io(error));
        }
        return std::fs::remove_dir_all(&aside).map_err(io);
    }
    std::fs::rename(staging.keep(), folder).map_err(io)
}
