//! Simulated time in the chip's clock and in nanoseconds.

const NANOSECONDS: u64 = 1_000_000_000;

/// An oscillator.
#[derive(Debug, Clone, Copy)]
pub(super) struct Oscillator {
    hertz: u64,
}

impl Oscillator {
    /// An oscillator of `hertz`, at least 1.
    pub(super) fn new(hertz: u32) -> Self {
        Self {
            hertz: u64::from(hertz.max(1)),
        }
    }

    /// Nanoseconds that `clocks` periods take, rounded down.
    pub(super) fn nanoseconds(self, clocks: u64) -> u64 {
        let seconds = clocks / self.hertz;
        seconds * NANOSECONDS + clocks % self.hertz * NANOSECONDS / self.hertz
    }

    /// Periods completed after `nanoseconds`.
    pub(super) fn clocks(self, nanoseconds: u64) -> u64 {
        let seconds = nanoseconds / NANOSECONDS;
        seconds * self.hertz + nanoseconds % NANOSECONDS * self.hertz / NANOSECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_keeps_its_length() {
        let oscillator = Oscillator::new(2_048_000);
        let day = 86_400 * NANOSECONDS;
        assert_eq!(oscillator.clocks(day), 86_400 * 2_048_000);
        assert_eq!(oscillator.nanoseconds(86_400 * 2_048_000), day);
        assert_eq!(oscillator.nanoseconds(4096), 2_000_000);
    }
}
