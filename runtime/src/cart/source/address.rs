//! What a link is opened by.

use std::fmt;
use std::path::PathBuf;

use super::{ByteSource, Pace, Replay, Serial, SourceError, Tcp};

/// Bits per second of a serial port where none are asked for: eight channels at 1,000 samples per second fit
/// (wire format, section 8).
pub const BAUD: u32 = 921_600;

/// A port, an address or a file: what a link is opened by, again and again where it gets lost.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// A serial port, or USB-CDC, where the bits per second do not matter.
    Serial {
        /// Its name, e.g. `/dev/ttyACM0` or `COM3`.
        port: String,
        /// Bits per second.
        baud: u32,
    },
    /// A TCP server: host and port, e.g. `127.0.0.1:9000`.
    Tcp(String),
    /// Bytes that were recorded.
    Replay {
        /// The file.
        file: PathBuf,
        /// How fast they come.
        pace: Pace,
    },
}

impl Address {
    /// Opens the link.
    ///
    /// # Errors
    /// Where the system refuses: no such port, nobody listens, no right to use it.
    pub fn open(&self) -> Result<Box<dyn ByteSource>, SourceError> {
        Ok(match self {
            Self::Serial { port, baud } => Box::new(Serial::open(port, *baud)?),
            Self::Tcp(address) => Box::new(Tcp::connect(address)?),
            Self::Replay { file, pace } => Box::new(Replay::open(file, *pace)?),
        })
    }

    /// Whether the link is to be opened again after its end: a device may be plugged in again, a file ends
    /// for good.
    pub fn can_come_back(&self) -> bool {
        !matches!(self, Self::Replay { .. })
    }

    /// Whether bytes come when the device sent them, so that their arrival tells the time.
    pub fn keeps_time(&self) -> bool {
        let flat_out = Pace::FlatOut;
        !matches!(self, Self::Replay { pace, .. } if *pace == flat_out)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial { port, .. } => formatter.write_str(port),
            Self::Tcp(address) => formatter.write_str(address),
            Self::Replay { file, .. } => file.display().fmt(formatter),
        }
    }
}
