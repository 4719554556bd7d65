"""Times the numpy prototype of the simulated heart, one subject for each line of standard input.

A line says what is wanted and of whom ("pictures 3", "stack 0"); the answer is the seconds it took.
The folder with the prototype's modules is the one argument.
"""

import gzip
import os
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])

import numpy as np

import heart
import pop
import render

PIXELS, PIXEL_MM, SPACING_MM = 128, 1.4, 10.0


def simulated(index):
    """Parameters, geometry, torso and motion of a subject, its ten seconds of ECG recorded."""
    subject, torso = pop.sample(index, "enriched")
    geometry, beat, p_wave, fiducials = pop.subject_beat(subject, torso)
    pop.ecg10(subject, geometry, beat, p_wave, fiducials)
    return subject, geometry, torso, render.mech(geometry, subject)


def pictures(index):
    subject, geometry, torso, motion = simulated(index)
    frames = [0, motion["ies"]]
    for view in ("sax", "4ch"):
        render.render(subject, geometry, torso, motion, view, n=PIXELS, px=PIXEL_MM, frames=frames)


def stack(index):
    subject, geometry, torso, motion = simulated(index)
    apex = geometry["c"] + geometry["ta"]
    heights = np.arange(geometry["wb"] - 5.0, -apex - 1.0, -SPACING_MM)
    short_axis, labels = zip(
        *(
            render.render(subject, geometry, torso, motion, "sax", off=height, n=PIXELS, px=PIXEL_MM)
            for height in heights
        )
    )
    four_chamber, _ = render.render(subject, geometry, torso, motion, "4ch", n=PIXELS, px=PIXEL_MM)
    with tempfile.TemporaryDirectory() as folder:
        for name, voxels in [
            ("sa", np.array(short_axis) * 1500),
            ("la_4ch", np.array(four_chamber) * 1500),
            ("label_sa_ED", np.array([label[0] for label in labels])),
            ("label_sa_ES", np.array([label[motion["ies"]] for label in labels])),
        ]:
            kind = np.uint8 if name.startswith("label") else np.int16
            # Level 1 is the quickest, and what nibabel writes with.
            packed = gzip.compress(voxels.astype(kind).tobytes(), compresslevel=1)
            with open(os.path.join(folder, name + ".nii.gz"), "wb") as file:
                file.write(packed)


print("ready", flush=True)
for line in sys.stdin:
    what, index = line.split()
    start = time.perf_counter()
    {"pictures": pictures, "stack": stack}[what](int(index))
    print(time.perf_counter() - start, flush=True)
