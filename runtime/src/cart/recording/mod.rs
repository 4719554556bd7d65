//! Recording as it arrives, so that a power cut costs seconds and not the recording.
//!
//! A folder holds records in PhysioNet's WFDB format, `rec0001`, `rec0002` and so on. A new one begins where the device
//! starts, where it changes its leads or its rate, and every hour. Each is a multi-segment record of variable layout:
//!
//! | file | what it is |
//! |---|---|
//! | `rec0001.hea` | the record: a list of its segments and gaps |
//! | `rec0001_layout.hea` | its signals |
//! | `rec0001_0001.hea`, `rec0001_0001.dat` | its first segment, a minute at most, a record of its own |
//!
//! Samples are the converter's own codes, in format 32 because in format 24 the lowest code would mean "missing". Every
//! second they are flushed to the disk first, and then the segment's header is replaced, which tells their number and
//! their sum; so whatever header there is, its samples are on the disk. The record's own header is replaced as segments
//! begin and end. After a power cut it may lack the last segment, which is readable on its own; [`recover`] adds it,
//! and the next recording into the folder begins with that.
//!
//! Samples that are missing are never filled in. A gap ends the segment if ten seconds or more lie before it, or if it
//! is as long itself; the record's header then tells its length, and every segment without gaps can be read like any
//! ECG. A gap within a segment is made of the number that means "missing". There are no times of day and no dates.

mod error;
mod headers;
mod record;
mod recorder;
mod recover;
mod segment;

#[cfg(test)]
mod tests;

pub use error::RecordingError;
pub use record::Lengths;
pub use recorder::Recorder;
pub use recover::recover;
