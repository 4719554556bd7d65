//! Which sampling instant a data-ready edge belongs to, and how many edges were missed before it,
//! told by time alone.
//!
//! An interrupt can come late but not early, so the grid of instants follows the earliest edges. The
//! front end's clock may be off by some percent of the microcontroller's: the period is learned from
//! edges that came without a gap, and kept where the rate changes, since the clocks do not. The grid
//! begins once edges came at regular intervals, thirty-two of them at the very first and two
//! thereafter, so that it does not begin with one that was served late.
//!
//! After a gap, one edge says too little. Near its place in the grid it may as well be the one before,
//! served a whole period late, which its data do not tell; and a front end that lost its settings may
//! be slower now. It is passed over, which costs one instant, and the next a period later is taken. (Two services in a row that are late by a period
//! to within 1/256 cannot be told from two in time.)

/// Fraction of a period by which an edge may precede its place in the grid.
const EARLY: u64 = 8;

/// Fraction of a period around a place in the grid that is in doubt after a gap, that must be left to
/// the next edge after a reading, and by which regular intervals may differ from the period.
const DOUBT: u64 = 16;

/// Fraction of a period by which the grid itself may be off.
const GRID: u64 = 256;

/// Most by which one late edge moves the grid, as a fraction of a period.
const YIELD: u64 = 256;

/// By how much the front end's clock may differ, as a fraction.
const CLOCK_TOLERANCE: u64 = 20;

/// Edges over which the period is measured.
const WINDOW: u64 = 256;

/// Regular intervals after which the first grid begins, and every other.
const REGULAR_AT_FIRST: u32 = 32;
const REGULAR_AT_START: u32 = 2;

/// Regular intervals after which edges in doubt are believed wherever they lie: the front end has
/// begun anew.
const REGULAR_IN_DOUBT: u32 = 8;

/// What an edge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// The next, or one after `missed` that were not seen.
    Instant { missed: u32 },
    /// None that can be told. `odd` if none was due.
    Unplaced { odd: bool },
}

/// The places in time where edges should be. Times are ticks times 256.
#[derive(Debug)]
pub(super) struct EdgeGrid {
    nominal: u64,
    period: u64,
    learned: bool,
    /// Where the next edge should be; unknown at first.
    expected: Option<u64>,
    /// The last edge without a place.
    unplaced: Option<Unplaced>,
    /// Begin of the measurement of the period, and edges since.
    window: Option<(u64, u64)>,
}

/// An edge without a place.
#[derive(Debug, Clone, Copy)]
struct Unplaced {
    at: u64,
    /// How many intervals up to it were regular, and where the first of them began.
    regular: u32,
    since: u64,
    /// Whether it was in its place but for the doubt.
    in_place: bool,
}

impl EdgeGrid {
    /// A grid of that period, in ticks times 256, wherever the first edges fall.
    pub(super) fn new(period: u64) -> Self {
        Self {
            nominal: period,
            period,
            learned: false,
            expected: None,
            unplaced: None,
            window: None,
        }
    }

    /// Begins anew with that period, as far off as the one before turned out to be.
    pub(super) fn restart(&mut self, period: u64) {
        let scaled = u128::from(period) * u128::from(self.period) / u128::from(self.nominal);
        *self = Self {
            // At most twice the period, which fits.
            period: scaled as u64,
            learned: self.learned,
            ..Self::new(period)
        };
    }

    /// Places the edge at `ticks`.
    pub(super) fn place(&mut self, ticks: u64) -> Edge {
        let now = ticks << 8;
        let (period, early) = (self.period, self.period / EARLY);
        let Some(expected) = self.expected else {
            return self.begin(now);
        };
        let Some(late) = (now + early).checked_sub(expected) else {
            return Edge::Unplaced { odd: true };
        };
        let (missed, phase) = if late < period {
            (0, late)
        } else {
            (late / period, late % period)
        };
        if missed > 0 && !self.believes(now, phase) {
            return Edge::Unplaced { odd: false };
        }
        self.unplaced = None;
        let place = expected + missed * period;
        let place = match phase.checked_sub(early) {
            // Edges do not come early, so the grid was late.
            None => place - (early - phase),
            // This one was served late, or the grid is early: it yields slowly.
            Some(lateness) => place + lateness.min(period / YIELD),
        };
        let in_time = phase < early + period / DOUBT;
        self.learn(place, missed > 0, in_time);
        self.expected = Some(place + self.period);
        Edge::Instant {
            missed: u32::try_from(missed).unwrap_or(u32::MAX),
        }
    }

    /// Whether an edge after a gap, at that phase, is what it seems. One edge says too little: it may
    /// be the one before, served late, or one of a front end that lost its settings and is slower
    /// now.
    fn believes(&mut self, now: u64, phase: u64) -> bool {
        let (period, early) = (self.period, self.period / EARLY);
        let in_doubt = phase < early + period / DOUBT;
        let in_place = in_doubt && phase >= early - period / GRID;
        let twice = in_place && self.unplaced.is_some_and(|before| before.in_place);
        let regular = self.regular_without_place(now, in_place);
        regular >= REGULAR_IN_DOUBT || regular >= 1 && (twice || !in_doubt)
    }

    /// Whether at `ticks` the edge after the last is about to come, so that data may have changed while
    /// they were read.
    pub(super) fn next_is_due(&self, ticks: u64) -> bool {
        let soon = (ticks << 8) + self.period / DOUBT;
        self.expected.is_some_and(|expected| soon >= expected)
    }

    /// Waits for edges at regular intervals.
    fn begin(&mut self, now: u64) -> Edge {
        let first = self.unplaced.is_none();
        let regular = self.regular_without_place(now, false);
        let enough = match self.learned {
            true => REGULAR_AT_START,
            false => REGULAR_AT_FIRST,
        };
        if regular < enough {
            return Edge::Unplaced {
                odd: !first && regular == 0,
            };
        }
        if let Some(edges) = self.unplaced.take()
            && !self.learned
        {
            self.adopt((now - edges.since) / u64::from(regular));
        }
        self.expected = Some(now + self.period);
        Edge::Instant { missed: 0 }
    }

    /// Takes an edge without a place; returns how many intervals up to it were regular.
    fn regular_without_place(&mut self, now: u64, in_place: bool) -> u32 {
        let (regular, since) = match self.unplaced {
            Some(before) if (now - before.at).abs_diff(self.period) <= self.period / DOUBT => {
                (before.regular.saturating_add(1), before.since)
            }
            _ => (0, now),
        };
        self.unplaced = Some(Unplaced {
            at: now,
            regular,
            since,
            in_place,
        });
        regular
    }

    /// Measures the period between edges that were in time, over a stretch without a gap.
    fn learn(&mut self, place: u64, gap: bool, in_time: bool) {
        let Some((start, edges)) = self.window.filter(|_| !gap) else {
            self.window = in_time.then_some((place, 0));
            return;
        };
        let edges = edges + 1;
        if edges < WINDOW || !in_time {
            self.window = Some((start, edges));
            return;
        }
        self.adopt((place - start) / edges);
        self.window = Some((place, 0));
    }

    fn adopt(&mut self, measured: u64) {
        if measured.abs_diff(self.nominal) <= self.nominal / CLOCK_TOLERANCE {
            self.period = measured;
            self.learned = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: u64 = 2000;

    fn started() -> EdgeGrid {
        let mut grid = EdgeGrid::new(PERIOD << 8);
        for edge in 0..=32 {
            let found = grid.place(edge * PERIOD);
            let expected = match edge {
                0..32 => Edge::Unplaced { odd: false },
                _ => Edge::Instant { missed: 0 },
            };
            assert_eq!(found, expected);
        }
        // Known clocks begin sooner.
        grid.restart(PERIOD << 8);
        for edge in 33..=35 {
            let found = grid.place(edge * PERIOD);
            assert_eq!(found == Edge::Instant { missed: 0 }, edge == 35);
        }
        grid
    }

    #[test]
    fn clocks_three_percent_apart_lose_nothing_and_are_learned() {
        for period in [1940, 1990, 2000, 2003, 2060] {
            let mut grid = EdgeGrid::new(PERIOD << 8);
            let mut placed = 0;
            for edge in 0..2000 {
                let jitter = edge * 7919 % 20;
                match grid.place(edge * period + jitter) {
                    Edge::Instant { missed } => {
                        assert_eq!(missed, 0, "period {period}, edge {edge}");
                        placed += 1;
                    }
                    Edge::Unplaced { .. } => assert!(edge < 32, "period {period}, edge {edge}"),
                }
            }
            assert_eq!(placed, 1968);
            assert!(
                (grid.period >> 8).abs_diff(period) <= 1,
                "{}",
                grid.period >> 8
            );
            // Even half a second without an edge is counted right.
            let gap = 2000 + 250;
            assert_eq!(grid.place(gap * period), Edge::Unplaced { odd: false });
            let next = grid.place((gap + 1) * period);
            assert_eq!(next, Edge::Instant { missed: 251 }, "period {period}");
        }
    }

    #[test]
    fn a_service_almost_a_period_late_is_not_taken_for_the_next_edge() {
        for late in [1900, 1960, 1999] {
            let mut grid = started();
            // Edge 36 is served when edge 37 is about to come.
            let late_one = grid.place(36 * PERIOD + late);
            match late_one {
                Edge::Instant { missed } => {
                    assert_eq!(missed, 0);
                    assert!(
                        grid.next_is_due(36 * PERIOD + late + 60),
                        "and is thrown away"
                    );
                }
                Edge::Unplaced { odd } => assert!(!odd),
            }
            // The next right afterwards, then one in time.
            let lost = match grid.place(37 * PERIOD + 70) {
                Edge::Instant { missed } => missed,
                Edge::Unplaced { .. } => {
                    let third = grid.place(38 * PERIOD);
                    assert_eq!(third, Edge::Instant { missed: 2 }, "late {late}");
                    continue;
                }
            };
            assert_eq!(lost, 0, "late {late}");
            assert_eq!(grid.place(38 * PERIOD), Edge::Instant { missed: 0 });
        }
    }

    #[test]
    fn interference_is_odd_and_moves_nothing() {
        let mut grid = started();
        for edge in 36..100 {
            let spike = grid.place(edge * PERIOD - PERIOD / 2);
            assert_eq!(spike, Edge::Unplaced { odd: true });
            assert_eq!(grid.place(edge * PERIOD), Edge::Instant { missed: 0 });
        }
    }

    #[test]
    fn a_front_end_at_another_rate_gives_no_instant() {
        for period in [1000, 1700, 2300, 4000] {
            let mut grid = EdgeGrid::new(PERIOD << 8);
            for edge in 0..1000 {
                let odd = edge > 0;
                assert_eq!(grid.place(edge * period), Edge::Unplaced { odd });
            }
        }
    }

    #[test]
    fn a_front_end_that_became_slower_gives_no_instant() {
        for phase in (0..PERIOD).step_by(50) {
            for slower in [2, 3, 4, 16] {
                let mut grid = started();
                for edge in 0..300 {
                    let ticks = 100 * PERIOD + phase + edge * slower * PERIOD;
                    assert_eq!(grid.place(ticks), Edge::Unplaced { odd: false });
                }
            }
        }
    }

    #[test]
    fn a_front_end_that_begins_anew_is_found_again_at_any_phase() {
        for phase in (0..PERIOD).step_by(50) {
            let mut grid = started();
            let mut next = 36;
            let mut passed_over = 0;
            for edge in 0..50 {
                match grid.place(500 * PERIOD + phase + edge * PERIOD) {
                    Edge::Instant { missed } => next += u64::from(missed) + 1,
                    Edge::Unplaced { .. } => passed_over += 1,
                }
            }
            assert!(passed_over <= 8, "phase {phase}: {passed_over}");
            assert!(next.abs_diff(550) <= 1, "phase {phase}: {next}");
        }
    }
}
