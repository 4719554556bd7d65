//! The bus, the pins and the delay as drivers want them. All of them share the simulated hardware
//! through a [`RefCell`], each for no longer than one call takes.

use super::fault::SimulatedFault;
use super::hardware::Hardware;
use crate::ads129x::Pins;
use core::cell::RefCell;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{ErrorType as DigitalErrorType, InputPin, OutputPin};
use embedded_hal::spi::{ErrorType as SpiErrorType, Operation, SpiDevice};

/// Simulated hardware, one [`Chip`](super::Chip) or a [`Chain`](super::Chain), and what leads to it.
#[derive(Debug)]
pub struct Simulator<H> {
    hardware: RefCell<H>,
}

/// All pins of simulated hardware.
pub type SimulatedPins<'a, H> = Pins<DataReadyPin<'a, H>, ResetPin<'a, H>, StartPin<'a, H>>;

impl<H: Hardware> Simulator<H> {
    /// Puts `hardware` where handles can share it.
    pub const fn new(hardware: H) -> Self {
        Self {
            hardware: RefCell::new(hardware),
        }
    }

    /// The bus.
    pub const fn spi(&self) -> SimulatedSpi<'_, H> {
        SimulatedSpi { simulator: self }
    }

    /// DRDY, RESET and START, all connected.
    pub const fn pins(&self) -> SimulatedPins<'_, H> {
        Pins {
            data_ready: DataReadyPin { simulator: self },
            reset: Some(ResetPin { simulator: self }),
            start: Some(StartPin { simulator: self }),
        }
    }

    /// DRDY alone: RESET is tied high and START low.
    pub const fn data_ready_pin(&self) -> SimulatedPins<'_, H> {
        Pins {
            data_ready: DataReadyPin { simulator: self },
            reset: None,
            start: None,
        }
    }

    /// A delay in simulated time.
    pub const fn delay(&self) -> SimulatedDelay<'_, H> {
        SimulatedDelay { simulator: self }
    }

    /// Lets time pass, in nanoseconds.
    pub fn advance(&self, nanoseconds: u64) {
        self.hardware.borrow_mut().advance(nanoseconds);
    }

    /// Lets time pass until DRDY falls next; returns whether it will.
    pub fn advance_to_data_ready(&self) -> bool {
        let mut hardware = self.hardware.borrow_mut();
        match hardware.until_data_ready() {
            Some(nanoseconds) => {
                hardware.advance(nanoseconds);
                true
            }
            None => false,
        }
    }

    /// Looks at the hardware, or changes it.
    ///
    /// # Panics
    /// If `look` uses one of the handles.
    pub fn with<R>(&self, look: impl FnOnce(&mut H) -> R) -> R {
        look(&mut self.hardware.borrow_mut())
    }

    fn transact(&self, operations: &mut [Operation<'_, u8>]) -> Result<(), SimulatedFault> {
        let mut hardware = self.hardware.borrow_mut();
        hardware.select()?;
        for operation in operations {
            match operation {
                Operation::Read(bytes) => {
                    for byte in bytes.iter_mut() {
                        // Embedded-hal leaves open what a read sends. Here it is what hurts most:
                        // the command that ends continuous reading.
                        *byte = hardware.exchange(0x11);
                    }
                }
                Operation::Write(bytes) => {
                    for &byte in bytes.iter() {
                        hardware.exchange(byte);
                    }
                }
                Operation::Transfer(read, write) => {
                    let sent = write.iter().copied().chain(core::iter::repeat(0));
                    let extra = write.len().saturating_sub(read.len());
                    for (byte, sent) in read.iter_mut().zip(sent) {
                        *byte = hardware.exchange(sent);
                    }
                    for &byte in &write[write.len() - extra..] {
                        hardware.exchange(byte);
                    }
                }
                Operation::TransferInPlace(bytes) => {
                    for byte in bytes.iter_mut() {
                        *byte = hardware.exchange(*byte);
                    }
                }
                Operation::DelayNs(nanoseconds) => hardware.advance(u64::from(*nanoseconds)),
            }
        }
        hardware.deselect();
        Ok(())
    }
}

/// Declares a handle.
macro_rules! handle {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Debug)]
        pub struct $name<'a, H> {
            simulator: &'a Simulator<H>,
        }

        impl<H> Clone for $name<'_, H> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<H> Copy for $name<'_, H> {}
    };
}

handle! {
    /// The bus with its chip select.
    SimulatedSpi
}
handle! {
    /// The pin DRDY.
    DataReadyPin
}
handle! {
    /// The pin RESET.
    ResetPin
}
handle! {
    /// The pin START.
    StartPin
}
handle! {
    /// A delay in simulated time.
    SimulatedDelay
}

impl<H: Hardware> SpiErrorType for SimulatedSpi<'_, H> {
    type Error = SimulatedFault;
}

impl<H: Hardware> SpiDevice for SimulatedSpi<'_, H> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), SimulatedFault> {
        self.simulator.transact(operations)
    }
}

impl<H: Hardware> DigitalErrorType for DataReadyPin<'_, H> {
    type Error = SimulatedFault;
}

impl<H: Hardware> InputPin for DataReadyPin<'_, H> {
    fn is_high(&mut self) -> Result<bool, SimulatedFault> {
        self.is_low().map(|low| !low)
    }

    fn is_low(&mut self) -> Result<bool, SimulatedFault> {
        Ok(self.simulator.hardware.borrow().is_data_ready())
    }
}

impl<H: Hardware> DigitalErrorType for ResetPin<'_, H> {
    type Error = SimulatedFault;
}

impl<H: Hardware> OutputPin for ResetPin<'_, H> {
    fn set_low(&mut self) -> Result<(), SimulatedFault> {
        self.simulator.hardware.borrow_mut().set_reset(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), SimulatedFault> {
        self.simulator.hardware.borrow_mut().set_reset(true);
        Ok(())
    }
}

impl<H: Hardware> DigitalErrorType for StartPin<'_, H> {
    type Error = SimulatedFault;
}

impl<H: Hardware> OutputPin for StartPin<'_, H> {
    fn set_low(&mut self) -> Result<(), SimulatedFault> {
        self.simulator.hardware.borrow_mut().set_start(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), SimulatedFault> {
        self.simulator.hardware.borrow_mut().set_start(true);
        Ok(())
    }
}

impl<H: Hardware> DelayNs for SimulatedDelay<'_, H> {
    fn delay_ns(&mut self, nanoseconds: u32) {
        self.simulator.advance(u64::from(nanoseconds));
    }
}

#[cfg(feature = "async")]
mod asynchronous {
    //! The same for the asynchronous driver: nothing ever waits, time just passes.

    use super::{DataReadyPin, Hardware, SimulatedDelay, SimulatedFault, SimulatedSpi};
    use embedded_hal::digital::InputPin;
    use embedded_hal::spi::Operation;

    impl<H: Hardware> embedded_hal_async::spi::SpiDevice for SimulatedSpi<'_, H> {
        async fn transaction(
            &mut self,
            operations: &mut [Operation<'_, u8>],
        ) -> Result<(), SimulatedFault> {
            self.simulator.transact(operations)
        }
    }

    impl<H: Hardware> embedded_hal_async::delay::DelayNs for SimulatedDelay<'_, H> {
        async fn delay_ns(&mut self, nanoseconds: u32) {
            self.simulator.advance(u64::from(nanoseconds));
        }
    }

    /// Waits fail where DRDY would never change.
    impl<H: Hardware> embedded_hal_async::digital::Wait for DataReadyPin<'_, H> {
        async fn wait_for_high(&mut self) -> Result<(), SimulatedFault> {
            if self.is_high()? {
                return Ok(());
            }
            // Only a read makes it rise, and nobody reads while this waits.
            Err(SimulatedFault)
        }

        async fn wait_for_low(&mut self) -> Result<(), SimulatedFault> {
            if self.is_low()? {
                return Ok(());
            }
            self.wait_for_falling_edge().await
        }

        async fn wait_for_rising_edge(&mut self) -> Result<(), SimulatedFault> {
            Err(SimulatedFault)
        }

        async fn wait_for_falling_edge(&mut self) -> Result<(), SimulatedFault> {
            self.simulator.advance_to_data_ready();
            if self.is_low()? {
                Ok(())
            } else {
                Err(SimulatedFault)
            }
        }

        async fn wait_for_any_edge(&mut self) -> Result<(), SimulatedFault> {
            self.wait_for_falling_edge().await
        }
    }
}
