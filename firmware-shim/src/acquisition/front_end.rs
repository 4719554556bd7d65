//! What the acquisition asks of an analogue front end. The driver implements it, and tests do.

use crate::wire::{LeadOff, LeadOffMode, LeadOffSettings, MAX_CHANNELS};
use heapless::Vec;

/// An analogue front end that samples at its own rate and says with an edge that data are ready.
pub trait FrontEnd {
    /// Fetches the sampling instant that the last data-ready edge announced. Called from the
    /// interrupt, once for each edge; must not wait for the next.
    fn read(&mut self) -> Result<Reading, ReadError>;

    /// Brings the front end up from an unknown state: after power-on, after it fell silent and after an
    /// error of [`apply`](Self::apply). May take an eighth of a second.
    fn power_up(&mut self) -> Result<(), ApplyError>;

    /// Sets the front end, reads back what was set, and starts or stops conversions as the settings
    /// say. Returns for how many instants from the first on the samples have not settled.
    ///
    /// Whatever the front end cannot do must be refused as [`ApplyError::Impossible`] before anything
    /// is written. After the other errors the front end is taken to be in an unknown state: it is
    /// brought up again later, and its samples are ignored until then.
    fn apply(&mut self, settings: &Settings) -> Result<u16, ApplyError>;
}

/// One sampling instant of all channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// The codes, −2²³ to 2²³ − 1, in the order of the channels; those beyond the last are 0.
    pub codes: [i32; MAX_CHANNELS],
    /// Electrodes off, as the comparators say. Of those not sensed the bits mean nothing.
    pub lead_off: LeadOff,
    /// General-purpose inputs, GPIO1 in bit 0 to GPIO4 in bit 3.
    pub gpio: u8,
}

/// Why an instant could not be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The transfer failed.
    #[error("an SPI transfer failed: check the wiring and that no one else holds the bus")]
    Spi,
    /// What came lacks the front end's marker.
    #[error("data without the 1100 marker: check SPI mode 1 and the clock's speed")]
    BadSync,
    /// Nothing was ready: the data-ready line had risen again.
    #[error("the data-ready line is high again: serve its edge sooner, or shield the line")]
    NotReady,
}

/// Why settings are not in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// The front end cannot be set so. Nothing was changed.
    #[error("the front end has no such setting: see the datasheet's registers")]
    Impossible,
    /// A transfer failed.
    #[error("an SPI transfer failed: check the wiring and that no one else holds the bus")]
    Spi,
    /// It reads back otherwise, or is another chip.
    #[error("the front end holds other settings than written: check the SPI lines and the supply")]
    NotVerified,
}

/// All that a host can set, and what the inputs are connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Whether it samples.
    pub running: bool,
    /// Nominal samples per second, times 1000; never 0.
    pub rate_millihertz: u32,
    /// The gain of each channel, 0 for one that is powered down; 1 to [`MAX_CHANNELS`] of them.
    pub gains: Vec<u8, MAX_CHANNELS>,
    /// How electrodes are sensed.
    pub lead_off: LeadOffSettings,
    /// What the inputs are connected to.
    pub input: Input,
}

impl Settings {
    /// The electrodes that can be reported off. Sensing by alternating current shows in the samples
    /// alone.
    pub fn sensed(&self) -> LeadOff {
        match self.lead_off.mode {
            LeadOffMode::DirectCurrent => self.lead_off.sensed,
            _ => LeadOff::NONE,
        }
    }
}

/// What the inputs are connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The electrodes.
    Electrodes,
    /// The front end's own square wave.
    TestSignal,
}

/// The front end's own square wave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestSignal {
    /// Its upper level less its lower one, in microvolts at the inputs.
    pub step_microvolts: u32,
    /// Its period in microseconds.
    pub period_microseconds: u32,
}
