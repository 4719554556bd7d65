//! WFDB, PhysioNet's format: a text header and binary signal files.
//!
//! After the manual pages header(5) and signal(5) of the WFDB Applications Guide.
//! Signal formats 16 and 212 are read, format 16 is written; annotation files are read and written.

mod annotation;
pub mod header;
mod header_file;
mod read;
mod signal;
mod write;

pub use annotation::{
    Annotation, AnnotationCode, decode_annotations, encode_annotations, write_annotations,
};
pub use header::{Header, SignalSpecification};
pub(super) use header_file::header_path;
pub use read::read;
pub use write::write;
