"""Small WFDB records written by wfdb-python, and what wfdb-python reads from them.

Run with `python3 tests/goldens/wfdb_records.py`; needs numpy and wfdb (written with wfdb 4.3.1).
The signals are made here; no recorded ECG is involved.
"""

import json
from pathlib import Path

import numpy as np

# The script shares its name with the package, which must win.
import sys

sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]
import wfdb

FOLDER = Path(__file__).with_suffix("")
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
    (FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
