//! The driver for executors such as embassy and RTIC: as the blocking one, but every wait lets others
//! run, the one for DRDY too.

use super::configuration::Configuration;
use super::driver::{Pins, pin_error, spi_error};
use super::error::Error;
use super::opcode::{Opcode, read_register, write_register};
use super::reading::{MAX_FRAME_LEN, Reading};
use super::registers::{Contents, Gpio, Register};
use super::session::{ReadMode, Session, Step, verify};
use super::timing::Clock;
use super::variant::Variant;
use crate::wire::LeadOff;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::digital::Wait;
use embedded_hal_async::spi::SpiDevice;

/// A front end of the family behind an asynchronous SPI bus in mode 1. Order of calls, states and
/// errors are those of [`Ads129x`](super::Ads129x). A call that is dropped before it ends leaves the
/// chip in an unknown state: power it up anew; [`next`](Self::next) alone may be dropped while it
/// waits for DRDY.
#[derive(Debug)]
pub struct Ads129xAsync<Spi, Ready, Reset, Start, Delay> {
    spi: Spi,
    pins: Pins<Ready, Reset, Start>,
    delay: Delay,
    session: Session,
}

impl<Spi, Ready, Reset, Start, Delay> Ads129xAsync<Spi, Ready, Reset, Start, Delay>
where
    Spi: SpiDevice,
    Ready: InputPin + Wait,
    Reset: OutputPin,
    Start: OutputPin,
    Delay: DelayNs,
{
    /// A driver for a chip of which nothing is known yet, run by `clock`.
    pub const fn new(
        spi: Spi,
        pins: Pins<Ready, Reset, Start>,
        delay: Delay,
        clock: Clock,
    ) -> Self {
        Self {
            spi,
            pins,
            delay,
            session: Session::new(clock),
        }
    }

    /// As [`Ads129x::power_up`](super::Ads129x::power_up).
    pub async fn power_up(&mut self, expected: Variant) -> Result<(), Error> {
        self.reach(Some(expected)).await
    }

    /// As [`power_up`](Self::power_up), for whatever member of the family answers; returns which.
    pub async fn identify(&mut self) -> Result<Variant, Error> {
        self.reach(None).await?;
        self.session.variant().ok_or(Error::NotPoweredUp)
    }

    /// As [`Ads129x::configure`](super::Ads129x::configure).
    pub async fn configure(&mut self, configuration: &Configuration) -> Result<(), Error> {
        let steps = self.session.configure(configuration)?;
        self.run(steps).await?;
        self.session.configured(configuration);
        Ok(())
    }

    /// As [`Ads129x::start`](super::Ads129x::start).
    pub async fn start(&mut self, mode: ReadMode) -> Result<(), Error> {
        self.session.may_start()?;
        match &mut self.pins.start {
            Some(start) => start.set_high().map_err(pin_error)?,
            None => self.send(Opcode::Start).await?,
        }
        if mode == ReadMode::Continuous {
            self.send(Opcode::ReadContinuously).await?;
        }
        self.session.started(mode);
        Ok(())
    }

    /// As [`Ads129x::stop`](super::Ads129x::stop).
    pub async fn stop(&mut self) -> Result<(), Error> {
        let Some(mode) = self.session.may_stop()? else {
            return Ok(());
        };
        if mode == ReadMode::Continuous {
            self.send(Opcode::StopReadingContinuously).await?;
        }
        match &mut self.pins.start {
            Some(start) => start.set_low().map_err(pin_error)?,
            None => self.send(Opcode::Stop).await?,
        }
        self.session.idled();
        Ok(())
    }

    /// Waits until DRDY is low and reads the conversion that is ready. In continuous mode the read
    /// must end within [`Clock::read_deadline`] of DRDY's fall.
    ///
    /// # Errors
    /// As [`Ads129x::read`](super::Ads129x::read). A chip that never gets ready is waited for without
    /// end: set a time-out around this.
    pub async fn next(&mut self) -> Result<Reading, Error> {
        let (variant, mode, _) = self.session.reading()?;
        let ready = self.pins.data_ready.wait_for_low().await;
        ready.map_err(pin_error)?;
        let mut buffer = [0; 2 * MAX_FRAME_LEN];
        // Never longer than two of the longest frames.
        let frame = &mut buffer[..self.session.read_len(variant)];
        let waits = self.session.waits();
        self.delay.delay_ns(waits.update).await;
        let result = match mode {
            ReadMode::Continuous => self.spi.transaction(&mut waits.frame(frame)).await,
            ReadMode::OnCommand => {
                let mut operations = waits.frame_on_command(frame);
                self.spi.transaction(&mut operations).await
            }
        };
        result.map_err(spi_error)?;
        self.session.parse(frame, variant)
    }

    /// As [`Ads129x::stand_by`](super::Ads129x::stand_by).
    pub async fn stand_by(&mut self) -> Result<(), Error> {
        self.session.idle()?;
        self.send(Opcode::Standby).await?;
        self.session.fell_asleep();
        Ok(())
    }

    /// As [`Ads129x::wake_up`](super::Ads129x::wake_up).
    pub async fn wake_up(&mut self) -> Result<(), Error> {
        if self.session.asleep()? {
            self.send(Opcode::WakeUp).await?;
            self.session.idled();
        }
        Ok(())
    }

    /// As [`Ads129x::lead_off`](super::Ads129x::lead_off).
    pub async fn lead_off(&mut self) -> Result<LeadOff, Error> {
        let sensed = self.session.sensed();
        Ok(LeadOff {
            positive: self.read_register(Register::LeadOffStatusP).await? & sensed.positive,
            negative: self.read_register(Register::LeadOffStatusN).await? & sensed.negative,
        })
    }

    /// As [`Ads129x::is_right_leg_off`](super::Ads129x::is_right_leg_off).
    pub async fn is_right_leg_off(&mut self) -> Result<Option<bool>, Error> {
        let byte = self.read_register(Register::Config3).await?;
        let configuration = self.session.configuration();
        let sensed = configuration.is_some_and(|settings| settings.right_leg_drive.sensed);
        Ok(sensed.then_some(byte & 1 != 0))
    }

    /// As [`Ads129x::gpio`](super::Ads129x::gpio).
    pub async fn gpio(&mut self) -> Result<u8, Error> {
        let byte = self.read_register(Register::Gpio).await?;
        Ok(Gpio::decode(byte).map_or(0, |gpio| gpio.levels))
    }

    /// As [`Ads129x::set_gpio`](super::Ads129x::set_gpio).
    pub async fn set_gpio(&mut self, levels: u8) -> Result<(), Error> {
        let byte = self.session.gpio_levels(levels)?;
        self.write_unchecked(Register::Gpio, byte).await
    }

    /// As [`Ads129x::read_register`](super::Ads129x::read_register).
    pub async fn read_register(&mut self, register: Register) -> Result<u8, Error> {
        self.session.registers_reachable()?;
        self.read_unchecked(register).await
    }

    /// What the last [`configure`](Self::configure) set.
    pub const fn configuration(&self) -> Option<&Configuration> {
        self.session.configuration()
    }

    /// The chip that [`power_up`](Self::power_up) found.
    pub const fn variant(&self) -> Option<Variant> {
        self.session.variant()
    }

    /// Gives the parts back. The chip is left as it is.
    pub fn release(self) -> (Spi, Pins<Ready, Reset, Start>, Delay) {
        (self.spi, self.pins, self.delay)
    }

    async fn reach(&mut self, expected: Option<Variant>) -> Result<(), Error> {
        if let Some(start) = &mut self.pins.start {
            start.set_low().map_err(pin_error)?;
        }
        let steps = self.session.power_up(expected);
        self.run(steps).await
    }

    async fn run(&mut self, steps: impl Iterator<Item = Step>) -> Result<(), Error> {
        for step in steps {
            match step {
                Step::Wait(nanoseconds) => self.delay.delay_ns(nanoseconds).await,
                Step::Reset => self.reset().await?,
                Step::Send(opcode) => self.send(opcode).await?,
                Step::Identify(expected) => {
                    let byte = self.read_unchecked(Register::Id).await?;
                    self.session.identified(byte, expected)?;
                }
                Step::Write(register, byte) => self.write_unchecked(register, byte).await?,
                Step::Verify(register, byte) => {
                    verify(register, byte, self.read_unchecked(register).await?)?;
                }
            }
        }
        Ok(())
    }

    async fn reset(&mut self) -> Result<(), Error> {
        let waits = self.session.waits();
        match &mut self.pins.reset {
            Some(reset) => {
                reset.set_low().map_err(pin_error)?;
                self.delay.delay_ns(waits.reset_pulse).await;
                reset.set_high().map_err(pin_error)?;
            }
            None => {
                // The chip may be reading continuously, which hides RESET from it.
                self.send(Opcode::StopReadingContinuously).await?;
                self.send(Opcode::Reset).await?;
            }
        }
        self.delay.delay_ns(waits.reset).await;
        Ok(())
    }

    /// Keeps CS high long enough after the transaction before, which may have been a moment ago.
    async fn pause(&mut self) {
        self.delay.delay_ns(self.session.waits().high).await;
    }

    async fn send(&mut self, opcode: Opcode) -> Result<(), Error> {
        self.pause().await;
        let byte = [opcode.byte()];
        let mut operations = self.session.waits().command(&byte);
        let result = self.spi.transaction(&mut operations).await;
        result.map_err(spi_error)
    }

    async fn read_unchecked(&mut self, register: Register) -> Result<u8, Error> {
        self.pause().await;
        let mut byte = [0];
        let command = read_register(register, 1);
        let mut operations = self.session.waits().register_read(&command, &mut byte);
        let result = self.spi.transaction(&mut operations).await;
        result.map_err(spi_error)?;
        Ok(byte[0])
    }

    async fn write_unchecked(&mut self, register: Register, byte: u8) -> Result<(), Error> {
        self.pause().await;
        let command = write_register(register, byte);
        let mut operations = self.session.waits().register_write(&command);
        let result = self.spi.transaction(&mut operations).await;
        result.map_err(spi_error)
    }
}
