//! What a bus and pins need of a chip or of a chain of them.

use super::fault::SimulatedFault;

/// Simulated hardware behind one chip select.
pub trait Hardware {
    /// Lets time pass, in nanoseconds.
    fn advance(&mut self, nanoseconds: u64);

    /// CS falls; fails if a fault says so.
    fn select(&mut self) -> Result<(), SimulatedFault>;

    /// Eight clocks: one byte each way.
    fn exchange(&mut self, byte: u8) -> u8;

    /// CS rises.
    fn deselect(&mut self);

    /// The level of the pin START.
    fn set_start(&mut self, high: bool);

    /// The level of the pin RESET.
    fn set_reset(&mut self, high: bool);

    /// Whether DRDY is low.
    fn is_data_ready(&self) -> bool;

    /// Nanoseconds until DRDY next falls; `None` if nothing converts.
    fn until_data_ready(&self) -> Option<u64>;
}
