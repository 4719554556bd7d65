//! A driver on a simulated chip.

use ecg2mri_shim::ads129x::registers::{DataRate, PowerMode};
use ecg2mri_shim::ads129x::{
    Ads129x, ChannelSettings, Clock, Configuration, Error, ReadMode, Reading, Variant,
};
use ecg2mri_shim::simulator::{
    Chip, DataReadyPin, Hardware, Ledger, Moment, ResetPin, Signal, SimulatedDelay, SimulatedSpi,
    Simulator, StartPin,
};

pub type Driver<'a, H> = Ads129x<
    SimulatedSpi<'a, H>,
    DataReadyPin<'a, H>,
    ResetPin<'a, H>,
    StartPin<'a, H>,
    SimulatedDelay<'a, H>,
>;

/// Another voltage on each channel, in nanovolts.
pub fn steps(channel: usize, _: Moment) -> i64 {
    [
        0, 1_000_000, -1_000_000, 250_000, -250_000, 5_000_000, -5_000_000, 123_456,
    ][channel]
}

/// The type of [`steps`].
pub type Steps = fn(usize, Moment) -> i64;

/// A chip with [`steps`] at its inputs.
pub fn chip(variant: Variant) -> Simulator<Chip<Steps>> {
    Simulator::new(Chip::new(variant, steps))
}

/// A driver that has done nothing yet, with all pins connected.
pub fn driver<H: Hardware>(simulator: &Simulator<H>) -> Driver<'_, H> {
    Ads129x::new(
        simulator.spi(),
        simulator.pins(),
        simulator.delay(),
        Clock::NOMINAL,
    )
}

/// The same without the pins RESET and START.
pub fn driver_by_command<H: Hardware>(simulator: &Simulator<H>) -> Driver<'_, H> {
    Ads129x::new(
        simulator.spi(),
        simulator.data_ready_pin(),
        simulator.delay(),
        Clock::NOMINAL,
    )
}

/// A driver that has powered the chip up and configured it.
pub fn configured<'a, S: Signal>(
    simulator: &'a Simulator<Chip<S>>,
    configuration: &Configuration,
) -> Driver<'a, Chip<S>> {
    let mut driver = driver(simulator);
    let variant = simulator.with(|chip| chip.variant());
    driver.power_up(variant).expect("the chip answers");
    driver.configure(configuration).expect("it obeys");
    driver
}

/// A driver whose chip converts and is read continuously.
pub fn running<'a, S: Signal>(
    simulator: &'a Simulator<Chip<S>>,
    configuration: &Configuration,
) -> Driver<'a, Chip<S>> {
    let mut driver = configured(simulator, configuration);
    driver.start(ReadMode::Continuous).expect("it starts");
    driver
}

/// Waits for the next conversion and reads it.
pub fn next<H: Hardware>(
    simulator: &Simulator<H>,
    driver: &mut Driver<'_, H>,
) -> Result<Reading, Error> {
    assert!(simulator.advance_to_data_ready(), "nothing converts");
    driver.read()
}

pub fn ledger<S: Signal>(simulator: &Simulator<Chip<S>>) -> Ledger {
    simulator.with(|chip| chip.ledger())
}

/// A configuration at another data rate.
pub fn at_rate(samples_per_second: u32, mode: PowerMode) -> Configuration {
    let mut configuration = Configuration::new();
    configuration.data_rate = DataRate::new(samples_per_second, mode).expect("a rate of the chip");
    configuration.accept_reduced_resolution = true;
    configuration
}

/// A configuration with these settings on all channels.
pub fn all_channels(settings: ChannelSettings) -> Configuration {
    let mut configuration = Configuration::new();
    configuration.channels = [Some(settings); 8];
    configuration
}
