#!/usr/bin/env python3
"""Opens a data set that `ecg2mri-train prepare` wrote with NumPy alone, as other programs do, and checks what it holds.

    python tests/goldens/read_dataset.py DATASET [COHORT]

With the cohort's folder, some ECGs are compared with the recorders' files. Needs Python 3.11 and numpy.
"""

import csv
import sys
import tomllib
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np

LEADS = "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6".split()


def strip_of(path):
    """The strip of a CardiologyXML file in mV, by lead."""
    data = next(ElementTree.parse(path).getroot().iter("StripData"))
    resolution = float(next(data.iter("Resolution")).text) / 1000
    return {
        wave.get("lead"): np.array(wave.text.replace(",", " ").split(), float) * resolution
        for wave in data.iter("WaveformData")
    }


def main():
    root = Path(sys.argv[1])
    header = tomllib.loads((root / "dataset.toml").read_text())
    with open(root / "subjects.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    with open(root / "left_out.csv", newline="") as file:
        left_out = list(csv.DictReader(file))
    assert header["format_version"] == 2
    assert len(rows) == header["subjects"] and len(left_out) == header["left_out"]
    assert {row["split"] for row in rows} <= {"train", "validation", "test"}
    arrays = {}
    for said in header["array"]:
        array = np.load(root / said["file"], mmap_mode="r")
        assert array.dtype.str == said["numbers"] and list(array.shape) == said["shape"], said["file"]
        assert len(array.shape) == len(said["axes"]) and len(array) == len(rows)
        arrays[said["file"]] = array
        print(f"{said['file']:12} {array.dtype.str} {array.shape}: {said['holds']}")
    frames = {"ed": 1, "ed-es": 2, "all": 50}[header["frames"]]
    for name in [name for name in arrays if name.startswith("mri")]:
        assert arrays[name].shape[1:] == (frames, 128, 128)
        for picture in arrays[name][:, 0]:
            # Half a per cent of the pixels are at either end of the grey scale, about.
            assert (picture == 0).mean() >= 0.004 and (picture == 255).mean() >= 0.004
    ecg, strip = arrays["ecg.npy"], arrays["strip.npy"]
    assert np.isfinite(ecg).all() and np.isfinite(strip).all() and np.abs(ecg).max() < 20
    # Einthoven: II = I + III.
    assert np.abs(ecg[:, 1] - ecg[:, 0] - ecg[:, 2]).max() < 0.05
    if len(sys.argv) > 2:
        for row, beginning in list(zip(rows, strip))[:10]:
            recorded = strip_of(Path(sys.argv[2]) / "ecg" / f"{row['feid']}_20205_2_0.xml")
            for lead, values in zip(LEADS, beginning):
                assert np.abs(recorded[lead][:600] - values).max() < 1e-5, (row["feid"], lead)
        print("strips are the recorders'")
    print(f"{len(rows)} subjects, {len(left_out)} left out")


if __name__ == "__main__":
    main()
