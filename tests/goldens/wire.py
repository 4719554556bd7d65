#!/usr/bin/env python3
"""Wire format version 1 of the ECG front end, written from its specification alone.

It shares nothing with the Rust crate but `firmware-shim/spec/wire-format.md`, so that each can
find the other's mistakes. Python's standard library is all it needs.

    python3 tests/goldens/wire.py            writes tests/goldens/wire/vectors.json
    python3 tests/goldens/wire.py CAPTURE    decodes the raw bytes of a link, one event per line
"""

import json
import random
import struct
import sys
import zlib
from pathlib import Path

VERSION, HELLO, SAMPLES = 1, 1, 2
MAX_RAW, MAX_CHANNELS, MAX_SAMPLES = 512, 8, 20
LEADS = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]


# Byte stuffing (section 2)

def stuff(raw):
    """COBS without delimiter; a full block of 254 bytes at the very end is followed by nothing."""
    blocks, block, ended_full = bytearray(), bytearray(), False
    for byte in raw:
        ended_full = False
        if byte == 0:
            blocks += bytes([len(block) + 1]) + block
            block.clear()
        else:
            block.append(byte)
            if len(block) == 254:
                blocks += b"\xff" + block
                block.clear()
                ended_full = True
    if not ended_full:
        blocks += bytes([len(block) + 1]) + block
    return bytes(blocks)


def unstuff(stuffed):
    """The bytes before stuffing; raises ValueError with the reason of the damage."""
    raw, position = bytearray(), 0
    while position < len(stuffed):
        code = stuffed[position]
        block = stuffed[position + 1 : position + code]
        raw += block
        if len(raw) > MAX_RAW:
            raise ValueError("too_long")
        if len(block) < code - 1:
            raise ValueError("stuffing")
        position += code
        if code < 255 and position < len(stuffed):
            raw.append(0)
    if len(raw) > MAX_RAW:
        raise ValueError("too_long")
    return bytes(raw)


# Frames (sections 3 to 5)

def pack_code(code):
    return struct.pack("<i", code)[:3]


def unpack_code(packed):
    return int.from_bytes(packed, "little", signed=True)


def payload_of(frame):
    if "hello" in frame:
        hello = frame["hello"]
        payload = struct.pack(
            "<BB3BIIBBB",
            hello["configuration"],
            hello["device"],
            *hello["firmware"],
            hello["sampling_rate_millihertz"],
            hello["reference_microvolts"],
            *hello["lead_off_sensed"],
            len(hello["channels"]),
        )
        for gain, lead in hello["channels"]:
            payload += bytes([gain, LEADS.index(lead) + 1 if lead else 0])
        return HELLO, payload
    samples = frame["samples"]
    rows = samples["rows"]
    payload = struct.pack(
        "<IBHBBBB",
        samples["first_sample"],
        samples["configuration"],
        samples["status"],
        *samples["lead_off"],
        len(rows[0]),
        len(rows),
    )
    return SAMPLES, payload + b"".join(pack_code(code) for row in rows for code in row)


def with_checksum(body):
    return body + struct.pack("<I", zlib.crc32(body))


def raw_of(frame, version=VERSION, kind=None, payload=None):
    """The frame before stuffing. `version`, `kind` and `payload` override what the frame gives."""
    frame_kind, frame_payload = payload_of(frame)
    header = struct.pack(
        "<BBHIQ",
        version,
        frame_kind if kind is None else kind,
        frame["session"],
        frame["sequence"],
        frame["timestamp_microseconds"],
    )
    return with_checksum(header + (frame_payload if payload is None else payload))


def wire_of(raw):
    return stuff(raw) + b"\0"


def read_hello(payload):
    if len(payload) < 16:
        raise ValueError("payload")
    fields = struct.unpack_from("<BB3BIIBBB", payload)
    count = fields[9]
    if not 1 <= count <= MAX_CHANNELS or len(payload) < 16 + 2 * count:
        raise ValueError("payload")
    if fields[5] == 0 or fields[6] == 0:
        raise ValueError("payload")
    pairs = [payload[16 + 2 * i : 18 + 2 * i] for i in range(count)]
    return {
        "configuration": fields[0],
        "device": fields[1],
        "firmware": list(fields[2:5]),
        "sampling_rate_millihertz": fields[5],
        "reference_microvolts": fields[6],
        "lead_off_sensed": list(fields[7:9]),
        "channels": [[g, LEADS[c - 1] if 1 <= c <= 12 else None] for g, c in pairs],
    }


def read_samples(payload):
    if len(payload) < 11:
        raise ValueError("payload")
    first, configuration, status, positive, negative, channels, count = struct.unpack_from(
        "<IBHBBBB", payload
    )
    if not (1 <= channels <= MAX_CHANNELS and 1 <= count <= MAX_SAMPLES):
        raise ValueError("payload")
    if len(payload) != 11 + 3 * channels * count:
        raise ValueError("payload")
    codes = [unpack_code(payload[i : i + 3]) for i in range(11, len(payload), 3)]
    return {
        "first_sample": first,
        "configuration": configuration,
        "status": status,
        "lead_off": [positive, negative],
        "rows": [codes[i : i + channels] for i in range(0, len(codes), channels)],
    }


# Streams (sections 6 and 7)

class Decoder:
    """Events of a whole stream, as a list of dictionaries."""

    def __init__(self):
        self.session = self.earlier = self.next_sequence = self.next_sample = None

    def decode(self, stream):
        *chunks, rest = bytes(stream).split(b"\0")
        events = [event for chunk in chunks if chunk for event in self.chunk(chunk)]
        if rest:
            events.append(corrupt("unfinished", rest))
        return events

    def chunk(self, chunk):
        try:
            raw = unstuff(chunk)
            if len(raw) < 4:
                raise ValueError("too_short")
            body = raw[:-4]
            if struct.unpack("<I", raw[-4:])[0] != zlib.crc32(body):
                raise ValueError("checksum")
            if not body:
                raise ValueError("too_short")
            if body[0] != VERSION:
                return [{"event": "unsupported_version", "version": body[0], "bytes": len(chunk)}]
            if len(body) < 16:
                raise ValueError("too_short")
            _, kind, session, sequence, timestamp = struct.unpack_from("<BBHIQ", body)
            payload = body[16:]
            header = {
                "session": session,
                "sequence": sequence,
                "timestamp_microseconds": timestamp,
            }
            if kind == HELLO:
                event = {"event": "frame", "frame": header | {"hello": read_hello(payload)}}
            elif kind == SAMPLES:
                event = {"event": "frame", "frame": header | {"samples": read_samples(payload)}}
            else:
                event = {
                    "event": "unknown_kind",
                    "kind": kind,
                    "sequence": sequence,
                    "payload_len": len(payload),
                }
            return self.in_order(header, event)
        except ValueError as damage:
            return [corrupt(str(damage), chunk)]

    def in_order(self, header, event):
        session, sequence = header["session"], header["sequence"]
        stale = [{"event": "stale", "session": session, "sequence": sequence}]
        events, next_sample = [], self.next_sample
        if session != self.session:
            if session == self.earlier:
                return stale
            joined_midway = self.session is None and sequence != 0
            next_sample = None if joined_midway else 0
            events.append({"event": "session", "session": session, "first_sequence": sequence})
        elif missing := (sequence - self.next_sequence) % 2**32:
            if missing >= 2**31:
                return stale
            events.append({"event": "gap", "missing_frames": missing})
        samples = event.get("frame", {}).get("samples")
        if samples:
            first = samples["first_sample"]
            if next_sample is not None and (missing := (first - next_sample) % 2**32):
                if missing >= 2**31:
                    raise ValueError("samples_behind")
                events.append({"event": "sample_gap", "missing_samples": missing})
            next_sample = (first + len(samples["rows"])) % 2**32
        if session != self.session:
            self.earlier, self.session = self.session, session
        self.next_sequence, self.next_sample = (sequence + 1) % 2**32, next_sample
        return events + [event]


def corrupt(reason, chunk):
    return {"event": "corrupt", "reason": reason, "bytes": len(chunk)}


# Test vectors (appendix)

EIGHT = [[6, lead] for lead in ["V6", "I", "II", "V2", "V3", "V4", "V5", "V1"]]


def hello(session, sequence, configuration=0, device=4, channels=EIGHT, rate=500_000, sensed=255):
    return {
        "session": session,
        "sequence": sequence,
        "timestamp_microseconds": 1000 * sequence,
        "hello": {
            "configuration": configuration,
            "device": device,
            "firmware": [1, 2, 3],
            "sampling_rate_millihertz": rate,
            "reference_microvolts": 2_400_000,
            "lead_off_sensed": [sensed, sensed],
            "channels": channels,
        },
    }


def samples(session, sequence, first_sample, rows, status=0, lead_off=(0, 0), **header):
    return {
        "session": session,
        "sequence": sequence,
        "timestamp_microseconds": 2000 * first_sample,
        "samples": {
            "first_sample": first_sample,
            "configuration": header.pop("configuration", 0),
            "status": status,
            "lead_off": list(lead_off),
            "rows": rows,
        },
    } | header


def ramp(channels, count, first=0):
    return [
        [((first + i) * 997 + 65_537 * c) % 40_000 - 20_000 for c in range(channels)]
        for i in range(count)
    ]


def frame_vectors():
    low, high = -(2**23), 2**23 - 1
    yield "hello_two_channels", hello(7, 0, device=1, channels=[[6, "I"], [6, "II"]], sensed=3)
    yield "samples_two_channels", samples(
        7, 1, 0, [[21_000, -21_000], [21_001, -20_999]], timestamp_microseconds=2000
    )
    yield "hello_eight_channels", hello(0x1234, 0)
    off = [[0, None], [12, "V1"], [1, "aVF"]]
    yield "hello_channel_off", hello(0x1234, 9, configuration=255, device=200, channels=off)
    yield "samples_ten_of_eight", samples(0x1234, 1, 0, ramp(8, 10), lead_off=(0x80, 0x01))
    yield "samples_longest", samples(
        0xFFFF,
        2**32 - 1,
        2**32 - 20,
        [[-1 - i - 20 * c for c in range(8)] for i in range(20)],
        status=0xF03F,
        lead_off=(255, 255),
        configuration=255,
        timestamp_microseconds=2**64 - 1,
    )
    yield "samples_extreme_codes", samples(1, 2, 3, [[low, high, 0, -1, 1]])
    # After the zero in first_sample come exactly 254 bytes without one, checksum included.
    last_block_full = samples(
        0x0101,
        0x01010101,
        0x01010100,
        [[0x010101 * (1 + i + c) for c in range(8)] for i in range(10)],
        status=0x1001,
        lead_off=(1, 1),
        configuration=1,
        timestamp_microseconds=0x0101010101010101,
    )
    assert stuff(raw_of(last_block_full))[17] == 255 and 0 not in raw_of(last_block_full)[17:]
    yield "samples_last_block_full", last_block_full


def short_stream(count, session=5):
    """A hello and then frames of three samples of two channels."""
    yield hello(session, 0, channels=[[6, "I"], [6, "II"]])
    for i in range(count - 1):
        yield samples(session, 1 + i, 3 * i, ramp(2, 3, 3 * i))


def stream_vectors():
    frames = list(short_stream(6))
    wires = [wire_of(raw_of(frame)) for frame in frames]
    whole = b"".join(wires)
    yield "undamaged", whole
    yield "joined_midway", whole[len(wires[0]) + 9 :]
    yield "two_frames_lost", wires[0] + wires[1] + wires[4]
    yield "delimiter_lost", wires[0] + wires[1][:-1] + wires[2] + wires[3]
    yield "frame_repeated", wires[0] + wires[1] + wires[1] + wires[2]
    yield "delimiters_between", b"\0\0" + wires[0] + b"\0" + wires[1]
    yield "cut_short", wires[0] + wires[1][:20]
    yield "noise_without_delimiter", wires[0] + b"\xaa" * 2000 + b"\0" + wires[1]
    yield "too_few_bytes", b"\x02\x41\0" + b"\x05\x00" + wires[0]
    yield "empty_with_right_checksum", wire_of(with_checksum(b"")) + wires[0]
    restarted = [wire_of(raw_of(frame)) for frame in short_stream(3, session=6)]
    yield "device_restarted", b"".join(wires[:3] + restarted[:1] + wires[1:2] + restarted[2:])
    extended = raw_of(frames[0], payload=payload_of(frames[0])[1] + b"\x01\x02\x03")
    yield "hello_extended_later", wire_of(extended) + wires[1]
    unknown = raw_of(frames[1], kind=0x7F, payload=b"added later")
    yield "unknown_kind", wires[0] + wire_of(unknown) + wires[2]
    yield "unsupported_version", wires[0] + wire_of(raw_of(frames[1], version=2)) + wires[1]
    kind, payload = payload_of(frames[1])
    for name, wrong in [
        ("one_sample_too_many", payload[:10] + b"\x04" + payload[11:]),
        ("no_samples", payload[:10] + b"\x00"),
        ("nine_channels", payload[:9] + b"\x09\x01" + bytes(27)),
        ("twenty_one_samples", payload[:9] + b"\x01\x15" + bytes(63)),
        ("no_payload", b""),
    ]:
        yield name, wires[0] + wire_of(raw_of(frames[1], payload=wrong)) + wires[2]
    kind, payload = payload_of(frames[0])
    for name, wrong in [
        ("hello_without_rate", payload[:5] + bytes(4) + payload[9:]),
        ("hello_without_reference", payload[:9] + bytes(4) + payload[13:]),
        ("hello_without_channels", payload[:15] + b"\x00"),
        ("hello_cut_in_channels", payload[:-1]),
    ]:
        yield name, wire_of(raw_of(frames[0], payload=wrong)) + wires[1]
    overlapping = samples(5, 2, 2, ramp(2, 3))
    yield "samples_behind", wires[0] + wires[1] + wire_of(raw_of(overlapping)) + wires[3]
    full = dict(frame_vectors())["samples_last_block_full"]
    yield "last_block_full_and_closed", stuff(raw_of(full)) + b"\x01\0"
    longest = raw_of(frames[0], kind=0x40, payload=b"\x55" * 492)
    yield "longest_unknown_kind", wire_of(longest) + wires[1]
    yield "one_byte_too_long", wire_of(raw_of(frames[0], kind=0x40, payload=b"\x55" * 493))
    for seed in range(40):
        yield f"random_damage_{seed:02}", damaged(whole, random.Random(seed))


def damaged(stream, chance):
    """One to three injuries at random places."""
    stream = bytearray(stream)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(stream))
        length = chance.randint(1, 90)
        injury = chance.randrange(5)
        if injury == 0:
            stream[at] ^= 1 << chance.randrange(8)
        elif injury == 1:
            del stream[at : at + length]
        elif injury == 2:
            stream[at:at] = bytes(chance.randrange(256) for _ in range(length))
        elif injury == 3:
            stream[at:at] = stream[max(0, at - length) : at]
        else:
            stream[at : at + length] = bytes(min(length, len(stream) - at))
    return bytes(stream)


def vectors():
    frames = []
    for name, frame in frame_vectors():
        raw = raw_of(frame)
        assert unstuff(stuff(raw)) == raw and 0 not in stuff(raw)
        assert Decoder().decode(wire_of(raw))[-1] == {"event": "frame", "frame": frame}, name
        frames.append({"name": name, "frame": frame, "raw": raw.hex(), "wire": wire_of(raw).hex()})
    streams = [
        {"name": name, "wire": wire.hex(), "events": Decoder().decode(wire)}
        for name, wire in stream_vectors()
    ]
    return {"frames": frames, "streams": streams}


def main():
    if len(sys.argv) > 1:
        for event in Decoder().decode(Path(sys.argv[1]).read_bytes()):
            print(json.dumps(event))
        return
    target = Path(__file__).parent / "wire" / "vectors.json"
    target.parent.mkdir(exist_ok=True)
    lines = ",\n".join(
        f' "{part}": [\n' + ",\n".join("  " + json.dumps(entry) for entry in entries) + "\n ]"
        for part, entries in vectors().items()
    )
    target.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
