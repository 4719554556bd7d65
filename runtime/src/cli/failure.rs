//! How a command ends when it does not succeed: one sentence on standard error, and an
//! exit code that a script can tell apart.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use ecg2mri::atomic_file::AtomicFileError;
use ecg2mri::formats::ReadError;
use ecg2mri::interrupt;
use ecg2mri::model::ModelError;
use ecg2mri::pipeline::PipelineError;
use ecg2mri::signal::SignalError;

/// Exit code when something failed: a file is missing, damaged, or cannot be written.
const FAILED: u8 = 1;

/// Exit code when a recording was read but refused for its quality or its kind.
const REFUSED: u8 = 3;

/// Why a command did not succeed.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// Something failed; `reason` is one sentence that names the file.
    pub fn failed(reason: impl Display) -> Self {
        Self {
            code: FAILED,
            message: reason.to_string(),
        }
    }

    /// The program was asked to stop before its end.
    pub fn interrupted(message: &str) -> Self {
        Self {
            code: interrupt::EXIT_CODE,
            message: message.into(),
        }
    }

    /// No picture came of the recording in `path`.
    pub fn pipeline(path: &Path, error: &PipelineError) -> Self {
        let message = format!("{}: {error}", path.display());
        if error.is_refusal() {
            Self {
                code: REFUSED,
                message,
            }
        } else {
            Self {
                code: FAILED,
                message,
            }
        }
    }

    /// The recording in `path` is too poor.
    pub fn refused(path: &Path) -> Self {
        Self {
            code: REFUSED,
            message: format!("{}: refused for its quality", path.display()),
        }
    }

    /// A signal would not do, for this reason.
    pub fn refused_because(reason: &str) -> Self {
        Self {
            code: REFUSED,
            message: reason.into(),
        }
    }

    /// Nothing could be measured of the recording in `path`.
    pub fn signal(path: &Path, error: &SignalError) -> Self {
        let code = if error.is_poor_signal() {
            REFUSED
        } else {
            FAILED
        };
        let message = format!("{}: {error}", path.display());
        Self { code, message }
    }

    /// Tells the user, and gives the exit code.
    pub fn report(&self) -> ExitCode {
        // A message that cannot be delivered must not turn into a panic.
        let _ = writeln!(std::io::stderr(), "ecg2mri: error: {}", self.message);
        ExitCode::from(self.code)
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        Self::failed(error)
    }
}

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self::failed(error)
    }
}

impl From<AtomicFileError> for Failure {
    fn from(error: AtomicFileError) -> Self {
        Self::failed(error)
    }
}
