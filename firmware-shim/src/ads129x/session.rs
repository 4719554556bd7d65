//! What the chip is doing, which request that allows, and the steps each request takes: all that
//! the blocking and the asynchronous driver share. Nothing here touches hardware.

use super::configuration::{Configuration, RegisterImage};
use super::error::Error;
use super::opcode::Opcode;
use super::reading::Reading;
use super::registers::{Contents, DataRate, Identity, Readback, Register};
use super::timing::{Clock, POWER_ON_CLOCKS, REFERENCE_START_UP_MILLISECONDS};
use super::transactions::Waits;
use super::variant::Variant;
use crate::wire::LeadOff;

/// How conversions are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ReadMode {
    /// RDATAC: the frame alone is clocked out, as fast as it gets; registers cannot be reached, and
    /// a read must end before the next conversion.
    Continuous,
    /// RDATA: a command before each frame; registers can be reached, and a read may overlap the
    /// next conversion.
    OnCommand,
}

/// What the chip is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    Idle,
    Converting(ReadMode),
    Standby,
}

/// One thing to do to the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Let time pass, in nanoseconds.
    Wait(u32),
    /// Reset by pin or command, and wait until it is over.
    Reset,
    /// Send a command.
    Send(Opcode),
    /// Read ID and compare it with what is expected, if anything is.
    Identify(Option<Variant>),
    /// Write a register.
    Write(Register, u8),
    /// Read a register back and compare.
    Verify(Register, u8),
}

/// What the driver knows of the chip.
#[derive(Debug)]
pub(super) struct Session {
    clock: Clock,
    waits: Waits,
    state: State,
    variant: Option<Variant>,
    configuration: Option<Configuration>,
    sensed: LeadOff,
    /// Whether the chip repeats its frames, so that two copies can be compared.
    repeats: bool,
    reference_on: bool,
}

impl Session {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            waits: Waits::new(clock),
            state: State::Unknown,
            variant: None,
            configuration: None,
            sensed: LeadOff::NONE,
            repeats: false,
            reference_on: false,
        }
    }

    pub(super) const fn clock(&self) -> Clock {
        self.clock
    }

    pub(super) const fn waits(&self) -> Waits {
        self.waits
    }

    /// The electrodes that the present configuration can report off.
    pub(super) const fn sensed(&self) -> LeadOff {
        self.sensed
    }

    pub(super) const fn variant(&self) -> Option<Variant> {
        self.variant
    }

    pub(super) const fn configuration(&self) -> Option<&Configuration> {
        self.configuration.as_ref()
    }

    pub(super) fn data_rate(&self) -> Option<DataRate> {
        let configuration = self.configuration.as_ref()?;
        Some(configuration.data_rate)
    }

    /// The steps from power-on until the chip can be configured. Nothing is known until
    /// [`Session::identified`].
    pub(super) fn power_up(
        &mut self,
        expected: Option<Variant>,
    ) -> impl Iterator<Item = Step> + use<> {
        *self = Self::new(self.clock);
        [
            Step::Wait(self.clock.wait_nanoseconds(POWER_ON_CLOCKS)),
            Step::Reset,
            // A reset leaves the chip reading continuously, deaf to all other commands.
            Step::Send(Opcode::StopReadingContinuously),
            Step::Identify(expected),
        ]
        .into_iter()
    }

    /// Takes the ID register's byte.
    pub(super) fn identified(&mut self, byte: u8, expected: Option<Variant>) -> Result<(), Error> {
        let Identity(found) = Identity::decode(byte).ok_or(Error::Identity { found: byte })?;
        if let Some(expected) = expected.filter(|&expected| expected != found) {
            return Err(Error::Variant { expected, found });
        }
        self.variant = Some(found);
        self.state = State::Idle;
        Ok(())
    }

    /// The steps that make the chip hold `configuration`; [`Session::configured`] afterwards.
    pub(super) fn configure(
        &mut self,
        configuration: &Configuration,
    ) -> Result<impl Iterator<Item = Step> + use<>, Error> {
        let variant = self.idle()?;
        let image: RegisterImage = configuration.image(variant)?;
        // Until all is verified, what the chip holds is neither the old nor the new.
        self.configuration = None;
        self.sensed = LeadOff::NONE;
        let turns_on = !self.reference_on && image.byte(Register::Config3) & 0x80 != 0;
        let wait = turns_on.then_some(Step::Wait(REFERENCE_START_UP_MILLISECONDS * 1_000_000));
        let writes = image
            .writes()
            .map(|(register, byte)| Step::Write(register, byte));
        let verifications = image
            .writes()
            .map(|(register, byte)| Step::Verify(register, byte));
        Ok(writes.chain(verifications).chain(wait))
    }

    /// All steps of [`Session::configure`] succeeded.
    pub(super) fn configured(&mut self, configuration: &Configuration) {
        self.reference_on = !matches!(
            configuration.reference,
            super::configuration::Reference::External { .. }
        );
        self.configuration = Some(*configuration);
        self.sensed = configuration.lead_off_sensed();
        self.repeats = configuration.readback == Readback::Multiple;
    }

    /// The chip, if it is idle.
    pub(super) fn idle(&self) -> Result<Variant, Error> {
        match (self.state, self.variant) {
            (State::Idle, Some(variant)) => Ok(variant),
            (State::Converting(_), _) => Err(Error::Converting),
            (State::Standby, _) => Err(Error::Asleep),
            _ => Err(Error::NotPoweredUp),
        }
    }

    /// Whether registers can be reached now.
    pub(super) fn registers_reachable(&self) -> Result<(), Error> {
        match self.state {
            State::Converting(ReadMode::OnCommand) => Ok(()),
            _ => self.idle().map(|_| ()),
        }
    }

    /// Whether conversions can begin.
    pub(super) fn may_start(&self) -> Result<(), Error> {
        self.idle()?;
        let configuration = self.configuration.as_ref();
        configuration.map(|_| ()).ok_or(Error::NotConfigured)
    }

    pub(super) fn started(&mut self, mode: ReadMode) {
        self.state = State::Converting(mode);
    }

    /// How conversions are read at present; `None` if there are none to stop.
    pub(super) fn may_stop(&self) -> Result<Option<ReadMode>, Error> {
        match self.state {
            State::Converting(mode) => Ok(Some(mode)),
            _ => self.idle().map(|_| None),
        }
    }

    pub(super) fn idled(&mut self) {
        self.state = State::Idle;
    }

    pub(super) fn fell_asleep(&mut self) {
        self.state = State::Standby;
    }

    /// Whether the chip can be woken.
    pub(super) fn asleep(&self) -> Result<bool, Error> {
        match self.state {
            State::Standby => Ok(true),
            State::Unknown => Err(Error::NotPoweredUp),
            _ => Ok(false),
        }
    }

    /// Bytes of a frame of `variant`, or of its two copies.
    #[inline]
    pub(super) const fn read_len(&self, variant: Variant) -> usize {
        variant.frame_len() * (1 + self.repeats as usize)
    }

    /// The reading that so many bytes brought.
    #[inline]
    pub(super) fn parse(&self, bytes: &[u8], variant: Variant) -> Result<Reading, Error> {
        let reading = if self.repeats {
            Reading::parse_repeated(bytes, variant)?
        } else {
            Reading::parse(bytes, variant)?
        };
        Ok(reading.with_only(self.sensed))
    }

    /// What a read must be: of which chip, in which mode, with which electrodes sensed.
    #[inline]
    pub(super) fn reading(&self) -> Result<(Variant, ReadMode, LeadOff), Error> {
        match (self.state, self.variant) {
            (State::Converting(mode), Some(variant)) => Ok((variant, mode, self.sensed)),
            (State::Unknown, _) => Err(Error::NotPoweredUp),
            (State::Standby, _) => Err(Error::Asleep),
            _ => Err(Error::NotConverting),
        }
    }

    /// The configuration with other levels at the outputs, and the GPIO register's byte for it.
    pub(super) fn gpio_levels(&mut self, levels: u8) -> Result<u8, Error> {
        self.registers_reachable()?;
        let variant = self.variant.ok_or(Error::NotPoweredUp)?;
        let configuration = self.configuration.as_mut().ok_or(Error::NotConfigured)?;
        let mut changed = *configuration;
        changed.gpio.levels = levels;
        let byte = changed.image(variant)?.byte(Register::Gpio);
        *configuration = changed;
        Ok(byte)
    }
}

/// Compares what was read back with what was written.
pub(super) fn verify(register: Register, written: u8, read: u8) -> Result<(), Error> {
    if (written ^ read) & register.verifiable_bits() == 0 {
        Ok(())
    } else {
        Err(Error::ReadBack {
            register,
            written,
            read,
        })
    }
}
