//! From the signal to codes.

use super::register_file::RegisterFile;
use super::signal::{Impedance, Moment, Side, Signal};
use crate::ads129x::registers::{
    ChannelSet, Config2, Config3, Contents, Input, LeadOffControl, LeadOffExcitation, Register,
    TestSource,
};
use crate::wire::{CODE_MAX, CODE_MIN};

/// The code of `nanovolts` at the input of a channel with `gain` and that reference: rounded to the
/// nearest, halves away from zero, and clipped. 0 at a reference of 0.
pub fn code(nanovolts: i64, gain: u8, reference_microvolts: u32) -> i32 {
    let full_scale = i64::from(reference_microvolts) * 1000;
    if full_scale == 0 {
        return 0;
    }
    // Beyond twice full scale the code is clipped in any case, and within it the product fits.
    let bounded = nanovolts.clamp(-2 * full_scale, 2 * full_scale);
    let product = bounded.saturating_mul(i64::from(gain) * i64::from(CODE_MAX));
    let half = full_scale / 2 * product.signum();
    let quotient = product.saturating_add(half) / full_scale;
    // The clamp leaves 24 bits.
    quotient.clamp(i64::from(CODE_MIN), i64::from(CODE_MAX)) as i32
}

/// How far the outputs of the digital filter, of the third order, have come after a step half-way
/// between two of them, in parts of 48: the fourth output has settled.
const STEP_RESPONSE: [i64; 3] = [1, 24, 47];

/// What the converter works with at one instant, the registers apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    pub(super) moment: Moment,
    /// Periods of the chip's clock since it was powered.
    pub(super) clocks: u64,
    /// The reference there is, in microvolts.
    pub(super) reference_microvolts: u32,
    /// The analogue supply in millivolts.
    pub(super) supply_millivolts: u32,
}

/// All that the converter works with at one instant.
pub(super) struct Conditions<'a> {
    pub(super) registers: &'a RegisterFile,
    pub(super) at: Circumstances,
}

/// A channel that changed its settings while converting: what they were, and how many conversions
/// were made since.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transition {
    pub(super) before: ChannelSet,
    pub(super) conversions: usize,
}

impl Conditions<'_> {
    /// The code of channel `index`; moves its transition on.
    pub(super) fn convert(
        &self,
        signal: &mut impl Signal,
        index: usize,
        transition: &mut Option<Transition>,
    ) -> i32 {
        let Some(settings) = self.registers.channel(index) else {
            return 0;
        };
        let settled = self.settled(signal, index, settings);
        let Some(mut step) = *transition else {
            return settled;
        };
        let Some(&response) = STEP_RESPONSE.get(step.conversions) else {
            *transition = None;
            return settled;
        };
        step.conversions += 1;
        *transition = Some(step);
        let before = i64::from(self.settled(signal, index, step.before));
        let code = before + (i64::from(settled) - before) * response / 48;
        // Between two codes of 24 bits.
        code as i32
    }

    fn settled(&self, signal: &mut impl Signal, index: usize, settings: ChannelSet) -> i32 {
        if settings.powered_down {
            return 0;
        }
        let nanovolts = match settings.input {
            Input::Electrodes | Input::RightLegDrivesPositive | Input::RightLegDrivesNegative => {
                self.electrodes(signal, index)
            }
            Input::Shorted | Input::RightLeg => 0,
            // Half the analogue supply; a quarter of the digital one, 3.3 V, on channels 3 and 4.
            Input::Supply if index == 2 || index == 3 => 825_000_000,
            Input::Supply => i64::from(self.at.supply_millivolts) * 500_000,
            // 25 degrees Celsius.
            Input::Temperature => 145_300_000,
            Input::TestSignal => self.test_signal(),
        };
        code(
            nanovolts,
            settings.gain.factor(),
            self.at.reference_microvolts,
        )
    }

    /// Plus and minus the reference divided by 2400, or twice that; nothing is at the test pins.
    fn test_signal(&self) -> i64 {
        let Some(config) = Config2::decode(self.registers.byte(Register::Config2)) else {
            return 0;
        };
        if config.test_source == TestSource::External {
            return 0;
        }
        let factor = 1 + i64::from(config.test_amplitude.code());
        let amplitude = i64::from(self.at.reference_microvolts) * 1000 * factor / 2400;
        let period = config.test_frequency.period_clocks().map(u64::from);
        let second_half = period.is_some_and(|period| self.at.clocks % period >= period / 2);
        // The datasheet gives the amplitude a minus sign: the first half and the constant signal.
        if second_half { amplitude } else { -amplitude }
    }

    /// What the electrodes bring, with what the lead-off excitation adds to it.
    fn electrodes(&self, signal: &mut impl Signal, index: usize) -> i64 {
        let mut nanovolts = signal.nanovolts(index, self.at.moment);
        let mut added = 0;
        for side in [Side::Positive, Side::Negative] {
            let shift = self.lead_off_shift(signal, index, side);
            if signal.impedance(index, side, self.at.moment) == Impedance::Open {
                // Nothing but the excitation reaches an open input.
                nanovolts = 0;
            }
            added += match side {
                Side::Positive => shift,
                Side::Negative => -shift,
            };
        }
        nanovolts + added
    }

    /// How far the lead-off excitation moves an input, in nanovolts from the middle of the supply.
    fn lead_off_shift(&self, signal: &impl Signal, index: usize, side: Side) -> i64 {
        let control = LeadOffControl::decode(self.registers.byte(Register::LeadOff));
        let Some(control) = control.filter(|_| self.is_sensed(index, side)) else {
            return 0;
        };
        let rail = i64::from(self.at.supply_millivolts) * 500_000;
        let impedance = signal.impedance(index, side, self.at.moment);
        let magnitude = match impedance {
            Impedance::Open => rail,
            // 10 MΩ to the supply.
            Impedance::Ohms(ohms) if control.pull_resistors => {
                rail * i64::from(ohms) / (10_000_000 + i64::from(ohms))
            }
            // A nanoampere through an ohm is a nanovolt.
            Impedance::Ohms(ohms) => {
                (i64::from(control.current.nanoamperes()) * i64::from(ohms)).min(rail)
            }
        };
        let flipped = self.registers.byte(Register::LeadOffFlip) >> index & 1 != 0;
        let up = (side == Side::Positive) != flipped;
        let positive = match control.excitation {
            LeadOffExcitation::None => return 0,
            LeadOffExcitation::Direct => up,
            // A square wave of four conversions.
            LeadOffExcitation::QuarterRate => up == (self.at.moment.conversion % 4 < 2),
        };
        if positive { magnitude } else { -magnitude }
    }

    fn is_sensed(&self, index: usize, side: Side) -> bool {
        let register = match side {
            Side::Positive => Register::LeadOffSenseP,
            Side::Negative => Register::LeadOffSenseN,
        };
        self.registers.byte(register) >> index & 1 != 0
    }

    /// LOFF_STATP or LOFF_STATN: inputs that direct current drives past the threshold. Nothing is
    /// ever seen without the comparators.
    pub(super) fn lead_off_status(&self, signal: &impl Signal, side: Side) -> u8 {
        let powered = self.registers.byte(Register::Config4) & 0x02 != 0;
        let control = LeadOffControl::decode(self.registers.byte(Register::LeadOff));
        let Some(control) =
            control.filter(|control| powered && control.excitation == LeadOffExcitation::Direct)
        else {
            return 0;
        };
        // In nanovolts from the middle of the supply.
        let threshold = i64::from(self.at.supply_millivolts)
            * (i64::from(control.threshold.permille()) - 500)
            * 1000;
        (0..8)
            .filter(|&index| self.is_sensed(index, side))
            .filter(|&index| self.lead_off_shift(signal, index, side).abs() > threshold)
            .fold(0, |bits, index| bits | 1 << index)
    }

    /// RLD_STAT: the right leg's electrode is off, if that is sensed.
    pub(super) fn right_leg_status(&self, signal: &impl Signal) -> bool {
        let config = Config3::decode(self.registers.byte(Register::Config3));
        let sensed = config.is_some_and(|config| config.right_leg_sensed);
        let powered = self.registers.byte(Register::Config4) & 0x02 != 0;
        sensed && powered && signal.is_right_leg_off(self.at.moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::microvolts_per_code;

    #[test]
    fn codes_round_to_the_nearest_and_clip() {
        for gain in [1, 2, 3, 4, 6, 8, 12] {
            for reference in [2_400_000, 4_000_000] {
                let step = microvolts_per_code(reference, gain).expect("gain is not 0");
                for nanovolts in [-1_234_567, -1, 0, 1, 47, 48, 999_999, 180_000_000] {
                    let exact = nanovolts as f64 / 1000.0 / step;
                    let found = f64::from(code(nanovolts, gain, reference));
                    assert!((found - exact).abs() <= 0.5 + 1e-6, "{found} {exact}");
                }
                assert_eq!(code(i64::MAX, gain, reference), CODE_MAX);
                assert_eq!(code(i64::MIN, gain, reference), CODE_MIN);
            }
        }
        assert_eq!(code(1_000_000, 6, 0), 0);
    }
}
