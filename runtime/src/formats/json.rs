//! JSON after a schema of our own.
//!
//! ```json
//! {
//!   "sampling_rate_hz": 500,
//!   "leads": ["I", "II"],
//!   "samples_mv": [[0.025, 0.03], [0.11, 0.115]],
//!   "patient": {"age_years": 51, "sex": "female"},
//!   "device_quality_warning": true
//! }
//! ```
//!
//! - `sampling_rate_hz`: samples per second and lead. A number, or a string of one: a rate of more than
//!   fifteen digits is written as a string, since parsers differ in the last bit of such numbers.
//! - `leads`: names, in any case; leads that are none of the twelve are left out with their samples and
//!   listed in [`Ecg::skipped_signals`](crate::Ecg::skipped_signals).
//! - `samples_mv`: millivolts, shape (lead, sample).
//! - `patient` (or null), its fields, and `device_quality_warning` may be absent. Other fields are not
//!   looked at.

mod bounded;
mod rate;
mod read;
mod write;

pub(super) use read::begins;
pub use read::read;
pub use write::{encode, write};

#[cfg(test)]
mod tests;
