"""Makes one small network for each operator that the runtime knows, and what ONNX Runtime computes with it: the
goldens of the runtime's wiring of ONNX operators.

Usage: python3 tests/goldens/operators.py
Needs: numpy, onnx, onnxruntime. Writes tests/goldens/operators/: NAME.onnx for each case, and cases.json with the
inputs given and the outputs expected.
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "operators"
RANDOM = np.random.default_rng(20261122)


def values(*shape, low=-2.0, high=2.0):
    return RANDOM.uniform(low, high, shape).astype(np.float32)


def halves(*shape):
    return values(*shape).astype(np.float16)


def integers(*numbers):
    return np.array(numbers, dtype=np.int64)


def number(value):
    return np.array(value, dtype=np.float32)


class Given:
    """An input of the network, with the numbers that it is given."""

    def __init__(self, numbers):
        self.numbers = numbers


def given(*shape, **bounds):
    return Given(values(*shape, **bounds))


# Name, operator, inputs (given or stored; None for one that is left out), settings.
CASES = [
    ("abs", "Abs", [given(2, 3)], {}),
    ("add", "Add", [given(2, 3, 4), given(3, 1)], {}),
    ("add_stored", "Add", [values(4, 1), given(2, 1, 3)], {}),
    ("average_pool", "AveragePool", [given(1, 3, 9)], {"kernel_shape": [2], "strides": [2]}),
    (
        "average_pool_counting_padding",
        "AveragePool",
        [given(1, 2, 5, 6)],
        {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 2, 1], "count_include_pad": 1},
    ),
    (
        "average_pool_without_padding",
        "AveragePool",
        [given(1, 2, 5, 6)],
        {"kernel_shape": [3, 2], "strides": [2, 1], "pads": [1, 0, 2, 1]},
    ),
    (
        "batch_normalization",
        "BatchNormalization",
        [given(2, 3, 5), values(3), values(3), values(3), values(3, low=0.1)],
        {"epsilon": 0.001},
    ),
    (
        "batch_normalization_of_pictures",
        "BatchNormalization",
        [given(1, 2, 3, 4), values(2), values(2), values(2), values(2, low=0.1)],
        {},
    ),
    ("clip", "Clip", [given(3, 4), number(-0.5), number(1.25)], {}),
    ("concat", "Concat", [given(2, 3, 2), values(2, 1, 2), given(2, 2, 2)], {"axis": -2}),
    (
        "conv",
        "Conv",
        [given(1, 3, 11), values(4, 3, 5), values(4)],
        {"strides": [2], "pads": [2, 1]},
    ),
    (
        "conv_dilated",
        "Conv",
        [given(1, 4, 12), values(6, 2, 3)],
        {"dilations": [3], "group": 2, "kernel_shape": [3]},
    ),
    (
        "conv_of_batches",
        "Conv",
        [given(3, 2, 7, 6), values(4, 2, 3, 3), values(4)],
        {"pads": [1, 1, 1, 1]},
    ),
    (
        "conv_of_pictures",
        "Conv",
        [given(1, 3, 10, 9), values(5, 3, 3, 2), values(5)],
        {"strides": [2, 1], "pads": [1, 0, 2, 1], "dilations": [1, 2]},
    ),
    (
        "conv_depthwise",
        "Conv",
        [given(1, 4, 8, 8), values(4, 1, 3, 3), values(4)],
        {"pads": [1, 1, 1, 1], "group": 4},
    ),
    ("conv_transpose", "ConvTranspose", [given(1, 3, 6), values(3, 4, 3), values(4)], {"strides": [2], "pads": [1, 0]}),
    (
        "conv_transpose_of_groups",
        "ConvTranspose",
        [given(1, 4, 4, 5), values(4, 3, 3, 4), values(6)],
        {"strides": [2, 3], "pads": [1, 1, 1, 0], "output_padding": [1, 0], "group": 2},
    ),
    (
        "conv_transpose_dilated",
        "ConvTranspose",
        [given(1, 2, 5), values(2, 3, 3)],
        {"dilations": [2]},
    ),
    ("div", "Div", [given(2, 3), given(3, low=0.5)], {}),
    ("elu", "Elu", [given(2, 5)], {"alpha": 0.7}),
    ("elu_as_usual", "Elu", [given(2, 5)], {}),
    ("erf", "Erf", [given(3, 7)], {}),
    ("exp", "Exp", [given(3, 7)], {}),
    ("expand", "Expand", [given(3, 1), integers(2, 1, 4)], {}),
    ("flatten", "Flatten", [given(2, 3, 4)], {}),
    ("flatten_all", "Flatten", [given(2, 3, 4)], {"axis": 0}),
    ("gemm", "Gemm", [given(2, 6), values(5, 6), values(5)], {"transB": 1}),
    ("gemm_of_one_row", "Gemm", [given(1, 6), values(6, 5), values(1, 5)], {}),
    (
        "gemm_with_factors",
        "Gemm",
        [given(6, 2), values(6, 5), values(2, 1)],
        {"transA": 1, "alpha": 0.5, "beta": -1.5},
    ),
    ("gemm_without_sum", "Gemm", [given(3, 4), given(4, 2)], {}),
    ("global_average_pool", "GlobalAveragePool", [given(1, 3, 4, 5)], {}),
    ("identity", "Identity", [given(2, 2)], {}),
    ("leaky_relu", "LeakyRelu", [given(2, 5)], {"alpha": 0.2}),
    ("leaky_relu_as_usual", "LeakyRelu", [given(2, 5)], {}),
    ("log", "Log", [given(2, 5, low=0.1)], {}),
    ("log_softmax", "LogSoftmax", [given(2, 3, 4)], {"axis": 1}),
    ("matmul", "MatMul", [given(3, 4), values(4, 5)], {}),
    ("matmul_of_batches", "MatMul", [given(2, 3, 4, 5), given(2, 3, 5, 2)], {}),
    ("matmul_repeated", "MatMul", [given(2, 3, 4, 5), given(3, 5, 2)], {}),
    ("matmul_of_one_batch", "MatMul", [given(2, 1, 4, 5), given(1, 3, 5, 2)], {}),
    ("max", "Max", [given(2, 3), given(1, 3)], {}),
    ("max_pool", "MaxPool", [given(1, 2, 7, 6)], {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [1, 0, 1, 1]}),
    ("max_pool_of_signals", "MaxPool", [given(1, 2, 7)], {"kernel_shape": [3]}),
    ("min", "Min", [given(2, 3), given(2, 1)], {}),
    ("mul", "Mul", [given(2, 3), given(2, 2, 1)], {}),
    ("neg", "Neg", [given(4)], {}),
    ("pad", "Pad", [given(2, 3), integers(1, 0, 2, 3), number(0.5)], {}),
    ("pow", "Pow", [given(2, 3, low=0.1), number(1.7)], {}),
    ("pow_squared", "Pow", [given(2, 3), number(2.0)], {}),
    ("reciprocal", "Reciprocal", [given(5, low=0.2)], {}),
    ("reduce_max", "ReduceMax", [given(2, 3, 4)], {"axes": [-1], "keepdims": 0}),
    ("reduce_mean", "ReduceMean", [given(2, 3, 4)], {"axes": [2, 0], "keepdims": 0}),
    ("reduce_mean_kept", "ReduceMean", [given(2, 3, 4)], {}),
    ("reduce_min", "ReduceMin", [given(2, 3, 4)], {"axes": [1]}),
    ("reduce_sum", "ReduceSum", [given(2, 3, 4), integers(-2)], {"keepdims": 0}),
    ("reduce_sum_square", "ReduceSumSquare", [given(2, 3, 4)], {"axes": [1, 2]}),
    ("relu", "Relu", [given(3, 4)], {}),
    ("reshape", "Reshape", [given(2, 3, 8), integers(4, -1, 2, 2)], {}),
    (
        "resize",
        "Resize",
        [given(1, 2, 3, 4), None, np.array([1, 1, 2, 3], np.float32)],
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    (
        "resize_of_signals",
        "Resize",
        [given(1, 2, 5), None, np.array([1, 1, 2], np.float32)],
        {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"},
    ),
    ("sigmoid", "Sigmoid", [given(3, 4, low=-9, high=9)], {}),
    ("slice", "Slice", [given(4, 5, 6), integers(1, 2), integers(3, 1 << 60), integers(-3, 2), integers(1, 1)], {}),
    ("softmax", "Softmax", [given(2, 3, 4)], {}),
    ("softmax_over_rows", "Softmax", [given(2, 3, 4)], {"axis": 1}),
    ("softplus", "Softplus", [given(3, 8, low=-120, high=120)], {}),
    ("sqrt", "Sqrt", [given(5, low=0.0)], {}),
    ("sub", "Sub", [given(3, 1), given(1, 4)], {}),
    ("tanh", "Tanh", [given(3, 4)], {}),
    ("transpose", "Transpose", [given(2, 3, 4, 5)], {"perm": [2, 0, 3, 1]}),
]


def network(nodes, inputs, output):
    """A model of these nodes; inputs by name are given, stored, or left out."""
    ports, stored = [], []
    for name, value in inputs.items():
        if isinstance(value, Given):
            ports.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, value.numbers.shape))
        elif value is not None:
            stored.append(numpy_helper.from_array(value, name))
    made = helper.make_tensor_value_info("made", TensorProto.FLOAT, output)
    graph = helper.make_graph(nodes, "operator", ports, [made], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model


def made_by(nodes, inputs):
    """What ONNX Runtime makes of the inputs given."""
    # The shape of the output is not known beforehand.
    session = onnxruntime.InferenceSession(
        network(nodes, inputs, None).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    feeds = {name: value.numbers for name, value in inputs.items() if isinstance(value, Given)}
    return session.run(["made"], feeds)[0]


def named(values_given):
    return {name: value for name, value in zip("abcdef", values_given)}


def one_node(operator, values_given, settings):
    inputs = named(values_given)
    names = [name if value is not None else "" for name, value in inputs.items()]
    return [helper.make_node(operator, names, ["made"], name="node", **settings)], inputs


def graphs():
    """Every case: its name, nodes and inputs."""
    for name, operator, values_given, settings in CASES:
        yield name, *one_node(operator, values_given, settings)
    # What the exporter writes: weights of 16 bits, widened first.
    inputs = named([given(1, 4), halves(3, 4), halves(3)])
    yield "cast", [
        helper.make_node("Cast", ["b"], ["wide"], name="widen", to=TensorProto.FLOAT),
        helper.make_node("Cast", ["c"], ["wide_bias"], name="widen bias", to=TensorProto.FLOAT),
        helper.make_node("Gemm", ["a", "wide", "wide_bias"], ["made"], name="product", transB=1),
    ], inputs
    # Weights that are computed of stored ones.
    inputs = named([given(1, 2, 6), halves(3, 2, 3), values(3, 1, 1)])
    yield "computed_weights", [
        helper.make_node("Cast", ["b"], ["wide"], name="widen", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["wide", "c"], ["scaled"], name="scale"),
        helper.make_node("Conv", ["a", "scaled"], ["made"], name="convolution"),
    ], inputs
    inputs = named([given(1, 3, 4), halves(3), halves(3)])
    yield "normalised_by_halves", [
        helper.make_node("Cast", ["b"], ["wide"], name="widen", to=TensorProto.FLOAT),
        helper.make_node("Cast", ["c"], ["wide_shift"], name="widen shift", to=TensorProto.FLOAT),
        helper.make_node("Mul", ["wide", "wide"], ["squares"], name="squares"),
        helper.make_node(
            "BatchNormalization",
            ["a", "wide", "wide_shift", "wide_shift", "squares"],
            ["made"],
            name="normalisation",
        ),
    ], inputs


def main():
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    cases = []
    for name, nodes, inputs in graphs():
        made = made_by(nodes, inputs)
        assert np.isfinite(made).all(), name
        model = network(nodes, inputs, made.shape)
        onnx.checker.check_model(model)
        (FOLDER / f"{name}.onnx").write_bytes(model.SerializeToString())
        cases.append(
            {
                "name": name,
                "inputs": [
                    {"name": port, "shape": value.numbers.shape, "values": value.numbers.ravel().tolist()}
                    for port, value in inputs.items()
                    if isinstance(value, Given)
                ],
                "shape": made.shape,
                "values": made.ravel().tolist(),
            }
        )
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FOLDER / "cases.json").write_text(f"[\n{lines}\n]\n")
    print(f"{len(cases)} cases, made with ONNX Runtime {onnxruntime.__version__}")


if __name__ == "__main__":
    main()
