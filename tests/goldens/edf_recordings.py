"""Small EDF+ and BDF+ recordings written by EDFlib, and what EDFlib reads from them.

    python tests/goldens/edf_recordings.py [FOLDER OF REAL RECORDINGS]

Needs numpy and pyedflib (written with pyedflib 0.1.42). Writes tests/goldens/edf/small.edf, small.bdf and
expected.json; the signals are made here. With a folder it also writes published.json, sums of the
channel "ECG" of a signal generator's recording.
"""

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
import pyedflib

FOLDER = Path(__file__).parent / "edf"


def read(path):
    with pyedflib.EdfReader(str(path)) as file:
        names = file.getSignalLabels()
        return {name: (file.getPhysicalDimension(n), file.readSignal(n)) for n, name in enumerate(names)}


def write(path, kind, digital, signals):
    with pyedflib.EdfWriter(str(path), len(signals), file_type=kind) as file:
        headers = []
        for label, units, rate, physical, _ in signals:
            headers.append({
                "label": label, "dimension": units, "sample_frequency": rate, "transducer": "", "prefilter": "",
                "physical_min": physical[0], "physical_max": physical[1],
                "digital_min": digital[0], "digital_max": digital[1],
            })
        file.setSignalHeaders(headers)
        file.setStartdatetime(datetime(2020, 1, 1))
        file.setPatientCode("E-9")
        file.setSex(0)
        file.setPatientName("Nobody")
        file.writeSamples([np.asarray(values, dtype=float) for *_, values in signals])
        file.writeAnnotation(0.5, -1, "Lights off")


def main():
    FOLDER.mkdir(exist_ok=True)
    n = np.arange(150)
    one = np.round(np.sin(n / 5) * 1.2, 3)
    two = np.round(np.cos(n / 7) * 900 + 100)
    other = np.round(np.sin(np.arange(30)), 2)
    signals = [
        ("ECG I", "mV", 50, (-3, 5), one),
        ("EEG Fpz-Cz", "uV", 10, (-100, 100), other),
        ("EKG V2", "uV", 50, (-3276.8, 3276.7), two),
    ]
    expected = {}
    for suffix, kind, digital in [
        ("edf", pyedflib.FILETYPE_EDFPLUS, (-32768, 32767)),
        ("bdf", pyedflib.FILETYPE_BDFPLUS, (-8388608, 8388607)),
    ]:
        path = FOLDER / f"small.{suffix}"
        write(path, kind, digital, signals)
        values = read(path)
        factors = {"mV": 1, "uV": 1e-3}
        expected[suffix] = {
            lead: np.round(values[label][1] * factors[values[label][0]], 8).tolist()
            for lead, label in [("I", "ECG I"), ("V2", "EKG V2")]
        }
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")
    if len(sys.argv) > 1:
        content = (Path(sys.argv[1]) / "ecg/edf/test_generator_2.edf").read_bytes()
        # EDFlib refuses the units of other channels for a letter beyond ASCII.
        header = bytes(byte if byte < 128 else ord("x") for byte in content[: 256 * 13])
        with tempfile.NamedTemporaryFile(suffix=".edf") as file:
            file.write(header + content[256 * 13 :])
            file.flush()
            _, microvolts = read(file.name)["ECG"]
        weights = np.arange(len(microvolts)) % 97
        published = {
            "samples": len(microvolts),
            "first": microvolts[:12].tolist(),
            "sum": float(microvolts.sum()),
            "weighted_sum": float(weights @ microvolts),
            "sum_of_squares": float(microvolts @ microvolts),
        }
        (FOLDER / "published.json").write_text(json.dumps(published) + "\n")


main()
