//! The recording itself: which leads, their samples in millivolts, and how
//! the limb leads follow from one another.

mod device_reading;
mod error;
mod lead;
mod patient;
mod recording;

pub use device_reading::{DeviceMedianBeat, DeviceReading};
pub use error::EcgError;
pub use lead::{Lead, UnknownLead};
pub use patient::{Patient, Sex};
pub use recording::Ecg;
