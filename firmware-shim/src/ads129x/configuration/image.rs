//! The settings as register contents.

use super::{Configuration, ConfigurationError, LeadOffMethod, Reference};
use crate::ads129x::registers::{
    ChannelSet, Config1, Config2, Config3, Config4, Contents, EvenPaceChannel, Gain, Gpio, Input,
    LeadOffControl, LeadOffCurrent, LeadOffExcitation, OddPaceChannel, Pace, REGISTER_COUNT,
    Register, RespirationControl, RespirationFrequency, RespirationMode, RespirationPhase,
    TerminalInput, Wct1, Wct2,
};
use crate::ads129x::variant::Variant;

/// What every register of a chip is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RegisterImage {
    bytes: [u8; REGISTER_COUNT],
    variant: Variant,
}

impl RegisterImage {
    /// What `register` is to hold; 0 for read-only registers.
    pub fn byte(&self, register: Register) -> u8 {
        self.bytes[usize::from(register.address())]
    }

    /// The registers that are to be written, with their bytes, in the order of their addresses:
    /// all that can be written and that belong to a channel the chip has.
    pub fn writes(self) -> impl Iterator<Item = (Register, u8)> {
        Register::ALL
            .into_iter()
            .filter(move |&register| {
                let channels = Register::CHANNELS.into_iter();
                let absent = channels.skip(self.variant.channel_count());
                !register.is_read_only() && !absent.into_iter().any(|other| other == register)
            })
            .map(move |register| (register, self.byte(register)))
    }

    fn set(&mut self, register: Register, contents: impl Contents) {
        self.set_byte(register, contents.encode());
    }

    /// Changes one register.
    pub(in crate::ads129x) fn set_byte(&mut self, register: Register, byte: u8) {
        self.bytes[usize::from(register.address())] = byte;
    }
}

impl Configuration {
    /// The contents of all registers of a `variant`.
    ///
    /// # Errors
    /// As [`Configuration::check`].
    pub fn image(&self, variant: Variant) -> Result<RegisterImage, ConfigurationError> {
        self.check(variant)?;
        let mut image = RegisterImage {
            bytes: [0; REGISTER_COUNT],
            variant,
        };
        image.set(
            Register::Config1,
            Config1 {
                data_rate: self.data_rate,
                readback: self.readback,
                clock_output: self.clock_output,
            },
        );
        image.set(
            Register::Config2,
            Config2 {
                reserved: false,
                constant_chopping: self.terminals.constant_chopping,
                test_source: self.test_signal.source,
                test_amplitude: self.test_signal.amplitude,
                test_frequency: self.test_signal.frequency,
            },
        );
        let right_leg = &self.right_leg_drive;
        image.set(
            Register::Config3,
            Config3 {
                reference_buffer: !matches!(self.reference, Reference::External { .. }),
                reference_4_volts: self.reference == Reference::Internal4V,
                right_leg_measured: right_leg.measured,
                right_leg_internal_reference: right_leg.internal_reference,
                right_leg_drive: right_leg.enabled,
                right_leg_sensed: right_leg.sensed,
                right_leg_off: false,
            },
        );
        self.set_channels(&mut image);
        image.set(Register::RldSenseP, right_leg.positive);
        image.set(Register::RldSenseN, right_leg.negative);
        self.set_lead_off(&mut image);
        image.set(
            Register::Gpio,
            Gpio {
                levels: self.gpio.levels,
                inputs: !self.gpio.outputs & 0x0F,
            },
        );
        let pace = self.pace;
        image.set(
            Register::Pace,
            Pace {
                even: pace.map_or(EvenPaceChannel::Channel2, |pace| pace.even),
                odd: pace.map_or(OddPaceChannel::Channel1, |pace| pace.odd),
                buffers: pace.is_some(),
            },
        );
        self.set_respiration(variant, &mut image);
        self.set_terminals(&mut image);
        Ok(image)
    }

    fn set_channels(&self, image: &mut RegisterImage) {
        for (register, settings) in Register::CHANNELS.into_iter().zip(self.channels) {
            let contents = match settings {
                Some(settings) => ChannelSet {
                    powered_down: false,
                    gain: settings.gain,
                    input: settings.input,
                },
                // The datasheet recommends shorted inputs for a channel that is off.
                None => ChannelSet {
                    powered_down: true,
                    gain: Gain::X6,
                    input: Input::Shorted,
                },
            };
            image.set(register, contents);
        }
    }

    fn set_lead_off(&self, image: &mut RegisterImage) {
        let Some(detection) = self.lead_off else {
            return;
        };
        let (excitation, pull_resistors, current) = match detection.method {
            LeadOffMethod::DirectCurrent(current) => (LeadOffExcitation::Direct, false, current),
            LeadOffMethod::PullResistors => (
                LeadOffExcitation::Direct,
                true,
                LeadOffCurrent::Nanoamperes6,
            ),
            LeadOffMethod::AlternatingCurrent(current) => {
                (LeadOffExcitation::QuarterRate, false, current)
            }
        };
        image.set(
            Register::LeadOff,
            LeadOffControl {
                threshold: detection.threshold,
                pull_resistors,
                current,
                excitation,
            },
        );
        image.set(Register::LeadOffSenseP, detection.positive);
        image.set(Register::LeadOffSenseN, detection.negative);
        image.set(Register::LeadOffFlip, detection.flipped);
    }

    fn set_respiration(&self, variant: Variant, image: &mut RegisterImage) {
        if let Some(respiration) = self.respiration {
            image.set(
                Register::Respiration,
                RespirationControl {
                    demodulate: respiration.demodulate,
                    modulate: respiration.modulate,
                    phase: respiration.phase,
                    mode: respiration.mode,
                },
            );
        } else if variant.has_respiration() {
            image.set(
                Register::Respiration,
                RespirationControl {
                    demodulate: false,
                    modulate: false,
                    phase: RespirationPhase::Degrees22_5,
                    mode: RespirationMode::Off,
                },
            );
        }
        let frequency = self
            .respiration
            .map_or(RespirationFrequency::Khz64, |respiration| {
                respiration.frequency
            });
        image.set(
            Register::Config4,
            Config4 {
                respiration_frequency: frequency,
                single_shot: self.single_shot,
                terminal_to_right_leg: self.terminals.to_right_leg_drive,
                lead_off_comparators: self.right_leg_drive.sensed
                    || self
                        .lead_off
                        .is_some_and(|detection| detection.method.is_direct()),
            },
        );
    }

    fn set_terminals(&self, image: &mut RegisterImage) {
        let terminals = &self.terminals;
        let input = |input: Option<TerminalInput>| input.unwrap_or(TerminalInput::In1P);
        image.set(
            Register::Wct1,
            Wct1 {
                avf_channel6: terminals.avf_channel6,
                avl_channel5: terminals.avl_channel5,
                avr_channel7: terminals.avr_channel7,
                avr_channel4: terminals.avr_channel4,
                amplifier_a: terminals.a.is_some(),
                input_a: input(terminals.a),
            },
        );
        image.set(
            Register::Wct2,
            Wct2 {
                amplifier_c: terminals.c.is_some(),
                amplifier_b: terminals.b.is_some(),
                input_b: input(terminals.b),
                input_c: input(terminals.c),
            },
        );
    }
}
