#!/usr/bin/env python3
"""Test vectors of the wire format, made by the independent implementation in `wire.py`.

    python3 tests/goldens/wire_vectors.py    writes tests/goldens/wire/vectors.json
"""

import json
import random
from pathlib import Path

from wire import (
    COUNTS,
    SELF_TEST,
    Decoder,
    payload_of,
    raw_of,
    stuff,
    unstuff,
    wire_of,
    with_checksum,
)


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


def other(session, sequence, **content):
    return {
        "session": session,
        "sequence": sequence,
        "timestamp_microseconds": 1000 * sequence,
    } | content


DIRECT = {
    "mode": 1,
    "current_nanoamperes": 6,
    "threshold_half_percent": 190,
    "sensed": [255, 2],
}


def report_vectors():
    """Frames of section 6."""
    counts = dict(zip(COUNTS, [2, 20, 1, 3]))
    yield "state_sampling", other(
        7,
        2,
        state={
            "activity": 1,
            "lead_off": DIRECT,
            "electrodes_off": [4, 0],
            "next_instant": 5000,
            "lost": [21, 1, 2, 3],
        }
        | counts,
    )
    for sequence, (name, value) in enumerate(
        [
            ("overrun", 21),
            ("missed_data_ready", 1),
            ("bad_sync", 2),
            ("spi_error", 2**32 - 1),
            ("link_full", 20),
            ("data_ready_stopped", 251),
            ("front_end_reset", None),
            ("lead_off_changed", [4, 128]),
            ("command_applied", 0x84),
            ("odd_edges", 64),
            ("other", [200, 7, [1, 2]]),
        ]
    ):
        event = {"instant": 1000 * sequence, "what": {name: value}}
        yield f"event_{name}", other(7, 3 + sequence, event=event)
    test = {
        "verdict": 0,
        "first_sample": 6000,
        "samples": 1281,
        "expected_period_microseconds": 512_000,
        "amplitude_tolerance_percent": 5,
        "period_tolerance_percent": 5,
    }
    sound, weak = [0, 41_941, 41_943, 512_010], [3, -12, 41_943, 0]
    channels = {"channels": [sound, weak, [128, 0, 0, 0]]}
    yield "self_test_one_channel_weak", other(7, 20, self_test=test | channels)
    yield "self_test_inconclusive", other(
        7, 21, self_test=test | {"verdict": 2, "samples": 0, "channels": []}
    )
    for sequence, outcome in enumerate([0, 2, 200]):
        answer = {
            "session": 0xBEEF,
            "sequence": sequence,
            "command": 0x84 + sequence,
            "outcome": outcome,
            "configuration": 1,
        }
        name = ["done", "impossible", "reserved"][outcome and sequence]
        yield f"acknowledgement_{name}", other(7, 30 + sequence, acknowledgement=answer)


def command_vectors():
    """Frames of section 7."""
    for sequence, (name, command) in enumerate(
        [
            ("start", {"start": {}}),
            ("stop", {"stop": {}}),
            ("identify", {"identify": {}}),
            ("self_test", {"self_test": {}}),
            ("set_rate", {"set_rate": {"millihertz": 1_000_000}}),
            ("set_gain_of_all", {"set_gain": {"channel": "all", "gain": 12}}),
            ("set_gain_of_one", {"set_gain": {"channel": 0, "gain": 0}}),
            ("set_lead_off", {"set_lead_off": DIRECT}),
        ]
    ):
        yield name, other(0xBEEF, sequence, command=command)


def command_stream_vectors():
    frames = [frame for _, frame in command_vectors()]
    wires = [wire_of(raw_of(frame)) for frame in frames]
    whole = b"".join(wires)
    yield "commands_undamaged", whole
    yield "command_lost", wires[0] + wires[2]
    yield "command_repeated", wires[0] + wires[1] + wires[1] + wires[2]
    yield "host_restarted", wires[0] + wires[1] + wire_of(raw_of(frames[0] | {"session": 1}))
    echo = wire_of(raw_of(hello(7, 0)))
    yield "echo_of_a_device", wires[0] + echo + wires[1]
    unknown = raw_of(frames[1], kind=0xEE, payload=b"added later")
    yield "unknown_command", wires[0] + wire_of(unknown) + wires[2]
    for name, frame, payload in [
        ("start_with_payload", frames[1], b"\0"),
        ("rate_too_short", frames[4], b"\x01\x02\x03"),
        ("gain_too_long", frames[5], b"\xff\x06\x06"),
        ("lead_off_too_short", frames[7], b"\x01\x06\xbe\xff"),
    ]:
        yield name, wires[0] + wire_of(raw_of(frame, payload=payload)) + wires[-1]
    for seed in range(20):
        yield f"random_damage_to_commands_{seed:02}", damaged(whole, random.Random(1000 + seed))


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
    yield "echo_of_a_command", wires[0] + wire_of(raw_of(other(5, 1, command={"stop": {}}))) + wires[1]
    reports = [frame | {"session": 5} for _, frame in report_vectors()]
    mixed = [frames[0], frames[1], *reports[:9], frames[2], *reports[9:], frames[3]]
    mixed = [frame | {"sequence": sequence} for sequence, frame in enumerate(mixed)]
    all_kinds = b"".join(wire_of(raw_of(frame)) for frame in mixed)
    yield "all_kinds", all_kinds
    for name, frame in list(report_vectors())[::6]:
        kind, payload = payload_of(frame)
        frame = frame | {"session": 5, "sequence": 1}
        extended = wire_of(raw_of(frame, payload=payload + b"\x00\xff"))
        yield f"{name}_extended_later", wires[0] + extended + wires[2]
        yield f"{name}_cut", wires[0] + wire_of(raw_of(frame, payload=payload[:-1])) + wires[2]
    nine = raw_of(reports[0], kind=SELF_TEST, payload=bytes(13) + b"\x09" + bytes(9 * 13))
    yield "self_test_of_nine", wires[0] + wire_of(nine)
    for seed in range(20):
        chance = random.Random(2000 + seed)
        yield f"random_damage_to_all_kinds_{seed:02}", damaged(all_kinds, chance)


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
    def frames(named, of_commands):
        for name, frame in named:
            raw = raw_of(frame)
            assert unstuff(stuff(raw)) == raw and 0 not in stuff(raw)
            decoded = Decoder(of_commands).decode(wire_of(raw))[-1]
            assert decoded == {"event": "frame", "frame": frame}, name
            yield {"name": name, "frame": frame, "raw": raw.hex(), "wire": wire_of(raw).hex()}

    def streams(named, of_commands):
        for name, wire in named:
            events = Decoder(of_commands).decode(wire)
            yield {"name": name, "wire": wire.hex(), "events": events}

    return {
        "frames": list(frames([*frame_vectors(), *report_vectors()], False)),
        "streams": list(streams(stream_vectors(), False)),
        "commands": list(frames(command_vectors(), True)),
        "command_streams": list(streams(command_stream_vectors(), True)),
    }


def main():
    target = Path(__file__).parent / "wire" / "vectors.json"
    target.parent.mkdir(exist_ok=True)
    lines = ",\n".join(
        f' "{part}": [\n' + ",\n".join("  " + json.dumps(entry) for entry in entries) + "\n ]"
        for part, entries in vectors().items()
    )
    target.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
