#!/usr/bin/env python3
"""TensorBoard event files, written and read by TensorBoard itself.

Needs the package tensorboard (made with 2.21).

    python3 tests/goldens/tensorboard_events.py             writes tests/goldens/tensorboard/run.tfevents
    python3 tests/goldens/tensorboard_events.py RUN         reads the event files of a run as TensorBoard does and prints
                                                            how many steps each tag has, its last step and value
"""

import math
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

START = 1_700_000_000.25


def event(step, **what):
    return event_pb2.Event(wall_time=START + step, step=step, **what)


def number(tag, value):
    return summary_pb2.Summary.Value(tag=tag, simple_value=value)


def write(path):
    image = summary_pb2.Summary.Image(
        height=3, width=2, colorspace=1, encoded_image_string=b"\x89PNG, not really"
    )
    start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
    losses = [
        number("joint/step/loss", 0.125),
        number("joint/step/gradient_norm", 0.0),
        number("joint/step/learning_rate", 1e-3),
        number("joint/step/contrastive", math.nan),
    ]
    events = [
        event(0, file_version="brain.Event:2"),
        event(301, session_log=start),
        event(301, summary=summary_pb2.Summary(value=losses)),
        event(
            1 << 40,
            summary=summary_pb2.Summary(
                value=[summary_pb2.Summary.Value(tag="joint/samples", image=image)]
            ),
        ),
    ]
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        writer = RecordWriter(file)
        for one in events:
            writer.write(one.SerializeToString())
        writer.flush()


def read(run):
    accumulator = EventAccumulator(str(run / "tensorboard"), {"scalars": 0, "images": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    for tag in tags["scalars"]:
        scalars = accumulator.Scalars(tag)
        steps = [scalar.step for scalar in scalars]
        assert steps == sorted(set(steps)), f"{tag}: steps {steps}"
        print(f"{tag}: {len(steps)} steps to {steps[-1]}, last {scalars[-1].value:.6g}")
    for tag in tags["images"]:
        images = accumulator.Images(tag)
        last = images[-1]
        print(f"{tag}: {len(images)} pictures to step {last.step}, {last.width} x {last.height}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        read(Path(sys.argv[1]))
    else:
        write(Path(__file__).parent / "tensorboard" / "run.tfevents")
