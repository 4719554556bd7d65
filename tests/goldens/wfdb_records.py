"""Small WFDB records written by wfdb-python, and what wfdb-python reads from them.

Run with `python3 tests/goldens/wfdb_records.py`; needs numpy and wfdb (written with wfdb 4.3.1).
The signals are made here; no recorded ECG is involved.
"""

import json
from pathlib import Path

import numpy as np

# A folder beside the script shares its name with the package, which must win.
import sys

sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]
import wfdb

FOLDER = Path(__file__).resolve().parent / "wfdb"
STANDARD = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]
RANDOM = np.random.default_rng(7)


def digital(signals, samples, largest):
    """Smooth random curves as whole numbers within ±largest."""
    walk = RANDOM.normal(size=(samples, signals)).cumsum(axis=0)
    return np.round(walk / np.abs(walk).max() * largest).astype(int)


def write(name, names, formats, files, gains, baselines, units, rate, values, comments=()):
    record = wfdb.Record(
        record_name=name,
        n_sig=len(names),
        fs=rate,
        sig_len=len(values),
        file_name=files,
        fmt=formats,
        adc_gain=gains,
        baseline=baselines,
        units=units,
        sig_name=names,
        d_signal=values,
        comments=list(comments),
        adc_res=[12 if form == "212" else 16 for form in formats],
        adc_zero=[0] * len(names),
        init_value=[int(v) for v in values[0]],
        checksum=[int(v) % 65536 for v in values.sum(axis=0)],
        block_size=[0] * len(names),
        samps_per_frame=[1] * len(names),
        skew=[None] * len(names),
        byte_offset=[None] * len(names),
    )
    record.wrheader(write_dir=str(FOLDER))
    record.wr_dats(expanded=False, write_dir=str(FOLDER))
    read = wfdb.rdrecord(str(FOLDER / name), physical=True)
    to_millivolts = {"mV": 1.0, "uV": 1e-3, "V": 1e3}
    return {
        "sampling_rate": read.fs,
        "signals": {
            name: [round(float(v) * to_millivolts[unit], 7) for v in read.p_signal[:, n]]
            for n, (name, unit) in enumerate(zip(read.sig_name, read.units))
        },
    }


def packed(samples, form):
    """The bytes of one signal in a format that wfdb-python reads but does not write, after signal(5)."""
    if form == "8":
        differences = np.diff(samples, prepend=samples[0])
        assert np.abs(differences).max() <= 127
        return differences.astype("i1").tobytes()
    if form == "61":
        return samples.astype(">i2").tobytes()
    if form == "160":
        return (samples + 32768).astype("<u2").tobytes()
    threes = np.append(samples, [0] * (-len(samples) % 3)).reshape(-1, 3).astype("u4") & 0x3FF
    first, second, third = threes.T
    if form == "310":
        low = first << 1 | (third & 0x1F) << 11
        high = second << 1 | (third >> 5) << 11
        return np.stack([low, high], axis=1).astype("<u2").tobytes()
    assert form == "311"
    return (first | second << 10 | third << 20).astype("<u4").tobytes()


def read_back(name, rate_factor=1):
    """What wfdb-python reads, at the rate of the samples."""
    read = wfdb.rdrecord(str(FOLDER / name), physical=True, smooth_frames=False)
    signals = read.e_p_signal if rate_factor > 1 or read.p_signal is None else list(read.p_signal.T)
    return {
        "sampling_rate": read.fs * rate_factor,
        "signals": {
            name: [round(float(v), 7) for v in signal] for name, signal in zip(read.sig_name, signals)
        },
    }


def write_every_format():
    """Ten signals in ten formats and files, under a header with CR LF and a counter frequency."""
    formats = ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311"]
    largest = [900, 32767, 8388607, 2147483647, 32767, 127, 32767, 2047, 511, 511]
    lines = ["formats 10 250/360.5(17) 101 10:00:00 01/02/2003"]
    for form, most, lead in zip(formats, largest, STANDARD):
        samples = digital(1, 101, most)[:, 0]
        if form == "8":
            samples = samples[0] + np.append([0], np.clip(np.diff(samples), -127, 127).cumsum())
        file = f"formats.{form}"
        if form in ["8", "61", "160", "310", "311"]:
            (FOLDER / file).write_bytes(packed(samples, form))
        else:
            wfdb.io._signal.wr_dat_file(file, form, samples.reshape(-1, 1).copy(), 0, write_dir=str(FOLDER))
        gain = most / 2.0
        total = int(samples.sum()) % 65536
        lines.append(f"{file} {form} {gain}/mV 16 0 {samples[0]} {total} 0 {lead}")
    (FOLDER / "formats.hea").write_bytes("\r\n".join(lines + [""]).encode())
    return read_back("formats")


def write_flac(name, files, frames, per_frame):
    """Signals in FLAC files: `files` is (format, leads, kind) each."""
    lines = [f"{name} {sum(len(leads) for _, leads, _ in files)} 250 {frames}"]
    for number, (form, leads, kind) in enumerate(files):
        most = 2 ** (int(form) - 501) - 1
        count = frames * per_frame
        if kind == "noise":
            values = RANDOM.integers(-most, most + 1, size=(count, len(leads)))
        elif kind == "constant":
            values = np.full((count, len(leads)), 17)
        elif kind == "alike":
            values = digital(1, count, most // 2) + RANDOM.integers(-3, 4, size=(count, len(leads)))
        else:
            values = digital(len(leads), count, most)
        file = f"{name}_{number}.flac"
        frame_row = [per_frame] * len(leads)
        # In the order of a frame: signal by signal, each with its samples.
        rows = values.reshape(frames, per_frame, len(leads)).transpose(0, 2, 1).reshape(frames, -1)
        expanded = list(values.T)
        wfdb.io._signal.wr_dat_file(file, form, rows, 0, True, expanded, frame_row, str(FOLDER))
        for lead, row in zip(leads, values.T):
            total = int(row.sum()) % 65536
            frames_field = "" if per_frame == 1 else f"x{per_frame}"
            lines.append(f"{file} {form}{frames_field} {most / 2}/mV 16 0 {row[0]} {total} 0 {lead}")
    (FOLDER / f"{name}.hea").write_text("\n".join(lines) + "\n")
    return read_back(name, per_frame)


def write_frames():
    """Two signals in format 212 at 3 and 1 samples per frame, behind 5 bytes."""
    rows = digital(4, 31, 2000)
    three, one = rows[:, :3].reshape(-1), rows[:, 3]
    wfdb.io._signal.wr_dat_file(
        "frames.dat", "212", None, 5, True, [three, one], [3, 1], str(FOLDER)
    )
    lines = ["frames 2 100 31"]
    for lead, per_frame, samples in [("V2", 3, three), ("resp", 1, one)]:
        total = int(samples.sum()) % 65536
        lines.append(f"frames.dat 212x{per_frame}+5 1000/mV 12 0 {samples[0]} {total} 0 {lead}")
    (FOLDER / "frames.hea").write_text("\n".join(lines) + "\n")
    expected = read_back("frames", 3)
    return expected


def write_segments(name, layout):
    """Three segments of differing lengths, gains and orders of signals, joined by wfdb-python."""
    lengths = [40, 25, 60]
    names = [f"{name}_{number}" for number in range(3)]
    for number, (length, segment) in enumerate(zip(lengths, names)):
        leads = ["II", "V5"] if number != 1 or not layout else ["V5", "II"]
        write(
            segment,
            leads,
            ["16"] * 2,
            [f"{segment}.dat"] * 2,
            [1000.0, 500.0] if number != 1 or not layout else [250.0, 400.0],
            [0, 3],
            ["mV"] * 2,
            400,
            digital(2, length, 1500),
        )
    lines = [f"{name}/{len(names) + layout} 2 400 {sum(lengths)}"]
    if layout:
        lines.append(f"{name}_layout 0")
        header = f"{name}_layout 2 400 0\n~ 0 1000/mV 16 0 0 0 0 II\n~ 0 1000/mV 16 0 0 0 0 V5\n"
        (FOLDER / f"{name}_layout.hea").write_text(header)
    lines += [f"{segment} {length}" for segment, length in zip(names, lengths)]
    (FOLDER / f"{name}.hea").write_text("\n".join(lines) + "\n")
    if layout:
        return read_back(name)
    # wfdb-python joins a fixed layout in digital numbers, so its own gains must agree; they do here.
    return read_back(name)


def write_annotations():
    """Marks with every field that annot(5) has, and a time beyond ten bits and beyond sixteen."""
    wfdb.wrann(
        "marks",
        "atr",
        sample=np.array([5, 18, 1041, 1042, 1042, 70_018, 5_000_000]),
        symbol=["(", "N", ")", "V", "t", "+", '"'],
        subtype=np.array([0, 0, 2, -1, 0, 0, 0]),
        chan=np.array([0, 0, 1, 1, 3, 0, 0]),
        num=np.array([1, 1, 1, 0, 2, 0, 0]),
        aux_note=["", "", "", "", "", "(AFIB", "odd"],
        write_dir=str(FOLDER),
    )
    read = wfdb.rdann(str(FOLDER / "marks"), "atr", return_label_elements=["label_store"])
    return [
        {"sample": int(s), "code": int(c), "subtype": int(t), "channel": int(h), "number": int(n), "text": a}
        for s, c, t, h, n, a in zip(
            read.sample, read.label_store, read.subtype, read.chan, read.num, read.aux_note
        )
    ]


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    expected = {
        # Twelve leads in format 16, every lead with a gain and baseline of its own.
        "sixteen": write(
            "sixteen",
            [name.lower() for name in STANDARD],
            ["16"] * 12,
            ["sixteen.dat"] * 12,
            [800.0 + 100 * n for n in range(12)],
            [n - 6 for n in range(12)],
            ["mV"] * 12,
            500,
            digital(12, 251, 2500),
            ["<age>: 51", "<sex>: F", "<diagnoses>: none"],
        ),
        # Format 212 with an odd number of samples and a signal that is no standard lead.
        "packed": write(
            "packed",
            ["MLII", "V1", "II"],
            ["212"] * 3,
            ["packed.dat"] * 3,
            [200.0, 200.0, 180.5],
            [1024, 0, -12],
            ["mV"] * 3,
            360,
            digital(3, 301, 2047),
        ),
        # Three files, two formats, three units.
        "spread": write(
            "spread",
            ["I", "II", "V6"],
            ["16", "212", "16"],
            ["spread_a.dat", "spread_b.dat", "spread_c.dat"],
            [1.0, 1000.0, 1000000.0],
            [0, 5, -3],
            ["uV", "mV", "V"],
            257,
            digital(3, 200, 2000),
        ),
    }
    expected["formats"] = write_every_format()
    expected["flac"] = write_flac(
        "flac",
        [
            ("508", ["I", "II"], "noise"),
            ("516", ["V1", "V2", "V3"], "smooth"),
            ("524", ["V4", "V5"], "alike"),
            ("516", ["V6"], "constant"),
        ],
        300,
        1,
    )
    expected["flac_frames"] = write_flac("flac_frames", [("516", ["aVL", "aVF"], "smooth")], 150, 2)
    expected["frames"] = write_frames()
    expected["joined"] = write_segments("joined", False)
    expected["varied"] = write_segments("varied", True)
    (FOLDER / "annotations.json").write_text(json.dumps(write_annotations(), separators=(",", ":")) + "\n")
    (FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
