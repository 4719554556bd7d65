"""Filters and resampling as SciPy does them, for comparison.

Run with `python3 tests/goldens/filters_and_resampling.py`; needs numpy and scipy (written with scipy 1.17.1).
"""

import sys
from pathlib import Path

# The script shares its name with a module of Python's own library, which must win.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

import json

import numpy as np
from scipy import signal

FOLDER = Path(__file__).with_suffix("")
RATE = 500.0
FILTERS = [
    # order, kind, corners in Hz
    (1, "lowpass", [40.0]),
    (4, "lowpass", [100.0]),
    (2, "highpass", [0.5]),
    (5, "highpass", [8.0]),
    (1, "bandstop", [49.0, 51.0]),
    (2, "bandstop", [59.0, 61.0]),
    (3, "bandstop", [5.0, 200.0]),
]


def rounded(values):
    return [float(f"{value:.12g}") for value in values]


def filters():
    random = np.random.default_rng(11)
    time = np.arange(160) / RATE
    wave = 0.7 + np.sin(2 * np.pi * (2 + 120 * time) * time) + 0.2 * np.sin(2 * np.pi * 50 * time)
    wave += 0.05 * random.normal(size=time.size)
    wave = np.array(rounded(wave))
    cases = []
    for order, kind, corners in FILTERS:
        sections = signal.butter(order, corners if len(corners) > 1 else corners[0], kind, fs=RATE, output="sos")
        cases.append(
            {
                "order": order,
                "kind": kind,
                "corners": corners,
                "usual_padding": rounded(signal.sosfiltfilt(sections, wave)),
                "padding_120": rounded(signal.sosfiltfilt(sections, wave, padtype="odd", padlen=120)),
            }
        )
    return {"rate": RATE, "input": wave.tolist(), "cases": cases}


def resampling():
    """A wave below 60 Hz, and its polyphase resampling with a long filter."""
    cases = []
    for rate, up, down in [(360, 25, 18), (250, 2, 1), (1000, 1, 2)]:
        time = np.arange(rate) / rate
        wave = sum(np.sin(2 * np.pi * f * time + f) / (1 + f / 20) for f in (1.0, 7.0, 23.0, 58.0))
        half = 40 * max(up, down)
        taps = signal.firwin(2 * half + 1, 0.95 / max(up, down), window=("kaiser", 8.0))
        cases.append(
            {
                "from": rate,
                "input": rounded(wave),
                "expected": rounded(signal.resample_poly(wave, up, down, window=taps)),
            }
        )
    return cases


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, content in (("filters", filters()), ("resampling", resampling())):
        (FOLDER / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
