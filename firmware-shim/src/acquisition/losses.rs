//! Instants lost, by cause.

use crate::wire::{LossCause, Status};

/// Instants lost, by cause in the order of [`LossCause::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses(
    /// How many of each.
    pub [u32; 4],
);

impl Losses {
    /// None.
    pub const NONE: Self = Self([0; 4]);

    /// Counts `instants` more that were lost by `cause`.
    pub fn add(&mut self, cause: LossCause, instants: u32) {
        let count = &mut self.0[cause as usize];
        *count = count.wrapping_add(instants);
    }

    /// Counts those of `other`, too.
    pub fn add_all(&mut self, other: &Self) {
        for (cause, instants) in other.by_cause() {
            self.add(cause, instants);
        }
    }

    /// How many in all.
    pub fn total(&self) -> u32 {
        self.0.iter().fold(0, |sum, &count| sum.wrapping_add(count))
    }

    /// The causes that there are, each with its instants.
    pub fn by_cause(&self) -> impl Iterator<Item = (LossCause, u32)> {
        LossCause::ALL
            .into_iter()
            .zip(self.0)
            .filter(|&(_, instants)| instants > 0)
    }

    /// The flags of the causes that there are.
    pub fn status(&self) -> Status {
        self.by_cause().fold(Status::NONE, |status, (cause, _)| {
            status.with(cause.status())
        })
    }
}
