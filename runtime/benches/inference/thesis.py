"""Writes the MRI decoder of the thesis as ONNX, with random weights in place of trained ones.

Seven times: bilinear doubling with aligned corners (as two products with constant matrices, the way
`ecg2mri-train export` writes it), then twice a 3 x 3 convolution with its normalisation folded in and ReLU;
in the end a 1 x 1 convolution. (1, 256) -> (1, 1, 128, 128).

Usage: python thesis.py OUT.onnx
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WIDTHS = [(256, 256)] * 5 + [(256, 128), (128, 64)]


def interpolation(size):
    """Doubles `size` samples linearly, the first and the last staying where they are."""
    target = 2 * size
    matrix = np.zeros((target, size), np.float32)
    for place in range(target):
        position = place * (size - 1) / (target - 1)
        first = min(int(position), size - 1)
        matrix[place, first] += 1 - (position - first)
        if first + 1 < size:
            matrix[place, first + 1] += position - first
    return matrix


def main(path):
    random = np.random.default_rng(1)
    nodes, constants = [], []

    def constant(name, values):
        constants.append(numpy_helper.from_array(values, name))
        return name

    def node(kind, inputs, **attributes):
        name = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def convolution(x, inputs, outputs, size):
        name = f"conv_{len(nodes)}"
        weight = random.normal(0, (2 / (inputs * size * size)) ** 0.5, (outputs, inputs, size, size))
        bias = random.normal(0, 0.1, outputs)
        pad = size // 2
        return node(
            "Conv",
            [
                x,
                constant(f"{name}/weight", weight.astype(np.float32)),
                constant(f"{name}/bias", bias.astype(np.float32)),
            ],
            kernel_shape=[size, size],
            strides=[1, 1],
            pads=[pad] * 4,
        )

    x = node("Reshape", ["latent", constant("shape", np.array([1, 256, 1, 1]))])
    size = 1
    for inputs, outputs in WIDTHS:
        matrix = constant(f"interpolation/{size}to{2 * size}", interpolation(size))
        x = node("MatMul", [x, node("Transpose", [matrix], perm=[1, 0])])
        x = node("MatMul", [matrix, x])
        size *= 2
        for a, b in [(inputs, inputs // 2), (inputs // 2, outputs)]:
            x = node("Relu", [convolution(x, a, b, 3)])
    x = convolution(x, 64, 1, 1)
    nodes[-1].output[0] = "picture"
    graph = helper.make_graph(
        nodes,
        "thesis",
        [helper.make_tensor_value_info("latent", TensorProto.FLOAT, [1, 256])],
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 1, 128, 128])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


main(sys.argv[1])
