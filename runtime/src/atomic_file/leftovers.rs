//! Temporary files of programs that were killed.
//!
//! A program that writes a file keeps a lock on the temporary one, which the system takes away when the program
//! ends in whatever way. A temporary file that nobody has locked is a leftover. Whoever removes it holds the lock
//! meanwhile, and who makes a temporary file looks, once it has the lock, whether the file is still there; so neither
//! can be mistaken, in whatever order they come.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;

use super::{OLDER, PARTIAL, PREFIX};

/// Locks a temporary file that was made under this name, and says whether it is still there. Where the file system
/// knows no locks nothing is locked, and nothing ever taken for a leftover.
pub(super) fn lock(file: &File, path: &Path) -> bool {
    // Several programs may keep the same older file under names of their own: they do not exclude one another.
    file.lock_shared().is_err() || fs::symlink_metadata(path).is_ok()
}

/// Removes what programs that were killed left behind under temporary names in the folders of these files; what
/// running programs are writing stays. Returns how many there were. It is no failure if a folder cannot be
/// read or a leftover not removed: that is tidying up.
///
/// The folder is read as a whole, so this is for the beginning of a command, not for every file.
pub fn remove_leftovers<'a>(destinations: impl IntoIterator<Item = &'a Path>) -> usize {
    let folder = |path: &'a Path| match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folders: BTreeSet<&Path> = destinations.into_iter().map(folder).collect();
    folders.into_iter().map(remove_leftovers_from).sum()
}

/// The same of one folder.
pub(crate) fn remove_leftovers_from(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else {
        return 0;
    };
    let named = |entry: &fs::DirEntry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(PREFIX) && (name.ends_with(PARTIAL) || name.ends_with(OLDER))
    };
    let candidates = entries.flatten().filter(named);
    candidates.filter(|entry| remove(&entry.path())).count()
}

/// Removes a temporary file unless a program has it locked.
fn remove(path: &Path) -> bool {
    // A link, a folder or a pipe under such a name is none of ours.
    let is_file = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
        return false;
    };
    file.try_lock().is_ok() && fs::remove_file(path).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::tests::names_in;
    use super::super::{AtomicFile, commit_together};
    use super::*;

    #[test]
    fn what_a_killed_program_left_goes_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in [
            ".ecg2mri-a.partial",
            ".ecg2mri-b.older",
            ".ecg2mri-c",
            "d.partial",
        ] {
            fs::write(path(name), b"x").expect("written");
        }
        fs::create_dir(path(".ecg2mri-e.partial")).expect("a folder");
        let writing = AtomicFile::create(&path("f.png")).expect("created");
        let destinations = [path("f.png"), path("g.json"), "no such/folder/h".into()];
        let found = remove_leftovers(destinations.iter().map(|path| path.as_path()));
        assert_eq!(found, 2);
        assert_eq!(
            names_in(folder.path()).len(),
            4,
            "{:?}",
            names_in(folder.path())
        );
        writing.commit().expect("written");
        assert_eq!(
            names_in(folder.path()),
            [".ecg2mri-c", ".ecg2mri-e.partial", "d.partial", "f.png"]
        );
        assert_eq!(remove_leftovers([path("f.png").as_path()]), 0);
    }

    #[test]
    fn programs_that_write_side_by_side_do_not_take_each_others_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = ["a.png", "b.png"].map(|name| folder.path().join(name));
        let write = || {
            for _ in 0..100 {
                let files = names.iter().map(|name| {
                    let mut file = AtomicFile::create(name).expect("created");
                    file.fill(b"content").expect("filled");
                    file
                });
                commit_together(files.collect()).expect("written");
            }
        };
        let tidy = || {
            for _ in 0..300 {
                remove_leftovers(names.iter().map(|name| name.as_path()));
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(write);
            scope.spawn(write);
            scope.spawn(tidy);
            scope.spawn(tidy);
        });
        assert_eq!(names_in(folder.path()), ["a.png", "b.png"]);
        for name in &names {
            assert_eq!(fs::read(name).expect("readable"), b"content");
        }
    }
}
