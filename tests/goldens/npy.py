#!/usr/bin/env python3
"""Writes the arrays in npy/, by NumPy, that the data set's reader is tested against.

    python tests/goldens/npy.py

Needs numpy (made with 2.4).
"""

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent / "npy"


def main():
    FOLDER.mkdir(exist_ok=True)
    signal = (np.arange(24, dtype="<f4") * 0.25 - 1).reshape(3, 2, 4)
    np.save(FOLDER / "signal.npy", signal)
    np.save(FOLDER / "picture.npy", np.arange(12, dtype="u1").reshape(3, 4))
    np.save(FOLDER / "fortran.npy", np.asfortranarray(signal))
    np.save(FOLDER / "double.npy", signal.astype("<f8"))
    np.save(FOLDER / "big_endian.npy", signal.astype(">f4"))
    np.save(FOLDER / "records.npy", np.zeros(2, dtype=[("ecg", "<f4"), ("id", "<u4")]))
    with open(FOLDER / "version_2.npy", "wb") as file:
        np.lib.format.write_array(file, signal, version=(2, 0))


if __name__ == "__main__":
    main()
