//! Files in folders that are made as they are needed.

use super::WriteError;
use ecg2mri::AtomicFile;
use std::path::Path;

/// Writes `bytes` to `path` whole or not at all, making its folder if need be.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| WriteError::Folder {
            path: folder.to_owned(),
            source,
        })?;
    }
    Ok(AtomicFile::write(path, bytes)?)
}
