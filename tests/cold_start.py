#!/usr/bin/env python3
"""Processor time of whole processes from start to the first picture, ours and others', with the model that ships.

    cargo build --profile cart -p ecg2mri
    (cd tests/peers/rten && cargo build --release)
    PYTHON=...                       # any Python 3.11+ with: pip install numpy onnx onnxruntime==1.31.1 torch
    $PYTHON tests/cold_start.py [--runs 15] [--program target/cart/ecg2mri] [--rten tests/peers/rten/target/release/rten-peer]

Every process loads the encoder and the decoder and makes one picture, one thread each, all on one core, in turn; what
is counted is user and system time of the process, as the system tells its parent. The others get the ECG prepared, as
numbers; ours reads a recording, checks model and recording, measures it, and draws, marks and packs a PNG besides, and
all of that is counted. Ours without it is `ecg2mri model verify`, which checks the model's digests, loads both networks
and runs them once. rten gets its weights in 32 bits, since it knows no half precision; PyTorch gets networks that were
traced beforehand (`torch.jit.load`). A peer that is not there is skipped, and said to be.
"""

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODEL = CHECKOUT / "models/cart"
RECORDING = CHECKOUT / "tests/samples/normal-woman.hea"
NETWORKS = ("encoder", "decoder")
ONE_THREAD = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RTEN_NUM_THREADS")
}

# What the processes of Python run. The input lies in `input.f32` beside the networks.
READ_INPUT = """
import sys, numpy
numbers = numpy.fromfile(sys.argv[1] + "/input.f32", "<f4")
ecg, rate = numbers[:-1].reshape(1, 12, 600), numbers[-1:].reshape(1, 1)
"""
ONNX_RUNTIME = READ_INPUT + """
import onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = lambda name: onnxruntime.InferenceSession(
    f"{sys.argv[1]}/{name}.onnx", options, providers=["CPUExecutionProvider"])
encoder, decoder = session("encoder"), session("decoder")
latent, = encoder.run(["latent"], {"ecg": ecg, "heart_rate": rate})
picture, deviation = decoder.run(["picture", "deviation"], {"latent": latent})
print(picture.mean())
"""
TORCH = READ_INPUT + """
import torch
torch.set_num_threads(1)
with torch.inference_mode():
    encoder, decoder = (torch.jit.load(f"{sys.argv[1]}/{name}.pt") for name in ("encoder", "decoder"))
    picture, deviation = decoder(encoder(torch.from_numpy(ecg), torch.from_numpy(rate)))
print(picture.mean().item())
"""


def widened(path):
    """An ONNX model with its half-precision weights, each of which is cast, as weights of 32 bits."""
    import numpy
    import onnx

    model = onnx.load(path)
    weights = {weight.name: weight for weight in model.graph.initializer}
    casts = [node for node in model.graph.node if node.op_type == "Cast" and node.input[0] in weights]
    for cast in casts:
        weight = weights[cast.input[0]]
        values = onnx.numpy_helper.to_array(weight).astype(numpy.float32)
        weight.CopyFrom(onnx.numpy_helper.from_array(values, cast.output[0]))
        model.graph.node.remove(cast)
    return model


def traced(model):
    """The network as PyTorch's own, traced operator by operator."""
    import warnings

    import numpy
    import onnx
    import torch
    from torch.nn import functional

    # That shapes become constants is as it should be.
    warnings.simplefilter("ignore")
    graph = model.graph
    weights = {weight.name: onnx.numpy_helper.to_array(weight) for weight in graph.initializer}
    inputs = [port.name for port in graph.input]

    def convolve(x, weight, bias, pads, strides, **_):
        of_rank = {3: functional.conv1d, 4: functional.conv2d}[x.dim()]
        return of_rank(x, weight, bias, stride=strides, padding=pads[: len(pads) // 2])

    def slice_of(x, starts, ends, axes, steps, **_):
        assert list(steps) == [1]
        return x.narrow(int(axes[0]), int(starts[0]), int(ends[0] - starts[0]))

    operators = {
        "Add": lambda a, b: a + b,
        "AveragePool": lambda x, kernel_shape, strides: functional.avg_pool1d(x, kernel_shape, strides),
        "Clip": lambda x, low, high: x.clamp(float(low), float(high)),
        "Concat": lambda *x, axis: torch.cat(x, axis),
        "Conv": convolve,
        "Div": lambda a, b: a / b,
        "Exp": torch.exp,
        "Gemm": lambda a, b, c, transB=0: functional.linear(a, b if transB else b.T, c),
        "MatMul": torch.matmul,
        "Mul": lambda a, b: a * b,
        "ReduceMean": lambda x, axes, keepdims=1: x.mean(axes, bool(keepdims)),
        "ReduceSum": lambda x, axes, keepdims=1: x.sum([int(axis) for axis in axes], bool(keepdims)),
        "Relu": torch.relu,
        "Reshape": lambda x, shape: x.reshape([int(size) for size in shape]),
        "Resize": lambda x, _, scales, **how: functional.interpolate(x, scale_factor=[float(s) for s in scales[2:]]),
        "Sigmoid": torch.sigmoid,
        "Slice": slice_of,
        "Softmax": lambda x, axis: x.softmax(axis),
        "Sqrt": torch.sqrt,
        "Transpose": lambda x, perm: x.permute(perm),
    }

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.places = {}
            for place, (name, values) in enumerate(weights.items()):
                if values.dtype == numpy.float32:
                    self.places[name] = f"weight_{place}"
                    self.register_buffer(f"weight_{place}", torch.from_numpy(values.copy()))

        def forward(self, *given):
            values = dict(zip(inputs, given))

            def value(name):
                if name in self.places:
                    return getattr(self, self.places[name])
                return values[name] if name in values else weights.get(name)

            for node in graph.node:
                attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
                arguments = [value(name) if name else None for name in node.input]
                values[node.output[0]] = operators[node.op_type](*arguments, **attributes)
            outputs = tuple(values[port.name] for port in graph.output)
            return outputs if len(outputs) > 1 else outputs[0]

    shapes = [[d.dim_value for d in port.type.tensor_type.shape.dim] for port in graph.input]
    with torch.inference_mode():
        return torch.jit.trace(Network().eval(), tuple(torch.zeros(shape) for shape in shapes), check_trace=False)


def prepare(folder):
    """The input and the networks in the forms that the peers take; which of the peers in Python there are."""
    (folder / "widened").mkdir()
    # Anything will do, since every peer gets the same; a beat of 1 Hz in all leads.
    numbers = [0.5 * (n % 600 == 200) for n in range(7200)] + [60.0]
    for place in (folder, folder / "widened"):
        (place / "input.f32").write_bytes(struct.pack("<7201f", *numbers))
    for name in NETWORKS:
        (folder / f"{name}.onnx").write_bytes((MODEL / f"{name}.onnx").read_bytes())
    missing = {}
    try:
        import onnx

        models = {name: widened(MODEL / f"{name}.onnx") for name in NETWORKS}
        for name, model in models.items():
            onnx.save(model, folder / "widened" / f"{name}.onnx")
    except ImportError as error:
        missing = dict.fromkeys(("rten", "python + torch"), str(error))
    try:
        import onnxruntime  # noqa: F401
    except ImportError as error:
        missing["python + onnxruntime"] = str(error)
    if "python + torch" not in missing:
        try:
            for name, model in models.items():
                traced(model).save(folder / f"{name}.pt")
        except ImportError as error:
            missing["python + torch"] = str(error)
    return missing


def cpu_seconds(command, log):
    """User and system time of one process."""
    with open(log, "w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | ONE_THREAD)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{Path(log).read_text()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--program", type=Path, default=CHECKOUT / "target/cart/ecg2mri")
    parser.add_argument("--prepare", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rten", type=Path, default=CHECKOUT / "tests/peers/rten/target/release/rten-peer")
    options = parser.parse_args()
    if options.prepare:
        return print(json.dumps(prepare(options.prepare)))
    if not options.program.is_file():
        sys.exit(f"{options.program} is missing: run `cargo build --profile cart -p ecg2mri` first")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own, since the system counts what a parent holds towards its children's peaks.
        prepared = subprocess.run([sys.executable, __file__, "--prepare", name], check=True, stdout=subprocess.PIPE)
        missing = json.loads(prepared.stdout)
        if not options.rten.is_file():
            missing["rten"] = f"{options.rten} is missing"
        ours = [str(options.program), "generate", str(RECORDING), "-o", str(folder / "out.png"), "--model", str(MODEL)]
        commands = {
            "ecg2mri generate": ours,
            "ecg2mri, networks alone": [str(options.program), "model", "verify", str(MODEL)],
            "rten": [str(options.rten), str(folder / "widened")],
            "python + onnxruntime": [sys.executable, "-c", ONNX_RUNTIME, str(folder)],
            "python + torch": [sys.executable, "-c", TORCH, str(folder)],
        }
        for peer, reason in missing.items():
            print(f"SKIPPED: {peer}: {reason}")
            del commands[peer]
        seconds, memory = {name: [] for name in commands}, dict.fromkeys(commands, 0.0)
        # The first round brings files into memory and is not counted.
        for round_ in range(options.runs + 1):
            for name, command in commands.items():
                taken, peak = cpu_seconds(command, folder / "log")
                memory[name] = max(memory[name], peak)
                if round_ > 0:
                    seconds[name].append(taken)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    whole, alone = medians["ecg2mri generate"], medians["ecg2mri, networks alone"]
    print(f"processor time from start to first picture, median of {options.runs} (one thread, one core, in turn)")
    for name, median in medians.items():
        ratios = f"ours {whole / median:6.3f}   ours, networks alone {alone / median:6.3f}"
        print(f"{name:24} {median * 1000:8.1f} ms  quickest {min(seconds[name]) * 1000:8.1f}  peak {memory[name]:6.0f} MB  {ratios}")


if __name__ == "__main__":
    main()
