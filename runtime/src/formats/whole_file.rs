//! A whole file in memory, if it is neither empty nor too large.

use std::path::Path;

use super::{ReadError, ReadErrorKind};
use crate::untrusted_file::{Start, read_up_to};

/// The bytes of the file at `path`, of which there are 1 to `limit`.
pub(super) fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
    let Start { bytes, file_bytes } =
        read_up_to(path, limit).map_err(|error| ReadError::new(path, error))?;
    if file_bytes > limit {
        let kind = ReadErrorKind::TooLarge {
            bytes: file_bytes,
            limit,
        };
        return Err(ReadError::new(path, kind));
    }
    if bytes.is_empty() {
        return Err(ReadError::new(path, ReadErrorKind::Empty));
    }
    Ok(bytes)
}
