//! The chip's clock and the times it dictates (SBAS459, "Timing Requirements" and the sections
//! named below).

use super::registers::DataRate;

/// Between two bytes of a command, and after one that changes the mode: t_SDECODE (SBAS459I
/// p. 42, "Sending Multi-Byte Commands").
pub const DECODE_CLOCKS: u32 = 4;

/// From the last SCLK until CS may rise: t_SCCS.
pub const CHIP_SELECT_HOLD_CLOCKS: u32 = 4;

/// Between two transactions CS must be high as long: t_CSH.
pub const CHIP_SELECT_HIGH_CLOCKS: u32 = 2;

/// Around the falling edge of DRDY no SCLK may come: t_UPDATE (SBAS459, figure "RDATAC Usage").
pub const UPDATE_CLOCKS: u32 = 4;

/// Shortest low pulse at RESET: t_RST.
pub const RESET_PULSE_CLOCKS: u32 = 2;

/// From a reset until the chip understands a command (SBAS459, "Reset (RESET)").
pub const RESET_CLOCKS: u32 = 18;

/// From the supplies' rise until the reset: t_POR, 2^18 periods. The figure is confirmed for the
/// sister chip ADS1299; too short a wait leaves channels dead.
pub const POWER_ON_CLOCKS: u32 = 1 << 18;

/// From switching the internal reference's buffer on until the reference holds, in milliseconds.
pub const REFERENCE_START_UP_MILLISECONDS: u32 = 150;

/// Readings after a step at the input of running conversions, a change of gain or input among
/// them, that have not settled: the fourth has (SBAS459, "Settling Time"). The first reading after
/// START or after a write to CONFIG1 has settled: DRDY waits for it.
pub const SETTLING_READINGS: u8 = 3;

/// How fast the chip's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Clock {
    hertz: u32,
}

impl Clock {
    /// The internal oscillator, or an external clock of the same nominal rate: 2.048 MHz.
    pub const NOMINAL: Self = Self { hertz: 2_048_000 };

    /// An external clock of `hertz`; `None` for 0.
    pub const fn new(hertz: u32) -> Option<Self> {
        if hertz == 0 {
            None
        } else {
            Some(Self { hertz })
        }
    }

    /// Its rate in hertz.
    pub const fn hertz(self) -> u32 {
        self.hertz
    }

    /// A wait of at least `clocks` periods in nanoseconds, rounded up, with a sixteenth to spare:
    /// the internal oscillator was seen one percent off.
    pub const fn wait_nanoseconds(self, clocks: u32) -> u32 {
        let exact = clocks as u64 * 1_000_000_000;
        let spared = exact + exact / 16;
        let nanoseconds = spared.div_ceil(self.hertz as u64);
        if nanoseconds > u32::MAX as u64 {
            u32::MAX
        } else {
            nanoseconds as u32
        }
    }

    /// How long after the falling edge of DRDY a continuous read may last, in nanoseconds: what
    /// ends later may have been overtaken by the next conversion and mix two instants, which its
    /// marker does not show. A sixty-fourth of the period is kept for the oscillator's error.
    pub const fn read_deadline(self, data_rate: DataRate) -> u32 {
        let clocks = data_rate.period_clocks() - UPDATE_CLOCKS;
        let nanoseconds = clocks as u64 * 1_000_000_000 / self.hertz as u64;
        (nanoseconds - nanoseconds / 64) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_long_enough_even_if_the_oscillator_is_slow() {
        for clocks in [DECODE_CLOCKS, RESET_CLOCKS, POWER_ON_CLOCKS] {
            let wait = f64::from(Clock::NOMINAL.wait_nanoseconds(clocks));
            let slow = f64::from(clocks) / (2_048_000.0 * 0.97) * 1e9;
            assert!(wait > slow && wait < slow * 1.1, "{clocks} {wait}");
        }
        // Four periods are 1.96 microseconds.
        assert_eq!(Clock::NOMINAL.wait_nanoseconds(4), 2076);
        assert_eq!(Clock::new(0), None);
    }

    #[test]
    fn reads_must_end_before_the_next_conversion() {
        for rate in DataRate::all() {
            let period = f64::from(rate.period_clocks()) / 2_048_000.0 * 1e9;
            let deadline = f64::from(Clock::NOMINAL.read_deadline(rate));
            assert!(deadline < 0.99 * period && deadline > 0.9 * period);
        }
    }
}
