//! The test vectors that the independent Python implementation wrote (`tests/goldens/wire.py`, by
//! `wire_vectors.py` beside it).

use crate::kinds::Direction;
use crate::stream::{decode_all, wire_bytes};
use ecg2mri_shim::wire::{
    Body, ChannelChoice, Command, Damage, Event, Frame, Happening, Header, Lead, LeadOff,
    LeadOffSettings, LossCause, Occurrence,
};
use serde_json::{Value, json};

const VECTORS: &str = include_str!("../../../tests/goldens/wire/vectors.json");
const SPECIFICATION: &str = include_str!("../../spec/wire-format.md");

fn vectors(part: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).expect("the vectors are JSON");
    all[part].as_array().expect("a list").clone()
}

fn bytes_of(vector: &Value) -> Vec<u8> {
    let hex = vector["wire"].as_str().expect("hexadecimal digits");
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal digits"))
        .collect()
}

fn lead_name(lead: Lead) -> &'static str {
    let names = [
        "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
    ];
    names[lead as usize]
}

/// What the Python implementation writes down of either direction.
trait Described: Direction {
    fn described(frame: &Frame<Self>) -> Value;
}

fn described_header(header: &Header) -> Value {
    json!({
        "session": header.session,
        "sequence": header.sequence,
        "timestamp_microseconds": header.timestamp_microseconds,
    })
}

fn masks(electrodes: LeadOff) -> Value {
    json!([electrodes.positive, electrodes.negative])
}

fn described_lead_off(settings: &LeadOffSettings) -> Value {
    json!({
        "mode": settings.mode.code(),
        "current_nanoamperes": settings.current_nanoamperes,
        "threshold_half_percent": settings.threshold_half_percent,
        "sensed": masks(settings.sensed),
    })
}

impl Described for Command {
    fn described(frame: &Frame<Self>) -> Value {
        let mut description = described_header(&frame.header);
        let (name, fields) = match &frame.body {
            Self::Start => ("start", json!({})),
            Self::Stop => ("stop", json!({})),
            Self::Identify => ("identify", json!({})),
            Self::SelfTest => ("self_test", json!({})),
            Self::SetRate { millihertz } => ("set_rate", json!({"millihertz": millihertz})),
            Self::SetGain { channels, gain } => {
                let channel = match channels {
                    ChannelChoice::All => json!("all"),
                    ChannelChoice::One(channel) => json!(channel),
                };
                ("set_gain", json!({"channel": channel, "gain": gain}))
            }
            Self::SetLeadOff(settings) => ("set_lead_off", described_lead_off(settings)),
        };
        description["command"] = json!({name: fields});
        description
    }
}

impl Described for Body {
    fn described(frame: &Frame) -> Value {
        described(frame)
    }
}

/// The frame as the Python implementation writes it down.
fn described(frame: &Frame) -> Value {
    let mut description = described_header(&frame.header);
    match &frame.body {
        Body::Hello(hello) => {
            let firmware = hello.firmware;
            let sensed = hello.lead_off_sensed;
            let channels = hello.channels.iter();
            description["hello"] = json!({
                "configuration": hello.configuration,
                "device": hello.device.code(),
                "firmware": [firmware.major, firmware.minor, firmware.patch],
                "sampling_rate_millihertz": hello.sampling_rate_millihertz,
                "reference_microvolts": hello.reference_microvolts,
                "lead_off_sensed": [sensed.positive, sensed.negative],
                "channels": channels
                    .map(|channel| json!([channel.gain, channel.lead.map(lead_name)]))
                    .collect::<Vec<_>>(),
            });
        }
        Body::Samples(samples) => {
            let off = samples.lead_off;
            description["samples"] = json!({
                "first_sample": samples.first_sample,
                "configuration": samples.configuration,
                "status": samples.status.0,
                "lead_off": [off.positive, off.negative],
                "rows": samples.block.rows().collect::<Vec<_>>(),
            });
        }
        Body::State(state) => {
            let counts = &state.counts;
            description["state"] = json!({
                "activity": state.activity.code(),
                "lead_off": described_lead_off(&state.lead_off),
                "electrodes_off": masks(state.electrodes_off),
                "next_instant": state.next_instant,
                "lost": counts.lost,
                "frames_dropped": counts.frames_dropped,
                "instants_dropped": counts.instants_dropped,
                "events_dropped": counts.events_dropped,
                "commands_damaged": counts.commands_damaged,
            });
        }
        Body::Occurrence(occurrence) => description["event"] = described_event(occurrence),
        Body::SelfTest(self_test) => {
            let channels = self_test.channels.iter();
            description["self_test"] = json!({
                "verdict": self_test.verdict.code(),
                "first_sample": self_test.first_sample,
                "samples": self_test.samples,
                "expected_period_microseconds": self_test.expected_period_microseconds,
                "amplitude_tolerance_percent": self_test.amplitude_tolerance_percent,
                "period_tolerance_percent": self_test.period_tolerance_percent,
                "channels": channels
                    .map(|channel| json!([
                        channel.faults.0,
                        channel.amplitude,
                        channel.expected_amplitude,
                        channel.period_microseconds,
                    ]))
                    .collect::<Vec<_>>(),
            });
        }
        Body::Acknowledgement(acknowledgement) => {
            description["acknowledgement"] = json!({
                "session": acknowledgement.session,
                "sequence": acknowledgement.sequence,
                "command": acknowledgement.command,
                "outcome": acknowledgement.outcome.code(),
                "configuration": acknowledgement.configuration,
            });
        }
        other => panic!("the vectors have no {other:?}"),
    }
    description
}

fn described_event(occurrence: &Occurrence) -> Value {
    let what = match occurrence.what {
        Happening::Lost { cause, instants } => {
            let cause = match cause {
                LossCause::Overrun => "overrun",
                LossCause::MissedDataReady => "missed_data_ready",
                LossCause::BadSync => "bad_sync",
                LossCause::SpiError => "spi_error",
            };
            json!({cause: instants})
        }
        Happening::LinkFull { instants } => json!({"link_full": instants}),
        Happening::DataReadyStopped { milliseconds } => json!({"data_ready_stopped": milliseconds}),
        Happening::FrontEndReset => json!({"front_end_reset": null}),
        Happening::LeadOffChanged(off) => json!({"lead_off_changed": masks(off)}),
        Happening::CommandApplied { command } => json!({"command_applied": command}),
        Happening::OddEdges { edges } => json!({"odd_edges": edges}),
        Happening::Other {
            code,
            count,
            detail,
        } => json!({"other": [code, count, detail]}),
    };
    json!({"instant": occurrence.instant, "what": what})
}

/// The event as the Python implementation writes it down.
fn named<B: Described>(event: &Event<B>) -> Value {
    match event {
        Event::Session {
            session,
            first_sequence,
        } => json!({"event": "session", "session": session, "first_sequence": first_sequence}),
        Event::Gap { missing_frames } => json!({"event": "gap", "missing_frames": missing_frames}),
        Event::SampleGap { missing_samples } => {
            json!({"event": "sample_gap", "missing_samples": missing_samples})
        }
        Event::Frame(frame) => json!({"event": "frame", "frame": B::described(frame)}),
        Event::OtherDirection { kind, bytes } => {
            json!({"event": "other_direction", "kind": kind, "bytes": bytes})
        }
        Event::UnknownKind {
            header,
            kind,
            payload_len,
        } => json!({
            "event": "unknown_kind",
            "kind": kind,
            "sequence": header.sequence,
            "payload_len": payload_len,
        }),
        Event::UnsupportedVersion { version, bytes } => {
            json!({"event": "unsupported_version", "version": version, "bytes": bytes})
        }
        Event::Stale { session, sequence } => {
            json!({"event": "stale", "session": session, "sequence": sequence})
        }
        Event::Corrupt { reason, bytes } => {
            let reason = match reason {
                Damage::Stuffing => "stuffing",
                Damage::TooLong { .. } => "too_long",
                Damage::TooShort { .. } => "too_short",
                Damage::Checksum { .. } => "checksum",
                Damage::Unfinished => "unfinished",
                Damage::Payload(_) => "payload",
                Damage::SamplesBehind { .. } => "samples_behind",
                other => panic!("the vectors have no {other:?}"),
            };
            json!({"event": "corrupt", "reason": reason, "bytes": bytes})
        }
        other => panic!("the vectors have no {other:?}"),
    }
}

fn frames_agree<B: Described>(part: &str) {
    for vector in vectors(part) {
        let wire = bytes_of(&vector);
        let events = decode_all::<B>(&wire, wire.len());
        let Some(Event::Frame(frame)) = events.last() else {
            panic!("{}: {events:?}", vector["name"]);
        };
        assert_eq!(B::described(frame), vector["frame"], "{}", vector["name"]);
        assert_eq!(wire_bytes(frame), wire, "{}", vector["name"]);
    }
}

fn streams_agree<B: Described>(part: &str) {
    for vector in vectors(part) {
        let wire = bytes_of(&vector);
        for piece in [1, 7, wire.len()] {
            let events = decode_all::<B>(&wire, piece);
            let events: Vec<Value> = events.iter().map(named).collect();
            assert_eq!(json!(events), vector["events"], "{}", vector["name"]);
        }
    }
}

#[test]
fn frames_agree_byte_for_byte() {
    frames_agree::<Body>("frames");
    frames_agree::<Command>("commands");
}

#[test]
fn damaged_streams_give_the_same_events() {
    streams_agree::<Body>("streams");
    streams_agree::<Command>("command_streams");
}

/// Every error of one bit, exhaustively: nothing is delivered that was not sent, and at most the
/// two frames beside the bit are lost.
#[test]
fn no_single_bit_makes_a_wrong_frame() {
    let wire = bytes_of(&vectors("streams")[0]);
    let sent: Vec<Event> = decode_all(&wire, wire.len())
        .into_iter()
        .filter(|event| matches!(event, Event::Frame(_)))
        .collect();
    for at in 0..wire.len() {
        for bit in 0..8 {
            let mut line = wire.clone();
            line[at] ^= 1 << bit;
            let mut delivered: Vec<Event> = decode_all(&line, line.len());
            delivered.retain(|event| matches!(event, Event::Frame(_)));
            assert!(
                delivered.iter().all(|event| sent.contains(event)),
                "byte {at}, bit {bit}"
            );
            assert!(delivered.len() + 2 >= sent.len(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn the_specification_quotes_the_vectors() {
    for vector in [vectors("frames"), vectors("commands")].concat() {
        for part in ["raw", "wire"] {
            let hex = vector[part].as_str().expect("hexadecimal digits");
            if hex.len() > 200 {
                continue;
            }
            assert!(
                SPECIFICATION.contains(hex),
                "the specification lacks the {part} bytes of {}: {hex}",
                vector["name"]
            );
        }
    }
}
