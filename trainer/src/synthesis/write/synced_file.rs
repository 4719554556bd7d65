//! Files that are on the disk when they are said to be written.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::WriteError;

/// Makes the file `path` (and its folder, if need be), lets `fill` write it, and has the system
/// put it on the disk: some file systems say only then that there is no room.
pub fn write_synced(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| WriteError::Folder {
            path: folder.to_owned(),
            source,
        })?;
    }
    let written = File::create(path).and_then(|file| {
        let mut file = BufWriter::with_capacity(1 << 17, file);
        fill(&mut file)?;
        file.flush()?;
        file.get_ref().sync_all()
    });
    written.map_err(|source| WriteError::File {
        path: path.to_owned(),
        source,
    })
}
