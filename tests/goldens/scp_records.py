"""Small SCP-ECG records in every compression, and what they hold.

    python tests/goldens/scp_records.py     (needs numpy)

Writes tests/goldens/scp/*.scp and expected.json. The encoder follows EN 1064 clause by clause and
shares nothing with the reader under test; the thinned and smoothed lead is worked out with
numpy.interp and a convolution instead of the reader's loops. All curves are made up.
"""

import json
import struct
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "scp"
I, II, V1, X = 1, 2, 3, 16


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def section(number, data, checksum=True):
    data += b"\0" * (len(data) % 2)
    reserved = b"SCPECG" if number == 0 else b"\0" * 6
    body = struct.pack("<HIBB", number, len(data) + 16, 20, 20) + reserved + data
    return struct.pack("<H", crc(body) if checksum else 0) + body


def record(sections, checksum=True):
    pointers, content, place = b"", b"", 6 + 16 + 10 * 12
    for number in range(12):
        if number == 0:
            length, index = 16 + 10 * 12, 7
        elif number in sections:
            length, index = len(sections[number]), place + 1
            content += sections[number]
            place += length
        else:
            length, index = 0, 0
        pointers += struct.pack("<HII", number, length, index)
    body = struct.pack("<I", place) + section(0, pointers, checksum) + content
    return struct.pack("<H", crc(body) if checksum else 0) + body


# Codes as strings of bits: the way the standard prints them.
def default_code(number):
    if number == 0:
        return "0"
    if abs(number) <= 8:
        return "1" * abs(number) + "0" + ("1" if number < 0 else "0")
    bits = 8 if -128 <= number < 128 else 16
    return ("1" * 9 + "0" if bits == 8 else "1" * 10) + format(number % (1 << bits), f"0{bits}b")


def packed(bits):
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[n : n + 8], 2) for n in range(0, len(bits), 8))


def differences(samples, order):
    samples = [int(sample) for sample in samples]
    if order == 0:
        return samples
    if order == 1:
        return samples[:1] + [b - a for a, b in zip(samples, samples[1:])]
    return samples[:2] + [c - 2 * b + a for a, b, c in zip(samples, samples[1:], samples[2:])]


# Two tables of our own. The first has 0, +1, -1, numbers of 16 bits, and a switch to the second, which
# has numbers of 6 bits around 20 and a switch back.
OWN_TABLES = [
    [("0", 0, 1, 0), ("10", 0, 1, 1), ("110", 0, 1, -1), ("1110", 16, 1, 0), ("1111", 0, 0, 2)],
    [("0", 6, 1, 20), ("1", 0, 0, 1)],
]


def own_code(numbers):
    table, bits = 0, ""
    for number in numbers:
        near = -12 <= number < 52
        if table == 0 and number not in (-1, 0, 1) and near:
            bits, table = bits + "1111", 1
        elif table == 1 and not near:
            bits, table = bits + "1", 0
        if table == 1:
            bits += "0" + format((number - 20) % 64, "06b")
        elif number in (0, 1, -1):
            bits += {0: "0", 1: "10", -1: "110"}[number]
        else:
            bits += "1110" + format(number % 65536, "016b")
    return bits


def tables_section():
    data = struct.pack("<H", len(OWN_TABLES))
    for table in OWN_TABLES:
        data += struct.pack("<H", len(table))
        for prefix, extra, mode, base in table:
            reversed_prefix = int(prefix[::-1], 2)
            data += struct.pack("<BBBhI", len(prefix), len(prefix) + extra, mode, base, reversed_prefix)
    return section(2, data)


def leads_section(leads, subtracted=False):
    data = struct.pack("<BB", len(leads), 4 | subtracted | len(leads) << 3)
    for code, start, end in leads:
        data += struct.pack("<IIB", start, end, code)
    return section(3, data)


def samples_section(number, nanovolts, interval, order, bimodal, rows, coder):
    parts = []
    for row in rows:
        part = coder(differences(row, order))
        parts.append(part + b"\0" * (len(part) % 2))
    data = struct.pack("<HHBB", nanovolts, interval, order, bimodal)
    data += b"".join(struct.pack("<H", len(part)) for part in parts) + b"".join(parts)
    return section(number, data)


def plain(numbers):
    return struct.pack(f"<{len(numbers)}h", *numbers)


def default(numbers):
    return packed("".join(default_code(number) for number in numbers))


def own(numbers):
    return packed(own_code(numbers))


def curve(length, seed):
    n = np.arange(length)
    spikes = sum(300 * np.exp(-(((n - at) / 2.5) ** 2)) for at in range(25, length, 50))
    return np.round(spikes + 40 * np.sin(n / (9 + seed)) + 5 * seed).astype(int)


def tags():
    fields = [(0, b"Nobody\0"), (2, b"S-42\0"), (4, struct.pack("<HB", 61, 1)), (8, b"\x02"), (255, b"")]
    return section(1, b"".join(struct.pack("<BH", tag, len(value)) + value for tag, value in fields))


def measurements():
    beat = struct.pack("<5H3h", 10, 90, 140, 228, 500, 40, -15, 999)
    spike = struct.pack("<Hh", 5, 100) + struct.pack("<BBHH", 0, 0, 0, 0)
    rest = struct.pack("<H3B", 3, 0, 0, 1) + struct.pack("<HHHBH", 72, 29999, 411, 1, 0)
    return section(7, struct.pack("<BBHH", 1, 1, 830, 29999) + beat + spike + rest)


def statements():
    texts = ["Sinus rhythm", "Verdacht auf Hypertrophie, gr\u00f6\u00dfer"]
    data = struct.pack("<BHBBBBBB", 0, 2020, 1, 1, 0, 0, 0, len(texts))
    for number, text in enumerate(texts):
        encoded = text.encode("latin-1") + b"\0"
        data += struct.pack("<BH", number + 1, len(encoded)) + encoded
    return section(8, data)


def compressed():
    """Reference beat subtraction and bimodal thinning to every fourth sample, at 500 Hz."""
    length, reference_length, fiducial = 200, 40, 21
    zones = [(10, 26, 45), (60, 76, 95), (110, 126, 145), (160, 176, 195)]  # start, fiducial, end
    kinds = [0, 0, 1, 0]
    protected = [(21, 32), (69, 80), (121, 133), (169, 180)]
    starts = [1, 1]
    n = np.arange(reference_length)
    beats = [np.round(a * np.exp(-(((n - 20) / 3) ** 2))).astype(int) for a in (500, -260)]
    rng = np.random.default_rng(7)
    stored, expected = [], []
    for lead, beat in enumerate(beats):
        residual = np.round(30 * np.sin(np.arange(length) / (20 + lead))).astype(int)
        residual += rng.integers(-2, 3, length)
        gaps, at = [], 0
        for start, end in protected:
            gaps.append((at, start - 1))
            at = end
        gaps.append((at, length))
        numbers, filled = [], residual.astype(float)
        for index, (begin, end) in enumerate(gaps):
            groups = (end - begin) // 4
            means = np.round(residual[begin : begin + 4 * groups].reshape(groups, 4).mean(axis=1)).astype(int)
            numbers += list(means) + list(residual[begin + 4 * groups : end])
            filled[begin : begin + 4 * groups] = np.interp(np.arange(4 * groups), 2 + 4 * np.arange(groups), means)
            if index < len(protected):
                numbers += list(residual[end : protected[index][1]])
        cuts = sorted(c for (a, _, b), kind in zip(zones, kinds) if kind == 0 for c in (a - 1, b))
        mean = np.convolve(np.pad(filled, 1), [1 / 3] * 3, "valid")
        full = filled.copy()
        for begin, end in gaps:
            inside = np.arange(max(begin - 1, 0), min(end + 1, length))
            for piece in np.split(inside, np.searchsorted(inside, cuts)):
                full[piece[1:-1]] = mean[piece[1:-1]]
        millivolts = full * 4880e-6
        for (a, f, b), kind in zip(zones, kinds):
            if kind == 0:
                at = np.arange(a, b + 1)
                millivolts[at - 1] += beat[at - f + fiducial - 1] * 2440e-6
        stored.append(numbers)
        expected.append(millivolts)
    section4 = struct.pack("<HHH", 2 * reference_length, fiducial, len(zones))
    for (a, f, b), kind in zip(zones, kinds):
        section4 += struct.pack("<HIII", kind, a, f, b)
    for start, end in protected:
        section4 += struct.pack("<II", start, end)
    sections = {
        2: section(2, struct.pack("<H", 19999)),
        3: leads_section([(I, 1, length), (II, 1, length)], subtracted=True),
        4: section(4, section4),
        5: samples_section(5, 2440, 2000, 1, 0, beats, default),
        6: samples_section(6, 4880, 8000, 2, 1, stored, default),
    }
    expectation = {
        "sampling_rate": 500,
        "leads": {"I": expected[0].tolist(), "II": expected[1].tolist()},
        "median": {"I": (beats[0] * 2440e-6).tolist(), "II": (beats[1] * 2440e-6).tolist()},
    }
    return record(sections), expectation


def main():
    FOLDER.mkdir(exist_ok=True)
    expected = {}

    def write(name, content, sampling_rate, leads, **more):
        (FOLDER / f"{name}.scp").write_bytes(content)
        expected[name] = {"sampling_rate": sampling_rate, "leads": leads, **more}

    rows = [curve(120, seed) for seed in range(3)]
    every = [(I, 1, 120), (II, 1, 120), (X, 1, 120)]
    millivolts = {"I": (rows[0] * 5e-3).tolist(), "II": (rows[1] * 5e-3).tolist()}
    rhythm = lambda order, coder: samples_section(6, 5000, 1667, order, 0, rows, coder)
    sections = {1: tags(), 3: leads_section(every), 6: rhythm(0, plain), 7: measurements(), 8: statements()}
    write("plain", record(sections), 600, millivolts)
    sections = {2: section(2, struct.pack("<H", 19999)), 3: leads_section(every), 6: rhythm(1, default)}
    write("first_differences", record(sections), 600, millivolts)
    sections = {2: tables_section(), 3: leads_section(every), 6: rhythm(2, own)}
    write("own_tables", record(sections), 600, millivolts)
    # Leads of different lengths, and no checksums at all.
    ranges = [(I, 1, 120), (V1, 11, 130)]
    part = samples_section(6, 5000, 2000, 1, 0, rows[:2], default)
    part = b"\0\0" + part[2:]
    bare = {2: section(2, struct.pack("<H", 19999), False), 3: b"\0\0" + leads_section(ranges)[2:], 6: part}
    shared = {"I": (rows[0][10:] * 5e-3).tolist(), "V1": (rows[1][:110] * 5e-3).tolist()}
    write("different_ranges", record(bare, checksum=False), 500, shared)
    content, expectation = compressed()
    write("compressed", content, **expectation)
    for entry in expected.values():
        for group in ("leads", "median"):
            for name, values in entry.get(group, {}).items():
                entry[group][name] = [round(value, 7) for value in values]
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")


main()
