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
//! | `alternating` | electrodes sensed by alternating current |
//! | `no_pin` | a pin that is not connected |
//! | `error` | what can go wrong |
//!
//! On a board the bus, the pins and the delay come from its HAL; here from the simulator:
//!
//! ```
//! use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, Error, ReadMode, Variant};
//! # use ecg2mri_shim::simulator::{Chip, Moment, Simulator};
//! # let simulator = Simulator::new(Chip::new(Variant::Ads1298, |_: usize, _: Moment| 0));
//! # let (spi, pins, delay) = (simulator.spi(), simulator.pins(), simulator.delay());
//! let mut front_end = Ads129x::new(spi, pins, delay, Clock::NOMINAL);
//! front_end.power_up(Variant::Ads1298)?;
//! front_end.configure(&Configuration::twelve_lead())?;
//! front_end.start(ReadMode::Continuous)?;
//! # simulator.advance_to_data_ready();
//! // In the interrupt of DRDY's falling edge:
//! match front_end.read() {
//!     Ok(reading) => assert_eq!(reading.codes().len(), 8),
//!     // The marker was missing: this instant is lost, the next may be well.
//!     Err(Error::Reading(_)) => {}
//!     // The bus failed: power the chip up anew.
//!     Err(error) => return Err(error),
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! Codes become microvolts by [`microvolts_per_code`](crate::wire::microvolts_per_code), here as on
//! the host. Nothing is filtered.

mod alternating;
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

pub use alternating::AlternatingLeadOff;
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
