//! Why a link cannot be opened, or went away.

use std::io;

use thiserror::Error;

/// Why a link cannot be opened, or went away; each names the port, the address or the file.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It cannot be opened.
    #[error("{address}: cannot be opened: {problem}")]
    Open {
        /// The port, address or file.
        address: String,
        /// The system's reason, and what to do.
        problem: String,
    },
    /// It was open and is gone.
    #[error("{address}: the link was lost: {source}")]
    Lost {
        /// The port, address or file.
        address: String,
        /// The system's reason.
        source: io::Error,
    },
}

impl SourceError {
    /// The link at `address` is gone.
    pub(super) fn lost(address: &str, source: io::Error) -> Self {
        Self::Lost {
            address: address.to_owned(),
            source,
        }
    }
}
