//! What can go wrong between the driver and the chip.

use super::configuration::ConfigurationError;
use super::reading::ReadingError;
use super::registers::Register;
use super::variant::Variant;
use embedded_hal::{digital, spi};

/// Why the driver could not do what it was asked. After an error of the bus the chip's state is
/// unknown: power it up anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Error {
    /// The SPI bus failed.
    #[error("the SPI transfer failed: {0}")]
    Spi(spi::ErrorKind),
    /// A pin could not be set or read.
    #[error("a pin of the front end could not be set or read: {0}")]
    Pin(digital::ErrorKind),
    /// The ID register holds none of the family's numbers.
    #[error(
        "the ID register reads {found:#04x}, no ADS129x: 0x00 or 0xff mean no answer (check power, RESET, CLKSEL and the \
         SPI wiring), half the expected value means a wrong SPI phase"
    )]
    Identity {
        /// The byte read.
        found: u8,
    },
    /// The chip is another member of the family than the caller said.
    #[error("the front end is a {found:?}, not a {expected:?}: change the wiring's description")]
    Variant {
        /// What the caller said.
        expected: Variant,
        /// What the chip says.
        found: Variant,
    },
    /// A register does not hold what was written.
    #[error(
        "{register:?} reads {read:#04x} after {written:#04x} was written: slow the SPI clock down and check its wiring"
    )]
    ReadBack {
        /// The register.
        register: Register,
        /// The byte written.
        written: u8,
        /// The byte read.
        read: u8,
    },
    /// The settings contradict each other or the chip.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The frame read is no data frame.
    #[error(transparent)]
    Reading(#[from] ReadingError),
    /// The chip has not been powered up and identified.
    #[error("the front end has not been identified: power it up first")]
    NotPoweredUp,
    /// The chip has not been configured since it was powered up.
    #[error("the front end has not been configured: configure it first")]
    NotConfigured,
    /// Registers cannot be reached while the chip reads continuously.
    #[error("the front end is reading continuously, which hides its registers: stop it first")]
    Converting,
    /// There is nothing to read, because conversions do not run.
    #[error("the front end is not converting: start it first")]
    NotConverting,
    /// In standby the chip understands WAKEUP alone.
    #[error("the front end is in standby: wake it first")]
    Asleep,
    /// Read-only registers cannot be written.
    #[error("{register:?} is read-only")]
    ReadOnly {
        /// The register.
        register: Register,
    },
    /// The settings of a daisy chain do not chain the chips.
    #[error(
        "the settings repeat the first chip's frame instead of passing the second's on: set `readback` to the daisy chain"
    )]
    NotChained,
    /// DRDY is high: there is no conversion that was not read yet.
    #[error("no conversion is ready: read when DRDY falls")]
    NotReady,
}
