"""Small MATLAB files in the manner of CPSC2018 and of PhysioNet's challenges, written by SciPy.

Run with `python3 tests/goldens/matlab_files.py`; needs numpy and scipy (written with scipy 1.17).
The signals are made here; no recorded ECG is involved.
"""

import json
from pathlib import Path

import numpy as np
from scipy.io import savemat

FOLDER = Path(__file__).resolve().parent / "matlab"
RANDOM = np.random.default_rng(5)


def write(name, contents, **options):
    savemat(FOLDER / name, contents, **options)


def main():
    FOLDER.mkdir(exist_ok=True)
    data = np.round(RANDOM.normal(size=(12, 40)).cumsum(axis=1) / 10, 4)
    record = {"sex": "Female", "age": 55, "data": data}
    (FOLDER / "expected.json").write_text(json.dumps(data.tolist(), separators=(",", ":")) + "\n")
    write("plain.mat", {"ECG": record})
    write("compressed.mat", {"remark": "first", "ECG": record}, do_compression=True)
    whole = np.arange(36).reshape(3, 12).T - 3
    write("integers.mat", {"ECG": {"data": whole.astype("i2"), "sex": "M", "age": np.nan}})
    write("challenge.mat", {"val": whole.astype("i2")}, format="4")
    write("no_struct.mat", {"val": whole})
    write("no_data.mat", {"ECG": {"sex": "M"}})
    write("two_leads.mat", {"ECG": {"data": whole[:2]}})
    holed = whole.astype(float)
    holed[11, 1] = np.nan
    write("not_a_number.mat", {"ECG": {"data": holed}})
    write("bomb.mat", {"ECG": {"data": np.zeros((12, 400_000))}}, do_compression=True)


if __name__ == "__main__":
    main()
