//! The main-loop side: takes queued instants, the host's bytes and the time; gives bytes for the
//! link and changes for the front end.
//!
//! | module | says |
//! |---|---|
//! | `packing` | instants into samples frames, losses into events |
//! | `commands` | what the host asks, and what it is answered |
//! | `changes` | changes of the front end, its recovery, the self-test |
//! | `reports` | hello, state, self-test result and acknowledgements as there is room |

mod changes;
mod commands;
mod packing;
mod reports;

use super::clock::{Counter, Timebase};
use super::debounce::Debounce;
use super::front_end::{FrontEnd, Settings, TestSignal};
use super::losses::Losses;
use super::outbox::Outbox;
use super::sampler::{Item, Sampler};
use super::square_wave::SquareWave;
use crate::wire::{
    Acknowledgement, Command, Counts, Decoder, DeviceKind, FirmwareVersion, Hello, Lead,
    MAX_CHANNELS, MAX_SAMPLES, SelfTest, Status,
};
use changes::Wanted;
use heapless::Deque;
use heapless::spsc::Consumer;
use packing::{Dropped, OpenFrame};

/// What a device is, apart from what a host can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Number of the session: must differ from those of the two starts before. A counter in memory
    /// that survives a reset will do, and so will a random number.
    pub session: u16,
    /// The front end.
    pub kind: DeviceKind,
    /// Version of the firmware.
    pub firmware: FirmwareVersion,
    /// Reference voltage in microvolts; never 0.
    pub reference_microvolts: u32,
    /// The lead that each channel records.
    pub leads: [Option<Lead>; MAX_CHANNELS],
    /// The front end's own square wave.
    pub test_signal: TestSignal,
    /// Sampling instants per samples frame, 1 to [`MAX_SAMPLES`]: see the budget in the
    /// specification. What lies outside is taken for the nearest that does not.
    pub samples_per_frame: u8,
    /// How fast the counter behind all times counts.
    pub timebase: Timebase,
}

/// The main-loop side. `LINK` is the number of bytes it keeps for the link; 2048 are a twelfth of a
/// second at 1000 samples per second. Where the link takes fewer than come, whole samples frames are
/// dropped and counted.
///
/// Times are ticks of the counter, as a [`Clock`](super::Clock) tells them.
pub struct Device<'queue, const LINK: usize> {
    queue: Consumer<'queue, Item>,
    commands: Decoder<Command>,
    core: Core<LINK>,
}

/// The device apart from what comes in.
#[derive(Debug)]
struct Core<const LINK: usize> {
    profile: Profile,
    /// Settings in force, or to be in force once the front end is there.
    settings: Settings,
    /// Whether the front end holds the settings.
    front_end_is_set: bool,
    /// Whether it ever did.
    front_end_was_set: bool,
    configuration: u8,
    wanted: Option<Wanted>,
    square_wave: Option<SquareWave>,
    self_test_since: u64,
    /// What to go back to after the self-test.
    running_before: bool,
    /// When the last instants came, or were to begin to come.
    last_seen: u64,
    last_recovery: u64,

    now: u64,
    sequence: u32,
    outbox: Outbox<LINK>,
    last_hello: Option<u64>,
    hello_is_due: bool,
    state_is_due: bool,
    result: Option<SelfTest>,
    acknowledgements: Deque<Acknowledgement, 4>,

    open: Option<OpenFrame>,
    /// Causes to be told in the next samples frame.
    cause: Status,
    next_instant: u32,
    loss: Losses,
    loss_first: u32,
    loss_since: u64,
    dropped: Option<Dropped>,
    odd_edges: u32,
    odd_edges_told: u64,
    debounce: Debounce,
    counts: Counts,
}

impl<'queue, const LINK: usize> Device<'queue, LINK> {
    /// A device that has not begun. It asks for `settings` as its first change.
    ///
    /// # Panics
    /// At compile time, if `LINK` is less than 1200 bytes: a samples frame beside all other frames
    /// must find room.
    pub fn new(mut profile: Profile, settings: Settings, queue: Consumer<'queue, Item>) -> Self {
        const { assert!(LINK >= 1200, "LINK must be at least 1200 bytes") };
        // MAX_SAMPLES fits a byte.
        profile.samples_per_frame = profile.samples_per_frame.clamp(1, MAX_SAMPLES as u8);
        let wanted = Wanted::at_start(settings.clone());
        Self {
            queue,
            commands: Decoder::of_commands(),
            core: Core {
                profile,
                settings,
                front_end_is_set: false,
                front_end_was_set: false,
                configuration: 0,
                wanted: Some(wanted),
                square_wave: None,
                self_test_since: 0,
                running_before: false,
                last_seen: 0,
                last_recovery: 0,
                now: 0,
                sequence: 0,
                outbox: Outbox::new(),
                last_hello: None,
                hello_is_due: true,
                state_is_due: true,
                result: None,
                acknowledgements: Deque::new(),
                open: None,
                cause: Status::NONE,
                next_instant: 0,
                loss: Losses::NONE,
                loss_first: 0,
                loss_since: 0,
                dropped: None,
                odd_edges: 0,
                odd_edges_told: 0,
                debounce: Debounce::new(),
                counts: Counts::default(),
            },
        }
    }

    /// Takes in bytes from the host, in pieces of any size.
    pub fn receive(&mut self, bytes: &[u8], now: u64) {
        self.core.now = now;
        for event in self.commands.push(bytes) {
            self.core.obey(event);
        }
    }

    /// Takes the instants that the interrupt queued, and makes the frames that are due. To be called
    /// in every turn of the main loop, at the least before the queue is full.
    pub fn poll(&mut self, now: u64) {
        self.core.now = now;
        self.drain();
        self.core.watch();
        self.core.report();
    }

    /// Takes the instants that were sampled under the configuration in force.
    fn drain(&mut self) {
        while let Some(item) = self.queue.peek() {
            // What was sampled after a change waits until the device has heard of the change.
            if item.configuration != self.core.configuration {
                break;
            }
            self.core.take(item);
            self.queue.dequeue();
        }
    }

    /// The change that the front end needs, if any. It is to be carried out by
    /// [`Sampler::apply`], with the data-ready interrupt held off, and its outcome to be told to
    /// [`Device::applied`].
    pub fn change(&mut self) -> Option<super::Change> {
        self.core.change()
    }

    /// Hears what became of a change.
    pub fn applied(&mut self, applied: super::Applied, now: u64) {
        self.core.now = now;
        // All that was sampled before the change goes out before what the change brings about.
        self.drain();
        self.core.applied(applied);
        self.poll(now);
    }

    /// One turn of a main loop that needs no lock to reach the sampler, as in a simulation or where
    /// the data-ready pin is polled.
    pub fn turn<F: FrontEnd, C: Counter>(&mut self, sampler: &mut Sampler<'_, F, C>, now: u64) {
        self.poll(now);
        if let Some(change) = self.change() {
            let applied = sampler.apply(&change);
            self.applied(applied, now);
        }
    }

    /// Bytes for the link, in order. It may take as many of them as it can.
    pub fn outgoing(&self) -> &[u8] {
        self.core.outbox.bytes()
    }

    /// Hears that the link took the first `count` of the [outgoing](Self::outgoing) bytes.
    pub fn sent(&mut self, count: usize) {
        self.core.outbox.taken(count);
    }

    /// What the samples mean at present.
    pub fn hello(&self) -> Hello {
        self.core.hello()
    }

    /// What was counted since the session began.
    pub fn counts(&self) -> Counts {
        self.core.counts
    }

    /// The settings in force, or to be in force once the front end is there.
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }
}
