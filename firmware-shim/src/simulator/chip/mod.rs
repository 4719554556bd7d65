//! One chip: how it is made, and what can be seen of it.
//!
//! | module | says |
//! |---|---|
//! | `conversions` | when it converts, and what becomes of the codes |
//! | `serial` | what the bus and the pins do to it |

mod conversions;
mod serial;

use conversions::Conversions;

use super::analog::{Circumstances, Conditions, Transition};
use super::fault::{Faults, Ledger};
use super::interface::Interface;
use super::register_file::RegisterFile;
use super::signal::{Moment, Side, Signal};
use super::time::Oscillator;
use crate::ads129x::registers::{Config3, Contents, Gpio, Register};
use crate::ads129x::timing::{POWER_ON_CLOCKS, REFERENCE_START_UP_MILLISECONDS};
use crate::ads129x::{MAX_CHANNELS, MAX_FRAME_LEN, Variant};

/// A simulated ADS129x with a [`Signal`] at its inputs, powered at time 0.
#[derive(Debug)]
pub struct Chip<S> {
    /// What the electrodes bring.
    pub signal: S,
    /// Faults to inject.
    pub faults: Faults,
    ledger: Ledger,
    variant: Variant,
    oscillator: Oscillator,
    spi_hertz: u32,
    supply_millivolts: u32,
    external_reference_microvolts: u32,
    now: u64,
    busy_until: u64,
    registers: RegisterFile,
    interface: Interface,
    transitions: [Option<Transition>; MAX_CHANNELS],
    reference_since: u64,
    conversions: Option<Conversions>,
    frame: [u8; MAX_FRAME_LEN],
    ready: bool,
    ready_since: Option<u64>,
    asleep: bool,
    start_pin: bool,
    start_command: bool,
    reset_low_since: Option<u64>,
    gpio_outside: u8,
    last_byte_end: Option<u64>,
    deselected_at: Option<u64>,
    bytes_in_transaction: usize,
    phase_carry: u8,
}

impl<S: Signal> Chip<S> {
    /// A chip just powered, clocked at 2.048 MHz, with 5 V of supply, on a bus of 4 MHz.
    pub fn new(variant: Variant, signal: S) -> Self {
        let oscillator = Oscillator::new(2_048_000);
        Self {
            signal,
            faults: Faults::default(),
            ledger: Ledger::default(),
            variant,
            oscillator,
            spi_hertz: 4_000_000,
            supply_millivolts: 5_000,
            external_reference_microvolts: 0,
            now: 0,
            busy_until: oscillator.nanoseconds(POWER_ON_CLOCKS.into()),
            registers: RegisterFile::new(variant),
            interface: Interface::new(),
            transitions: [None; MAX_CHANNELS],
            reference_since: 0,
            conversions: None,
            frame: [0; MAX_FRAME_LEN],
            ready: false,
            ready_since: None,
            asleep: false,
            start_pin: false,
            start_command: false,
            reset_low_since: None,
            gpio_outside: 0,
            last_byte_end: None,
            deselected_at: None,
            bytes_in_transaction: 0,
            phase_carry: 0,
        }
    }

    /// The same on a clock of `hertz`, to try one that is off.
    #[must_use]
    pub fn with_clock(mut self, hertz: u32) -> Self {
        self.oscillator = Oscillator::new(hertz);
        self.busy_until = self.oscillator.nanoseconds(POWER_ON_CLOCKS.into());
        self
    }

    /// The same on a bus of `hertz`.
    #[must_use]
    pub fn with_spi_clock(mut self, hertz: u32) -> Self {
        self.spi_hertz = hertz.max(1);
        self
    }

    /// The same with an analogue supply of `millivolts`.
    #[must_use]
    pub fn with_supply(mut self, millivolts: u32) -> Self {
        self.supply_millivolts = millivolts;
        self
    }

    /// The same with a reference of `microvolts` between VREFP and VREFN.
    #[must_use]
    pub fn with_external_reference(mut self, microvolts: u32) -> Self {
        self.external_reference_microvolts = microvolts;
        self
    }

    /// What happened since the chip was powered.
    pub fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// Nanoseconds since the chip was powered.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The chip.
    pub fn variant(&self) -> Variant {
        self.variant
    }

    /// The frame of the newest conversion.
    pub fn frame(&self) -> &[u8] {
        &self.frame[..self.variant.frame_len()]
    }

    /// The levels that what is outside gives the general-purpose pins; GPIO1 in bit 0.
    pub fn set_gpio_outside(&mut self, levels: u8) {
        self.gpio_outside = levels & 0x0F;
    }

    /// What a register reads now, whatever the interface allows.
    pub fn register(&self, register: Register) -> u8 {
        let byte = self.registers.byte(register);
        let conditions = Conditions {
            registers: &self.registers,
            at: self.circumstances(),
        };
        match register {
            Register::Config2 => byte | u8::from(self.faults.config2_reserved_bit) << 6,
            Register::Config3 => byte | u8::from(conditions.right_leg_status(&self.signal)),
            Register::LeadOffStatusP => conditions.lead_off_status(&self.signal, Side::Positive),
            Register::LeadOffStatusN => conditions.lead_off_status(&self.signal, Side::Negative),
            Register::Gpio => {
                let inputs = byte & 0x0F;
                let levels = self.gpio_outside & inputs | byte >> 4 & !inputs;
                Gpio { levels, inputs }.encode()
            }
            _ => byte,
        }
    }

    /// The byte of a frame that is clocked out next; `None` if no frame is.
    pub(super) fn frame_position(&self) -> Option<usize> {
        self.interface.frame_position()
    }

    fn clocks(&self, clocks: u32) -> u64 {
        self.oscillator.nanoseconds(clocks.into())
    }

    fn circumstances(&self) -> Circumstances {
        Circumstances {
            moment: Moment {
                nanoseconds: self.now,
                conversion: self.ledger.conversions,
            },
            clocks: self.oscillator.clocks(self.now),
            reference_microvolts: self.reference_microvolts(),
            supply_millivolts: self.supply_millivolts,
        }
    }

    /// The reference at present: half of what it will be until it has started up.
    fn reference_microvolts(&self) -> u32 {
        let config = Config3::decode(self.registers.byte(Register::Config3));
        let Some(config) = config.filter(|config| config.reference_buffer) else {
            return self.external_reference_microvolts;
        };
        let full = if config.reference_4_volts {
            4_000_000
        } else {
            2_400_000
        };
        let start_up = u64::from(REFERENCE_START_UP_MILLISECONDS) * 1_000_000;
        if self.now - self.reference_since < start_up {
            full / 2
        } else {
            full
        }
    }
}
