//! One subject's files on their way into a cohort.
//!
//! They are written into a hidden folder of the subject's own and moved to their places when all are on the disk, the
//! ECG last. So a cohort never shows half a file, a subject that has an ECG is whole, and what a killed run leaves
//! behind is all in one place.

use super::CohortError;
use crate::synthesis::write::ecg_path;
use std::path::{Path, PathBuf};

/// The hidden folder of what is not finished.
pub const UNFINISHED: &str = ".unfinished";

/// A cohort's folders, in the order in which a subject's files appear in them.
const FOLDERS: [&str; 4] = ["NIFTI", "fiducials", "wfdb", "ecg"];

/// The folder in which one subject is made; it goes with the value.
#[derive(Debug)]
pub struct StagedSubject {
    path: PathBuf,
}

impl StagedSubject {
    /// Whether the subject is in the cohort already.
    pub fn is_done(root: &Path, id: u32) -> bool {
        ecg_path(root, id).is_file()
    }

    /// An empty folder for the subject; what an interrupted run left in it is removed.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn begin(root: &Path, id: u32) -> Result<StagedSubject, CohortError> {
        let path = root.join(UNFINISHED).join(id.to_string());
        remove_folder(&path).map_err(CohortError::io("removing", &path))?;
        std::fs::create_dir_all(&path).map_err(CohortError::io("creating", &path))?;
        Ok(StagedSubject { path })
    }

    /// The folder, to be filled as the cohort's own.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves all that is in the folder to its place in the cohort.
    ///
    /// # Errors
    /// Where the system refuses.
    pub fn move_into(self, root: &Path) -> Result<(), CohortError> {
        for name in FOLDERS {
            let (from, to) = (self.path.join(name), root.join(name));
            if !from.is_dir() {
                continue;
            }
            std::fs::create_dir_all(&to).map_err(CohortError::io("creating", &to))?;
            for entry in std::fs::read_dir(&from).map_err(CohortError::io("listing", &from))? {
                let entry = entry.map_err(CohortError::io("listing", &from))?;
                let place = to.join(entry.file_name());
                // The pictures of a run that was killed just here.
                if place.is_dir() {
                    remove_folder(&place).map_err(CohortError::io("removing", &place))?;
                }
                std::fs::rename(entry.path(), &place)
                    .map_err(CohortError::io("writing", &place))?;
            }
        }
        Ok(())
    }
}

impl Drop for StagedSubject {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next run.
        let _ = remove_folder(&self.path);
    }
}

fn remove_folder(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_appear_together_and_replace_what_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let old = root.join("NIFTI/7");
        std::fs::create_dir_all(&old).unwrap();
        std::fs::write(old.join("sa.nii.gz"), "old").unwrap();
        std::fs::create_dir_all(root.join(UNFINISHED).join("7/ecg")).unwrap();

        let subject = StagedSubject::begin(root, 7).unwrap();
        assert_eq!(std::fs::read_dir(subject.path()).unwrap().count(), 0);
        for name in ["NIFTI/7/la_4ch.nii.gz", "ecg/7_20205_2_0.xml"] {
            let path = subject.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "new").unwrap();
        }
        assert!(!StagedSubject::is_done(root, 7));
        subject.move_into(root).unwrap();
        assert!(StagedSubject::is_done(root, 7));
        assert!(old.join("la_4ch.nii.gz").is_file() && !old.join("sa.nii.gz").exists());
        assert_eq!(std::fs::read_dir(root.join(UNFINISHED)).unwrap().count(), 0);
    }

    #[test]
    fn a_subject_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let subject = StagedSubject::begin(folder.path(), 7).unwrap();
        std::fs::write(subject.path().join("half"), "x").unwrap();
        drop(subject);
        let unfinished = folder.path().join(UNFINISHED);
        assert_eq!(std::fs::read_dir(unfinished).unwrap().count(), 0);
    }
}
