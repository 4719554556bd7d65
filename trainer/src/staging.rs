//! Folders that are filled beside their place and renamed into it when they are whole.

use std::io;
use std::path::Path;
use tempfile::TempDir;

/// An empty hidden folder on the file system of `folder`, whose parent is made if need be; it goes with the value.
pub(crate) fn staging_beside(folder: &Path) -> io::Result<TempDir> {
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(parent)?;
    tempfile::Builder::new()
        .prefix(".staging-")
        .tempdir_in(parent)
}
