//! The test vectors that the independent Python implementation wrote (`tests/goldens/wire.py`).

use crate::stream::{decode_all, wire_bytes};
use ecg2mri_shim::wire::{Body, Damage, Event, Frame, Lead};
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

/// The frame as the Python implementation writes it down.
fn described(frame: &Frame) -> Value {
    let mut description = json!({
        "session": frame.header.session,
        "sequence": frame.header.sequence,
        "timestamp_microseconds": frame.header.timestamp_microseconds,
    });
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
        other => panic!("the vectors have no {other:?}"),
    }
    description
}

/// The event as the Python implementation writes it down.
fn named(event: &Event) -> Value {
    match event {
        Event::Session {
            session,
            first_sequence,
        } => json!({"event": "session", "session": session, "first_sequence": first_sequence}),
        Event::Gap { missing_frames } => json!({"event": "gap", "missing_frames": missing_frames}),
        Event::SampleGap { missing_samples } => {
            json!({"event": "sample_gap", "missing_samples": missing_samples})
        }
        Event::Frame(frame) => json!({"event": "frame", "frame": described(frame)}),
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

#[test]
fn frames_agree_byte_for_byte() {
    for vector in vectors("frames") {
        let wire = bytes_of(&vector);
        let events = decode_all(&wire, wire.len());
        let Some(Event::Frame(frame)) = events.last() else {
            panic!("{}: {events:?}", vector["name"]);
        };
        assert_eq!(described(frame), vector["frame"], "{}", vector["name"]);
        assert_eq!(wire_bytes(frame), wire, "{}", vector["name"]);
    }
}

#[test]
fn damaged_streams_give_the_same_events() {
    for vector in vectors("streams") {
        let wire = bytes_of(&vector);
        for piece in [1, 7, wire.len()] {
            let events: Vec<Value> = decode_all(&wire, piece).iter().map(named).collect();
            assert_eq!(json!(events), vector["events"], "{}", vector["name"]);
        }
    }
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
            let mut delivered = decode_all(&line, line.len());
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
    for vector in vectors("frames") {
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
