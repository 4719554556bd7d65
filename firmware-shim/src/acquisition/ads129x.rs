//! A front end of the ADS129x family, as the acquisition sees it.

use super::clock::Timebase;
use super::device::Profile;
use super::front_end::{ApplyError, FrontEnd, Input, ReadError, Reading, Settings, TestSignal};
use crate::ads129x::registers::{
    Channels, DataRate, Gain, Input as ChannelInput, LeadOffCurrent, LeadOffThreshold, PowerMode,
    TestAmplitude, TestFrequency, TestSource,
};
use crate::ads129x::timing::SETTLING_READINGS;
use crate::ads129x::{
    Ads129x, ChannelSettings, Clock, Configuration, Error, LeadOffDetection, LeadOffMethod,
    ReadMode, TestSignal as TestSignalSettings, Variant,
};
use crate::wire::{FirmwareVersion, Lead, LeadOff, LeadOffMode, LeadOffSettings, MAX_CHANNELS};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

/// A chip of the family with its driver, read continuously. A base configuration holds what hosts
/// cannot set: terminals, right leg drive, reference, pins.
#[derive(Debug)]
pub struct Ads129xFrontEnd<Spi, Ready, Reset, Start, Delay> {
    driver: Ads129x<Spi, Ready, Reset, Start, Delay>,
    variant: Variant,
    clock: Clock,
    base: Configuration,
}

impl<Spi, Ready, Reset, Start, Delay> Ads129xFrontEnd<Spi, Ready, Reset, Start, Delay> {
    /// The chip behind `driver`, which is a `variant` run by `clock`.
    pub fn new(
        driver: Ads129x<Spi, Ready, Reset, Start, Delay>,
        variant: Variant,
        clock: Clock,
        base: Configuration,
    ) -> Self {
        Self {
            driver,
            variant,
            clock,
            base,
        }
    }

    /// The driver, for what the acquisition does not do. Whoever changes the chip's registers behind
    /// the acquisition's back makes the hello untrue.
    pub fn driver(&mut self) -> &mut Ads129x<Spi, Ready, Reset, Start, Delay> {
        &mut self.driver
    }

    /// What the base configuration says, as settings to begin with.
    pub fn settings(&self, running: bool) -> Settings {
        let base = &self.base;
        Settings {
            running,
            rate_millihertz: base.data_rate.millihertz(self.clock.hertz()),
            // The chip has at most MAX_CHANNELS.
            gains: (0..self.variant.channel_count())
                .map(|channel| base.gain(channel))
                .collect(),
            lead_off: base
                .lead_off
                .as_ref()
                .map_or(LeadOffSettings::OFF, lead_off_settings),
            input: Input::Electrodes,
        }
    }

    /// What the device is. `samples_per_frame` and `session`: see [`Profile`].
    pub fn profile(
        &self,
        session: u16,
        firmware: FirmwareVersion,
        leads: [Option<Lead>; MAX_CHANNELS],
        samples_per_frame: u8,
        timebase: Timebase,
    ) -> Profile {
        let reference_microvolts = self.base.reference_microvolts();
        Profile {
            session,
            kind: self.variant.device_kind(),
            firmware,
            reference_microvolts,
            leads,
            test_signal: TestSignal {
                // From minus to plus its amplitude, V_REF / 2400.
                step_microvolts: 2 * (reference_microvolts / 2400),
                period_microseconds: test_period_microseconds(self.clock),
            },
            samples_per_frame,
            timebase,
        }
    }

    /// The chip's configuration for these settings.
    fn configuration(&self, settings: &Settings) -> Result<Configuration, ApplyError> {
        let mut configuration = self.base;
        configuration.data_rate = data_rate(settings.rate_millihertz, self.clock)?;
        configuration.lead_off = lead_off_detection(&settings.lead_off, self.base.lead_off)?;
        if settings.gains.len() != self.variant.channel_count() {
            return Err(ApplyError::Impossible);
        }
        for (channel, &gain) in configuration.channels.iter_mut().zip(&settings.gains) {
            let wired = channel.map_or(ChannelInput::Electrodes, |channel| channel.input);
            *channel = match gain {
                0 => None,
                factor => Some(ChannelSettings {
                    gain: Gain::from_factor(factor).ok_or(ApplyError::Impossible)?,
                    input: match settings.input {
                        Input::Electrodes => wired,
                        Input::TestSignal => ChannelInput::TestSignal,
                    },
                }),
            };
        }
        if settings.input == Input::TestSignal {
            configuration.test_signal = TestSignalSettings {
                source: TestSource::Internal,
                amplitude: TestAmplitude::Single,
                frequency: TestFrequency::Fast,
            };
        }
        match configuration.check(self.variant) {
            Ok(()) => Ok(configuration),
            Err(_) => Err(ApplyError::Impossible),
        }
    }
}

impl<Spi, Ready, Reset, Start, Delay> FrontEnd for Ads129xFrontEnd<Spi, Ready, Reset, Start, Delay>
where
    Spi: SpiDevice,
    Ready: InputPin,
    Reset: OutputPin,
    Start: OutputPin,
    Delay: DelayNs,
{
    fn read(&mut self) -> Result<Reading, ReadError> {
        let read = self.driver.read().map_err(|error| match error {
            Error::Reading(_) => ReadError::BadSync,
            Error::NotReady => ReadError::NotReady,
            _ => ReadError::Spi,
        })?;
        let mut reading = Reading {
            lead_off: read.lead_off,
            gpio: read.gpio,
            ..Reading::default()
        };
        for (code, &read) in reading.codes.iter_mut().zip(read.codes()) {
            *code = read;
        }
        Ok(reading)
    }

    fn power_up(&mut self) -> Result<(), ApplyError> {
        self.driver.power_up(self.variant).map_err(apply_error)
    }

    /// Conversions are stopped meanwhile. After START the chip holds the first data-ready edge
    /// back until its own filter has settled; what the step of gain or input sets off in the
    /// circuit before it takes as many instants more as the datasheet gives for a step at the input.
    fn apply(&mut self, settings: &Settings) -> Result<u16, ApplyError> {
        let configuration = self.configuration(settings)?;
        self.driver.stop().map_err(apply_error)?;
        self.driver.configure(&configuration).map_err(apply_error)?;
        if settings.running {
            self.driver
                .start(ReadMode::Continuous)
                .map_err(apply_error)?;
        }
        Ok(SETTLING_READINGS.into())
    }
}

fn apply_error(error: Error) -> ApplyError {
    match error {
        Error::ReadBack { .. } | Error::Identity { .. } | Error::Variant { .. } => {
            ApplyError::NotVerified
        }
        Error::Configuration(_) => ApplyError::Impossible,
        _ => ApplyError::Spi,
    }
}

/// The data rate that is nominally so fast, in high resolution if there is one.
fn data_rate(millihertz: u32, clock: Clock) -> Result<DataRate, ApplyError> {
    let fits = |rate: &DataRate| rate.millihertz(clock.hertz()) == millihertz;
    DataRate::all()
        .filter(fits)
        .max_by_key(|rate| rate.mode() == PowerMode::HighResolution)
        .ok_or(ApplyError::Impossible)
}

fn test_period_microseconds(clock: Clock) -> u32 {
    let clocks = TestFrequency::Fast.period_clocks().unwrap_or_default();
    let microseconds = u64::from(clocks) * 1_000_000 / u64::from(clock.hertz());
    u32::try_from(microseconds).unwrap_or(u32::MAX)
}

fn lead_off_settings(detection: &LeadOffDetection) -> LeadOffSettings {
    let (mode, current_nanoamperes) = match detection.method {
        LeadOffMethod::DirectCurrent(current) => {
            (LeadOffMode::DirectCurrent, current.nanoamperes())
        }
        LeadOffMethod::AlternatingCurrent(current) => {
            (LeadOffMode::AlternatingCurrent, current.nanoamperes())
        }
        // The resistors give a direct current, which the comparators judge alike.
        LeadOffMethod::PullResistors => (LeadOffMode::DirectCurrent, 0),
    };
    LeadOffSettings {
        mode,
        current_nanoamperes,
        // At most 95 %, which is 190.
        threshold_half_percent: (detection.threshold.permille() / 5) as u8,
        sensed: LeadOff {
            positive: detection.positive.0,
            negative: detection.negative.0,
        },
    }
}

/// The chip's lead-off detection for these settings. A current of 0 asks for the resistors.
fn lead_off_detection(
    settings: &LeadOffSettings,
    base: Option<LeadOffDetection>,
) -> Result<Option<LeadOffDetection>, ApplyError> {
    let current = || {
        let mut currents = LeadOffCurrent::ALL.iter().copied();
        let found = currents.find(|current| current.nanoamperes() == settings.current_nanoamperes);
        found.ok_or(ApplyError::Impossible)
    };
    let method = match settings.mode {
        LeadOffMode::Off => return Ok(None),
        LeadOffMode::DirectCurrent if settings.current_nanoamperes == 0 => {
            LeadOffMethod::PullResistors
        }
        LeadOffMode::DirectCurrent => LeadOffMethod::DirectCurrent(current()?),
        LeadOffMode::AlternatingCurrent => LeadOffMethod::AlternatingCurrent(current()?),
        LeadOffMode::Other(_) => return Err(ApplyError::Impossible),
    };
    let mut thresholds = LeadOffThreshold::ALL.iter().copied();
    let asked = u16::from(settings.threshold_half_percent) * 5;
    let threshold = thresholds.find(|threshold| threshold.permille() == asked);
    Ok(Some(LeadOffDetection {
        method,
        threshold: threshold.ok_or(ApplyError::Impossible)?,
        positive: Channels(settings.sensed.positive),
        negative: Channels(settings.sensed.negative),
        flipped: base.map_or(Channels::NONE, |base| base.flipped),
    }))
}
