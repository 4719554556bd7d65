//! The blocking driver.

use super::configuration::Configuration;
use super::error::Error;
use super::opcode::{Opcode, read_register, write_register};
use super::reading::{MAX_FRAME_LEN, Reading};
use super::registers::{Contents, Gpio, REGISTER_COUNT, Register};
use super::session::{ReadMode, Session, Step, verify};
use super::timing::Clock;
use super::variant::Variant;
use crate::wire::LeadOff;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{InputPin, OutputPin};
use embedded_hal::spi::SpiDevice;

/// The pins beside the SPI bus. PWDN is taken to be high, CLKSEL as the board needs it. Where a pin
/// is absent its type is still wanted: `None::<NoPin>`.
#[derive(Debug)]
pub struct Pins<Ready, Reset, Start> {
    /// DRDY: falls when a conversion is ready. [`NoPin`](super::NoPin) where it is not connected:
    /// then the caller must know when to read.
    pub data_ready: Ready,
    /// RESET; `None` where it is tied high and the RESET command must do. TI's forum knows of chips
    /// that do not come up without the pin.
    pub reset: Option<Reset>,
    /// START; `None` where it is tied low and the START command must do. TI's forum knows of a chip
    /// that fell silent after a few conversions started by command, and did not by pin.
    pub start: Option<Start>,
}

/// A front end of the family behind an SPI bus in mode 1 (idle low, data on the falling edge).
///
/// Order of calls: [`power_up`](Self::power_up), [`configure`](Self::configure),
/// [`start`](Self::start), then [`read`](Self::read) each time DRDY falls, [`stop`](Self::stop)
/// before anything else. Another order is refused with an [`Error`] that says what is missing.
#[derive(Debug)]
pub struct Ads129x<Spi, Ready, Reset, Start, Delay> {
    spi: Spi,
    pins: Pins<Ready, Reset, Start>,
    delay: Delay,
    session: Session,
}

impl<Spi, Ready, Reset, Start, Delay> Ads129x<Spi, Ready, Reset, Start, Delay>
where
    Spi: SpiDevice,
    Ready: InputPin,
    Reset: OutputPin,
    Start: OutputPin,
    Delay: DelayNs,
{
    /// A driver for a chip of which nothing is known yet, run by `clock`
    /// ([`Clock::NOMINAL`] for the internal oscillator).
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

    /// Waits out the power-on time, resets the chip, ends its continuous reading and checks that it
    /// is the `expected` member of the family. Takes an eighth of a second. Also the way back from
    /// any error.
    ///
    /// # Errors
    /// [`Error::Identity`] if no chip of the family answers, [`Error::Variant`] if another member
    /// does.
    pub fn power_up(&mut self, expected: Variant) -> Result<(), Error> {
        self.reach(Some(expected))
    }

    /// As [`power_up`](Self::power_up), for whatever member of the family answers; returns which.
    pub fn identify(&mut self) -> Result<Variant, Error> {
        self.reach(None)?;
        self.session.variant().ok_or(Error::NotPoweredUp)
    }

    /// Makes the chip hold `configuration`, reads every register back, and waits for the reference
    /// if it was just switched on.
    ///
    /// # Errors
    /// [`Error::Configuration`] before anything is written, if the settings cannot be;
    /// [`Error::ReadBack`] if the chip does not hold what was written.
    pub fn configure(&mut self, configuration: &Configuration) -> Result<(), Error> {
        let steps = self.session.configure(configuration)?;
        self.run(steps)?;
        self.session.configured(configuration);
        Ok(())
    }

    /// Begins conversions. The first is ready after the settling time of the data rate
    /// ([`DataRate::settling_clocks`](super::registers::DataRate::settling_clocks)), settled.
    pub fn start(&mut self, mode: ReadMode) -> Result<(), Error> {
        self.session.may_start()?;
        match &mut self.pins.start {
            Some(start) => start.set_high().map_err(pin_error)?,
            None => self.send(Opcode::Start)?,
        }
        if mode == ReadMode::Continuous {
            self.send(Opcode::ReadContinuously)?;
        }
        self.session.started(mode);
        Ok(())
    }

    /// Ends conversions; nothing happens if none run.
    pub fn stop(&mut self) -> Result<(), Error> {
        let Some(mode) = self.session.may_stop()? else {
            return Ok(());
        };
        if mode == ReadMode::Continuous {
            self.send(Opcode::StopReadingContinuously)?;
        }
        match &mut self.pins.start {
            Some(start) => start.set_low().map_err(pin_error)?,
            None => self.send(Opcode::Stop)?,
        }
        self.session.idled();
        Ok(())
    }

    /// Whether DRDY is low: a conversion is ready that was not read.
    #[inline]
    pub fn is_data_ready(&mut self) -> Result<bool, Error> {
        self.pins.data_ready.is_low().map_err(pin_error)
    }

    /// Reads the conversion that is ready. In continuous mode the read must end within
    /// [`Clock::read_deadline`] of DRDY's fall; the driver has no clock to check that by. Under
    /// [`Readback::Multiple`](super::registers::Readback::Multiple) the frame is read twice and both
    /// are compared, which takes twice as long and notices what else nothing does: a bit turned over
    /// on the wires, or a conversion amid the read.
    ///
    /// # Errors
    /// [`Error::NotReady`] if DRDY is high, [`Error::Reading`] if what came is no data frame, or two
    /// that differ.
    pub fn read(&mut self) -> Result<Reading, Error> {
        let (variant, _, _) = self.session.reading()?;
        let mut buffer = [0; 2 * MAX_FRAME_LEN];
        // Never longer than two of the longest frames.
        let bytes = &mut buffer[..self.session.read_len(variant)];
        self.read_bytes(bytes)?;
        self.session.parse(bytes, variant)
    }

    /// Clocks out as many bytes as `frame` has, from the first of a frame on; returns the electrodes
    /// that are sensed.
    pub(super) fn read_bytes(&mut self, frame: &mut [u8]) -> Result<LeadOff, Error> {
        let (_, mode, sensed) = self.session.reading()?;
        if !self.is_data_ready()? {
            return Err(Error::NotReady);
        }
        let waits = self.session.waits();
        self.delay.delay_ns(waits.update);
        let result = match mode {
            ReadMode::Continuous => self.spi.transaction(&mut waits.frame(frame)),
            ReadMode::OnCommand => self.spi.transaction(&mut waits.frame_on_command(frame)),
        };
        result.map_err(spi_error)?;
        Ok(sensed)
    }

    /// Switches all but the reference off. Conversions must have been stopped.
    pub fn stand_by(&mut self) -> Result<(), Error> {
        self.session.idle()?;
        self.send(Opcode::Standby)?;
        self.session.fell_asleep();
        Ok(())
    }

    /// Ends standby; nothing happens if the chip is awake. The chip keeps its settings. How long the
    /// analogue part takes to settle is in the datasheet's electrical characteristics.
    pub fn wake_up(&mut self) -> Result<(), Error> {
        if self.session.asleep()? {
            self.send(Opcode::WakeUp)?;
            self.session.idled();
        }
        Ok(())
    }

    /// Which electrodes that are sensed are off, from the registers. Not while reading
    /// continuously: then each [`Reading`] says it.
    pub fn lead_off(&mut self) -> Result<LeadOff, Error> {
        let sensed = self.session.sensed();
        Ok(LeadOff {
            positive: self.read_register(Register::LeadOffStatusP)? & sensed.positive,
            negative: self.read_register(Register::LeadOffStatusN)? & sensed.negative,
        })
    }

    /// Whether the right leg's electrode is off; `None` if it is not sensed.
    pub fn is_right_leg_off(&mut self) -> Result<Option<bool>, Error> {
        let byte = self.read_register(Register::Config3)?;
        let configuration = self.session.configuration();
        let sensed = configuration.is_some_and(|settings| settings.right_leg_drive.sensed);
        Ok(sensed.then_some(byte & 1 != 0))
    }

    /// The levels of the general-purpose pins; GPIO1 in bit 0.
    pub fn gpio(&mut self) -> Result<u8, Error> {
        let byte = self.read_register(Register::Gpio)?;
        Ok(Gpio::decode(byte).map_or(0, |gpio| gpio.levels))
    }

    /// Sets the levels of those general-purpose pins that are outputs.
    pub fn set_gpio(&mut self, levels: u8) -> Result<(), Error> {
        let byte = self.session.gpio_levels(levels)?;
        self.write_unchecked(Register::Gpio, byte)
    }

    /// Reads one register.
    pub fn read_register(&mut self, register: Register) -> Result<u8, Error> {
        let mut byte = [0];
        self.read_registers(register, &mut byte)?;
        Ok(byte[0])
    }

    /// Reads the registers from `first` on, as many as `bytes` has room for and there are; returns
    /// how many that was.
    pub fn read_registers(&mut self, first: Register, bytes: &mut [u8]) -> Result<usize, Error> {
        self.session.registers_reachable()?;
        let count = bytes
            .len()
            .min(REGISTER_COUNT - usize::from(first.address()));
        self.read_registers_unchecked(first, &mut bytes[..count])?;
        Ok(count)
    }

    /// Writes one register and reads it back, beside all that the driver knows: what
    /// [`configure`](Self::configure) sets later or expects may differ. For experiments.
    ///
    /// # Errors
    /// [`Error::ReadOnly`] for registers that cannot be written, [`Error::ReadBack`] if the chip
    /// does not hold what was written.
    pub fn write_register(&mut self, register: Register, byte: u8) -> Result<(), Error> {
        self.session.registers_reachable()?;
        if register.is_read_only() {
            return Err(Error::ReadOnly { register });
        }
        self.write_unchecked(register, byte)?;
        verify(register, byte, self.read_unchecked(register)?)
    }

    /// What the last [`configure`](Self::configure) set.
    pub const fn configuration(&self) -> Option<&Configuration> {
        self.session.configuration()
    }

    /// The chip that [`power_up`](Self::power_up) found.
    pub const fn variant(&self) -> Option<Variant> {
        self.session.variant()
    }

    /// How long after DRDY's fall a continuous read may last, in nanoseconds; `None` before
    /// [`configure`](Self::configure).
    pub fn read_deadline(&self) -> Option<u32> {
        let rate = self.session.data_rate()?;
        Some(self.session.clock().read_deadline(rate))
    }

    /// Gives the parts back. The chip is left as it is.
    pub fn release(self) -> (Spi, Pins<Ready, Reset, Start>, Delay) {
        (self.spi, self.pins, self.delay)
    }

    fn reach(&mut self, expected: Option<Variant>) -> Result<(), Error> {
        if let Some(start) = &mut self.pins.start {
            start.set_low().map_err(pin_error)?;
        }
        let steps = self.session.power_up(expected);
        self.run(steps)
    }

    fn run(&mut self, steps: impl Iterator<Item = Step>) -> Result<(), Error> {
        for step in steps {
            match step {
                Step::Wait(nanoseconds) => self.delay.delay_ns(nanoseconds),
                Step::Reset => self.reset()?,
                Step::Send(opcode) => self.send(opcode)?,
                Step::Identify(expected) => {
                    let byte = self.read_unchecked(Register::Id)?;
                    self.session.identified(byte, expected)?;
                }
                Step::Write(register, byte) => self.write_unchecked(register, byte)?,
                Step::Verify(register, byte) => {
                    verify(register, byte, self.read_unchecked(register)?)?;
                }
            }
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), Error> {
        let waits = self.session.waits();
        match &mut self.pins.reset {
            Some(reset) => {
                reset.set_low().map_err(pin_error)?;
                self.delay.delay_ns(waits.reset_pulse);
                reset.set_high().map_err(pin_error)?;
            }
            None => {
                // The chip may be reading continuously, which hides RESET from it.
                self.send(Opcode::StopReadingContinuously)?;
                self.send(Opcode::Reset)?;
            }
        }
        self.delay.delay_ns(waits.reset);
        Ok(())
    }

    /// Keeps CS high long enough after the transaction before, which may have been a moment ago.
    fn pause(&mut self) {
        self.delay.delay_ns(self.session.waits().high);
    }

    fn send(&mut self, opcode: Opcode) -> Result<(), Error> {
        self.pause();
        let byte = [opcode.byte()];
        let mut operations = self.session.waits().command(&byte);
        self.spi.transaction(&mut operations).map_err(spi_error)
    }

    fn read_unchecked(&mut self, register: Register) -> Result<u8, Error> {
        let mut byte = [0];
        self.read_registers_unchecked(register, &mut byte)?;
        Ok(byte[0])
    }

    fn read_registers_unchecked(&mut self, first: Register, bytes: &mut [u8]) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.pause();
        // At most 26.
        let command = read_register(first, bytes.len() as u8);
        let mut operations = self.session.waits().register_read(&command, bytes);
        self.spi.transaction(&mut operations).map_err(spi_error)
    }

    fn write_unchecked(&mut self, register: Register, byte: u8) -> Result<(), Error> {
        self.pause();
        let command = write_register(register, byte);
        let mut operations = self.session.waits().register_write(&command);
        self.spi.transaction(&mut operations).map_err(spi_error)
    }
}

/// The kind of an error of the bus.
pub(super) fn spi_error(error: impl embedded_hal::spi::Error) -> Error {
    Error::Spi(error.kind())
}

/// The kind of an error of a pin.
pub(super) fn pin_error(error: impl embedded_hal::digital::Error) -> Error {
    Error::Pin(error.kind())
}
