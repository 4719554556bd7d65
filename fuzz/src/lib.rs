//! What the fuzz targets share.

#![forbid(unsafe_code)]

pub mod files;
#[cfg(feature = "model")]
pub mod model;
pub mod wire;

use ecg2mri::formats::Format;

/// Reads a recording of that format as [`files::read`] does, in a folder that lasts as long as the program.
pub fn in_own_folder(format: Format, bytes: &[u8]) {
    thread_local!(static FOLDER: tempfile::TempDir = tempfile::tempdir().expect("a folder"));
    FOLDER.with(|folder| files::read(folder.path(), format, bytes));
}
