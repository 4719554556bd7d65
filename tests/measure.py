#!/usr/bin/env python3
"""Prints what the README says of the program: time from start to picture, peak memory, sizes.

    cargo build --profile cart -p ecg2mri
    python3 tests/measure.py [PROGRAM]        # target/cart/ecg2mri, else target/release/ecg2mri

Needs Python 3 on Linux and nothing else. Each figure is of whole runs of the program as a user starts it.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 21
CHECKOUT = Path(__file__).resolve().parent.parent
PROGRAMS = [CHECKOUT / "target" / profile / "ecg2mri" for profile in ("cart", "release")]
MODELS = CHECKOUT / "models/cart"
RECORDING = CHECKOUT / "tests/samples/normal-woman.hea"


def main():
    programs = [Path(name) for name in sys.argv[1:2]] or PROGRAMS
    program = next((program for program in programs if program.is_file()), None)
    if program is None:
        sys.exit(f"{programs[0]} is missing: run `cargo build --profile cart -p ecg2mri` first")
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "out.png")
        command = [str(program), "generate", str(RECORDING), "-o", picture, "--model", str(MODELS), "--json"]
        seconds, reports = [], []
        for _ in range(RUNS):
            begin = time.perf_counter()
            done = subprocess.run(command, check=True, capture_output=True)
            seconds.append(time.perf_counter() - begin)
            reports.append(json.loads(done.stdout)["timing_ms"])
    # The largest of all children, and the only children are runs of the program.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"program                        {program}")
    print(f"processor cores                {os.cpu_count()}")
    print(f"start to picture, median of {RUNS} {statistics.median(seconds) * 1000:7.0f} ms")
    print(f"  the quickest                 {min(seconds) * 1000:7.0f} ms")
    for stage in reports[0]:
        print(f"  {stage:28} {statistics.median(report[stage] for report in reports):7.1f} ms")
    print(f"peak memory                    {peak:7.0f} MB")
    print(f"program, stripped              {program.stat().st_size / 1e6:7.1f} MB")
    networks = sum(file.stat().st_size for file in [*MODELS.glob("*.onnx"), MODELS / "statistics.json"])
    print(f"model: networks and statistics {networks / 1e6:7.1f} MB")


if __name__ == "__main__":
    main()
