//! Single frames: every valid one survives the round trip, and nothing else passes for one.

use crate::kinds::{Direction, any_body, any_command, any_samples};
use crate::stream::{decode_all, sealed, wire_bytes};
use ecg2mri_shim::wire::{
    Body, Channel, Command, Damage, Decoder, DeviceKind, EncodeError, Event, FirmwareVersion,
    Frame, Header, Hello, HelloError, LeadOff, MAX_ENCODED_LEN, SampleBlock, Samples, SamplesError,
    Status, encode_frame,
};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 3_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn any_frame<B: Direction>(body: impl Strategy<Value = B>) -> impl Strategy<Value = Frame<B>> {
    // Not sequence number 0, so that the first samples may begin anywhere.
    (any::<u16>(), 1_u32.., any::<u64>(), body).prop_map(
        |(session, sequence, timestamp_microseconds, body)| Frame {
            header: Header {
                session,
                sequence,
                timestamp_microseconds,
            },
            body,
        },
    )
}

/// A frame around `payload` with its checksum right. Its sequence number is not 0, so that its
/// samples may begin anywhere.
fn with_header(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut raw = vec![1, kind, 0, 0, 1, 0, 0, 0];
    raw.extend([0; 8]);
    raw.extend_from_slice(payload);
    sealed(&raw)
}

fn survives<B: Direction>(frame: Frame<B>, piece: usize) -> Result<(), TestCaseError> {
    let wire = wire_bytes(&frame);
    prop_assert!(wire.len() <= MAX_ENCODED_LEN);
    prop_assert_eq!(
        wire.iter().position(|&byte| byte == 0),
        Some(wire.len() - 1)
    );
    let session = Event::Session {
        session: frame.header.session,
        first_sequence: frame.header.sequence,
    };
    let expected = [session, Event::Frame(frame)];
    prop_assert_eq!(decode_all(&wire, piece), expected);
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_frame_survives(frame in any_frame(any_body()), piece in 1..600_usize) {
        survives(frame, piece)?;
    }

    #[test]
    fn every_command_survives(frame in any_frame(any_command()), piece in 1..60_usize) {
        survives(frame, piece)?;
    }

    /// An echo changes nothing of what a decoder knows.
    #[test]
    fn frames_of_the_other_direction_are_no_frames(
        frame in any_frame(any_body()),
        command in any_frame(any_command()),
    ) {
        let (kind, wire) = (command.body.code(), wire_bytes(&command));
        let bytes = wire.len() - 1;
        let line = [wire_bytes(&frame), wire].concat();
        let heard: Vec<Event> = decode_all(&line, line.len());
        prop_assert_eq!(heard.last(), Some(&Event::OtherDirection { kind, bytes }));
        prop_assert_eq!(heard.len(), 3);
        let heard: Vec<Event<Command>> = decode_all(&line, line.len());
        let echo = matches!(heard[0], Event::OtherDirection { .. });
        prop_assert!(echo);
        prop_assert_eq!(heard.last(), Some(&Event::Frame(command)));
    }

    #[test]
    fn a_buffer_is_enough_or_refused(frame in any_frame(any_body()), capacity in 0..MAX_ENCODED_LEN) {
        let wire = wire_bytes(&frame);
        let mut buffer = vec![0xEE; capacity];
        let outcome = encode_frame(&frame, &mut buffer);
        if capacity < wire.len() {
            prop_assert_eq!(outcome, Err(EncodeError::BufferTooSmall { available: capacity }));
        } else {
            prop_assert_eq!(outcome, Ok(wire.len()));
            prop_assert_eq!(&buffer[..wire.len()], &wire[..]);
        }
    }

    /// A sender with its lengths or counts wrong, checksum right: what is accepted as samples says
    /// exactly what was sent, and nothing else is accepted.
    #[test]
    fn wrong_lengths_are_refused(
        samples in any_samples(),
        (channels, count) in any::<(Option<u8>, Option<u8>)>(),
        cut in 0..8_usize,
        more in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let header = Header { session: 0, sequence: 1, timestamp_microseconds: 0 };
        let wire = wire_bytes(&Frame { header, body: Body::Samples(samples) });
        let mut raw = vec![0; wire.len()];
        let used = cobs::decode(&wire, &mut raw).expect("a frame").frame_size();
        let mut payload = raw[16..used - 4].to_vec();
        payload[9] = channels.map_or(payload[9], |channels| channels % 12);
        payload[10] = count.map_or(payload[10], |count| count % 24);
        payload.truncate(payload.len() - cut);
        payload.extend(more);
        let wrong = with_header(2, &payload);
        let counted = match (payload.get(9), payload.get(10)) {
            (Some(&channels @ 1..=8), Some(&count @ 1..=20)) =>
                payload.len() == 11 + 3 * usize::from(channels) * usize::from(count),
            _ => false,
        };
        match decode_all::<Body>(&wrong, wrong.len()).pop() {
            Some(Event::Frame(frame)) => {
                prop_assert!(counted);
                prop_assert_eq!(wire_bytes(&frame), wrong);
            }
            Some(Event::Corrupt { reason: Damage::Payload(_) | Damage::TooLong { .. }, .. }) => {
                prop_assert!(!counted);
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }

    #[test]
    fn noise_is_no_frame(
        noise in prop::collection::vec(prop_oneof![Just(0), any::<u8>()], 0..1500),
        piece in 1..600_usize,
    ) {
        for event in decode_all::<Body>(&noise, piece) {
            prop_assert!(matches!(event, Event::Corrupt { .. }), "{:?}", event);
        }
    }

    #[test]
    fn any_payload_of_any_kind_is_read_or_refused(
        kind in prop_oneof![0..9_u8, any::<u8>()],
        payload in prop::collection::vec(any::<u8>(), 0..492),
    ) {
        let wire = with_header(kind, &payload);
        let unknown = !(1..=6).contains(&kind);
        match decode_all::<Body>(&wire, wire.len()).pop() {
            Some(Event::UnknownKind { kind: found, payload_len, .. }) => {
                prop_assert!(unknown && kind < 0x80);
                prop_assert!(found == kind && payload_len == payload.len());
            }
            Some(Event::OtherDirection { kind: found, .. }) => {
                prop_assert!(found == kind && kind >= 0x80);
            }
            Some(Event::Corrupt { reason: Damage::Payload(_), .. }) => prop_assert!(!unknown),
            Some(Event::Frame(_)) => prop_assert!(!unknown),
            other => prop_assert!(false, "{:?}", other),
        }
    }
}

#[test]
fn what_cannot_be_described_is_not_sent() {
    let header = Header {
        session: 1,
        sequence: 0,
        timestamp_microseconds: 0,
    };
    let mut buffer = [0; MAX_ENCODED_LEN];
    let block = SampleBlock::new(8).expect("eight channels");
    let samples = Samples {
        first_sample: 0,
        configuration: 0,
        status: Status::NONE,
        lead_off: LeadOff::NONE,
        block,
    };
    let body = Body::Samples(samples);
    assert_eq!(
        encode_frame(&Frame { header, body }, &mut buffer),
        Err(SamplesError::SampleCount { samples: 0 }.into())
    );
    let hello = Hello {
        configuration: 0,
        device: DeviceKind::Simulator,
        firmware: FirmwareVersion {
            major: 0,
            minor: 0,
            patch: 0,
        },
        sampling_rate_millihertz: 500_000,
        reference_microvolts: 2_400_000,
        lead_off_sensed: LeadOff::NONE,
        channels: Default::default(),
    };
    let mut refused = |hello: &Hello| {
        let body = Body::Hello(hello.clone());
        encode_frame(&Frame { header, body }, &mut buffer)
    };
    assert_eq!(
        refused(&hello),
        Err(HelloError::ChannelCount { channels: 0 }.into())
    );
    let channels = [Channel {
        gain: 6,
        lead: None,
    }]
    .into_iter()
    .collect();
    let described = Hello { channels, ..hello };
    assert_eq!(
        refused(&Hello {
            sampling_rate_millihertz: 0,
            ..described.clone()
        }),
        Err(HelloError::NoSamplingRate.into())
    );
    assert_eq!(
        refused(&Hello {
            reference_microvolts: 0,
            ..described
        }),
        Err(HelloError::NoReference.into())
    );
}

/// Events not taken stay with the decoder; bytes not reached are reported as damage.
#[test]
fn an_iterator_left_early_loses_no_event() {
    let frame = |sequence| Frame {
        header: Header {
            session: 1,
            sequence,
            timestamp_microseconds: 0,
        },
        body: Body::Hello(Hello {
            configuration: 0,
            device: DeviceKind::Simulator,
            firmware: FirmwareVersion {
                major: 0,
                minor: 0,
                patch: 0,
            },
            sampling_rate_millihertz: 1,
            reference_microvolts: 1,
            lead_off_sensed: LeadOff::NONE,
            channels: [Channel {
                gain: 1,
                lead: None,
            }]
            .into_iter()
            .collect(),
        }),
    };
    let mut decoder = Decoder::new();
    let first = decoder.push(&wire_bytes(&frame(0))).next();
    assert!(matches!(first, Some(Event::Session { .. })));
    let rest: Vec<Event> = decoder.push(&wire_bytes(&frame(2))).collect();
    assert_eq!(
        rest,
        [
            Event::Frame(frame(0)),
            Event::Gap { missing_frames: 1 },
            Event::Frame(frame(2)),
        ]
    );
    decoder.forget();
    let again: Vec<Event> = decoder.push(&wire_bytes(&frame(1))).collect();
    assert_eq!(again.last(), Some(&Event::Frame(frame(1))));
}
