//! What a user asks of the chip, in the user's terms.
//!
//! | module | says |
//! |---|---|
//! | here | the settings |
//! | `check` | which settings contradict each other or the chip |
//! | `image` | the settings as register contents |

mod check;
mod image;
#[cfg(test)]
mod tests;

pub use check::ConfigurationError;
pub use image::RegisterImage;

use super::registers::{
    Channels, DataRate, EvenPaceChannel, Gain, Input, LeadOffCurrent, LeadOffThreshold,
    OddPaceChannel, Readback, RespirationFrequency, RespirationMode, RespirationPhase,
    TerminalInput, TestAmplitude, TestFrequency, TestSource,
};
use super::variant::MAX_CHANNELS;
use crate::wire::{Lead, LeadOff};

/// Everything that can be set. [`Configuration::new`] gives a quiet beginning and
/// [`Configuration::twelve_lead`] what a 12-lead ECG needs; change fields from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Configuration {
    /// Samples per second and power mode.
    pub data_rate: DataRate,
    /// Whether a rate at which only 17 or 19 of the 24 bits mean something will do: the two
    /// fastest of each power mode. Otherwise they are refused.
    pub accept_reduced_resolution: bool,
    /// What follows a frame on DOUT. A chip alone has its DAISY_IN at ground; where there is time, let
    /// it repeat its frames, which [`Ads129x::read`](super::Ads129x::read) then compares.
    pub readback: Readback,
    /// Whether the internal oscillator drives the pin CLK, for a second chip.
    pub clock_output: bool,
    /// The voltage that the codes are fractions of.
    pub reference: Reference,
    /// What channels with [`Input::TestSignal`] measure.
    pub test_signal: TestSignal,
    /// The channels in order; `None` switches one off. Those the chip lacks are ignored.
    pub channels: [Option<ChannelSettings>; MAX_CHANNELS],
    /// The right leg drive, which cancels what all electrodes have in common.
    pub right_leg_drive: RightLegDrive,
    /// How electrodes that are off are noticed; `None` if they are not.
    pub lead_off: Option<LeadOffDetection>,
    /// The Wilson and Goldberger terminals.
    pub terminals: Terminals,
    /// The general-purpose pins.
    pub gpio: GpioSettings,
    /// Channels led to an external pacemaker detector; `None` switches its buffers off.
    pub pace: Option<PaceChannels>,
    /// Respiration; `None` switches it off.
    pub respiration: Option<Respiration>,
    /// Whether each START makes one conversion only.
    pub single_shot: bool,
}

impl Configuration {
    /// 500 samples per second in high resolution, the internal reference at 2.4 V, all channels at
    /// gain 6 on their electrodes; all else off.
    pub const fn new() -> Self {
        Self {
            data_rate: DataRate::DEFAULT,
            accept_reduced_resolution: false,
            readback: Readback::DaisyChain,
            clock_output: false,
            reference: Reference::Internal2V4,
            test_signal: TestSignal {
                source: TestSource::Internal,
                amplitude: TestAmplitude::Single,
                frequency: TestFrequency::Slow,
            },
            channels: [Some(ChannelSettings {
                gain: Gain::X6,
                input: Input::Electrodes,
            }); MAX_CHANNELS],
            right_leg_drive: RightLegDrive {
                enabled: false,
                positive: Channels::NONE,
                negative: Channels::NONE,
                internal_reference: false,
                measured: false,
                sensed: false,
            },
            lead_off: None,
            terminals: Terminals {
                a: None,
                b: None,
                c: None,
                to_right_leg_drive: false,
                constant_chopping: false,
                avr_channel4: false,
                avl_channel5: false,
                avf_channel6: false,
                avr_channel7: false,
            },
            gpio: GpioSettings {
                outputs: 0,
                levels: 0,
            },
            pace: None,
            respiration: None,
            single_shot: false,
        }
    }

    /// A 12-lead ECG wired as on TI's evaluation board (SBAU181, table 2): RA at IN2N and IN3N, LA
    /// at IN2P, LL at IN3P, the chest electrodes at the other positive inputs and the Wilson
    /// terminal at their negative ones; [`TWELVE_LEAD_CHANNELS`] names the channels. The right leg
    /// drive follows the limbs, and direct current senses all ten electrodes.
    pub const fn twelve_lead() -> Self {
        let mut configuration = Self::new();
        configuration.right_leg_drive = RightLegDrive {
            enabled: true,
            positive: Channels(0b0000_0110),
            negative: Channels(0b0000_0010),
            internal_reference: true,
            measured: false,
            sensed: false,
        };
        configuration.terminals.a = Some(TerminalInput::In2P);
        configuration.terminals.b = Some(TerminalInput::In2N);
        configuration.terminals.c = Some(TerminalInput::In3P);
        configuration.lead_off = Some(LeadOffDetection {
            method: LeadOffMethod::DirectCurrent(LeadOffCurrent::Nanoamperes6),
            threshold: LeadOffThreshold::Percent95,
            positive: Channels(0xFF),
            // The other negative inputs hang on RA too, or on the Wilson terminal, whose
            // amplifiers drive them: nothing shows there.
            negative: Channels(0b0000_0010),
            flipped: Channels::NONE,
        });
        configuration
    }

    /// The reference voltage in microvolts.
    pub const fn reference_microvolts(&self) -> u32 {
        match self.reference {
            Reference::Internal2V4 => 2_400_000,
            Reference::Internal4V => 4_000_000,
            Reference::External { microvolts } => microvolts,
        }
    }

    /// The gain of channel `index`, counted from 0, as a factor; 0 where it is switched off.
    pub fn gain(&self, index: usize) -> u8 {
        let settings = self.channels.get(index).copied().flatten();
        settings.map_or(0, |settings| settings.gain.factor())
    }

    /// The electrodes that can be reported off: those whose comparators are on. Sensing by
    /// alternating current shows in the samples alone.
    pub fn lead_off_sensed(&self) -> LeadOff {
        match self.lead_off {
            Some(detection) if detection.method.is_direct() => LeadOff {
                positive: detection.positive.0,
                negative: detection.negative.0,
            },
            _ => LeadOff::NONE,
        }
    }
}

impl Default for Configuration {
    fn default() -> Self {
        Self::new()
    }
}

/// The leads of the eight channels under [`Configuration::twelve_lead`]; the other four leads
/// follow from I and II.
pub const TWELVE_LEAD_CHANNELS: [Lead; MAX_CHANNELS] = [
    Lead::V6,
    Lead::I,
    Lead::II,
    Lead::V2,
    Lead::V3,
    Lead::V4,
    Lead::V5,
    Lead::V1,
];

/// Where the reference voltage comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Reference {
    /// From the chip: 2.4 V.
    Internal2V4,
    /// From the chip: 4 V, with an analogue supply of 5 V.
    Internal4V,
    /// From outside, between VREFP and VREFN.
    External {
        /// Its voltage in microvolts, not 0.
        microvolts: u32,
    },
}

/// The test signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct TestSignal {
    /// Where it comes from.
    pub source: TestSource,
    /// Amplitude of the internal one.
    pub amplitude: TestAmplitude,
    /// Frequency of the internal one.
    pub frequency: TestFrequency,
}

/// A channel that is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChannelSettings {
    /// Gain of its amplifier.
    pub gain: Gain,
    /// What it measures.
    pub input: Input,
}

/// The right leg drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RightLegDrive {
    /// Whether its amplifier is on.
    pub enabled: bool,
    /// Channels whose positive inputs it follows.
    pub positive: Channels,
    /// Channels whose negative inputs it follows.
    pub negative: Channels,
    /// Whether its reference is made inside, half-way between the supplies.
    pub internal_reference: bool,
    /// Whether the pin RLDIN is led to channels with [`Input::RightLeg`].
    pub measured: bool,
    /// Whether the state of its electrode is sensed; the comparators are switched on with it.
    pub sensed: bool,
}

/// How electrodes that are off are noticed. The comparators are switched on with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LeadOffDetection {
    /// What flows.
    pub method: LeadOffMethod,
    /// When the comparators call an electrode off.
    pub threshold: LeadOffThreshold,
    /// Channels whose positive inputs are sensed.
    pub positive: Channels,
    /// Channels whose negative inputs are sensed.
    pub negative: Channels,
    /// Channels whose currents run the other way.
    pub flipped: Channels,
}

/// What flows through electrodes to sense them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LeadOffMethod {
    /// Direct current from sources inside.
    DirectCurrent(LeadOffCurrent),
    /// Direct current through pull-up and pull-down resistors.
    PullResistors,
    /// Alternating current at a quarter of the data rate; the host looks for it in the samples, and
    /// no electrode is reported off.
    AlternatingCurrent(LeadOffCurrent),
}

impl LeadOffMethod {
    /// Whether the comparators see it.
    pub const fn is_direct(self) -> bool {
        !matches!(self, Self::AlternatingCurrent(_))
    }
}

/// The amplifiers that make the Wilson central terminal, the mean of those that are on, and the
/// Goldberger terminals, the means of two of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Terminals {
    /// What amplifier A follows; `None` switches it off.
    pub a: Option<TerminalInput>,
    /// What amplifier B follows.
    pub b: Option<TerminalInput>,
    /// What amplifier C follows.
    pub c: Option<TerminalInput>,
    /// Whether the Wilson terminal leads to the right leg drive.
    pub to_right_leg_drive: bool,
    /// Whether the amplifiers are chopped at the same frequency whatever the data rate.
    pub constant_chopping: bool,
    /// (B + C) / 2 to the negative input of channel 4.
    pub avr_channel4: bool,
    /// (A + C) / 2 to the negative input of channel 5.
    pub avl_channel5: bool,
    /// (A + B) / 2 to the negative input of channel 6.
    pub avf_channel6: bool,
    /// (B + C) / 2 to the negative input of channel 7.
    pub avr_channel7: bool,
}

/// The general-purpose pins; bit 0 is GPIO1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GpioSettings {
    /// Pins that are outputs, bits 0 to 3.
    pub outputs: u8,
    /// Levels of the outputs.
    pub levels: u8,
}

/// The channels that an external pacemaker detector sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct PaceChannels {
    /// The even one.
    pub even: EvenPaceChannel,
    /// The odd one.
    pub odd: OddPaceChannel,
}

/// Respiration by impedance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Respiration {
    /// Inside the chip (R variants) or outside.
    pub mode: RespirationMode,
    /// Whether channel 1 is modulated.
    pub modulate: bool,
    /// Whether channel 1 is demodulated.
    pub demodulate: bool,
    /// Phase between the two clocks.
    pub phase: RespirationPhase,
    /// Frequency of the clocks.
    pub frequency: RespirationFrequency,
}
