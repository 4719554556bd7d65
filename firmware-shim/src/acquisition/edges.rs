//! Which sampling instant a data-ready edge belongs to, and how many edges were missed before it,
//! told by time alone.
//!
//! An interrupt can come late but not early, so the grid of instants follows the earliest edges. The
//! front end's clock may be off by some percent of the microcontroller's: the period is learned from
//! edges that came without a gap.

/// Fraction of a period by which an edge may precede its place in the grid.
const EARLY: u64 = 8;

/// Fraction of a period that jitter and drift explain beyond doubt.
const JITTER: u64 = 32;

/// By how much the front end's clock may differ, as a fraction.
const CLOCK_TOLERANCE: u64 = 20;

/// Edges over which the period is measured, as a power of two: first few, for a quick start.
const FIRST_WINDOW: u32 = 5;
const WINDOW: u32 = 8;

/// What an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// The next, or one after `missed` that were not seen.
    Instant { missed: u32 },
    /// None that can be told: too early, or as likely the one before served very late as this one
    /// come early. If it was one, then time will tell at the next.
    Doubtful,
}

/// The places in time where edges should be. Times are ticks times 256.
#[derive(Debug)]
pub(super) struct EdgeGrid {
    nominal: u64,
    period: u64,
    /// Where the next edge should be; unknown before the first.
    expected: Option<u64>,
    doubtful: Option<u64>,
    window: u32,
    window_start: u64,
    window_edges: u32,
    rate_is_wrong: bool,
}

impl EdgeGrid {
    /// A grid of that period, in ticks times 256, wherever the first edge falls.
    pub(super) fn new(period: u64) -> Self {
        Self {
            nominal: period,
            period,
            expected: None,
            doubtful: None,
            window: FIRST_WINDOW,
            window_start: 0,
            window_edges: 0,
            rate_is_wrong: false,
        }
    }

    /// Places the edge at `ticks`.
    pub(super) fn place(&mut self, ticks: u64) -> Edge {
        let now = ticks << 8;
        let Some(expected) = self.expected else {
            self.expected = Some(now + self.period);
            self.start_window(now);
            return Edge::Instant { missed: 0 };
        };
        let (period, early) = (self.period, self.period / EARLY);
        let Some(late) = (now + early).checked_sub(expected) else {
            return Edge::Doubtful;
        };
        let (missed, phase) = if late < period {
            (0, late)
        } else {
            (late / period, late % period)
        };
        let in_doubt = missed > 0 && phase < early - period / JITTER;
        // A doubtful edge a whole period ago was one after all, and the grid had drifted.
        let settled = self
            .doubtful
            .take()
            .is_some_and(|before| now - before >= period - early);
        if in_doubt && !settled {
            self.doubtful = Some(now);
            return Edge::Doubtful;
        }
        let next = expected + (missed + 1) * period;
        self.expected = Some(match phase.checked_sub(early) {
            // Edges do not come early, so the grid was late.
            None => next - (early - phase),
            // This one was served late, or the grid is early: it yields slowly.
            Some(lateness) => next + lateness / 8,
        });
        self.learn(now, missed > 0);
        Edge::Instant {
            missed: u32::try_from(missed).unwrap_or(u32::MAX),
        }
    }

    /// Whether at `ticks` the edge after the last is due, so that data may have changed while they
    /// were read.
    pub(super) fn next_is_due(&self, ticks: u64) -> bool {
        self.expected.is_some_and(|expected| ticks << 8 >= expected)
    }

    /// Whether the edges come at another rate than they should. Asking clears it.
    pub(super) fn take_rate_is_wrong(&mut self) -> bool {
        core::mem::take(&mut self.rate_is_wrong)
    }

    /// Measures the period over edges without a gap.
    fn learn(&mut self, now: u64, gap: bool) {
        if gap {
            self.start_window(now);
            return;
        }
        self.window_edges += 1;
        if self.window_edges >> self.window == 0 {
            return;
        }
        let measured = (now - self.window_start) >> self.window;
        if measured.abs_diff(self.nominal) <= self.nominal / CLOCK_TOLERANCE {
            self.period = measured;
            self.window = WINDOW;
        } else {
            self.rate_is_wrong = true;
        }
        self.start_window(now);
    }

    fn start_window(&mut self, now: u64) {
        self.window_start = now;
        self.window_edges = 0;
    }
}
