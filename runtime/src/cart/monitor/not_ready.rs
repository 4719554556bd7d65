//! Why no picture can be made of the last seconds.

use thiserror::Error;

use crate::cart::{Electrode, RingError};
use crate::ecg::EcgError;

/// Why no picture can be made of the last seconds; each says what to wait for or what to do.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum NotReady {
    /// Not enough came, or not without gaps.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// Electrodes were off.
    #[error("electrodes are off, or were within the last ten seconds: {}", names(.0))]
    ElectrodesOff(Vec<Electrode>),
    /// The amplifiers had not settled.
    #[error("the amplifiers have not been settled for ten seconds")]
    Settling,
    /// The inputs were not at the electrodes.
    #[error("the inputs are at a test signal, or were within the last ten seconds")]
    TestSignal,
    /// The device does not record what is needed for twelve leads.
    #[error(transparent)]
    Leads(#[from] EcgError),
}

fn names(electrodes: &[Electrode]) -> String {
    let names: Vec<String> = electrodes.iter().map(ToString::to_string).collect();
    names.join(", ")
}
