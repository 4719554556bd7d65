//! What a network takes to run.

use super::error::StructureError;
use super::values::Made;
use crate::model::limits;

/// How often the weights are held at once while a network is loaded: the file, the tensors read from it, and the form
/// in which they are multiplied.
const COPIES_OF_WEIGHTS: u64 = 3;

/// Bytes of a 32-bit float, which all computing is done in.
const VALUE_BYTES: u64 = 4;

/// What a network takes, counted from its shapes. Every value is counted as if none were ever given back, since the
/// order in which tract runs the nodes is its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demand {
    file_bytes: u64,
    pub(super) value_bytes: u64,
    window_bytes: u64,
    multiplications: u64,
}

impl Demand {
    pub(super) fn of_file(bytes: u64) -> Self {
        Self {
            file_bytes: bytes,
            ..Self::default()
        }
    }

    /// Counts a node in.
    ///
    /// # Errors
    /// Once it is too much.
    pub(super) fn add(&mut self, made: &Made) -> Result<(), StructureError> {
        let volume = made.value.volume();
        self.value_bytes = self
            .value_bytes
            .saturating_add(volume.saturating_mul(VALUE_BYTES));
        let windows = made.window_values.saturating_mul(VALUE_BYTES);
        self.window_bytes = self.window_bytes.max(windows);
        self.multiplications = self.multiplications.saturating_add(made.multiplications);
        if self.multiplications > limits::MULTIPLICATIONS {
            return Err(StructureError::Work {
                needed: self.multiplications,
                limit: limits::MULTIPLICATIONS,
            });
        }
        self.check_bytes()
    }

    /// Bytes while it is loaded and not run: its weights, three times.
    pub fn loaded_bytes(&self) -> u64 {
        self.file_bytes.saturating_mul(COPIES_OF_WEIGHTS)
    }

    /// Bytes while it runs, besides: all of its values, and the windows of the convolution that has the most, side by
    /// side as tract lays them out for a matrix product.
    pub fn running_bytes(&self) -> u64 {
        self.value_bytes.saturating_add(self.window_bytes)
    }

    /// Multiplications of one run.
    pub fn multiplications(&self) -> u64 {
        self.multiplications
    }

    /// What two networks take of which one runs at a time.
    ///
    /// # Errors
    /// [`StructureError::Memory`] if it is too much.
    pub fn check_both(&self, other: &Self) -> Result<(), StructureError> {
        let both = Self {
            file_bytes: self.file_bytes.saturating_add(other.file_bytes),
            value_bytes: self.running_bytes().max(other.running_bytes()),
            ..Self::default()
        };
        both.check_bytes()
    }

    fn check_bytes(&self) -> Result<(), StructureError> {
        let needed = self.loaded_bytes().saturating_add(self.running_bytes());
        if needed <= limits::WORKING_BYTES {
            return Ok(());
        }
        Err(StructureError::Memory {
            needed,
            limit: limits::WORKING_BYTES,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_networks_hold_both_weights_and_one_of_the_runs() {
        let network = |file, values, windows| Demand {
            file_bytes: file,
            value_bytes: values,
            window_bytes: windows,
            multiplications: 1,
        };
        let limit = limits::WORKING_BYTES;
        let (one, two) = (network(10, 100, 20), network(20, limit - 110, 20));
        assert_eq!((one.loaded_bytes(), one.running_bytes()), (30, 120));
        assert_eq!(one.check_both(&two), Ok(()));
        let error = StructureError::Memory {
            needed: limit + 3,
            limit,
        };
        assert_eq!(network(11, 0, 0).check_both(&two), Err(error.clone()));
        assert_eq!(two.check_both(&network(11, 0, 0)), Err(error));
    }
}
