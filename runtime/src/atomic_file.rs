//! Files that appear whole or not at all.
//!
//! A result is written to a temporary file in the folder it is meant for, flushed to
//! the disk, and then renamed. A reader never meets half a picture, and a program that
//! is stopped or that runs out of space leaves nothing behind under the final name. What a
//! program that was killed leaves under temporary names, [`remove_leftovers`] takes away.

mod leftovers;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use thiserror::Error;

pub use leftovers::remove_leftovers;
pub(crate) use leftovers::remove_leftovers_from;

/// How the names of all temporary files begin.
const PREFIX: &str = ".ecg2mri-";

/// How the name of a file ends that is being written.
const PARTIAL: &str = ".partial";

/// How the name of a file ends that is about to be replaced.
const OLDER: &str = ".older";

/// How often a temporary file is made anew if another program takes it for a leftover before it is locked.
const ATTEMPTS: usize = 100;

/// Why a file could not be written; each names the file.
#[derive(Debug, Error)]
#[non_exhaustive]
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
        builder.prefix(PREFIX).suffix(PARTIAL);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let failed = |source| AtomicFileError::Io {
            path: destination.into(),
            source,
        };
        let mut temporary = builder.tempfile_in(&folder).map_err(failed)?;
        for _ in 0..ATTEMPTS {
            if leftovers::lock(temporary.as_file(), temporary.path()) {
                break;
            }
            temporary = builder.tempfile_in(&folder).map_err(failed)?;
        }
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
        let written = self.temporary.write_all(contents);
        written.map_err(|source| self.failed(source))
    }

    /// Flushes the contents to the disk and gives the file its final name, replacing a
    /// file that had it. Once this succeeds the file is there, whole; that its name
    /// survives a power cut at this very moment is asked of the system, too, but not every
    /// system and folder grants it.
    ///
    /// # Errors
    /// If flushing or renaming fails; the temporary file is then removed.
    pub fn commit(self) -> Result<(), AtomicFileError> {
        self.flush()?;
        self.take_name()
    }

    fn flush(&self) -> Result<(), AtomicFileError> {
        let flushed = self.temporary.as_file().sync_all();
        flushed.map_err(|source| self.failed(source))
    }

    fn take_name(self) -> Result<(), AtomicFileError> {
        let Self {
            destination,
            folder,
            temporary,
        } = self;
        match temporary.persist(&destination) {
            Ok(_) => {
                sync_folder(&folder);
                Ok(())
            }
            Err(refused) => Err(AtomicFileError::Io {
                path: destination,
                source: refused.error,
            }),
        }
    }

    fn failed(&self, source: io::Error) -> AtomicFileError {
        AtomicFileError::Io {
            path: self.destination.clone(),
            source,
        }
    }
}

/// Commits files that belong together: if one cannot take its name, those that already
/// took theirs are removed again, and the files they replaced come back.
///
/// # Errors
/// The error of the first file that could not be committed.
pub fn commit_together(files: Vec<AtomicFile>) -> Result<(), AtomicFileError> {
    for file in &files {
        file.flush()?;
    }
    let mut committed = Vec::new();
    let count = files.len();
    for (number, file) in files.into_iter().enumerate() {
        let destination = file.destination.clone();
        // Nothing can fail once the last file has its name.
        let is_last = number + 1 == count;
        match replace(file, !is_last) {
            Ok(older) => committed.push((destination, older)),
            Err(error) => {
                for (destination, older) in committed {
                    restore(&destination, older);
                }
                return Err(error);
            }
        }
    }
    Ok(())
}

/// Gives `file` its name, and returns the file that had it where that is to be kept.
fn replace(file: AtomicFile, keep_older: bool) -> Result<Option<Older>, AtomicFileError> {
    let destination = file.destination.clone();
    let older = if keep_older {
        Older::keep(&file)?
    } else {
        None
    };
    if let Err(error) = file.take_name() {
        // A linked file never left its place.
        if let Some(older) = older
            && std::fs::symlink_metadata(&destination).is_err()
        {
            older.come_back(&destination);
        }
        return Err(error);
    }
    Ok(older)
}

/// Puts back what was at `destination` before it was replaced. The failure that made this
/// necessary is the one to report; this is only tidying up.
fn restore(destination: &Path, older: Option<Older>) {
    match older {
        Some(older) => older.come_back(destination),
        None => {
            let _ = std::fs::remove_file(destination);
        }
    }
}

/// The file that another is about to replace, kept under a hidden name until dropped, and locked where it can be.
struct Older {
    hidden: NamedTempFile<()>,
    /// Dropping it takes the lock away.
    _locked: Option<File>,
}

impl Older {
    /// Keeps the file at the destination of `newer`, if there is one. It is linked, or copied where
    /// the file system knows no links, so that it stays in its place as well: a program that is
    /// killed leaves it there.
    fn keep(newer: &AtomicFile) -> Result<Option<Self>, AtomicFileError> {
        let destination = &newer.destination;
        let is_file =
            std::fs::symlink_metadata(destination).is_ok_and(|metadata| !metadata.is_dir());
        if !is_file {
            return Ok(None);
        }
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(OLDER);
        let keep = || {
            builder
                .make_in(&newer.folder, |hidden| {
                    std::fs::hard_link(destination, hidden)
                })
                .or_else(|_| {
                    builder.make_in(&newer.folder, |hidden| {
                        std::fs::copy(destination, hidden).map(|_| ())
                    })
                })
                .map_err(|source| newer.failed(source))
        };
        let mut hidden = keep()?;
        for _ in 0..ATTEMPTS {
            let Ok(file) = File::open(hidden.path()) else {
                return Ok(Some(Self {
                    hidden,
                    _locked: None,
                }));
            };
            if leftovers::lock(&file, hidden.path()) {
                return Ok(Some(Self {
                    hidden,
                    _locked: Some(file),
                }));
            }
            hidden = keep()?;
        }
        Ok(Some(Self {
            hidden,
            _locked: None,
        }))
    }

    fn come_back(self, destination: &Path) {
        if let Err(refused) = self.hidden.persist(destination) {
            // Better a file under a hidden name than none.
            let _ = refused.file.keep();
        }
    }
}

/// Asks the system to make a rename in `folder` survive a power cut. Only Unix lets a
/// folder be opened for that, and only one that may be read; a file that has its name is
/// not to be called a failure for it.
fn sync_folder(folder: &Path) {
    if cfg!(unix)
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(super) fn names_in(folder: &Path) -> Vec<String> {
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
        let names = names_in(folder.path());
        assert!(
            names.len() == 1 && names[0].starts_with(PREFIX) && names[0].ends_with(PARTIAL),
            "{names:?}"
        );
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

    #[test]
    fn a_failure_brings_the_older_files_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        let content = |name: &str| std::fs::read(path(name)).expect("readable");
        let newer = |name: &str| {
            let mut file = AtomicFile::create(&path(name)).expect("created");
            file.fill(b"newer").expect("filled");
            file
        };
        for name in ["a.png", "b.png"] {
            std::fs::write(path(name), b"older").expect("an older file");
        }
        let files = ["a.png", "b.png", "c.json", "d.json"].map(newer);
        std::fs::create_dir(path("d.json")).expect("a folder");
        commit_together(files.into()).expect_err("the last cannot be renamed");
        assert_eq!(names_in(folder.path()), ["a.png", "b.png", "d.json"]);
        assert_eq!([content("a.png"), content("b.png")], [b"older", b"older"]);

        // A temporary file that is gone cannot take its name; the older files stay.
        for gone in 0..2 {
            let files = ["a.png", "b.png"].map(newer);
            std::fs::remove_file(files[gone].temporary.path()).expect("removed");
            commit_together(files.into()).expect_err("nothing to rename");
            assert_eq!(names_in(folder.path()), ["a.png", "b.png", "d.json"]);
            assert_eq!([content("a.png"), content("b.png")], [b"older", b"older"]);
        }

        let files = ["a.png", "b.png", "c.json"].map(newer);
        commit_together(files.into()).expect("committed");
        assert_eq!(
            names_in(folder.path()),
            ["a.png", "b.png", "c.json", "d.json"]
        );
        assert_eq!([content("a.png"), content("b.png")], [b"newer", b"newer"]);
    }

    /// Without the right to read the folder it cannot be synchronised (save by root).
    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_read_can_be_written_to() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.png");
        let allow = |mode| {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode))
                .expect("permissions");
        };
        allow(0o300);
        let outcome = AtomicFile::write(&path, b"x");
        allow(0o700);
        outcome.expect("written");
        assert_eq!(names_in(folder.path()), ["a.png"]);
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
