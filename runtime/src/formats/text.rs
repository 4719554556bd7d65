//! Text files of numbers: their encoding, their first lines, and what to call a line.

use std::path::Path;

use super::{ReadError, ReadErrorKind, whole_file};

/// Two hours of twelve leads at 500 Hz, at some 20 characters a sample.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// The text of the file at `path`, without a byte order mark.
pub(super) fn read(path: &Path) -> Result<String, ReadError> {
    let mut text = String::from_utf8(whole_file::read(path, MAX_FILE_BYTES)?)
        .map_err(|_| ReadError::new(path, ReadErrorKind::Encoding))?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// The beginning of a file as text, if it is text; the last character may be cut.
pub(super) fn beginning(start: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(start.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    Some(text.trim_start_matches('\u{feff}'))
}

/// An error about a line, counted from 1.
pub(super) fn line_error(line: usize, problem: impl Into<String>) -> ReadErrorKind {
    ReadErrorKind::Line {
        line,
        problem: problem.into(),
    }
}
