//! The interrupt side: reads the front end at each data-ready edge, stamps and numbers the instant,
//! and queues it.

use super::clock::{Clock, Counter, Timebase};
use super::edges::{Edge, EdgeGrid};
use super::front_end::{ApplyError, FrontEnd, Input, ReadError, Reading, Settings};
use super::losses::Losses;
use crate::wire::{LossCause, Status};
use heapless::spsc::Producer;

/// Odd edges without an instant after which the main loop hears of them.
const ODD_EDGES_TOLD: u32 = 64;

/// What the interrupt hands to the main loop: one sampling instant, or word that it was lost.
#[derive(Debug, Clone)]
pub struct Item {
    /// Number of the instant.
    pub(super) number: u32,
    /// When its edge came.
    pub(super) ticks: u64,
    /// Number of the configuration it was sampled under.
    pub(super) configuration: u8,
    /// Settling or test signal.
    pub(super) status: Status,
    /// Instants lost since the last item, this one included if it was.
    pub(super) losses: Losses,
    /// Edges since the last item that did not come when one was due.
    pub(super) odd_edges: u32,
    /// What was read, unless it was lost.
    pub(super) reading: Option<Reading>,
}

/// A change of the front end that the [`Device`](super::Device) asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub(super) settings: Settings,
    pub(super) configuration: u8,
    /// Whether the front end must be brought up first.
    pub(super) power_up: bool,
    /// Whether instants are counted anew from the first edge on: not where the front end was lost
    /// for a while and the time without it counts.
    pub(super) new_timeline: bool,
    pub(super) ticks: u64,
}

/// What became of a [`Change`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "the device waits for it"]
pub struct Applied {
    pub(super) result: Result<(), ApplyError>,
    /// Number of the first instant after the change.
    pub(super) next_instant: u32,
}

/// The interrupt side. It owns the front end, so that whoever changes the front end's settings has
/// to hold the interrupt off: put it into a mutex that does.
pub struct Sampler<'queue, F, C> {
    front_end: F,
    clock: Clock<C>,
    timebase: Timebase,
    queue: Producer<'queue, Item>,
    running: bool,
    grid: EdgeGrid,
    next_instant: u32,
    configuration: u8,
    status: Status,
    unsettled: u32,
    losses: Losses,
    odd_edges: u32,
}

impl<'queue, F: FrontEnd, C: Counter> Sampler<'queue, F, C> {
    /// The interrupt side of a device; it samples once a [`Change`] says so.
    pub fn new(
        front_end: F,
        counter: C,
        timebase: Timebase,
        queue: Producer<'queue, Item>,
    ) -> Self {
        Self {
            front_end,
            clock: Clock::new(counter),
            timebase,
            queue,
            running: false,
            grid: EdgeGrid::new(1),
            next_instant: 0,
            configuration: 0,
            status: Status::NONE,
            unsettled: 0,
            losses: Losses::NONE,
            odd_edges: 0,
        }
    }

    /// The front end.
    pub fn front_end(&mut self) -> &mut F {
        &mut self.front_end
    }

    /// Takes the instant whose data-ready edge has just come: to be called from the interrupt, once
    /// for each edge. An instant that cannot be taken is counted with its cause.
    pub fn on_data_ready(&mut self) {
        let edge = self.clock.now();
        if !self.running {
            return;
        }
        let missed = match self.grid.place(edge) {
            Edge::Instant { missed } => missed,
            Edge::Unplaced { odd } => return self.pass_over(edge, odd),
        };
        self.losses.add(LossCause::MissedDataReady, missed);
        let number = self.next_instant.wrapping_add(missed);
        self.next_instant = number.wrapping_add(1);
        let status = self.settle(missed);
        let reading = self.read();
        if !self.enqueue(number, edge, status, reading) && reading.is_some() {
            self.losses.add(LossCause::Overrun, 1);
        }
    }

    /// Leaves an edge that has no place, but not its data, which hold the line low. Word of odd edges
    /// goes out even where no instant follows.
    fn pass_over(&mut self, edge: u64, odd: bool) {
        let _ = self.front_end.read();
        if !odd {
            return;
        }
        self.odd_edges = self.odd_edges.saturating_add(1);
        if self.odd_edges.is_multiple_of(ODD_EDGES_TOLD) {
            let last = self.next_instant.wrapping_sub(1);
            self.enqueue(last, edge, self.status, None);
        }
    }

    /// Queues an instant with what was lost before it; tells whether there was room.
    fn enqueue(
        &mut self,
        number: u32,
        ticks: u64,
        status: Status,
        reading: Option<Reading>,
    ) -> bool {
        let item = Item {
            number,
            ticks,
            configuration: self.configuration,
            status,
            losses: self.losses,
            odd_edges: self.odd_edges,
            reading,
        };
        let room = self.queue.enqueue(item).is_ok();
        if room {
            self.losses = Losses::NONE;
            self.odd_edges = 0;
        }
        room
    }

    /// The reading, or `None` with the loss counted.
    fn read(&mut self) -> Option<Reading> {
        let cause = match self.front_end.read() {
            // The next conversion may have ended amid the transfer: its bits would follow those of
            // this one, behind one marker. So slow a service is as good as an edge missed.
            Ok(_) if self.grid.next_is_due(self.clock.now()) => LossCause::MissedDataReady,
            Ok(reading) => return Some(reading),
            Err(ReadError::Spi) => LossCause::SpiError,
            Err(ReadError::BadSync) => LossCause::BadSync,
            // So late that the line had risen for the next conversion, or interference.
            Err(ReadError::NotReady) => LossCause::MissedDataReady,
        };
        self.losses.add(cause, 1);
        None
    }

    /// The status of the instant that comes after `missed` others.
    fn settle(&mut self, missed: u32) -> Status {
        self.unsettled = self.unsettled.saturating_sub(missed);
        if self.unsettled == 0 {
            return self.status;
        }
        self.unsettled -= 1;
        self.status.with(Status::SETTLING)
    }

    /// Carries out what the device asks for: to be called with the data-ready interrupt held off.
    pub fn apply(&mut self, change: &Change) -> Applied {
        self.clock.catch_up(change.ticks);
        let settings = &change.settings;
        let brought_up = match change.power_up {
            true => self.front_end.power_up(),
            false => Ok(()),
        };
        let applied = brought_up.and_then(|()| self.front_end.apply(settings));
        let result = applied.map(|settling| {
            self.running = settings.running;
            self.configuration = change.configuration;
            self.unsettled = settling.into();
            self.status = match settings.input {
                Input::Electrodes => Status::NONE,
                Input::TestSignal => Status::TEST_SIGNAL,
            };
            if change.new_timeline {
                let rate = settings.rate_millihertz;
                self.grid.restart(self.timebase.ticks_256_per_sample(rate));
            }
        });
        if matches!(result, Err(ApplyError::Spi | ApplyError::NotVerified)) {
            // Samples of a front end in an unknown state have no meaning.
            self.running = false;
        }
        Applied {
            result,
            next_instant: self.next_instant,
        }
    }
}
