//! Results on standard output.

use std::io::{self, ErrorKind, Write};

use super::failure::Failure;

/// Writes `text` to standard output. A reader that went away, as `head` does, has had
/// what it wanted: that is no failure.
///
/// # Errors
/// If standard output cannot be written for another reason, e.g. a full disk.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::failed(format_args!(
            "standard output cannot be written: {error}"
        ))),
        _ => Ok(()),
    }
}
