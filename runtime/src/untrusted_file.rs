//! Files and file names that come from outside: read and believed within limits.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

/// The beginning of a file.
pub(crate) struct Start {
    /// The first bytes, no more than were asked for.
    pub(crate) bytes: Vec<u8>,
    /// How many bytes the file holds in all (at least, where the system does not know).
    pub(crate) file_bytes: u64,
}

/// The first `limit` bytes of the file at `path`, which is all of it where
/// [`Start::file_bytes`] is no more than `limit`.
///
/// # Errors
/// What the operating system says.
pub(crate) fn read_up_to(path: &Path, limit: u64) -> io::Result<Start> {
    let mut file = File::open(path)?;
    let mut bytes = Vec::new();
    // One more, since some files grow while they are read, or do not tell their length.
    (&mut file)
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)?;
    let file_bytes = file.metadata()?.len().max(bytes.len() as u64);
    bytes.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(Start { bytes, file_bytes })
}

/// Whether `name` is a plain file name on any system: it leads to no other folder, and shows no
/// control characters to a terminal.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let one = matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    );
    one && !name.contains(['/', '\\', ':']) && !name.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_no_more_than_asked_and_tells_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, b"12345").expect("written");
        for (limit, expected) in [(0, &b""[..]), (3, b"123"), (5, b"12345"), (9, b"12345")] {
            let start = read_up_to(&path, limit).expect("readable");
            assert_eq!((start.bytes.as_slice(), start.file_bytes), (expected, 5));
        }
        assert!(read_up_to(&folder.path().join("absent"), 9).is_err());
    }

    #[test]
    fn plain_names_lead_nowhere() {
        for name in ["rec.dat", "~", "-", "two words", "Ä.onnx"] {
            assert!(is_plain_name(name), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "a/b",
            "/a",
            "a/",
            "a\\b",
            "c:a",
            "a\0",
            "\u{1b}[31m",
        ] {
            assert!(!is_plain_name(name), "{name:?}");
        }
    }
}
