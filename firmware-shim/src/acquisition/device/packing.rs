//! Instants into samples frames, losses into events.

use super::Core;
use crate::acquisition::losses::Losses;
use crate::acquisition::sampler::Item;
use crate::wire::{
    Body, Frame, Happening, Header, LeadOff, MAX_ENCODED_LEN, Occurrence, SampleBlock, Samples,
    Status, max_samples_frame_len,
};

/// Room that samples leave to all other frames: hello, state, four acknowledgements, a self-test's
/// result and six events.
const RESERVE: usize = 54 + 66 + 4 * 31 + 140 + 6 * 33;

/// A frame waits no longer than this for its next sample.
const LONGEST_WAIT_MILLISECONDS: u32 = 100;

/// Nor does word of losses, where they go on and on.
const LOSSES_TOLD_MILLISECONDS: u32 = 250;

/// Least time between two words of edges at wrong times.
const ODD_EDGES_TOLD_MILLISECONDS: u32 = 1000;

/// A samples frame being filled.
#[derive(Debug)]
pub(super) struct OpenFrame {
    /// The edge of its first sample.
    ticks: u64,
    last_seen: u64,
    /// Filled and encoded where it lies: to move it takes as long as to take in two instants.
    frame: Frame,
}

impl OpenFrame {
    fn samples(&self) -> Option<&Samples> {
        match &self.frame.body {
            Body::Samples(samples) => Some(samples),
            _ => None,
        }
    }
}

/// Samples frames dropped since the link last took one.
#[derive(Debug)]
pub(super) struct Dropped {
    first: u32,
    instants: u32,
}

impl<const LINK: usize> Core<LINK> {
    /// Takes one item of the queue.
    pub(super) fn take(&mut self, item: &Item) {
        self.odd_edges = self.odd_edges.saturating_add(item.odd_edges);
        if !item.losses.is_none() {
            self.last_seen = self.now;
            self.lose(&item.losses);
        }
        self.next_instant = item.number.wrapping_add(1);
        let Some(reading) = &item.reading else {
            return;
        };
        self.last_seen = self.now;
        self.tell_losses();
        // At least one channel and at most eight, as in the settings.
        let codes = &reading.codes[..self.settings.gains.len().min(reading.codes.len())];
        if self.settling_or_test_changes(item.status) {
            self.close();
        }
        self.measure_square_wave(item, codes);
        let sensed = self.settings.sensed();
        let lead_off = LeadOff {
            positive: reading.lead_off.positive & sensed.positive,
            negative: reading.lead_off.negative & sensed.negative,
        };
        let inputs = Status(u16::from(reading.gpio & 0x0F) << 12);
        self.push(item, codes, item.status.with(inputs), lead_off);
        if item.status == Status::NONE && self.debounce.push(lead_off) {
            self.happened(item.number, Happening::LeadOffChanged(self.debounce.off()));
        }
    }

    /// Adds one instant to the frame under way, or begins one.
    fn push(&mut self, item: &Item, codes: &[i32], status: Status, lead_off: LeadOff) {
        if self.open.is_none() {
            let Ok(block) = SampleBlock::new(codes.len() as u8) else {
                return;
            };
            self.open = Some(OpenFrame {
                ticks: item.ticks,
                last_seen: self.now,
                frame: Frame {
                    // Numbered when it is sent.
                    header: self.header(0),
                    body: Body::Samples(Samples {
                        first_sample: item.number,
                        configuration: self.configuration,
                        status: core::mem::take(&mut self.cause),
                        lead_off: LeadOff::NONE,
                        block,
                    }),
                },
            });
        }
        let Some(OpenFrame {
            last_seen,
            frame:
                Frame {
                    body: Body::Samples(samples),
                    ..
                },
            ..
        }) = &mut self.open
        else {
            return;
        };
        *last_seen = self.now;
        samples.status = samples.status.with(status);
        samples.lead_off.positive |= lead_off.positive;
        samples.lead_off.negative |= lead_off.negative;
        // Codes have 24 bits and frames are closed when full: a front end that breaks the first
        // gives no sample.
        let _ = samples.block.push(codes);
        if samples.block.sample_count() >= usize::from(self.profile.samples_per_frame) {
            self.close();
        }
    }

    fn settling_or_test_changes(&self, status: Status) -> bool {
        let compared = Status::SETTLING.with(Status::TEST_SIGNAL).0;
        self.open
            .as_ref()
            .and_then(OpenFrame::samples)
            .is_some_and(|samples| (samples.status.0 ^ status.0) & compared != 0)
    }

    /// Sends the samples frame under way, or drops it whole.
    pub(super) fn close(&mut self) {
        let Some(open) = &self.open else {
            return;
        };
        let ticks = open.ticks;
        let Some(samples) = open.samples() else {
            return;
        };
        let instants = samples.block.sample_count();
        let first = samples.first_sample;
        let channels = usize::from(samples.block.channel_count());
        let needed = max_samples_frame_len(channels, instants) + RESERVE;
        // Without the hello that describes them, samples have no meaning.
        self.send_hello();
        let fits = self.outbox.room() >= needed && !self.hello_is_due;
        if fits {
            self.tell_dropped();
        }
        let header = self.header(self.profile.timebase.microseconds(ticks));
        let sent = fits
            && self.open.as_mut().is_some_and(|open| {
                open.frame.header = header;
                self.outbox.push(&open.frame).is_ok()
            });
        self.open = None;
        // The number is used even where the frame is dropped, so that the host counts it as missing.
        self.sequence = self.sequence.wrapping_add(1);
        if !sent {
            // At most MAX_SAMPLES.
            let instants = instants as u32;
            self.counts.frames_dropped = self.counts.frames_dropped.wrapping_add(1);
            self.counts.instants_dropped = self.counts.instants_dropped.wrapping_add(instants);
            let dropped = self.dropped.get_or_insert(Dropped { first, instants: 0 });
            dropped.instants = dropped.instants.wrapping_add(instants);
        }
    }

    /// Sends a frame if there is room for it; its number is used only if so.
    pub(super) fn send(&mut self, body: Body, timestamp_microseconds: u64) -> bool {
        let header = self.header(timestamp_microseconds);
        let fits = self.outbox.push(&Frame { header, body }).is_ok();
        if fits {
            self.sequence = self.sequence.wrapping_add(1);
        }
        fits
    }

    /// The header of the next frame.
    fn header(&self, timestamp_microseconds: u64) -> Header {
        Header {
            session: self.profile.session,
            sequence: self.sequence,
            timestamp_microseconds,
        }
    }

    /// Sends a frame made now.
    pub(super) fn send_now(&mut self, body: Body) -> bool {
        self.send(body, self.profile.timebase.microseconds(self.now))
    }

    /// Tells the host what happened, or counts that there was no room to.
    pub(super) fn happened(&mut self, instant: u32, what: Happening) {
        if !self.send_now(Body::Occurrence(Occurrence { instant, what })) {
            self.counts.events_dropped = self.counts.events_dropped.wrapping_add(1);
        }
    }

    /// Counts instants that the device lost after the last one taken.
    fn lose(&mut self, losses: &Losses) {
        self.close();
        if self.loss.is_none() {
            self.loss_first = self.next_instant;
            self.loss_since = self.now;
        }
        self.loss.add_all(losses);
        for (count, lost) in self.counts.lost.iter_mut().zip(losses.0) {
            *count = count.wrapping_add(lost);
        }
    }

    /// Tells the host of the losses since it was last told.
    fn tell_losses(&mut self) {
        if self.loss.is_none() {
            return;
        }
        let losses = core::mem::take(&mut self.loss);
        self.cause = self.cause.with(losses.status());
        for (cause, instants) in losses.by_cause() {
            self.happened(self.loss_first, Happening::Lost { cause, instants });
        }
    }

    fn tell_dropped(&mut self) {
        if let Some(Dropped { first, instants }) = self.dropped.take() {
            self.happened(first, Happening::LinkFull { instants });
        }
    }

    /// Sends what has waited long enough.
    pub(super) fn send_overdue(&mut self) {
        let timebase = self.profile.timebase;
        let (now, waited) = (self.now, |milliseconds| {
            timebase.ticks_of_milliseconds(milliseconds)
        });
        let since = |then: u64| now.saturating_sub(then);
        if !self.loss.is_none() && since(self.loss_since) >= waited(LOSSES_TOLD_MILLISECONDS) {
            self.tell_losses();
        }
        let waiting = self.open.as_ref().map(|open| since(open.last_seen));
        if waiting.is_some_and(|waiting| waiting >= waited(LONGEST_WAIT_MILLISECONDS)) {
            self.close();
        }
        // Even where no samples follow that would tell it.
        if self.outbox.room() >= MAX_ENCODED_LEN + RESERVE {
            self.tell_dropped();
        }
        if self.odd_edges > 0 && since(self.odd_edges_told) >= waited(ODD_EDGES_TOLD_MILLISECONDS) {
            let edges = core::mem::take(&mut self.odd_edges);
            self.odd_edges_told = now;
            self.happened(self.next_instant, Happening::OddEdges { edges });
        }
    }

    /// Number of the first instant not yet sent, dropped or lost.
    pub(super) fn first_unsent(&self) -> u32 {
        let open = self.open.as_ref().and_then(OpenFrame::samples);
        open.map_or(self.next_instant, |samples| samples.first_sample)
    }
}
