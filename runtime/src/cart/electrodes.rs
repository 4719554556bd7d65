//! Which electrode hangs at which input.

use std::fmt;

use crate::ecg::Lead;

/// An electrode, or an input that none is known for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Electrode {
    /// Right arm.
    RightArm,
    /// Left arm.
    LeftArm,
    /// Left leg.
    LeftLeg,
    /// That of a chest lead.
    Chest(Lead),
    /// The positive input of a channel, counted from 1.
    Positive(usize),
    /// The negative input of a channel, counted from 1: where chest leads and augmented leads are concerned, their
    /// reference, which the other electrodes make up.
    Negative(usize),
}

impl fmt::Display for Electrode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RightArm => formatter.write_str("RA"),
            Self::LeftArm => formatter.write_str("LA"),
            Self::LeftLeg => formatter.write_str("LL"),
            Self::Chest(lead) => formatter.write_str(lead.name()),
            Self::Positive(channel) => write!(formatter, "channel {channel}+"),
            Self::Negative(channel) => write!(formatter, "channel {channel}-"),
        }
    }
}

/// The electrodes at the positive and the negative input of channel `number`, counted from 0, which records
/// `lead`: Einthoven's pairs, Goldberger's and Wilson's single electrodes.
pub(super) fn electrodes_at(number: usize, lead: Option<Lead>) -> (Electrode, Electrode) {
    use Electrode::{Chest, LeftArm, LeftLeg, Negative, Positive, RightArm};
    let number = number + 1;
    match lead {
        Some(Lead::I) => (LeftArm, RightArm),
        Some(Lead::II) => (LeftLeg, RightArm),
        Some(Lead::III) => (LeftLeg, LeftArm),
        Some(Lead::AVR) => (RightArm, Negative(number)),
        Some(Lead::AVL) => (LeftArm, Negative(number)),
        Some(Lead::AVF) => (LeftLeg, Negative(number)),
        Some(chest) => (Chest(chest), Negative(number)),
        None => (Positive(number), Negative(number)),
    }
}
