//! Files that appear whole or not at all.
//!
//! A result is written to a temporary file in the folder it is meant for, flushed to
//! the disk, and then renamed. A reader never meets half a picture, and a program that
//! is stopped or that runs out of space leaves nothing behind under the final name.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

/// Why a file could not be written; each names the file.
#[derive(Debug, Error)]
pub enum AtomicFileError {
    /// The destination is an existing folder.
    #[error("{path}: cannot be written, because a folder of that name exists; give a file name")]
    IsFolder {
        /// The destination asked for.
        path: PathBuf,
    },
    /// The destination's folder does not exist.
    #[error("{path}: cannot be written, because the folder {folder} does not exist; make it first")]
    NoFolder {
        /// The destination asked for.
        path: PathBuf,
        /// The folder it was to be in.
        folder: PathBuf,
    },
    /// The operating system refused to create, write or rename.
    #[error("{path}: cannot be written: {source}")]
    Io {
        /// The destination asked for.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// A file being written under a temporary name; it takes its final name on
/// [`AtomicFile::commit`] and is removed when dropped without one.
#[derive(Debug)]
pub struct AtomicFile {
    destination: PathBuf,
    folder: PathBuf,
    temporary: NamedTempFile,
}

impl AtomicFile {
    /// Opens a temporary file in the folder of `destination`.
    ///
    /// The file gets the permissions a newly created file would get (mode 0666 less
    /// the umask), not the private ones of a temporary file.
    ///
    /// # Errors
    /// If `destination` is a folder, its folder does not exist, or nothing can be
    /// created there.
    pub fn create(destination: &Path) -> Result<Self, AtomicFileError> {
        if destination.is_dir() {
            return Err(AtomicFileError::IsFolder {
                path: destination.into(),
            });
        }
        let folder = match destination.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        if !folder.is_dir() {
            return Err(AtomicFileError::NoFolder {
                path: destination.into(),
                folder,
            });
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(".ecg2mri-").suffix(".partial");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let temporary = builder
            .tempfile_in(&folder)
            .map_err(|source| AtomicFileError::Io {
                path: destination.into(),
                source,
            })?;
        Ok(Self {
            destination: destination.into(),
            folder,
            temporary,
        })
    }

    /// Creates, fills and commits a file in one call.
    ///
    /// # Errors
    /// As [`AtomicFile::create`] and [`AtomicFile::commit`].
    pub fn write(destination: &Path, contents: &[u8]) -> Result<(), AtomicFileError> {
        let mut file = Self::create(destination)?;
        file.fill(contents)?;
        file.commit()
    }

    /// Appends `contents` to the temporary file.
    ///
    /// # Errors
    /// If the disk is full or fails.
    pub fn fill(&mut self, contents: &[u8]) -> Result<(), AtomicFileError> {
        self.temporary
            .write_all(contents)
            .map_err(|source| AtomicFileError::Io {
                path: self.destination.clone(),
                source,
            })
    }

    /// Flushes the contents to the disk and gives the file its final name, replacing a
    /// file that had it.
    ///
    /// # Errors
    /// If flushing or renaming fails; the temporary file is then removed.
    pub fn commit(self) -> Result<(), AtomicFileError> {
        let Self {
            destination,
            folder,
            temporary,
        } = self;
        let failed = |source| AtomicFileError::Io {
            path: destination.clone(),
            source,
        };
        temporary.as_file().sync_all().map_err(failed)?;
        temporary
            .persist(&destination)
            .map_err(|refused| failed(refused.error))?;
        sync_folder(&folder).map_err(failed)
    }
}

/// Commits files that belong together: if one cannot take its name, those that already
/// took theirs are removed again.
///
/// # Errors
/// The error of the first file that could not be committed.
pub fn commit_together(files: Vec<AtomicFile>) -> Result<(), AtomicFileError> {
    let mut committed: Vec<PathBuf> = Vec::new();
    for file in files {
        let destination = file.destination.clone();
        if let Err(error) = file.commit() {
            for path in committed {
                // The first failure is the one to report; this is only tidying up.
                let _ = std::fs::remove_file(path);
            }
            return Err(error);
        }
        committed.push(destination);
    }
    Ok(())
}

/// Makes a rename in `folder` survive a power cut. Only Unix lets a folder be opened
/// for that.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the test's own folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_whole_and_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("picture.png");
        std::fs::write(&path, b"older").expect("an older file");
        AtomicFile::write(&path, b"newer").expect("written");
        assert_eq!(std::fs::read(&path).expect("readable"), b"newer");
        assert_eq!(names_in(folder.path()), ["picture.png"]);
    }

    #[test]
    fn a_dropped_file_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut file = AtomicFile::create(&folder.path().join("a.png")).expect("created");
        file.fill(b"half of it").expect("filled");
        assert_eq!(names_in(folder.path()).len(), 1);
        drop(file);
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn a_folder_is_never_overwritten() {
        let folder = tempfile::tempdir().expect("a folder");
        let refused = AtomicFile::write(folder.path(), b"x").expect_err("a folder");
        assert!(
            matches!(refused, AtomicFileError::IsFolder { .. }),
            "{refused}"
        );
        let missing = folder.path().join("no").join("such.png");
        let refused = AtomicFile::write(&missing, b"x").expect_err("no folder");
        assert!(
            matches!(refused, AtomicFileError::NoFolder { .. }),
            "{refused}"
        );
    }

    #[test]
    fn files_that_belong_together_appear_together() {
        let folder = tempfile::tempdir().expect("a folder");
        let first = AtomicFile::create(&folder.path().join("a.png")).expect("created");
        let second = AtomicFile::create(&folder.path().join("b.json")).expect("created");
        // The second destination turns into a folder between creating and committing.
        std::fs::create_dir(folder.path().join("b.json")).expect("a folder");
        commit_together(vec![first, second]).expect_err("the second cannot be renamed");
        assert_eq!(names_in(folder.path()), ["b.json"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_result_is_as_readable_as_any_new_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let plain = folder.path().join("plain");
        std::fs::write(&plain, b"x").expect("written");
        let path = folder.path().join("a.png");
        AtomicFile::write(&path, b"x").expect("written");
        let mode = |path: &Path| path.metadata().expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&path), mode(&plain));
    }
}
