//! Streams of frames to damage, and the ledger that every decoding must satisfy.

use crate::kinds::{Direction, any_command, any_report};
use ecg2mri_shim::wire::{
    Body, Channel, Command, DeviceKind, Event, FirmwareVersion, Frame, Header, Hello, Lead,
    LeadOff, MAX_ENCODED_LEN, MAX_SAMPLES, SampleBlock, Samples, Status, encode_frame,
};
use proptest::prelude::*;
use std::ops::Range;

/// An encoded stream and what it was made from.
#[derive(Debug, Clone)]
pub struct Stream<B = Body> {
    /// The frames; the sequence number of each is its position.
    pub frames: Vec<Frame<B>>,
    /// Their bytes on the wire.
    pub bytes: Vec<u8>,
    /// Where the bytes of each frame lie, delimiter included.
    pub places: Vec<Range<usize>>,
}

impl<B: Direction> Stream<B> {
    /// The frames with these bodies, of one session.
    fn new(session: u16, bodies: Vec<B>) -> Self {
        let frames = bodies.into_iter().zip(0..).map(|(body, sequence)| Frame {
            header: Header {
                session,
                sequence,
                timestamp_microseconds: 20_000 * u64::from(sequence),
            },
            body,
        });
        Self::of(frames.collect())
    }

    fn of(frames: Vec<Frame<B>>) -> Self {
        let mut bytes = Vec::new();
        let mut places = Vec::new();
        for frame in &frames {
            let start = bytes.len();
            bytes.extend_from_slice(&wire_bytes(frame));
            places.push(start..bytes.len());
        }
        Self {
            frames,
            bytes,
            places,
        }
    }
}

/// The frame on the wire.
pub fn wire_bytes<B: Direction>(frame: &Frame<B>) -> Vec<u8> {
    let mut buffer = [0; MAX_ENCODED_LEN];
    let used = encode_frame(frame, &mut buffer).expect("the frame is valid");
    buffer[..used].to_vec()
}

/// The bytes of a frame that lacks but its checksum, on the wire.
pub fn sealed(raw: &[u8]) -> Vec<u8> {
    let mut raw = raw.to_vec();
    let sum = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC).checksum(&raw);
    raw.extend(sum.to_le_bytes());
    let mut wire = vec![0; cobs::max_encoding_length(raw.len())];
    let used = cobs::encode(&raw, &mut wire);
    wire.truncate(used);
    wire.push(0);
    wire
}

/// Two to nineteen frames of one session: a hello first and another one somewhere, samples, and
/// frames of all other kinds between them.
pub fn any_stream() -> impl Strategy<Value = Stream> {
    let others = prop::collection::vec(any_report(), 0..2);
    let blocks = prop::collection::vec((1..=MAX_SAMPLES, any::<u64>(), others), 1..9);
    (1..=8_u8, any::<u16>(), blocks, 0..8_usize).prop_map(|(channels, session, blocks, again)| {
        let mut first_sample = 0;
        let mut bodies = vec![Body::Hello(hello(channels))];
        for (position, (count, seed, others)) in blocks.into_iter().enumerate() {
            if position == again {
                bodies.push(Body::Hello(hello(channels)));
            }
            bodies.extend(others);
            bodies.push(Body::Samples(samples(channels, first_sample, count, seed)));
            first_sample += count as u32;
        }
        Stream::new(session, bodies)
    })
}

/// Two to twelve commands of one session.
pub fn any_command_stream() -> impl Strategy<Value = Stream<Command>> {
    (any::<u16>(), prop::collection::vec(any_command(), 2..13))
        .prop_map(|(session, commands)| Stream::new(session, commands))
}

fn hello(channels: u8) -> Hello {
    Hello {
        configuration: 3,
        device: DeviceKind::Ads1298,
        firmware: FirmwareVersion {
            major: 0,
            minor: 1,
            patch: 2,
        },
        sampling_rate_millihertz: 500_000,
        reference_microvolts: 2_400_000,
        lead_off_sensed: LeadOff::NONE,
        channels: Lead::ALL
            .into_iter()
            .take(usize::from(channels))
            .map(|lead| Channel {
                gain: 6,
                lead: Some(lead),
            })
            .collect(),
    }
}

/// Codes from a seed: small ones with many zero bytes and large ones mixed.
fn samples(channels: u8, first_sample: u32, count: usize, seed: u64) -> Samples {
    let mut state = seed | 1;
    let mut block = SampleBlock::new(channels).expect("one to eight channels");
    for _ in 0..count {
        let row: Vec<i32> = (0..channels)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let size = 8 + (state >> 60) as u32;
                (state as i32) >> size
            })
            .collect();
        block.push(&row).expect("24 bits");
    }
    Samples {
        first_sample,
        configuration: 3,
        status: Status((seed >> 8) as u16),
        lead_off: LeadOff {
            positive: seed as u8,
            negative: 0,
        },
        block,
    }
}

/// Decodes `bytes` pushed in pieces of `piece` bytes.
pub fn decode_all<B: Direction>(bytes: &[u8], piece: usize) -> Vec<Event<B>> {
    let mut decoder = B::decoder();
    let mut events: Vec<Event<B>> = Vec::new();
    for chunk in bytes.chunks(piece) {
        events.extend(decoder.push(chunk));
    }
    events.extend(decoder.finish());
    events
}

/// Checks everything a decoder promises about a damaged stream, and returns the sequence numbers
/// it delivered: each frame equals the one sent under its number, none comes twice or out of
/// order, and the gaps are exact in frames and in samples.
pub fn delivered<B: Direction>(
    stream: &Stream<B>,
    events: &[Event<B>],
) -> Result<Vec<u32>, TestCaseError> {
    let mut delivered: Vec<u32> = Vec::new();
    let mut next_sequence = None;
    let mut next_sample = None;
    let mut missing_frames = 0;
    let mut missing_samples = 0;
    for event in events {
        match event {
            Event::Session { first_sequence, .. } => {
                prop_assert_eq!(next_sequence, None, "only one session was sent");
                next_sequence = Some(*first_sequence);
                next_sample = (*first_sequence == 0).then_some(0);
            }
            Event::Gap { missing_frames: n } => missing_frames = *n,
            Event::SampleGap { missing_samples: n } => missing_samples = *n,
            Event::Frame(frame) => {
                let sequence = frame.header.sequence;
                prop_assert_eq!(next_sequence.map(|n| n + missing_frames), Some(sequence));
                prop_assert_eq!(stream.frames.get(sequence as usize), Some(frame));
                if let Some(samples) = frame.body.samples() {
                    if let Some(expected) = next_sample {
                        prop_assert_eq!(expected + missing_samples, samples.first_sample);
                    }
                    next_sample = Some(samples.first_sample + samples.block.sample_count() as u32);
                }
                next_sequence = Some(sequence + 1);
                (missing_frames, missing_samples) = (0, 0);
                delivered.push(sequence);
            }
            Event::Stale { .. } | Event::Corrupt { .. } => {
                prop_assert_eq!((missing_frames, missing_samples), (0, 0));
            }
            other => prop_assert!(false, "no such frame was sent: {:?}", other),
        }
    }
    prop_assert!(delivered.is_sorted_by(|earlier, later| earlier < later));
    Ok(delivered)
}
