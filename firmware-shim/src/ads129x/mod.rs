//! The driver for TI's ADS1294, ADS1296 and ADS1298 and their R variants, ECG front ends of four
//! to eight channels and 24 bits (datasheet SBAS459).
//!
//! | module | says |
//! |---|---|
//! | `variant` | the members of the family |
//! | [`registers`] | every register, every field |
//! | [`opcode`] | the commands |
//! | [`timing`] | the chip's clock and the times it dictates |
//! | `configuration` | what a user asks, checked, as register contents |
//! | `reading` | one data frame, parsed and checked |
//! | `session` | what the chip is doing and which request that allows |
//! | `transactions` | the transactions on the bus, with their waits |
//! | `driver` | the driver, blocking |
//! | `driver_async` | the driver for executors, with the feature `async` |
//! | `daisy_chain` | two chips on one bus |
//! | `no_pin` | a pin that is not connected |
//! | `error` | what can go wrong |
//!
//! Codes become microvolts by [`microvolts_per_code`](crate::wire::microvolts_per_code), here as on
//! the host. Nothing is filtered.

mod configuration;
mod daisy_chain;
mod driver;
#[cfg(feature = "async")]
mod driver_async;
mod error;
mod no_pin;
pub mod opcode;
mod reading;
pub mod registers;
mod session;
pub mod timing;
mod transactions;
mod variant;

pub use configuration::{
    ChannelSettings, Configuration, ConfigurationError, GpioSettings, LeadOffDetection,
    LeadOffMethod, PaceChannels, Reference, RegisterImage, Respiration, RightLegDrive,
    TWELVE_LEAD_CHANNELS, Terminals, TestSignal,
};
pub use daisy_chain::{DaisyChain, MAX_CHAINED_LEN, chained_len, parse_chained};
pub use driver::{Ads129x, Pins};
#[cfg(feature = "async")]
pub use driver_async::Ads129xAsync;
pub use error::Error;
pub use no_pin::NoPin;
pub use reading::{MARKER, MAX_FRAME_LEN, Reading, ReadingError, celsius};
pub use session::ReadMode;
pub use timing::Clock;
pub use variant::{MAX_CHANNELS, Variant};
