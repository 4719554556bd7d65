//! Which settings contradict each other or the chip.

use super::{Configuration, Reference};
use crate::ads129x::registers::{Input, RespirationFrequency, RespirationMode};
use crate::ads129x::variant::Variant;

/// Settings that cannot be, and how to mend them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ConfigurationError {
    /// A rate at which the lowest bits mean nothing.
    #[error(
        "at this data rate only {bits} of the 24 bits mean something: choose a slower one, or accept the reduced resolution"
    )]
    ReducedResolution {
        /// Bits that mean something.
        bits: u8,
    },
    /// A channel that the chip does not have.
    #[error(
        "{setting} names channels {channels:#010b} (channel 1 rightmost), which a {variant:?} does not have"
    )]
    ChannelAbsent {
        /// The setting that names it.
        setting: &'static str,
        /// The channels named and absent; bit 0 is channel 1.
        channels: u8,
        /// The chip.
        variant: Variant,
    },
    /// An external reference of 0.
    #[error("the external reference is 0: give its voltage in microvolts")]
    NoReference,
    /// A channel is to measure the right leg drive, but its input is not connected.
    #[error("channel {channel} is to measure the right leg drive: set `right_leg_drive.measured`")]
    RightLegNotMeasured {
        /// The channel, counted from 1.
        channel: u8,
    },
    /// Lead-off detection without an electrode.
    #[error("lead-off detection senses no electrode: name some, or switch it off")]
    NothingSensed,
    /// A terminal is used whose amplifiers are off.
    #[error(
        "{terminal} needs amplifiers of the Wilson terminal that are off: give amplifiers A, B and C their inputs"
    )]
    TerminalOff {
        /// The terminal.
        terminal: &'static str,
    },
    /// The circuit for respiration is in R variants alone.
    #[error(
        "a {variant:?} has no circuit for respiration inside: take an R variant or the external mode"
    )]
    RespirationAbsent {
        /// The chip.
        variant: Variant,
    },
    /// The circuit inside runs at 64 or 32 kHz.
    #[error("respiration inside the chip is modulated at 64 or 32 kHz only")]
    RespirationTooSlow,
    /// Respiration uses GPIO2 to GPIO4.
    #[error("respiration in this mode takes GPIO2, GPIO3 and GPIO4: make them inputs")]
    PinsTaken,
    /// There are four general-purpose pins.
    #[error("the chip has four general-purpose pins: leave bits 4 to 7 at 0")]
    PinAbsent,
}

impl Configuration {
    /// Refuses what `variant` cannot do or what contradicts itself.
    pub fn check(&self, variant: Variant) -> Result<(), ConfigurationError> {
        let bits = self.data_rate.resolution_bits();
        if bits < 24 && !self.accept_reduced_resolution {
            return Err(ConfigurationError::ReducedResolution { bits });
        }
        if matches!(self.reference, Reference::External { microvolts: 0 }) {
            return Err(ConfigurationError::NoReference);
        }
        self.check_channels(variant)?;
        self.check_terminals()?;
        self.check_respiration(variant)?;
        if (self.gpio.outputs | self.gpio.levels) & 0xF0 != 0 {
            return Err(ConfigurationError::PinAbsent);
        }
        Ok(())
    }

    fn check_channels(&self, variant: Variant) -> Result<(), ConfigurationError> {
        let present = |setting, channels: u8| {
            let absent = channels & !variant.channel_mask();
            if absent == 0 {
                Ok(())
            } else {
                Err(ConfigurationError::ChannelAbsent {
                    setting,
                    channels: absent,
                    variant,
                })
            }
        };
        present("the right leg drive", self.right_leg_drive.positive.0)?;
        present("the right leg drive", self.right_leg_drive.negative.0)?;
        if let Some(detection) = self.lead_off {
            let sensed = detection.positive.0 | detection.negative.0;
            present("lead-off detection", sensed | detection.flipped.0)?;
            if sensed == 0 {
                return Err(ConfigurationError::NothingSensed);
            }
        }
        if let Some(pace) = self.pace {
            let channels = 1 << pace.even.index() | 1 << pace.odd.index();
            present("pacemaker detection", channels)?;
        }
        let terminals = u8::from(self.terminals.avr_channel4) << 3
            | u8::from(self.terminals.avl_channel5) << 4
            | u8::from(self.terminals.avf_channel6) << 5
            | u8::from(self.terminals.avr_channel7) << 6;
        present("a Goldberger terminal", terminals)?;
        let channels = self.channels.iter().take(variant.channel_count());
        for (number, settings) in (1..).zip(channels) {
            let right_leg = settings.is_some_and(|settings| settings.input == Input::RightLeg);
            if right_leg && !self.right_leg_drive.measured {
                return Err(ConfigurationError::RightLegNotMeasured { channel: number });
            }
        }
        Ok(())
    }

    fn check_terminals(&self) -> Result<(), ConfigurationError> {
        let terminals = &self.terminals;
        let (a, b, c) = (
            terminals.a.is_some(),
            terminals.b.is_some(),
            terminals.c.is_some(),
        );
        for (used, powered, terminal) in [
            (terminals.avr_channel4, b && c, "aVR on channel 4"),
            (terminals.avl_channel5, a && c, "aVL on channel 5"),
            (terminals.avf_channel6, a && b, "aVF on channel 6"),
            (terminals.avr_channel7, b && c, "aVR on channel 7"),
            (
                terminals.to_right_leg_drive,
                a || b || c,
                "the Wilson terminal to the right leg drive",
            ),
        ] {
            if used && !powered {
                return Err(ConfigurationError::TerminalOff { terminal });
            }
        }
        Ok(())
    }

    fn check_respiration(&self, variant: Variant) -> Result<(), ConfigurationError> {
        let Some(respiration) = self.respiration else {
            return Ok(());
        };
        let mode = respiration.mode;
        let inside = matches!(
            mode,
            RespirationMode::Internal | RespirationMode::InternalUserClock
        );
        let channel = respiration.modulate || respiration.demodulate;
        if (inside || channel) && !variant.has_respiration() {
            return Err(ConfigurationError::RespirationAbsent { variant });
        }
        let fast = matches!(
            respiration.frequency,
            RespirationFrequency::Khz64 | RespirationFrequency::Khz32
        );
        if inside && !fast {
            return Err(ConfigurationError::RespirationTooSlow);
        }
        let takes_pins = matches!(
            mode,
            RespirationMode::External | RespirationMode::InternalUserClock
        );
        if takes_pins && self.gpio.outputs & 0b1110 != 0 {
            return Err(ConfigurationError::PinsTaken);
        }
        Ok(())
    }
}
