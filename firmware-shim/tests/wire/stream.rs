//! Streams of frames to damage, and the ledger that every decoding must satisfy.

use ecg2mri_shim::wire::{
    Body, Channel, Decoder, DeviceKind, Event, FirmwareVersion, Frame, Header, Hello, Lead,
    LeadOff, MAX_ENCODED_LEN, MAX_SAMPLES, SampleBlock, Samples, Status, encode_frame,
};
use proptest::prelude::*;
use std::ops::Range;

/// An encoded stream and what it was made from.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The frames; the sequence number of each is its position.
    pub frames: Vec<Frame>,
    /// Their bytes on the wire.
    pub bytes: Vec<u8>,
    /// Where the bytes of each frame lie, delimiter included.
    pub places: Vec<Range<usize>>,
}

impl Stream {
    fn of(frames: Vec<Frame>) -> Self {
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
pub fn wire_bytes(frame: &Frame) -> Vec<u8> {
    let mut buffer = [0; MAX_ENCODED_LEN];
    let used = encode_frame(frame, &mut buffer).expect("the frame is valid");
    buffer[..used].to_vec()
}

/// Two to ten frames of one session, a hello first and another one somewhere, the others samples.
pub fn any_stream() -> impl Strategy<Value = Stream> {
    let blocks = prop::collection::vec((1..=MAX_SAMPLES, any::<u64>()), 1..9);
    (1..=8_u8, any::<u16>(), blocks, 0..8_usize).prop_map(|(channels, session, blocks, again)| {
        let mut first_sample = 0;
        let mut bodies = vec![Body::Hello(hello(channels))];
        for (position, (count, seed)) in blocks.into_iter().enumerate() {
            if position == again {
                bodies.push(Body::Hello(hello(channels)));
            }
            bodies.push(Body::Samples(samples(channels, first_sample, count, seed)));
            first_sample += count as u32;
        }
        let frames = bodies.into_iter().zip(0..).map(|(body, sequence)| Frame {
            header: Header {
                session,
                sequence,
                timestamp_microseconds: 20_000 * u64::from(sequence),
            },
            body,
        });
        Stream::of(frames.collect())
    })
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
pub fn decode_all(bytes: &[u8], piece: usize) -> Vec<Event> {
    let mut decoder = Decoder::new();
    let mut events: Vec<Event> = Vec::new();
    for chunk in bytes.chunks(piece) {
        events.extend(decoder.push(chunk));
    }
    events.extend(decoder.finish());
    events
}

/// Checks everything a decoder promises about a damaged stream, and returns the sequence numbers
/// it delivered: each frame equals the one sent under its number, none comes twice or out of
/// order, and the gaps are exact in frames and in samples.
pub fn delivered(stream: &Stream, events: &[Event]) -> Result<Vec<u32>, TestCaseError> {
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
                if let Body::Samples(samples) = &frame.body {
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
