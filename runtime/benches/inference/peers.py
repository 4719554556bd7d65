"""Runs one network by ONNX Runtime or by PyTorch, as often as it is told to. Started by the benchmark beside it.

Usage: python peers.py onnxruntime|torch NETWORK.onnx

Reads the input values, little-endian floats of all inputs one after the other, from the file named in the
first line of the standard input; answers with the mean magnitude of each output. Each further line is a
number of runs, answered with the processor time they took, in nanoseconds. One thread.
"""

import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import onnx
from onnx import numpy_helper


def onnxruntime_session(path, inputs):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(None, inputs)


def torch_network(path, inputs):
    """The network as eager PyTorch: the operators that the trainer exports, one after the other."""
    import torch
    import torch.nn.functional as functional

    torch.set_num_threads(1)
    graph = onnx.load(path).graph
    values = {c.name: torch.from_numpy(numpy_helper.to_array(c).copy()) for c in graph.initializer}
    values |= {name: torch.from_numpy(value) for name, value in inputs.items()}
    constants = {c.name for c in graph.initializer}

    def convolution(a, x, w, b=None):
        pads = a.get("pads", [0] * (2 * (w.dim() - 2)))
        half = len(pads) // 2
        assert pads[:half] == pads[half:]
        apply = functional.conv1d if w.dim() == 3 else functional.conv2d
        return apply(x, w, b, stride=a["strides"], padding=pads[:half])

    def gemm(a, x, w, b):
        assert set(a) <= {"transB"}
        return functional.linear(x, w if a.get("transB") else w.T, b)

    def reduce(how):
        def apply(a, x, axes=None):
            axes = a.get("axes") if axes is None else axes.tolist()
            return how(x, dim=axes, keepdim=bool(a.get("keepdims", 1)))

        return apply

    def cut(a, x, starts, ends, axes, steps):
        for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), steps.tolist()):
            assert step == 1
            x = x.narrow(axis, start, min(end, x.shape[axis]) - start)
        return x

    def enlarge(a, x, _region, scales):
        assert a["mode"] == b"nearest"
        return functional.interpolate(x, scale_factor=tuple(scales.tolist()[2:]), mode="nearest")

    operators = {
        "Add": lambda a, x, y: x + y,
        "AveragePool": lambda a, x: functional.avg_pool1d(x, a["kernel_shape"], a["strides"]),
        "Cast": lambda a, x: x.float(),
        "Clip": lambda a, x, low, high: torch.clamp(x, low, high),
        "Concat": lambda a, *x: torch.cat(x, a["axis"]),
        "Conv": convolution,
        "Div": lambda a, x, y: x / y,
        "Exp": lambda a, x: torch.exp(x),
        "Gemm": gemm,
        "MatMul": lambda a, x, y: x @ y,
        "Mul": lambda a, x, y: x * y,
        "ReduceMean": reduce(torch.mean),
        "ReduceSum": reduce(torch.sum),
        "Relu": lambda a, x: torch.relu(x),
        "Reshape": lambda a, x, shape: x.reshape(shape.tolist()),
        "Resize": enlarge,
        "Sigmoid": lambda a, x: torch.sigmoid(x),
        "Slice": cut,
        "Softmax": lambda a, x: torch.softmax(x, a["axis"]),
        "Sqrt": lambda a, x: torch.sqrt(x),
        "Transpose": lambda a, x: x.permute(a["perm"]),
    }
    steps = []
    for node in graph.node:
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        step = (operators[node.op_type], attributes, list(node.input), node.output[0])
        if all(name in constants for name in node.input if name):
            apply, attributes, names, output = step
            values[output] = apply(attributes, *(values.get(name) for name in names)).contiguous()
            constants.add(output)
        else:
            steps.append(step)
    outputs = [output.name for output in graph.output]

    def run():
        with torch.inference_mode():
            for apply, attributes, names, output in steps:
                values[output] = apply(attributes, *(values.get(name) for name in names))
            return [values[name].numpy() for name in outputs]

    return run


def main(kind, path):
    graph = onnx.load(path).graph
    given = np.fromfile(sys.stdin.readline().strip(), "<f4")
    inputs = {}
    for value in graph.input:
        shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
        length = int(np.prod(shape))
        inputs[value.name], given = given[:length].reshape(shape).copy(), given[length:]
    run = {"onnxruntime": onnxruntime_session, "torch": torch_network}[kind](path, inputs)
    print(*(np.abs(output).mean() for output in run()), flush=True)
    for line in sys.stdin:
        begin = time.process_time_ns()
        for _ in range(int(line)):
            run()
        print(time.process_time_ns() - begin, flush=True)


main(*sys.argv[1:])
