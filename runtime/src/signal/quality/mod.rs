//! Is a recording good enough, and is every electrode where it belongs?
//!
//! - [`assess`]: the whole check, from a recording to a [`Quality`];
//! - `verdict`: what comes out of it: verdict, one score per lead, reasons;
//! - `reason`: the reasons, one sentence each that says how to mend it;
//! - `strip`: the recording as the checks look at it;
//! - checks of single leads: `contact` (lost, saturated), `heartbeat`, `noise` (wander, mains,
//!   muscle), `gain`;
//! - checks of all leads together: `rhythm` (pauses), `pacing` (stimulus spikes),
//!   `consistency` (Einthoven and Goldberger), `neutral` (right leg exchanged),
//!   `arrangement` (other electrodes exchanged, leads inverted, dextrocardia).

mod arrangement;
mod assess;
mod consistency;
mod contact;
mod gain;
mod heartbeat;
mod neutral;
mod noise;
mod pacing;
mod reason;
mod rhythm;
mod score;
mod strip;
mod verdict;

#[cfg(test)]
mod tests;

pub use arrangement::Arrangement;
pub use assess::{assess, assess_with_beat};
pub use reason::{LimbElectrode, Reason};
pub use verdict::{LeadQuality, Quality, Verdict};
