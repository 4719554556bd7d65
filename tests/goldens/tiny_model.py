"""Makes two small working model folders with the `onnx` package, and what ONNX Runtime
computes with them: the goldens of the runtime's model loader. `tiny_model` draws one
picture; `tiny_cart` is given the heart rate, draws two views in two phases and says how
uncertain they are, has its weights in half precision, and comes with statistics.

Usage: python3 tests/goldens/tiny_model.py
Needs: numpy, onnx, onnxruntime. Writes tests/goldens/tiny_model/ and tests/goldens/tiny_cart/.

The weights are random: these models are for testing the way from file to picture, and
what they draw means nothing.
"""

import hashlib
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

GOLDENS = pathlib.Path(__file__).parent
LATENT = 16


ECG = {"ecg": [1, 12, 600]}
ECG_AND_RATE = {**ECG, "heart_rate": [1, 1]}
CODE = {"latent": [1, LATENT]}
PICTURE = {"picture": [1, 1, 32, 32]}
PICTURES = {"picture": [1, 4, 32, 32], "deviation": [1, 4, 32, 32]}


def network(name, nodes, given, taken, weights):
    tensors = [numpy_helper.from_array(value, key) for key, value in weights.items()]

    def ports(all_of_them):
        return [
            helper.make_tensor_value_info(port, TensorProto.FLOAT, shape)
            for port, shape in all_of_them.items()
        ]

    graph = helper.make_graph(nodes, name, ports(given), ports(taken), tensors)
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
    return network("encoder", nodes, ECG, CODE, weights)


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
    return network("decoder", nodes, CODE, PICTURE, weights)


def half_precision(weights):
    """The weights as 16-bit floats under other names, and the nodes that make them 32-bit again."""
    halves = {f"{key}_half": value.astype(np.float16) for key, value in weights.items()}
    casts = [
        helper.make_node("Cast", [f"{key}_half"], [key], to=TensorProto.FLOAT) for key in weights
    ]
    return halves, casts


def cart_encoder(random):
    weights = {
        "weight": random.normal(0, 0.3, (145, LATENT)).astype(np.float32),
        "bias": random.normal(0, 0.1, LATENT).astype(np.float32),
        "beats_per_second": np.array([1 / 60], np.float32),
    }
    halves, casts = half_precision(weights)
    nodes = casts + [
        helper.make_node("AveragePool", ["ecg"], ["pooled"], kernel_shape=[50], strides=[50]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("Mul", ["heart_rate", "beats_per_second"], ["rate"]),
        helper.make_node("Concat", ["flat", "rate"], ["features"], axis=1),
        helper.make_node("Gemm", ["features", "weight", "bias"], ["product"]),
        helper.make_node("Tanh", ["product"], ["latent"]),
    ]
    return network("encoder", nodes, ECG_AND_RATE, CODE, halves)


def cart_decoder(random):
    weights = {
        "weight": random.normal(0, 0.5, (LATENT, 256)).astype(np.float32),
        "bias": random.normal(0, 0.1, 256).astype(np.float32),
        "kernel": random.normal(0, 0.3, (4, 4, 3, 3)).astype(np.float32),
        "kernel_bias": np.array([-0.5, 0.0, 0.5, 1.0], np.float32),
        "spread": random.normal(0, 0.1, (4, 4, 1, 1)).astype(np.float32),
        "spread_bias": np.array([-3.0, -2.5, -2.0, -1.5], np.float32),
    }
    halves, casts = half_precision(weights)
    halves["shape"] = np.array([1, 4, 8, 8], np.int64)
    halves["scales"] = np.array([1, 1, 4, 4], np.float32)
    nodes = casts + [
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
        helper.make_node("Conv", ["wide", "spread", "spread_bias"], ["log_deviation"]),
        helper.make_node("Exp", ["log_deviation"], ["deviation"]),
    ]
    return network("decoder", nodes, CODE, PICTURES, halves)


def statistics(random):
    """A spread so wide that every ECG is usual, and two readouts."""
    components, _ = np.linalg.qr(random.normal(0, 1, (LATENT, 3)))
    return {
        "latents": {
            "subjects": 1000,
            "mean": [0.0] * LATENT,
            "components": [[round(float(v), 8) for v in column] for column in components.T],
            "variances": [4.0, 2.0, 1.0],
            "residual_variance": 0.5,
        },
        "gate": {
            "marked_above": 20.0,
            "marked_share": 0.01,
            "refused_above": 30.0,
            "refused_share": 0.001,
            "held_out_subjects": 2000,
        },
        "readouts": [
            {
                "name": name,
                "unit": unit,
                "weights": [round(float(v), 6) for v in random.normal(0, 1, LATENT)],
                "intercept": intercept,
                "interval": {"coverage": 0.9, "half_width": half_width},
                "r_squared": 0.25,
            }
            for name, unit, intercept, half_width in [
                ("lvedv_ml", "ml", 150.0, 40.0),
                ("lvef", "%", 60.0, 10.0),
            ]
        ],
    }


def logarithm():
    """A network that gives no number for a negative input."""
    nodes = [helper.make_node("Log", ["x"], ["y"])]
    return network("logarithm", nodes, {"x": [1, 2]}, {"y": [1, 2]}, {})


def run(model, values):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return session.run(None, values)


def identity(file, contents):
    return f"""file = "{file}"
sha256 = "{hashlib.sha256(contents).hexdigest()}"
bytes = {len(contents)}
"""


def section(name, contents, given, taken):
    text = f"\n[{name}]\n" + identity(f"{name}.onnx", contents)
    for end, ports in [("input", given), ("output", taken)]:
        for port, shape in ports.items():
            text += f'\n[[{name}.{end}]]\nname = "{port}"\nshape = {shape}\n'
    return text


def words(texts):
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def manifest(name, networks, views, phases, statistics):
    return (
        f'format_version = 3\nname = "{name}"\ncreated_by = "tests/goldens/tiny_model.py"\n'
        + networks
        + f"""
[preprocessing]
kind = "median-beat-12x600"
sampling_rate_hz = 500.0
scale_mv = 0.25
clip = 20.0

[picture]
views = {words(views)}
phases = {words(phases)}
pixel_mm = 5.8

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
"""
        + ("\n[statistics]\n" + identity("statistics.json", statistics) if statistics else "")
        + """
[metrics]
test_image_mse = 0.25
"""
    )


def sealed(text):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{text}# sha256 of the lines above: {digest}\n"


def write(folder, files, text, expected):
    folder.mkdir(exist_ok=True)
    for name, contents in files.items():
        (folder / name).write_bytes(contents)
    (folder / "manifest.toml").write_text(sealed(text), newline="\n")
    (folder / "expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


def rounded(values):
    return [round(float(value), 7) for value in values.ravel()]


INPUT = "0.8 * sin(0.013 * (lead + 1) * sample + lead), lead 0..12, sample 0..600"


def golden_input():
    lead, sample = np.mgrid[0:12, 0:600].astype(np.float64)
    return (0.8 * np.sin(0.013 * (lead + 1) * sample + lead))[None].astype(np.float32)


def tiny_model():
    random = np.random.default_rng(20)
    networks = {"encoder": encoder(random), "decoder": decoder(random)}
    [latent] = run(networks["encoder"], {"ecg": golden_input()})
    [picture] = run(networks["decoder"], {"latent": latent})
    text = manifest(
        "tiny",
        section("encoder", networks["encoder"], ECG, CODE)
        + section("decoder", networks["decoder"], CODE, PICTURE),
        ["short axis, mid-ventricular"],
        ["end-diastole"],
        None,
    )
    files = {f"{name}.onnx": model for name, model in networks.items()}
    files["logarithm.onnx"] = logarithm()
    expected = {"input": INPUT, "latent": rounded(latent), "picture": rounded(picture)}
    write(GOLDENS / "tiny_model", files, text, expected)


def tiny_cart():
    random = np.random.default_rng(21)
    networks = {"encoder": cart_encoder(random), "decoder": cart_decoder(random)}
    contents = (json.dumps(statistics(random), separators=(",", ":")) + "\n").encode()
    given = {"ecg": golden_input(), "heart_rate": np.array([[72.0]], np.float32)}
    [latent] = run(networks["encoder"], given)
    picture, deviation = run(networks["decoder"], {"latent": latent})
    text = manifest(
        "tiny-cart",
        section("encoder", networks["encoder"], ECG_AND_RATE, CODE)
        + section("decoder", networks["decoder"], CODE, PICTURES),
        ["short axis, mid-ventricular", "four-chamber"],
        ["end-diastole", "end-systole"],
        contents,
    )
    files = {f"{name}.onnx": model for name, model in networks.items()}
    files["statistics.json"] = contents
    expected = {
        "input": INPUT + ", and a heart rate of 72",
        "latent": rounded(latent),
        "picture": rounded(picture),
        "deviation": rounded(deviation),
    }
    write(GOLDENS / "tiny_cart", files, text, expected)


if __name__ == "__main__":
    tiny_model()
    tiny_cart()
