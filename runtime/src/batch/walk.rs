//! Every file below a folder, in order.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use super::record_name::record_name;
use super::shard::Shard;

/// Walks through the files of one shard below a folder, those of each folder in the order of their names,
/// sub-folders among them. No more is held in memory than the names in the folders that it stands in, and
/// of the files among them those of the shard.
///
/// Left out is what begins with a dot, the folder of the outputs, and whatever is no file: sockets, pipes
/// and devices. Links to files are followed, links to folders are not, so that there are no loops.
pub(super) struct Walk {
    root: PathBuf,
    /// The canonical path of a folder that is left out.
    left_out: PathBuf,
    shard: Shard,
    levels: Vec<Level>,
}

/// What a walk comes by.
#[derive(Debug)]
pub(super) enum Found {
    /// A file.
    File(Candidate),
    /// A folder that cannot be read.
    Unreadable {
        /// Its name, with a slash at its end.
        name: String,
        /// The operating system's reason.
        source: io::Error,
    },
}

/// A file that may be a recording.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Its path relative to the folder walked through.
    pub(super) path: PathBuf,
    /// Its [`record_name`].
    pub(super) name: String,
}

struct Level {
    /// Relative to the root.
    folder: PathBuf,
    entries: vec::IntoIter<Entry>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    name: Box<OsStr>,
    is_folder: bool,
}

impl Walk {
    /// A walk through `root`, without the folder whose canonical path is `left_out`.
    ///
    /// # Errors
    /// If `root` itself cannot be read.
    pub(super) fn new(root: &Path, left_out: &Path, shard: Shard) -> io::Result<Self> {
        let mut walk = Self {
            root: root.into(),
            left_out: left_out.into(),
            shard,
            levels: Vec::new(),
        };
        walk.enter(PathBuf::new())?;
        Ok(walk)
    }

    fn enter(&mut self, folder: PathBuf) -> io::Result<()> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(self.root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name();
            if name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let is_folder = match kind(&entry) {
                Kind::Folder => true,
                Kind::File if self.shard.contains(&record_name(&folder.join(&name))) => false,
                Kind::File | Kind::Other => continue,
            };
            let name = name.into_boxed_os_str();
            entries.push(Entry { name, is_folder });
        }
        entries.sort_unstable();
        let entries = entries.into_iter();
        self.levels.push(Level { folder, entries });
        Ok(())
    }

    fn is_left_out(&self, folder: &Path) -> bool {
        // Asking the system for the whole path of every folder would take longer than reading it.
        folder.file_name() == self.left_out.file_name()
            && fs::canonicalize(self.root.join(folder)).is_ok_and(|path| path == self.left_out)
    }
}

impl Iterator for Walk {
    type Item = Found;

    fn next(&mut self) -> Option<Found> {
        loop {
            let level = self.levels.last_mut()?;
            let Some(Entry { name, is_folder }) = level.entries.next() else {
                self.levels.pop();
                continue;
            };
            let path = level.folder.join(&*name);
            if !is_folder {
                let name = record_name(&path);
                return Some(Found::File(Candidate { path, name }));
            }
            if self.is_left_out(&path) {
                continue;
            }
            let name = record_name(&path) + "/";
            if let Err(source) = self.enter(path)
                && self.shard.contains(&name)
            {
                return Some(Found::Unreadable { name, source });
            }
        }
    }
}

enum Kind {
    File,
    Folder,
    Other,
}

fn kind(entry: &DirEntry) -> Kind {
    let Ok(of_entry) = entry.file_type() else {
        // Whoever opens it will learn why.
        return Kind::File;
    };
    if of_entry.is_symlink() {
        return match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => Kind::File,
            Ok(_) => Kind::Other,
            // A recording that is not there, as in a data set of links that was copied in part.
            Err(_) => Kind::File,
        };
    }
    if of_entry.is_dir() {
        Kind::Folder
    } else if of_entry.is_file() {
        Kind::File
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(walk: Walk) -> Vec<String> {
        walk.map(|found| match found {
            Found::File(candidate) => candidate.name,
            Found::Unreadable { name, .. } => name,
        })
        .collect()
    }

    fn fill(root: &Path, files: &[&str]) {
        for file in files {
            let path = root.join(file);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, b"x").expect("written");
        }
    }

    #[test]
    fn files_come_in_order_and_without_hidden_ones_and_outputs() {
        let root = tempfile::tempdir().expect("a folder");
        let files = [
            "b/z.xml",
            "a.xml",
            "b/a/q.hea",
            "c/out/a.png",
            "out/b.png",
            ".hidden/a",
            ".b",
            "c.xml",
        ];
        fill(root.path(), &files);
        let out = fs::canonicalize(root.path().join("out")).expect("there");
        let walk = Walk::new(root.path(), &out, Shard::WHOLE).expect("readable");
        assert_eq!(
            names(walk),
            ["a.xml", "b/a/q.hea", "b/z.xml", "c/out/a.png", "c.xml"]
        );
        assert!(Walk::new(&root.path().join("absent"), &out, Shard::WHOLE).is_err());
    }

    #[test]
    fn shards_share_the_files() {
        let root = tempfile::tempdir().expect("a folder");
        let files: Vec<String> = (0..60)
            .map(|file| format!("{}/{file}.xml", file % 4))
            .collect();
        fill(
            root.path(),
            &files.iter().map(String::as_str).collect::<Vec<_>>(),
        );
        let of =
            |shard| names(Walk::new(root.path(), Path::new("/none"), shard).expect("readable"));
        let mut parts: Vec<String> = (1..=3)
            .flat_map(|number| of(Shard::new(number, 3).expect("a shard")))
            .collect();
        parts.sort();
        let mut whole = of(Shard::WHOLE);
        whole.sort();
        assert_eq!(parts, whole);
        assert_eq!(whole.len(), 60);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_loops_and_pipes_are_not() {
        use std::os::unix::fs::symlink;
        use std::os::unix::net::UnixListener;
        let root = tempfile::tempdir().expect("a folder");
        fill(root.path(), &["sub/a.xml"]);
        let sub = root.path().join("sub");
        symlink(root.path(), sub.join("loop")).expect("linked");
        symlink(sub.join("self"), sub.join("self")).expect("linked");
        symlink(sub.join("a.xml"), root.path().join("link.xml")).expect("linked");
        symlink("/nowhere/at/all.xml", root.path().join("broken.xml")).expect("linked");
        let _socket = UnixListener::bind(root.path().join("socket")).expect("bound");
        let walk = Walk::new(root.path(), Path::new("/none"), Shard::WHOLE).expect("readable");
        // A link to itself leads nowhere either.
        assert_eq!(
            names(walk),
            ["broken.xml", "link.xml", "sub/a.xml", "sub/self"]
        );
    }
}
