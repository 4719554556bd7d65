//! Many recordings at one time: a folder in, a folder of the same shape out, with an index.
//!
//! What is made of a recording is the business of a [`Work`]; this module finds recordings, hands
//! them to threads, writes what comes of them and keeps the index, so that any number of processes
//! on any number of machines can share one folder, and each can be stopped at any moment:
//!
//! - [`shard`]: which part of the recordings is a process's own;
//! - [`walk`]: every file below a folder, in order;
//! - [`record_name`]: the name under which a file stands in the index;
//! - [`fingerprint`]: whether anything changed since a recording was dealt with;
//! - [`work`]: what is done with a recording, and how that can end;
//! - [`index`]: a row for each recording, appended as they end, put in order at the end;
//! - [`outputs`]: the files that come of a recording;
//! - [`lock`]: one process a shard, and the traces of one that was killed;
//! - [`run`]: all of these together; [`pass`] is one look at the folder, [`waiting`] what a repeated
//!   look leaves for later, [`counts`] what came of it all, and [`error`] why it can stop;
//! - [`pictures`]: the work of `ecg2mri batch`, a pseudo-MRI and a report for each ECG.
//!
//! `runtime/docs/batch.md` describes the index and how schedulers call the program.

mod counts;
mod error;
mod fingerprint;
mod index;
mod lock;
mod outputs;
mod pass;
#[cfg(feature = "model")]
pub mod pictures;
mod record_name;
mod run;
mod shard;
mod waiting;
mod walk;
mod work;

pub use counts::{Counts, Ended};
pub use error::BatchError;
#[cfg(feature = "model")]
pub use pictures::{OutputFormat, Pictures};
pub use record_name::record_name;
pub use run::{Options, Surroundings, run};
pub use shard::{Shard, ShardError};
pub use work::{Outcome, Status, Work};
