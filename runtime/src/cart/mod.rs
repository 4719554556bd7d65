//! A device on a link: from the bytes of the acquisition shim to a live ECG.
//!
//! - [`source`]: a serial port, a TCP server or recorded bytes, as one kind of thing;
//! - [`link`](Link): a source that is opened again whenever it gets lost, and [`pump`](Pump), a thread that reads it;
//! - [`discovery`]: which devices there are;
//! - [`session`]: bytes into samples in millivolts, gaps with exact lengths, and an account of all that came;
//! - [`layout`](Layout): what the samples mean, and [`Electrode`], which electrode hangs where;
//! - [`commands`](Commands): what is asked of the device, and whether it answered;
//! - [`ring`](Ring): the last seconds of all leads;
//! - [`recording`]: onto the disk as it arrives;
//! - [`clock`](Clock): how the device's clock compares with ours;
//! - [`monitor`]: heart rate, electrodes and quality from second to second, and whether a picture can be made.
//!
//! The wire format itself is the crate `ecg2mri-shim`'s, and so is the promise that no sample handed on is wrong.

mod clock;
mod commands;
pub mod discovery;
mod electrodes;
#[cfg(test)]
mod fixtures;
mod layout;
mod link;
pub mod monitor;
mod pump;
pub mod recording;
mod ring;
pub mod session;
pub mod source;

pub use clock::{Clock, Estimate};
pub use commands::{Commands, Overdue};
pub use electrodes::Electrode;
pub use layout::{Channel, Layout};
pub use link::{Link, LinkEvent};
pub use monitor::Monitor;
pub use pump::{Piece, Pump};
pub use ring::{Ring, RingError};
pub use session::{Block, Gap, Ledger, Session, Update};
