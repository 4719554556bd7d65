//! What can be wrong with the structure of a network.

use thiserror::Error;

/// Why a network is refused before tract sees it. Each message is the rest of a sentence that begins with the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StructureError {
    /// A message of the file breaks off, or is no protocol buffer.
    #[error("is not an ONNX file: a {message} breaks off or is malformed")]
    Protobuf {
        /// Name of the message in `onnx.proto`.
        message: &'static str,
    },
    /// A field that no network of the trainer has: data in other files, functions, sub-graphs, sparse tensors …
    #[error("has field {field} in a {message}, which no network of this program has")]
    Field {
        /// Name of the message in `onnx.proto`.
        message: &'static str,
        /// The field's number there.
        field: u64,
    },
    /// A field is there twice that can be there once.
    #[error("has field {field} of a {message} twice")]
    Twice {
        /// Name of the message in `onnx.proto`.
        message: &'static str,
        /// The field's number there.
        field: u64,
    },
    /// A field is missing or of another kind.
    #[error("lacks a proper {field} in a {message}")]
    Lacking {
        /// Name of the message in `onnx.proto`.
        message: &'static str,
        /// Name of the field.
        field: &'static str,
    },
    /// There are more of something than a cart takes.
    #[error("has more than {limit} {what}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many there may be.
        limit: u64,
    },
    /// It is written in operators of another set or version.
    #[error("is written in {found}, where the standard operators in version {known} are known")]
    OperatorSet {
        /// The operator sets of the file.
        found: String,
        /// The version that is known.
        known: i64,
    },
    /// Two things have one name, or a name stands for nothing.
    #[error("uses the name {name:?} {fault}")]
    Name {
        /// The name.
        name: String,
        /// How it is used, as the rest of a sentence.
        fault: &'static str,
    },
    /// A stored tensor cannot be right.
    #[error("stores {name:?}, which {fault}")]
    Stored {
        /// Its name.
        name: String,
        /// What is wrong with it, as the rest of a sentence.
        fault: String,
    },
    /// A node cannot be run.
    #[error("has {operator} {name:?}, which {fault}")]
    Node {
        /// The node's name.
        name: String,
        /// The operator.
        operator: String,
        /// What is wrong with it, as the rest of a sentence.
        fault: String,
    },
    /// Inputs or outputs are not those of the manifest.
    #[error("does not fit the manifest: its {end} are {found} where the manifest says {expected}")]
    Ports {
        /// `inputs` or `outputs`.
        end: &'static str,
        /// Those of the graph.
        found: String,
        /// Those of the manifest.
        expected: String,
    },
    /// It would take more memory than a cart gives it.
    #[error("would take {needed} bytes of memory, where {limit} are allowed")]
    Memory {
        /// Bytes that it would take.
        needed: u64,
        /// Bytes that it may take.
        limit: u64,
    },
    /// It would take too long.
    #[error("would take {needed} multiplications, where {limit} are allowed")]
    Work {
        /// Multiplications of one run.
        needed: u64,
        /// How many there may be.
        limit: u64,
    },
}
