#!/usr/bin/env python3
"""Trains on a data set of 40,000 subjects of 50 frames (37 GB) and prints the program's peak memory.

    cargo build --release --workspace
    python3 tests/large_store.py [SUBJECTS]

The arrays are written by NumPy as sparse files, which take no room on the disk: every ECG and picture is zero but those
of the first thousand subjects, so only the memory and the reading are true, not the training. Needs Python 3.11 on
Linux, numpy, and ONNX Runtime as ./test installs it. PROGRAM names another build of ecg2mri-train.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("PROGRAM", str(CHECKOUT / "target/release/ecg2mri-train"))
FRAMES, SIDE, LEADS, SAMPLES = 50, 128, 12, 600
FILLED = 1000


def write_store(root, subjects):
    """A data set as `prepare` writes it, of noise and zeros."""
    random = np.random.default_rng(1)
    described = []
    for name, dtype, shape in [
        ("ecg.npy", "<f4", (subjects, LEADS, SAMPLES)),
        ("mri.npy", "|u1", (subjects, FRAMES, SIDE, SIDE)),
        ("strip.npy", "<f4", (subjects, LEADS, SAMPLES)),
    ]:
        array = np.lib.format.open_memmap(root / name, mode="w+", dtype=dtype, shape=shape)
        for subject in range(min(FILLED, subjects)):
            # Of the pictures only the frame that the recipe trains on.
            row = array[subject, :1] if dtype == "|u1" else array[subject]
            row[...] = random.integers(0, 255, row.shape) if dtype == "|u1" else random.normal(0, 0.3, row.shape)
        array.flush()
        axes = ["subject", "frame", "row", "column"][: len(shape)]
        described.append(
            f'[[array]]\nfile = "{name}"\nnumbers = "{dtype}"\nshape = {list(shape)}\naxes = {axes}\nholds = "noise"\n'
        )
    (root / "dataset.toml").write_text(
        'format_version = 2\ncreated_by = "tests/large_store.py"\ncohort = "noise"\nsimulated = true\n'
        f'subjects = {subjects}\nleft_out = 0\nsplit_seed = 1\npixel_mm = 1.4\nframes = "all"\nviews = "sa"\n'
        'grey = "noise"\n\n' + "\n".join(described)
    )
    # As many columns as a cohort of people has.
    columns = [f"column_{number}" for number in range(30)]
    with open(root / "subjects.csv", "w") as table:
        print("feid", "split", *columns, sep=",", file=table)
        for subject in range(subjects):
            split = {0: "test", 1: "validation"}.get(subject % 10, "train")
            print(1000000 + subject, split, *["12.345"] * len(columns), sep=",", file=table)


def peak_megabytes(*arguments):
    begin = time.perf_counter()
    subprocess.run([PROGRAM, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)
    # The largest of all children so far.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{arguments[0]:9} {time.perf_counter() - begin:7.1f} s, peak memory so far {peak:6.0f} MB", flush=True)


def main():
    subjects = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        data, run, recipe = folder / "data", folder / "run", folder / "smoke.toml"
        data.mkdir()
        write_store(data, subjects)
        size = sum(file.stat().st_size for file in data.iterdir())
        used = sum(file.stat().st_blocks * 512 for file in data.iterdir())
        print(f"{subjects} subjects, {size / 1e9:.1f} GB as read, {used / 1e9:.2f} GB on the disk")
        text = (CHECKOUT / "trainer/recipes/smoke.toml").read_text()
        recipe.write_text(text.replace("batch = 8", "batch = 64").replace("epochs = 2", "epochs = 1"))
        place = ["--device", "cpu", "--threads", "2"]
        peak_megabytes("fit", recipe, "--data", data, "-o", run, *place)
        peak_megabytes("evaluate", run, "--data", data, *place)


if __name__ == "__main__":
    main()
