//! What can be wrong with a model.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::onnx::StructureError;
use super::signature::{SignatureError, TrustError};
use super::statistics::StatisticsError;

/// What is wrong with the text or the values of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is not TOML of the right layout.
    #[error("not a model manifest: {reason}")]
    Syntax {
        /// The parser's message.
        reason: String,
    },
    /// Its last line is missing, or the file is cut short.
    #[error(
        "lacks its last line, the digest of the lines above; the file is damaged, restore it from its source"
    )]
    Unsealed,
    /// Its last line is not the digest of the lines above.
    #[error(
        "is not as it was exported, by the digest in its last line; the file is damaged, restore it from its source"
    )]
    Changed,
    /// A value cannot be right.
    #[error("{field} {fault}")]
    Value {
        /// The field, e.g. `encoder.input_shape`.
        field: String,
        /// What is wrong with it, as the rest of a sentence.
        fault: String,
    },
}

/// Why a model cannot be loaded or run. Every message is one sentence that names the
/// file or the field and says what to do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ModelError {
    /// No folder with a manifest was found in any of the usual places.
    #[error(
        "no model found: looked for manifest.toml in {}; name the folder with --model",
        list(looked_in)
    )]
    NotFound {
        /// The folders looked in, in order.
        looked_in: Vec<PathBuf>,
    },
    /// A file of the model cannot be read.
    #[error("{path}: cannot be read: {source}; restore the model folder from its source")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The manifest cannot be understood or believed.
    #[error("{path}: {source}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// No public key can be trusted.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The manifest's signature is missing or wrong.
    #[error("{path}: {source}")]
    Signature {
        /// The signature's file.
        path: PathBuf,
        /// What is wrong with it.
        source: SignatureError,
    },
    /// A file has another size than the manifest says: it was cut short or replaced.
    #[error(
        "{path}: holds {found} bytes where the manifest says {expected}; the file is damaged, \
        restore it from its source"
    )]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// Bytes according to the manifest.
        expected: u64,
        /// Bytes on disk.
        found: u64,
    },
    /// A file has another digest than the manifest says: it is damaged or not the
    /// model's.
    #[error(
        "{path}: its SHA-256 is {found} where the manifest says {expected}; the file is \
        damaged, restore it from its source"
    )]
    WrongDigest {
        /// The file.
        path: PathBuf,
        /// Digest according to the manifest, 64 hexadecimal digits.
        expected: String,
        /// Digest of the file on disk.
        found: String,
    },
    /// The file is what the manifest says, but is no network that this program knows.
    #[error("{file}: {source}; export the model again")]
    Structure {
        /// File name of the network.
        file: String,
        /// What is wrong with it.
        source: StructureError,
    },
    /// tract gave up on a network without an answer.
    #[error("{file}: tract stopped at a fault of its own ({reason}); export the model again")]
    Panic {
        /// File name of the network.
        file: String,
        /// What tract said.
        reason: String,
    },
    /// The file is what the manifest says, but cannot be run.
    #[error("{file}: {reason}; export the model again")]
    Network {
        /// File name of the network.
        file: String,
        /// What tract says, or how the graph differs from the manifest.
        reason: String,
    },
    /// A predicted standard deviation is below 0.
    #[error(
        "{file}: value {index} of deviation is {value}, and no standard deviation is below 0; \
        export the model again"
    )]
    NegativeDeviation {
        /// File name of the network.
        file: String,
        /// Index of the value.
        index: usize,
        /// The value.
        value: f32,
    },
    /// The statistics are what the manifest says, but cannot be right.
    #[error("{path}: {source}; export the model again")]
    Statistics {
        /// The file.
        path: PathBuf,
        /// What is wrong with them.
        source: StatisticsError,
    },
    /// Values for a network do not have the length it takes.
    #[error("{file}: takes {expected} values and was given {given}")]
    InputLength {
        /// File name of the network.
        file: String,
        /// Values the network takes.
        expected: usize,
        /// Values it was given.
        given: usize,
    },
    /// A network gave a value that is not a number, or took one.
    #[error("{file}: value {index} of {end} is {value}, not a finite number")]
    NotFinite {
        /// File name of the network.
        file: String,
        /// Name of the input or output.
        end: String,
        /// Index of the value.
        index: usize,
        /// The value.
        value: f32,
    },
}

fn list(folders: &[PathBuf]) -> String {
    let names: Vec<String> = folders
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    names.join(", ")
}
