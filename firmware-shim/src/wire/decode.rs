//! A stream of bytes into events (spec §2 and §9).

use super::command::Command;
use super::continuity::{Continuity, Refusal, SampleSpan};
use super::frame::{Body, DELIMITER, Frame, Header, MAX_RAW_LEN};
use super::parse::{Parsed, PayloadError, parse};
use super::payload::Payload;
use cobs::{DecodeResult, DecoderState};
use core::mem::take;
use heapless::Vec;

/// What the decoder has to say about the bytes pushed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event<B = Body> {
    /// A session begins, for the host at least: the next frame is the first of it to arrive.
    /// Whatever a hello said before holds no longer.
    Session {
        /// Number of the session.
        session: u16,
        /// Sequence number of that frame, and so the number of frames of the session that did not
        /// arrive before it.
        first_sequence: u32,
    },
    /// Frames are missing between the last one delivered and the next.
    Gap {
        /// How many, exactly (below 2³¹).
        missing_frames: u32,
    },
    /// Samples are missing between the last one delivered and the next, whether they were lost on
    /// the wire or in the device.
    SampleGap {
        /// How many sampling instants, exactly (below 2³¹).
        missing_samples: u32,
    },
    /// A frame, undamaged, in order and delivered once.
    Frame(Frame<B>),
    /// An undamaged frame of a kind that this version of the crate does not know, skipped.
    UnknownKind {
        /// When and in which order it was made.
        header: Header,
        /// Its kind byte.
        kind: u8,
        /// Bytes of its payload.
        payload_len: usize,
    },
    /// An undamaged frame of a kind that goes the other way, skipped: an echo of what was sent, as
    /// when a terminal or a wire returns it.
    OtherDirection {
        /// Its kind byte.
        kind: u8,
        /// Bytes received, delimiter not counted.
        bytes: usize,
    },
    /// An undamaged frame of another protocol version, skipped: use a host that speaks it.
    UnsupportedVersion {
        /// Its version byte.
        version: u8,
        /// Bytes received, delimiter not counted.
        bytes: usize,
    },
    /// An undamaged frame that, or a successor of which, was delivered before; skipped.
    Stale {
        /// Number of its session.
        session: u16,
        /// Its number in that session.
        sequence: u32,
    },
    /// Bytes that are no frame, skipped up to the next delimiter.
    Corrupt {
        /// What is wrong with them.
        reason: Damage,
        /// Bytes received, delimiter not counted.
        bytes: usize,
    },
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// A delimiter arrived within a stuffed block: bytes were lost or a zero came in.
    #[error("a delimiter within a block: bytes were lost on the line")]
    Stuffing,
    /// Longer than any frame: most often a delimiter was lost.
    #[error("more than {limit} bytes without a delimiter: bytes were lost on the line")]
    TooLong {
        /// Most bytes of a frame after unstuffing.
        limit: usize,
    },
    /// Too short for a header and a checksum.
    #[error("{length} bytes are too few for a frame: bytes were lost on the line")]
    TooShort {
        /// Bytes after unstuffing.
        length: usize,
    },
    /// The checksum does not match.
    #[error("checksum {received:08x} where the bytes give {computed:08x}: damaged on the line")]
    Checksum {
        /// What the bytes received give.
        computed: u32,
        /// What the frame carries.
        received: u32,
    },
    /// The stream ended within a frame.
    #[error("the stream ended within a frame: the link was closed or the device unplugged")]
    Unfinished,
    /// The checksum matches but the content contradicts the specification.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// The checksum matches but the samples overlap those delivered before.
    #[error("samples from {first_sample} where {expected} comes next: mend the sender's count")]
    SamplesBehind {
        /// Number of the first sample that could come.
        expected: u32,
        /// Number of the first sample that came.
        first_sample: u32,
    },
}

/// Turns the bytes of a link into events, in fixed memory.
///
/// Whatever the damage, it is back at the next delimiter, and it never delivers a frame that is
/// damaged, repeated or out of order. Frames delivered plus `missing_frames` of all gaps account
/// for every frame of a session from its `first_sequence` to the last delivered.
///
/// A damaged frame passes for a good one with probability 2⁻³², the checksum's limit.
///
/// A host decodes with [`Decoder::new`], which takes what devices send; a device with
/// [`Decoder::of_commands`]. Both follow the same rules.
#[derive(Debug)]
pub struct Decoder<B = Body> {
    stuffing: DecoderState,
    /// The frame so far, unstuffed.
    raw: Vec<u8, MAX_RAW_LEN>,
    /// Bytes since the last delimiter.
    received: usize,
    too_long: bool,
    continuity: Continuity,
    pending: Pending<B>,
}

/// Events that one delimiter set off, in the order in which they are handed out. Only the last one
/// is kept as an [`Event`], which has the size of a frame.
#[derive(Debug)]
struct Pending<B> {
    session: Option<(u16, u32)>,
    missing_frames: u32,
    missing_samples: u32,
    last: Option<Event<B>>,
}

impl<B> Default for Pending<B> {
    fn default() -> Self {
        Self {
            session: None,
            missing_frames: 0,
            missing_samples: 0,
            last: None,
        }
    }
}

impl<B> Default for Decoder<B> {
    fn default() -> Self {
        Self {
            stuffing: DecoderState::default(),
            raw: Vec::new(),
            received: 0,
            too_long: false,
            continuity: Continuity::default(),
            pending: Pending::default(),
        }
    }
}

impl<B> Pending<B> {
    fn take(&mut self) -> Option<Event<B>> {
        if let Some((session, first_sequence)) = self.session.take() {
            return Some(Event::Session {
                session,
                first_sequence,
            });
        }
        match (take(&mut self.missing_frames), self.missing_samples) {
            (0, 0) => self.last.take(),
            (0, missing_samples) => {
                self.missing_samples = 0;
                Some(Event::SampleGap { missing_samples })
            }
            (missing_frames, _) => Some(Event::Gap { missing_frames }),
        }
    }
}

impl Decoder {
    /// A decoder of what devices send, that has seen nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Decoder<Command> {
    /// A decoder of what hosts send, that has seen nothing yet.
    pub fn of_commands() -> Self {
        Self::default()
    }
}

impl<B: Payload> Decoder<B> {
    /// Takes in `bytes`, in pieces of any size, and iterates over what they complete.
    ///
    /// The iterator reads the bytes as it goes: exhaust it. Bytes it was dropped before are lost
    /// and will be reported as such.
    pub fn push<'decoder, 'bytes>(
        &'decoder mut self,
        bytes: &'bytes [u8],
    ) -> Events<'decoder, 'bytes, B> {
        Events {
            decoder: self,
            bytes: bytes.iter(),
        }
    }

    /// Says that the stream has ended, and reports the frame that was under way, if any. The
    /// decoder can go on afterwards, as after reconnecting.
    pub fn finish(&mut self) -> Option<Event<B>> {
        let bytes = self.start_frame();
        (bytes > 0).then_some(Event::Corrupt {
            reason: Damage::Unfinished,
            bytes,
        })
    }

    /// Forgets sessions and sequence numbers, so that the next frame is taken whatever its number:
    /// for a port that another device was plugged into, or a device whose frames stay
    /// [stale](Event::Stale) because it restarted with the session number it had.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    fn accept(&mut self, byte: u8) {
        if byte != DELIMITER {
            self.received = self.received.saturating_add(1);
            if self.too_long {
                return;
            }
            // Bytes other than the delimiter cannot be wrong in themselves.
            if let Ok(DecodeResult::DataContinue(data)) = self.stuffing.feed(byte) {
                self.too_long = self.raw.push(data).is_err();
            }
            return;
        }
        // Delimiters in a row, or before the first frame, are harmless.
        if self.received == 0 {
            return;
        }
        let parsed = self.complete();
        let bytes = self.start_frame();
        match parsed {
            Ok(Parsed::Frame(frame)) => self.deliver(frame, bytes),
            Ok(Parsed::UnknownKind {
                header,
                kind,
                payload_len,
            }) => {
                let event = Event::UnknownKind {
                    header,
                    kind,
                    payload_len,
                };
                self.announce(&header, None, event, bytes);
            }
            Ok(Parsed::OtherDirection { kind }) => {
                self.pending.last = Some(Event::OtherDirection { kind, bytes });
            }
            Ok(Parsed::UnsupportedVersion { version }) => {
                self.pending.last = Some(Event::UnsupportedVersion { version, bytes });
            }
            Err(reason) => self.pending.last = Some(Event::Corrupt { reason, bytes }),
        }
    }

    /// Reads the frame that a delimiter has just ended.
    fn complete(&mut self) -> Result<Parsed<B>, Damage> {
        if self.too_long {
            return Err(Damage::TooLong { limit: MAX_RAW_LEN });
        }
        match self.stuffing.feed(DELIMITER) {
            Ok(DecodeResult::DataComplete) => parse(&self.raw),
            _ => Err(Damage::Stuffing),
        }
    }

    /// Clears the way for the next frame and returns the bytes received of this one.
    fn start_frame(&mut self) -> usize {
        self.stuffing = DecoderState::default();
        self.raw.clear();
        self.too_long = false;
        take(&mut self.received)
    }

    fn deliver(&mut self, frame: Frame<B>, bytes: usize) {
        let (header, span) = (frame.header, frame.body.span());
        self.announce(&header, span, Event::Frame(frame), bytes);
    }

    /// Queues `event` if its frame may be delivered, after what lies between it and the last one.
    fn announce(
        &mut self,
        header: &Header,
        span: Option<SampleSpan>,
        event: Event<B>,
        bytes: usize,
    ) {
        let Header {
            session, sequence, ..
        } = *header;
        match self.continuity.admit(header, span) {
            Ok(step) => {
                self.pending = Pending {
                    session: step.new_session.then_some((session, sequence)),
                    missing_frames: step.missing_frames,
                    missing_samples: step.missing_samples,
                    last: Some(event),
                };
            }
            Err(Refusal::Stale) => {
                self.pending.last = Some(Event::Stale { session, sequence });
            }
            Err(Refusal::SamplesBehind { expected }) => {
                let first_sample = span.map_or(expected, |span| span.first);
                self.pending.last = Some(Event::Corrupt {
                    reason: Damage::SamplesBehind {
                        expected,
                        first_sample,
                    },
                    bytes,
                });
            }
        }
    }
}

/// The events that a piece of the stream completes: see [`Decoder::push`].
#[derive(Debug)]
#[must_use = "bytes are decoded only as the events are taken"]
pub struct Events<'decoder, 'bytes, B = Body> {
    decoder: &'decoder mut Decoder<B>,
    bytes: core::slice::Iter<'bytes, u8>,
}

impl<B: Payload> Iterator for Events<'_, '_, B> {
    type Item = Event<B>;

    fn next(&mut self) -> Option<Event<B>> {
        loop {
            if let Some(event) = self.decoder.pending.take() {
                return Some(event);
            }
            self.decoder.accept(*self.bytes.next()?);
        }
    }
}
