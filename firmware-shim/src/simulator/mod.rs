//! The front end without hardware: an ADS129x at register level, behind embedded-hal's traits.
//!
//! It serves the driver's tests, images that run on an emulated core, and hosts that want a device
//! to talk to. It needs neither `std` nor an allocator.
//!
//! | module | says |
//! |---|---|
//! | `signal` | what the electrodes bring: any signal, any contact |
//! | `analog` | from the signal to codes: inputs, gain, reference, test signal, lead-off, settling |
//! | `register_file` | which bits of the registers can be written |
//! | `time` | simulated time in the chip's clock and in nanoseconds |
//! | `chip` | power-up, reset, conversions, DRDY, standby, pins |
//! | `interface` | the serial interface: commands and what is clocked out |
//! | `fault` | what goes wrong on a bench, on demand; and what the host did wrong |
//! | `chain` | two chips on one bus |
//! | `hardware` | what a bus and pins need of either |
//! | `handles` | the bus, the pins and the delay as drivers want them |
//!
//! Time passes only by what is done: bytes clocked, delays, [`Simulator::advance`]. What the
//! simulation leaves out: noise, offset and gain errors, the converter's frequency response, the
//! right leg drive's effect on the body, the Wilson and Goldberger terminals (a signal gives each
//! channel's differential voltage, whatever makes its negative input), pacemaker buffers and the
//! respiration circuit (their registers are there).
//!
//! ```
//! use ecg2mri_shim::ads129x::{Ads129x, Clock, Configuration, ReadMode, Variant};
//! use ecg2mri_shim::simulator::{Chip, Moment, Simulator};
//!
//! // Half a millivolt on every channel.
//! let simulator = Simulator::new(Chip::new(Variant::Ads1298, |_: usize, _: Moment| 500_000));
//! let mut front_end = Ads129x::new(
//!     simulator.spi(),
//!     simulator.pins(),
//!     simulator.delay(),
//!     Clock::NOMINAL,
//! );
//! front_end.power_up(Variant::Ads1298)?;
//! front_end.configure(&Configuration::twelve_lead())?;
//! front_end.start(ReadMode::Continuous)?;
//! while !front_end.is_data_ready()? {
//!     simulator.advance(10_000);
//! }
//! // 500 µV at 0.047684 µV a code.
//! assert_eq!(front_end.read()?.codes(), [10_486; 8]);
//! # Ok::<(), ecg2mri_shim::ads129x::Error>(())
//! ```

mod analog;
mod chain;
mod chip;
mod fault;
mod handles;
mod hardware;
mod interface;
mod register_file;
mod signal;
mod time;

pub use analog::code;
pub use chain::Chain;
pub use chip::Chip;
pub use fault::{BitFlip, Faults, Ledger, SimulatedFault};
pub use handles::{
    DataReadyPin, ResetPin, SimulatedDelay, SimulatedPins, SimulatedSpi, Simulator, StartPin,
};
pub use hardware::Hardware;
pub use signal::{Impedance, Moment, Pacing, Recording, Side, Signal};
