//! The files that come of a recording: beside one another in a tree of folders like that of the
//! recordings, each named as the recording's file is with an extension appended, so that `a.hea` and
//! `a.xml` get different ones.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::atomic_file::{AtomicFile, AtomicFileError, commit_together};

/// Where the outputs of the recording `path` go, which is relative to its folder.
pub(super) fn paths(output: &Path, path: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let appended = |extension: &&str| {
        let mut name = OsString::from(output.join(path));
        name.push(".");
        name.push(extension);
        PathBuf::from(name)
    };
    extensions.iter().map(appended).collect()
}

/// Whether all are there. Since files appear whole, one that is there is whole.
pub(super) fn exist(paths: &[PathBuf]) -> bool {
    paths.iter().all(|path| path.is_file())
}

/// Writes all files, or none.
///
/// # Errors
/// The first that cannot be written.
pub(super) fn write(paths: &[PathBuf], contents: &[Vec<u8>]) -> Result<(), AtomicFileError> {
    if let Some(folder) = paths.first().and_then(|path| path.parent()) {
        fs::create_dir_all(folder).map_err(|source| AtomicFileError::Io {
            path: folder.into(),
            source,
        })?;
    }
    let mut files = Vec::new();
    for (path, contents) in paths.iter().zip(contents) {
        let mut file = AtomicFile::create(path)?;
        file.fill(contents)?;
        files.push(file);
    }
    commit_together(files)
}

/// Removes what came of the recording before it changed.
///
/// # Errors
/// If one is there and cannot be removed.
pub(super) fn remove(paths: &[PathBuf]) -> Result<(), AtomicFileError> {
    for path in paths {
        match fs::remove_file(path) {
            Err(error) if !is_absent(error.kind()) => {
                return Err(AtomicFileError::Io {
                    path: path.clone(),
                    source: error,
                });
            }
            _ => (),
        }
    }
    Ok(())
}

/// Whether there is no such file, also for a name that is too long to be one or lies below a file.
fn is_absent(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidFilename
            | ErrorKind::IsADirectory
    )
}

/// Whether no other file can be written either.
pub(super) fn is_hopeless(error: &AtomicFileError) -> bool {
    match error {
        AtomicFileError::Io { source, .. } => matches!(
            source.kind(),
            ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::ReadOnlyFilesystem
                | ErrorKind::FileTooLarge
        ),
        AtomicFileError::IsFolder { .. } | AtomicFileError::NoFolder { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_appear_together_and_are_removed_together() {
        let folder = tempfile::tempdir().expect("a folder");
        let paths = paths(folder.path(), Path::new("sub/a.hea"), &["png", "json"]);
        assert_eq!(paths[1], folder.path().join("sub/a.hea.json"));
        remove(&paths).expect("nothing to remove");
        write(&paths, &[b"1".into(), b"2".into()]).expect("written");
        assert!(exist(&paths));
        fs::remove_file(&paths[0]).expect("removed");
        assert!(!exist(&paths));
        remove(&paths).expect("removed");
        assert!(!paths[1].exists());
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_concerns_one_recording() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("sub"), b"x").expect("written");
        let paths = paths(folder.path(), Path::new("sub/a.hea"), &["png"]);
        let error = write(&paths, &[b"1".into()]).expect_err("in the way");
        assert!(
            !is_hopeless(&error) && error.to_string().contains("sub"),
            "{error}"
        );
        remove(&paths).expect("nothing to remove");
        for (kind, hopeless) in [
            (ErrorKind::StorageFull, true),
            (ErrorKind::QuotaExceeded, true),
            (ErrorKind::PermissionDenied, false),
        ] {
            let path = PathBuf::from("a.png");
            let source = kind.into();
            assert_eq!(
                is_hopeless(&AtomicFileError::Io { path, source }),
                hopeless,
                "{kind}"
            );
        }
    }
}
