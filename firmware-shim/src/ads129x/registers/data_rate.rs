//! The data rates (SBAS459, "CONFIG1: Configuration Register 1", bits 7 and 2–0).

use super::coded::coded_field;

coded_field! {
    /// Bit 7 of CONFIG1, HR: what the modulators run at.
    pub enum PowerMode {
        /// f_MOD = f_CLK / 8.
        LowPower = 0,
        /// f_MOD = f_CLK / 4: less noise.
        HighResolution = 1,
    }
}

/// A data rate: f_CLK / (4 or 8, by [`PowerMode`]) / (16 · 2^DR), DR from 0 to 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DataRate {
    mode: PowerMode,
    code: u8,
}

impl DataRate {
    /// The rate of `samples_per_second` at a clock of 2.048 MHz: 32,000, 16,000, 8,000, 4,000,
    /// 2,000, 1,000 or 500 in high resolution, half of these at low power.
    ///
    /// # Errors
    /// [`RateError`] if the chip has no such rate in this mode.
    pub const fn new(samples_per_second: u32, mode: PowerMode) -> Result<Self, RateError> {
        let mut code = 0;
        while code <= 6 {
            let rate = Self { mode, code };
            if 2_048_000 / rate.period_clocks() == samples_per_second {
                return Ok(rate);
            }
            code += 1;
        }
        Err(RateError {
            samples_per_second,
            mode,
        })
    }

    /// 500 samples per second in high resolution: what ECG recordings for the networks have.
    pub const DEFAULT: Self = Self {
        mode: PowerMode::HighResolution,
        code: 6,
    };

    /// All fourteen rates.
    pub fn all() -> impl Iterator<Item = Self> {
        PowerMode::ALL
            .iter()
            .flat_map(|&mode| (0..=6).map(move |code| Self { mode, code }))
    }

    /// The rate with that code in CONFIG1; `None` for 7, which is reserved.
    pub const fn from_code(mode: PowerMode, code: u8) -> Option<Self> {
        if code <= 6 {
            Some(Self { mode, code })
        } else {
            None
        }
    }

    /// DR\[2:0\], 0 to 6.
    pub const fn code(self) -> u8 {
        self.code
    }

    /// The power mode.
    pub const fn mode(self) -> PowerMode {
        self.mode
    }

    /// Periods of the chip's clock between two conversions: 64 to 8,192.
    pub const fn period_clocks(self) -> u32 {
        let divider = match self.mode {
            PowerMode::HighResolution => 4,
            PowerMode::LowPower => 8,
        };
        divider * (16 << self.code)
    }

    /// Periods of the chip's clock from START, or from a write to CONFIG1, to the first conversion
    /// (SBAS459, table "Settling time for different data rates"): four and a half conversions and
    /// eight periods, 296 to 36,872.
    pub const fn settling_clocks(self) -> u32 {
        self.period_clocks() * 9 / 2 + 8
    }

    /// Bits that mean something. DR 0 has 17 and DR 1 has 19; the words stay 24 bits long and
    /// their last seven or five bits can be ignored (SBAS459I p. 30, "Data Format").
    pub const fn resolution_bits(self) -> u8 {
        match self.code {
            0 => 17,
            1 => 19,
            _ => 24,
        }
    }

    /// Nominal samples per second in millihertz at a clock of `clock_hertz`.
    pub const fn millihertz(self, clock_hertz: u32) -> u32 {
        // At most 32,000,000 at 2.048 MHz: an f_CLK that overflowed would be far beyond the chip.
        ((clock_hertz as u64 * 1000 + self.period_clocks() as u64 / 2)
            / self.period_clocks() as u64) as u32
    }
}

/// A rate the chip does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[error(
    "the chip has no rate of {samples_per_second} samples per second in this mode: give 500 to 32,000 in high resolution \
     or 250 to 16,000 at low power, each double the one before"
)]
pub struct RateError {
    /// The rate asked for.
    pub samples_per_second: u32,
    /// The power mode asked for.
    pub mode: PowerMode,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_those_of_the_datasheet() {
        for (mode, rates) in [
            (
                PowerMode::HighResolution,
                [32_000, 16_000, 8_000, 4_000, 2_000, 1_000, 500],
            ),
            (
                PowerMode::LowPower,
                [16_000, 8_000, 4_000, 2_000, 1_000, 500, 250],
            ),
        ] {
            for (code, rate) in (0_u8..).zip(rates) {
                let found = DataRate::new(rate, mode).expect("a rate of the chip");
                assert_eq!((found.mode(), found.code()), (mode, code));
                assert_eq!(found.millihertz(2_048_000), rate * 1000);
            }
        }
        assert_eq!(
            DataRate::new(500, PowerMode::HighResolution),
            Ok(DataRate::DEFAULT)
        );
        for (rate, mode) in [
            (250, PowerMode::HighResolution),
            (32_000, PowerMode::LowPower),
            (0, PowerMode::LowPower),
            (360, PowerMode::LowPower),
        ] {
            assert!(DataRate::new(rate, mode).is_err(), "{rate}");
        }
    }

    #[test]
    fn settling_times_are_those_of_the_datasheet() {
        let high = [296, 584, 1160, 2312, 4616, 9224, 18440];
        let low = [584, 1160, 2312, 4616, 9224, 18440, 36872];
        for (mode, clocks) in [
            (PowerMode::HighResolution, high),
            (PowerMode::LowPower, low),
        ] {
            for (code, clocks) in (0..).zip(clocks) {
                let rate = DataRate::from_code(mode, code).expect("not reserved");
                assert_eq!(rate.settling_clocks(), clocks);
            }
            assert_eq!(DataRate::from_code(mode, 7), None);
        }
    }
}
