//! Results on standard output.

use std::io::{self, ErrorKind, Write};

/// Writes `text` to standard output. A reader that went away, as `head` does, has had what it
/// wanted: that is no error.
///
/// # Errors
/// If standard output cannot be written for another reason, e.g. a full disk.
pub fn print(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(io::Error::new(
            error.kind(),
            format!("standard output cannot be written: {error}"),
        )),
        _ => Ok(()),
    }
}
