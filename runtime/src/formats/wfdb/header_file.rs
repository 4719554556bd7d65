//! The header on disk: which one belongs to a path, and what it says.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::header::Header;
use crate::formats::whole_file;
use crate::formats::{ReadError, ReadErrorKind};

/// Real headers have some kilobytes; a longer file is something else.
const MAX_HEADER_BYTES: u64 = 1 << 20;

/// The extension of headers, and how file systems without lower case have it.
const EXTENSIONS: [&str; 2] = ["hea", "HEA"];

/// Whether `path` has the extension of a header, in whatever case.
pub(super) fn is_header_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("hea"))
}

/// The header's path from the record's: the extension is appended, so that `a.1` becomes `a.1.hea`.
pub(super) fn with_extension_appended(record: &Path, extension: &str) -> PathBuf {
    let mut appended = record.as_os_str().to_owned();
    appended.push(".");
    appended.push(extension);
    PathBuf::from(appended)
}

/// The header that belongs to `path`, which may be the header, the record's name without extension,
/// or a file that a header of the same name lists as a signal file.
pub(in crate::formats) fn header_path(path: &Path) -> Option<PathBuf> {
    if is_header_name(path) {
        return path.is_file().then(|| path.to_owned());
    }
    let mut appended = EXTENSIONS
        .iter()
        .map(|extension| with_extension_appended(path, extension));
    if let Some(header) = appended.find(|header| header.is_file()) {
        return Some(header);
    }
    let name = path.file_name().and_then(OsStr::to_str)?;
    let mut beside = EXTENSIONS
        .iter()
        .map(|extension| path.with_extension(extension));
    beside.find(|header| {
        read_header(header).is_ok_and(|header| {
            let mut signals = header.signals.iter();
            signals.any(|signal| signal.file_name == name)
        })
    })
}

/// Reads and parses the header at `path`.
pub(crate) fn read_header(path: &Path) -> Result<Header, ReadError> {
    let bytes = whole_file::read(path, MAX_HEADER_BYTES)?;
    // The grammar is ASCII; comments and units may hold Latin-1 letters, as in "µV".
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
    };
    Header::parse(&text).map_err(|error| {
        let kind = ReadErrorKind::Header {
            line: error.line,
            problem: error.problem,
        };
        ReadError::new(path, kind)
    })
}
