//! What goes wrong on a bench, on demand; and what the host did wrong.

use embedded_hal::spi;

/// The SPI transfer failed because [`Faults::spi_error_after`] said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fault was injected")]
pub struct SimulatedFault;

impl spi::Error for SimulatedFault {
    fn kind(&self) -> spi::ErrorKind {
        spi::ErrorKind::Other
    }
}

impl embedded_hal::digital::Error for SimulatedFault {
    fn kind(&self) -> embedded_hal::digital::ErrorKind {
        embedded_hal::digital::ErrorKind::Other
    }
}

/// Bits that arrive wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BitFlip {
    /// The byte of each transfer from the chip that is hit, counted from 0.
    pub byte: usize,
    /// The bits that are turned over.
    pub mask: u8,
    /// Transfers that are still to be hit.
    pub transfers: u32,
}

/// Faults to inject; all are absent at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults {
    /// Transactions that still succeed before one fails; `None` if none fails.
    pub spi_error_after: Option<u32>,
    /// DRDY stays at this level: `true` is high.
    pub stuck_data_ready: Option<bool>,
    /// Bits of what the chip sends arrive wrong.
    pub bit_flip: Option<BitFlip>,
    /// The host samples half a clock late, so that all it reads is shifted right by one bit.
    pub wrong_phase: bool,
    /// The host takes this much longer before the first byte of a transaction, in nanoseconds.
    pub slow_host: u64,
    /// The chip does not answer: the line reads this.
    pub silent: Option<u8>,
    /// Writes to registers are lost.
    pub writes_lost: bool,
    /// CONFIG2 bit 6 reads 1, as the datasheet's register map has it; some chips read 0.
    pub config2_reserved_bit: bool,
}

/// What happened, counted since the chip was powered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Conversions: falling edges of DRDY.
    pub conversions: u64,
    /// Conversions that were ready and not read when the next came.
    pub unread: u64,
    /// Continuous reads during which a new conversion came, so that they mix two.
    pub spliced: u64,
    /// Commands that the chip did not execute: in a mode that hides it, while busy, or unknown.
    pub ignored_commands: u64,
    /// Bytes of a command that followed too soon on the one before: the command is lost.
    pub hurried_bytes: u64,
    /// CS rose too soon after the last byte.
    pub hurried_deselects: u64,
    /// CS was high for too short a time.
    pub hurried_selects: u64,
    /// Reads that began within four clocks of DRDY's edge.
    pub reads_at_update: u64,
    /// Pulses at RESET that were too short to count.
    pub short_resets: u64,
}

impl Ledger {
    /// Whether the host kept all the times that the datasheet demands.
    pub fn is_clean(&self) -> bool {
        self.hurried_bytes == 0
            && self.hurried_deselects == 0
            && self.hurried_selects == 0
            && self.reads_at_update == 0
            && self.short_resets == 0
    }
}
