"""Makes a small working model folder with the `onnx` package, and what ONNX Runtime
computes with it: the golden of the runtime's model loader.

Usage: python3 tests/goldens/tiny_model.py
Needs: numpy, onnx, onnxruntime. Writes tests/goldens/tiny_model/.

The weights are random: this model is for testing the way from file to picture, and what
it draws means nothing.
"""

import hashlib
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parent / "tiny_model"
LATENT = 16


def network(name, nodes, given, taken, weights):
    tensors = [numpy_helper.from_array(value, key) for key, value in weights.items()]
    graph = helper.make_graph(
        nodes,
        name,
        [helper.make_tensor_value_info(given[0], TensorProto.FLOAT, given[1])],
        [helper.make_tensor_value_info(taken[0], TensorProto.FLOAT, taken[1])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def encoder(random):
    weights = {
        "weight": random.normal(0, 0.4, (144, LATENT)).astype(np.float32),
        "bias": random.normal(0, 0.1, LATENT).astype(np.float32),
    }
    nodes = [
        helper.make_node("AveragePool", ["ecg"], ["pooled"], kernel_shape=[50], strides=[50]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("Gemm", ["flat", "weight", "bias"], ["product"]),
        helper.make_node("Tanh", ["product"], ["latent"]),
    ]
    return network("encoder", nodes, ("ecg", [1, 12, 600]), ("latent", [1, LATENT]), weights)


def decoder(random):
    weights = {
        "weight": random.normal(0, 0.5, (LATENT, 256)).astype(np.float32),
        "bias": random.normal(0, 0.1, 256).astype(np.float32),
        "shape": np.array([1, 4, 8, 8], np.int64),
        "scales": np.array([1, 1, 4, 4], np.float32),
        "kernel": random.normal(0, 0.3, (1, 4, 3, 3)).astype(np.float32),
        "kernel_bias": np.array([-0.5], np.float32),
    }
    nodes = [
        helper.make_node("Gemm", ["latent", "weight", "bias"], ["product"]),
        helper.make_node("Relu", ["product"], ["features"]),
        helper.make_node("Reshape", ["features", "shape"], ["map"]),
        helper.make_node(
            "Resize",
            ["map", "", "scales"],
            ["wide"],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        ),
        helper.make_node("Conv", ["wide", "kernel", "kernel_bias"], ["drawn"], pads=[1, 1, 1, 1]),
        helper.make_node("Sigmoid", ["drawn"], ["picture"]),
    ]
    return network("decoder", nodes, ("latent", [1, LATENT]), ("picture", [1, 1, 32, 32]), weights)


def logarithm():
    """A network that gives no number for a negative input."""
    nodes = [helper.make_node("Log", ["x"], ["y"])]
    return network("logarithm", nodes, ("x", [1, 2]), ("y", [1, 2]), {})


def run(model, name, value):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, {name: value})[0]


def manifest(files):
    def section(name, given, taken):
        model = files[name]
        return f"""
[{name}]
file = "{name}.onnx"
sha256 = "{hashlib.sha256(model).hexdigest()}"
bytes = {len(model)}
input = "{given[0]}"
input_shape = {given[1]}
output = "{taken[0]}"
output_shape = {taken[1]}
"""

    return (
        'format_version = 1\nname = "tiny"\ncreated_by = "tests/goldens/tiny_model.py"\n'
        + section("encoder", ("ecg", [1, 12, 600]), ("latent", [1, LATENT]))
        + section("decoder", ("latent", [1, LATENT]), ("picture", [1, 1, 32, 32]))
        + """
[preprocessing]
kind = "median-beat-12x600"
sampling_rate_hz = 500.0
scale_mv = 0.25
clip = 20.0

[picture]
view = "short axis, mid-ventricular"
phase = "end-diastole"
pixel_mm = 5.8
frames = 1

[latent]
norm_mean = 3.0
norm_sd = 0.5

[training]
cohort = "none: random weights"
subjects = 0
seed = 20
recipe = "none"
split = "none"

[parity]
max_abs_difference = 0.0
inputs = 0
ort_version = "none"
tract_version = "none"

[metrics]
test_image_mse = 0.25
"""
    )


def main():
    random = np.random.default_rng(20)
    files = {"encoder": encoder(random), "decoder": decoder(random)}
    lead, sample = np.mgrid[0:12, 0:600].astype(np.float64)
    ecg = 0.8 * np.sin(0.013 * (lead + 1) * sample + lead)
    latent = run(files["encoder"], "ecg", ecg[None].astype(np.float32))
    picture = run(files["decoder"], "latent", latent)
    FOLDER.mkdir(exist_ok=True)
    for name, model in files.items():
        (FOLDER / f"{name}.onnx").write_bytes(model)
    (FOLDER / "manifest.toml").write_text(manifest(files), newline="\n")
    (FOLDER / "logarithm.onnx").write_bytes(logarithm())
    expected = {
        "input": "0.8 * sin(0.013 * (lead + 1) * sample + lead), lead 0..12, sample 0..600",
        "latent": [round(float(value), 7) for value in latent.ravel()],
        "picture": [round(float(value), 7) for value in picture.ravel()],
    }
    (FOLDER / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
