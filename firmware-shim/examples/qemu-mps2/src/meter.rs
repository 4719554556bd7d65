//! Where the instructions go, counted by the board's timer: under QEMU's `-icount` time is the number of instructions
//! executed. Built in by the feature `measure`; without it, all this is nothing.
//!
//! A span's own time is what passes in it less what passes in spans within it, interrupts' among them, so that what the
//! simulated chip takes is never counted as the firmware's.

use crate::board;
use core::cell::Cell;
use critical_section::Mutex;

/// What the simulated chip takes, which on a board is hardware.
pub static SIMULATION: Total = Total::new();
/// What the driver waits, because the chip needs the time.
pub static WAITING: Total = Total::new();
/// What the interrupt takes: from the edge until the instant is queued.
pub static SAMPLING: Total = Total::new();
/// What the main loop takes: from queued instants to frames.
pub static PACKING: Total = Total::new();
/// What the link takes: frames into the UART byte by byte, where a board would have DMA.
pub static SENDING: Total = Total::new();
/// What the emulated board takes: to set SysTick to the chip's next edge.
pub static BOARD: Total = Total::new();
/// From the edge to the end of the main loop's turn that has packed its instant, simulation and waiting left out.
pub static LATENCY: Total = Total::new();

/// All of them, by name.
#[cfg(feature = "measure")]
pub static TOTALS: [(&str, &Total); 7] = [
    ("simulation", &SIMULATION),
    ("waiting", &WAITING),
    ("sampling", &SAMPLING),
    ("packing", &PACKING),
    ("sending", &SENDING),
    ("board", &BOARD),
    ("latency", &LATENCY),
];

/// Ticks in spans of one kind.
pub struct Total(Mutex<Cell<Sum>>);

/// Spans and their own ticks.
#[derive(Clone, Copy)]
pub struct Sum {
    /// Number of spans.
    pub spans: u32,
    /// Ticks in all of them.
    pub ticks: u32,
    /// Ticks in the longest.
    pub most: u32,
}

impl Sum {
    const NONE: Self = Self {
        spans: 0,
        ticks: 0,
        most: 0,
    };
}

/// Ticks in all spans that have ended, but for spans around them.
static ENDED: Mutex<Cell<u32>> = Mutex::new(Cell::new(0));

/// The last edge that no turn of the main loop has ended after: when it came, and what simulation and waiting had taken
/// until then.
static EDGE: Mutex<Cell<Option<(u32, u32)>>> = Mutex::new(Cell::new(None));

impl Total {
    /// None yet.
    pub const fn new() -> Self {
        Self(Mutex::new(Cell::new(Sum::NONE)))
    }

    fn add(&self, ticks: u32) {
        critical_section::with(|section| {
            let Sum {
                spans,
                ticks: before,
                most,
            } = self.0.borrow(section).get();
            self.0.borrow(section).set(Sum {
                spans: spans + 1,
                ticks: before.wrapping_add(ticks),
                most: most.max(ticks),
            });
        });
    }

    /// What there is so far.
    pub fn get(&self) -> Sum {
        critical_section::with(|section| self.0.borrow(section).get())
    }

    /// Begins anew.
    #[cfg(feature = "measure")]
    pub fn clear(&self) {
        critical_section::with(|section| self.0.borrow(section).set(Sum::NONE));
    }
}

/// A span under way.
pub struct Span {
    ticks: u32,
    ended: u32,
}

impl Span {
    /// Begins one.
    #[inline(always)]
    pub fn start() -> Self {
        if cfg!(feature = "measure") {
            critical_section::with(|section| Self {
                ended: ENDED.borrow(section).get(),
                ticks: board::ticks(),
            })
        } else {
            Self { ticks: 0, ended: 0 }
        }
    }

    /// Ends it.
    #[inline(always)]
    pub fn stop(self, total: &Total) {
        if cfg!(feature = "measure") {
            critical_section::with(|section| {
                let passed = board::ticks().wrapping_sub(self.ticks);
                let ended = ENDED.borrow(section);
                total.add(passed.wrapping_sub(ended.get().wrapping_sub(self.ended)));
                ended.set(self.ended.wrapping_add(passed));
            });
        }
    }
}

/// Notes an edge of DRDY.
#[inline(always)]
pub fn edge() {
    if cfg!(feature = "measure") {
        let now = (board::ticks(), left_out());
        critical_section::with(|section| EDGE.borrow(section).set(Some(now)));
    }
}

/// Notes the end of a turn of the main loop.
#[inline(always)]
pub fn turn() {
    if cfg!(feature = "measure") {
        let edge = critical_section::with(|section| EDGE.borrow(section).take());
        if let Some((ticks, before)) = edge {
            let not_ours = left_out().wrapping_sub(before);
            LATENCY.add(board::ticks().wrapping_sub(ticks).wrapping_sub(not_ours));
        }
    }
}

fn left_out() -> u32 {
    SIMULATION.get().ticks.wrapping_add(WAITING.get().ticks)
}
