//! Where the bytes of a device come from and where commands for it go: one trait, three kinds.

mod address;
mod error;
mod replay;
mod serial;
mod tcp;

use std::time::Duration;

pub use address::{Address, BAUD};
pub use error::SourceError;
pub use replay::{Pace, Replay};
pub use serial::Serial;
pub use tcp::Tcp;

/// What came of waiting for bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// So many bytes lie at the beginning of the buffer; at least one.
    Bytes(usize),
    /// Nothing came in time.
    Nothing,
    /// Nothing will come any more: the file is at its end, or the other side has closed the connection.
    End,
}

/// A link to a device.
pub trait ByteSource: Send {
    /// Waits for bytes, at most `timeout` and about that long, and puts them at the beginning of
    /// `buffer`.
    ///
    /// # Errors
    /// Where the link is gone: unplugged, reset, or refused by the system. It is of no use any more then.
    fn read(&mut self, buffer: &mut [u8], timeout: Duration) -> Result<Received, SourceError>;

    /// Sends `bytes` to the device. A recording takes them and does nothing.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn write(&mut self, bytes: &[u8]) -> Result<(), SourceError>;
}
