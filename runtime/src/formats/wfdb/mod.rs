//! WFDB, PhysioNet's format: a text header and binary signal files.
//!
//! After the manual pages header(5) and signal(5) of the WFDB Applications Guide.
//! Read are the signal formats 8, 16, 24, 32, 61, 80, 160, 212, 310 and 311 and the FLAC formats 508, 516
//! and 524, several of them in one record, and records of several segments; written are formats 16, 24
//! and 32. Annotation files are read and written.

mod annotation;
mod files;
pub mod header;
mod header_file;
mod quantise;
mod read;
mod segments;
mod signal;
mod signal_file;
mod write;

pub use annotation::{
    Annotation, AnnotationCode, decode_annotations, encode_annotations, read_annotations,
    write_annotations,
};
pub use files::{files_of, is_part_of_record};
pub use header::{Header, SignalSpecification};
pub(super) use header_file::header_path;
#[cfg(feature = "cart")]
pub(crate) use header_file::read_header;
pub use read::read;
pub use write::write;
