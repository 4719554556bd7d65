//! From what the decoder says to what a session hands on.

use std::mem::take as taken;
use std::sync::Arc;

use ecg2mri_shim::wire::{Body, Event, Frame, Hello, Samples};

use super::gap::{Causes, Gap};
use super::ledger::Ledger;
use super::update::{Block, Update};
use crate::cart::Layout;

/// What has to be remembered between two frames.
#[derive(Debug, Default)]
pub(super) struct Tracker {
    pub(super) ledger: Ledger,
    /// Stale frames since the last that was not.
    pub(super) stale_in_a_row: u32,
    /// Whether the decoder knows the session before the next one.
    is_following: bool,
    /// What the last hello of this session said.
    layout: Option<Arc<Layout>>,
    /// Number of the sampling instant after the last that came; unknown at the beginning of a session.
    next_position: Option<u64>,
    /// Sampling instants missing before the next that come.
    missing_samples: u32,
    /// Whether frames are missing since the last samples.
    missing_frames: bool,
}

impl Tracker {
    pub(super) fn handle(&mut self, event: Event, take: &mut impl FnMut(Update)) {
        if !matches!(event, Event::Stale { .. } | Event::Corrupt { .. }) {
            self.stale_in_a_row = 0;
        }
        match event {
            Event::Session {
                session,
                first_sequence,
            } => self.begin(session, first_sequence, take),
            Event::Gap { missing_frames } => {
                self.missing_frames = true;
                self.ledger.frames.missing += u64::from(missing_frames);
            }
            Event::SampleGap { missing_samples } => self.missing_samples = missing_samples,
            Event::Frame(frame) => self.frame(frame, take),
            Event::UnknownKind { .. } => self.ledger.frames.of_unknown_kind += 1,
            Event::OtherDirection { .. } => self.ledger.frames.echoes += 1,
            Event::UnsupportedVersion { .. } => self.ledger.frames.of_other_version += 1,
            Event::Stale { .. } => {
                self.stale_in_a_row += 1;
                self.ledger.frames.stale += 1;
            }
            Event::Corrupt { reason, bytes } => self.ledger.damaged.count(reason, bytes),
            // Added to the decoder after this was written; nothing is known of it.
            _ => {}
        }
    }

    /// Notes that the decoder has forgotten all it knew, because the device seems to have begun anew.
    pub(super) fn begin_anew(&mut self) {
        self.stale_in_a_row = 0;
        self.ledger.begun_anew += 1;
        self.is_following = false;
    }

    fn begin(&mut self, session: u16, first_sequence: u32, take: &mut impl FnMut(Update)) {
        // Frames sent before we first listened were not ours to miss.
        if self.is_following {
            self.ledger.frames.missing += u64::from(first_sequence);
        }
        self.missing_frames = self.is_following && first_sequence > 0;
        self.missing_samples = 0;
        self.is_following = true;
        self.ledger.sessions += 1;
        self.layout = None;
        self.next_position = None;
        take(Update::Session { session });
    }

    fn frame(&mut self, frame: Frame, take: &mut impl FnMut(Update)) {
        match frame.body {
            Body::Hello(hello) => self.hello(hello, take),
            Body::Samples(samples) => {
                self.samples(samples, frame.header.timestamp_microseconds, take);
            }
            Body::State(state) => self.message(Update::State(state), take),
            Body::Occurrence(occurrence) => self.message(Update::Occurrence(occurrence), take),
            Body::SelfTest(self_test) => self.message(Update::SelfTest(self_test), take),
            Body::Acknowledgement(acknowledgement) => {
                self.message(Update::Acknowledgement(acknowledgement), take);
            }
            // Added to the wire format after this was written.
            _ => self.ledger.frames.of_unknown_kind += 1,
        }
    }

    fn message(&mut self, update: Update, take: &mut impl FnMut(Update)) {
        self.ledger.frames.messages += 1;
        take(update);
    }

    fn hello(&mut self, hello: Hello, take: &mut impl FnMut(Update)) {
        self.ledger.frames.hello += 1;
        let known = self.layout.as_ref().map(|layout| layout.hello());
        if known == Some(&hello) {
            return;
        }
        self.ledger.configurations += 1;
        let layout = Arc::new(Layout::new(hello));
        self.layout = Some(layout.clone());
        take(Update::Layout(layout));
    }

    fn samples(&mut self, samples: Samples, timestamp: u64, take: &mut impl FnMut(Update)) {
        self.ledger.frames.samples += 1;
        let missing = u64::from(taken(&mut self.missing_samples));
        let position = match self.next_position {
            Some(next) => next + missing,
            None => u64::from(samples.first_sample),
        };
        let causes = Causes::new(samples.status, taken(&mut self.missing_frames));
        if missing > 0 {
            self.ledger.samples_missing.count(causes, missing);
            take(Update::Gap(Gap {
                position: position.saturating_sub(missing),
                length: missing,
                causes,
            }));
        }
        let length = samples.block.sample_count() as u64;
        self.next_position = Some(position + length);
        let layout = self.layout.as_ref();
        match layout.filter(|layout| layout.hello().describes(&samples)) {
            Some(layout) => {
                self.ledger.samples_delivered += length;
                take(Update::Samples(Block {
                    layout: layout.clone(),
                    position,
                    timestamp_microseconds: timestamp,
                    samples,
                }));
            }
            None => {
                let causes = Causes::without_hello();
                self.ledger.samples_missing.count(causes, length);
                take(Update::Gap(Gap {
                    position,
                    length,
                    causes,
                }));
            }
        }
    }
}
