//! Time: a counter that wraps, and a clock that does not.

/// A free-running counter of the microcontroller: a cycle counter or a timer. It counts up and
/// wraps from 2³² − 1 to 0.
pub trait Counter {
    /// What it stands at.
    fn count(&self) -> u32;
}

impl<C: Counter> Counter for &C {
    fn count(&self) -> u32 {
        (*self).count()
    }
}

/// Ticks of a [`Counter`] without the wraps. Several clocks on one counter agree if each is first
/// asked before the counter first wraps, and thereafter at least once between wraps: at 64 MHz that
/// is every 67 seconds.
#[derive(Debug)]
pub struct Clock<C> {
    counter: C,
    ticks: u64,
}

impl<C: Counter> Clock<C> {
    /// A clock on `counter`, which must not have wrapped yet.
    pub fn new(counter: C) -> Self {
        let ticks = counter.count().into();
        Self { counter, ticks }
    }

    /// Ticks since the counter was 0.
    pub fn now(&mut self) -> u64 {
        // The low word of what was last seen; the difference is right across one wrap.
        let passed = self.counter.count().wrapping_sub(self.ticks as u32);
        self.ticks += u64::from(passed);
        self.ticks
    }

    /// Catches up with a clock on the same counter that was asked more often.
    pub(super) fn catch_up(&mut self, ticks: u64) {
        self.ticks = self.ticks.max(ticks);
    }
}

/// How fast a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timebase {
    hertz: u32,
}

impl Timebase {
    /// Of a counter with `hertz` ticks per second; 0 is taken for 1.
    pub fn new(hertz: u32) -> Self {
        let hertz = hertz.max(1);
        Self { hertz }
    }

    /// Ticks into whole microseconds.
    pub fn microseconds(self, ticks: u64) -> u64 {
        let hertz = u64::from(self.hertz);
        // In two steps, so that nothing overflows.
        ticks / hertz * 1_000_000 + ticks % hertz * 1_000_000 / hertz
    }

    /// Milliseconds into ticks.
    pub fn ticks_of_milliseconds(self, milliseconds: u32) -> u64 {
        u64::from(self.hertz) * u64::from(milliseconds) / 1000
    }

    /// Ticks between two samples, times 256; at least 256.
    pub(super) fn ticks_256_per_sample(self, rate_millihertz: u32) -> u64 {
        (u64::from(self.hertz) * 256_000 / u64::from(rate_millihertz.max(1))).max(256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    struct Manual(Cell<u32>);

    impl Counter for Manual {
        fn count(&self) -> u32 {
            self.0.get()
        }
    }

    #[test]
    fn a_clock_goes_on_where_the_counter_wraps() {
        let counter = Manual(Cell::new(0xFFFF_FF00));
        let (mut often, mut seldom) = (Clock::new(&counter), Clock::new(&counter));
        let mut expected = 0xFFFF_FF00_u64;
        for _ in 0..40 {
            counter.0.set(counter.0.get().wrapping_add(0x6000_0000));
            expected += 0x6000_0000;
            assert_eq!(often.now(), expected);
            if expected.is_multiple_of(2) {
                assert_eq!(seldom.now(), expected);
            }
        }
        let mut asleep = Clock::new(&counter);
        asleep.catch_up(expected);
        counter.0.set(counter.0.get().wrapping_add(5));
        assert_eq!(asleep.now(), expected + 5);
    }

    #[test]
    fn microseconds_are_exact_for_centuries() {
        let core = Timebase::new(64_000_000);
        assert_eq!(core.microseconds(64), 1);
        assert_eq!(core.microseconds(63), 0);
        let century = 100 * 366 * 86_400_u64;
        assert_eq!(core.microseconds(century * 64_000_000), century * 1_000_000);
        assert_eq!(core.ticks_of_milliseconds(250), 16_000_000);
        assert_eq!(
            Timebase::new(32_768).microseconds(32_768 * 3 + 16_384),
            3_500_000
        );
    }
}
