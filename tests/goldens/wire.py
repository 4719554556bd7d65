#!/usr/bin/env python3
"""Wire format version 1 of the ECG front end, written from its specification alone.

It shares nothing with the Rust crate but `firmware-shim/spec/wire-format.md`, so that each can
find the other's mistakes. Python's standard library is all it needs.

    python3 tests/goldens/wire.py CAPTURE    decodes the raw bytes from a device, one event per line

`wire_vectors.py` makes the test vectors with it.
"""

import json
import struct
import sys
import zlib
from pathlib import Path

VERSION = 1
HELLO, SAMPLES, STATE, EVENT, SELF_TEST, ACKNOWLEDGEMENT = 1, 2, 3, 4, 5, 6
COMMANDS = {
    0x80: "start",
    0x81: "stop",
    0x82: "identify",
    0x83: "self_test",
    0x84: "set_rate",
    0x85: "set_gain",
    0x86: "set_lead_off",
}
COUNTS = ["frames_dropped", "instants_dropped", "events_dropped", "commands_damaged"]
LOSSES = {1: "overrun", 2: "missed_data_ready", 3: "bad_sync", 4: "spi_error"}
COUNTED = {5: "link_full", 6: "data_ready_stopped", 10: "odd_edges"}
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


# Frames (sections 3 to 7)

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
    if "state" in frame:
        return STATE, pack_state(frame["state"])
    if "event" in frame:
        return EVENT, pack_event(frame["event"])
    if "self_test" in frame:
        return SELF_TEST, pack_self_test(frame["self_test"])
    if "acknowledgement" in frame:
        answer = frame["acknowledgement"]
        return ACKNOWLEDGEMENT, struct.pack(
            "<HIBBB",
            answer["session"],
            answer["sequence"],
            answer["command"],
            answer["outcome"],
            answer["configuration"],
        )
    if "command" in frame:
        return pack_command(frame["command"])
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


def pack_lead_off(settings):
    return bytes(
        [
            settings["mode"],
            settings["current_nanoamperes"],
            settings["threshold_half_percent"],
            *settings["sensed"],
        ]
    )


def pack_state(state):
    return (
        bytes([state["activity"]])
        + pack_lead_off(state["lead_off"])
        + bytes(state["electrodes_off"])
        + struct.pack(
            "<9I", state["next_instant"], *state["lost"], *(state[name] for name in COUNTS)
        )
    )


def pack_event(event):
    (name, value), count, detail = *event["what"].items(), 0, [0, 0]
    codes = {name: code for code, name in (LOSSES | COUNTED).items()}
    if name in codes:
        code, count = codes[name], value
    elif name == "front_end_reset":
        code = 7
    elif name == "lead_off_changed":
        code, detail = 8, value
    elif name == "command_applied":
        code, detail = 9, [value, 0]
    else:
        code, count, detail = value
    return struct.pack("<BIIBB", code, event["instant"], count, *detail)


def pack_self_test(test):
    return struct.pack(
        "<BIHIBBB",
        test["verdict"],
        test["first_sample"],
        test["samples"],
        test["expected_period_microseconds"],
        test["amplitude_tolerance_percent"],
        test["period_tolerance_percent"],
        len(test["channels"]),
    ) + b"".join(struct.pack("<BiiI", *channel) for channel in test["channels"])


def pack_command(command):
    ((name, fields),) = command.items()
    kind = next(kind for kind, known in COMMANDS.items() if known == name)
    if name == "set_rate":
        return kind, struct.pack("<I", fields["millihertz"])
    if name == "set_gain":
        channel = 255 if fields["channel"] == "all" else fields["channel"]
        return kind, bytes([channel, fields["gain"]])
    if name == "set_lead_off":
        return kind, pack_lead_off(fields)
    return kind, b""


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


def at_least(payload, length):
    if len(payload) < length:
        raise ValueError("payload")


def read_lead_off(payload):
    mode, current, threshold, positive, negative = payload
    return {
        "mode": mode,
        "current_nanoamperes": current,
        "threshold_half_percent": threshold,
        "sensed": [positive, negative],
    }


def read_state(payload):
    at_least(payload, 44)
    numbers = struct.unpack_from("<9I", payload, 8)
    return {
        "activity": payload[0],
        "lead_off": read_lead_off(payload[1:6]),
        "electrodes_off": list(payload[6:8]),
        "next_instant": numbers[0],
        "lost": list(numbers[1:5]),
    } | dict(zip(COUNTS, numbers[5:]))


def read_event(payload):
    at_least(payload, 11)
    code, instant, count, first, second = struct.unpack_from("<BIIBB", payload)
    counted = LOSSES | COUNTED
    if code in counted:
        what = {counted[code]: count}
    elif code == 7:
        what = {"front_end_reset": None}
    elif code == 8:
        what = {"lead_off_changed": [first, second]}
    elif code == 9:
        what = {"command_applied": first}
    else:
        what = {"other": [code, count, [first, second]]}
    return {"instant": instant, "what": what}


def read_self_test(payload):
    at_least(payload, 14)
    fields = struct.unpack_from("<BIHIBBB", payload)
    if fields[6] > MAX_CHANNELS:
        raise ValueError("payload")
    at_least(payload, 14 + 13 * fields[6])
    return {
        "verdict": fields[0],
        "first_sample": fields[1],
        "samples": fields[2],
        "expected_period_microseconds": fields[3],
        "amplitude_tolerance_percent": fields[4],
        "period_tolerance_percent": fields[5],
        "channels": [
            list(struct.unpack_from("<BiiI", payload, 14 + 13 * c)) for c in range(fields[6])
        ],
    }


def read_acknowledgement(payload):
    at_least(payload, 9)
    session, sequence, command, outcome, configuration = struct.unpack_from("<HIBBB", payload)
    return {
        "session": session,
        "sequence": sequence,
        "command": command,
        "outcome": outcome,
        "configuration": configuration,
    }


def read_command(kind, payload):
    name = COMMANDS[kind]
    length = {"set_rate": 4, "set_gain": 2, "set_lead_off": 5}.get(name, 0)
    if len(payload) != length:
        raise ValueError("payload")
    fields = {}
    if name == "set_rate":
        fields = {"millihertz": struct.unpack("<I", payload)[0]}
    elif name == "set_gain":
        fields = {"channel": "all" if payload[0] == 255 else payload[0], "gain": payload[1]}
    elif name == "set_lead_off":
        fields = read_lead_off(payload)
    return {name: fields}


READERS = {
    HELLO: ("hello", read_hello),
    SAMPLES: ("samples", read_samples),
    STATE: ("state", read_state),
    EVENT: ("event", read_event),
    SELF_TEST: ("self_test", read_self_test),
    ACKNOWLEDGEMENT: ("acknowledgement", read_acknowledgement),
}


# Streams (sections 8 and 9)

class Decoder:
    """Events of a whole stream, as a list of dictionaries: of a device's, or of a host's."""

    def __init__(self, of_commands=False):
        self.of_commands = of_commands
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
            if (kind >= 0x80) != self.of_commands:
                return [{"event": "other_direction", "kind": kind, "bytes": len(chunk)}]
            if kind in READERS:
                name, read = READERS[kind]
                event = {"event": "frame", "frame": header | {name: read(payload)}}
            elif kind in COMMANDS:
                frame = header | {"command": read_command(kind, payload)}
                event = {"event": "frame", "frame": frame}
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


def main():
    for event in Decoder().decode(Path(sys.argv[1]).read_bytes()):
        print(json.dumps(event))


if __name__ == "__main__":
    main()
