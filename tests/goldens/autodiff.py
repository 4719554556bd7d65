#!/usr/bin/env python3
"""Trains small networks with PyTorch in float64 and writes what it found as JSON.

The trainer's gradient tests build the same networks with their own graph builder and must find the same losses,
gradients and parameters. Needs `torch` (made with 2.15.0) and Python 3.11 or newer; run it in this folder:

    python3 autodiff.py

Each file of autodiff/ holds `inputs`, `parameters` (before the first step), `losses` (one per step, before the step's
update), `gradients` (of the first step, before any clipping), `trained` (parameters after the last step),
`first_moments` and `second_moments` (AdamW's, after the last step), and `statistics` (running ones, where there are any).
A tensor is {"shape": [...], "values": [...]}, row-major. Inputs and parameters are exact in float32, so that both sides
start from the same numbers. accumulated.json has a form of its own, of the same parts.
"""

import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
OUT = Path(__file__).parent / "autodiff"


class Numbers:
    """Seeded normal numbers that float32 holds exactly."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0):
        return (torch.randn(*shape, generator=self.generator) * scale).float().double()

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.generator).float().double()

    def weight(self, *shape):
        """A kernel or matrix (out, in, ...) with variance 1/in."""
        return self.normal(*shape, scale=1 / math.sqrt(math.prod(shape[1:])))


def described(tensor):
    return {
        "shape": list(tensor.shape),
        "values": [float(f"{value:.12g}") for value in tensor.detach().flatten().tolist()],
    }


def train(name, inputs, parameters, loss_of, steps, clip=None, statistics=None, **adamw):
    exact = lambda tensors: {
        key: {"shape": list(t.shape), "values": t.detach().flatten().tolist()} for key, t in tensors.items()
    }
    golden = {"inputs": exact(inputs), "parameters": exact(parameters), "losses": [], "norms": []}
    parameters = {key: value.clone().requires_grad_() for key, value in parameters.items()}
    optimiser = torch.optim.AdamW(parameters.values(), **adamw)
    for step in range(steps):
        optimiser.zero_grad()
        loss = loss_of(inputs, parameters)
        loss.backward()
        golden["losses"].append(loss.item())
        if step == 0:
            golden["gradients"] = {key: described(value.grad) for key, value in parameters.items()}
        if clip is not None:
            golden["norms"].append(torch.nn.utils.clip_grad_norm_(parameters.values(), clip).item())
        optimiser.step()
    state = {key: optimiser.state[value] for key, value in parameters.items()}
    golden["trained"] = {key: described(value) for key, value in parameters.items()}
    golden["first_moments"] = {key: described(value["exp_avg"]) for key, value in state.items()}
    golden["second_moments"] = {key: described(value["exp_avg_sq"]) for key, value in state.items()}
    golden["statistics"] = {key: described(value) for key, value in (statistics or {}).items()}
    path = OUT / f"{name}.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, losses {golden['losses']}")


def fully_connected():
    """An autoencoder of fully connected layers, ReLU between them and a sigmoid at the end."""
    n = Numbers(1)
    sizes = [9, 7, 5, 7, 9]
    parameters = {}
    for i, (a, b) in enumerate(zip(sizes, sizes[1:])):
        parameters[f"w{i}"] = n.weight(b, a)
        parameters[f"b{i}"] = n.normal(b, scale=0.1)

    def loss_of(inputs, p):
        h = inputs["x"]
        for i in range(4):
            h = F.linear(h, p[f"w{i}"], p[f"b{i}"])
            h = torch.sigmoid(h) if i == 3 else F.relu(h)
        return F.mse_loss(h, inputs["x"])

    train("fully_connected", {"x": n.uniform(6, 9)}, parameters, loss_of, 5, lr=0.01, weight_decay=0.05)


def convolutional():
    """An image autoencoder on odd sizes: batch norm, both strides, pooling, both ways of enlarging."""
    n = Numbers(2)
    inputs = {"x": n.normal(3, 2, 11, 9), "target": n.uniform(3, 1, 12, 8)}
    parameters = {
        "stem": n.weight(4, 2, 3, 3),
        "gamma1": 1 + n.normal(4, scale=0.2),
        "beta1": n.normal(4, scale=0.2),
        "down": n.weight(5, 4, 3, 3),
        "gamma2": 1 + n.normal(5, scale=0.2),
        "beta2": n.normal(5, scale=0.2),
        "middle": n.weight(4, 5, 3, 3),
        "middle_bias": n.normal(4, scale=0.1),
        "up": n.normal(4, 3, 2, 2, scale=0.4),
        "up_bias": n.normal(3, scale=0.1),
        "head": n.weight(1, 3, 1, 1),
        "head_bias": n.normal(1, scale=0.1),
    }
    parameters = {key: value.float().double() for key, value in parameters.items()}
    statistics = {
        "mean1": torch.zeros(4),
        "variance1": torch.ones(4),
        "mean2": torch.zeros(5),
        "variance2": torch.ones(5),
    }

    def norm(h, p, i):
        return F.batch_norm(
            h, statistics[f"mean{i}"], statistics[f"variance{i}"], p[f"gamma{i}"], p[f"beta{i}"], training=True, eps=1e-5
        )

    def loss_of(inputs, p):
        h = F.relu(norm(F.conv2d(inputs["x"], p["stem"], padding=1), p, 1))  # 11 × 9
        h = F.max_pool2d(h, 2)  # 5 × 4
        h = F.leaky_relu(norm(F.conv2d(h, p["down"], stride=2, padding=1), p, 2), 0.1)  # 3 × 2
        h = F.interpolate(h, scale_factor=2, mode="nearest")  # 6 × 4
        h = F.gelu(F.conv2d(h, p["middle"], p["middle_bias"], padding=1))
        h = F.conv_transpose2d(h, p["up"], p["up_bias"], stride=2)  # 12 × 8
        h = F.avg_pool2d(F.relu(h), 2)  # 6 × 4
        h = F.interpolate(h, scale_factor=2, mode="bilinear", align_corners=True)
        h = torch.sigmoid(F.conv2d(h, p["head"], p["head_bias"]))
        return F.mse_loss(h, inputs["target"])

    train("convolutional", inputs, parameters, loss_of, 4, statistics=statistics, lr=0.005, weight_decay=0.01)


def contrastive():
    """InfoNCE both ways on normalised latents with a learned temperature, gradients clipped by their norm."""
    n = Numbers(3)
    inputs = {"a": n.normal(7, 5), "b": n.normal(7, 8)}
    parameters = {
        "wa": n.weight(4, 5),
        "ba": n.normal(4, scale=0.1),
        "wb": n.weight(4, 8),
        "bb": n.normal(4, scale=0.1),
        "log_scale": torch.tensor(math.log(1 / 0.07)).float().double(),
    }

    def loss_of(inputs, p):
        a = F.normalize(F.linear(inputs["a"], p["wa"], p["ba"]), dim=1)
        b = F.normalize(F.linear(inputs["b"], p["wb"], p["bb"]), dim=1)
        logits = p["log_scale"].exp() * a @ b.T
        pairs = torch.arange(7)
        return (F.cross_entropy(logits, pairs) + F.cross_entropy(logits.T, pairs)) / 2

    train("contrastive", inputs, parameters, loss_of, 5, clip=0.5, lr=0.02, weight_decay=0.0, betas=(0.8, 0.95))


def signal():
    """A one-dimensional network: strided convolution, layer norm, self-attention, mean over time."""
    n = Numbers(4)
    inputs = {"x": n.normal(3, 2, 23), "target": n.normal(3, 2)}
    parameters = {
        "stem": n.weight(6, 2, 5),
        "stem_bias": n.normal(6, scale=0.1),
        "gamma": 1 + n.normal(6, scale=0.2),
        "beta": n.normal(6, scale=0.2),
        "query": n.weight(6, 6),
        "key": n.weight(6, 6),
        "value": n.weight(6, 6),
        "head": n.weight(2, 6),
    }
    parameters = {key: value.float().double() for key, value in parameters.items()}

    def loss_of(inputs, p):
        h = F.conv1d(inputs["x"], p["stem"], p["stem_bias"], stride=2, padding=1)  # 11 samples
        h = torch.tanh(h).transpose(1, 2)
        h = F.layer_norm(h, (6,), p["gamma"], p["beta"], 1e-5)
        q, k, v = (h @ p[name] for name in ("query", "key", "value"))
        h = h + F.softmax(q @ k.transpose(1, 2) / math.sqrt(6), dim=-1) @ v
        return F.mse_loss(F.linear(h.mean(1), p["head"]), inputs["target"])

    train("signal", inputs, parameters, loss_of, 5, lr=0.01, weight_decay=0.01)


def structural_similarity(a, b, size=7, deviation=1.5):
    """Mean SSIM of pictures (n, 1, h, w) in 0..1 under a Gaussian window, inside the pictures alone."""
    place = torch.arange(size) - (size - 1) / 2
    bell = torch.exp(-0.5 * (place / deviation) ** 2)
    # Rounded as the graph stores them: variances are differences, which would show the rounding enlarged.
    bell = (bell / bell.sum()).float().double()
    window = torch.outer(bell, bell)[None, None]
    mean_a, mean_b, aa, bb, ab = (F.conv2d(x, window) for x in (a, b, a * a, b * b, a * b))
    c1, c2 = 0.01**2, 0.03**2
    brightness = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    contrast = (2 * (ab - mean_a * mean_b) + c2) / (aa - mean_a**2 + bb - mean_b**2 + c2)
    return (brightness * contrast).mean()


def grouped():
    """An image network of grouped, depthwise, dilated and transposed convolutions, group norm, pooling over windows that
    overlap, pixel shuffles, and interpolation with half-pixel centres; smooth L1 and structural similarity."""
    n = Numbers(5)
    inputs = {"x": n.normal(2, 3, 13, 11), "target": n.uniform(2, 1, 10, 11)}
    parameters = {
        "stem": n.weight(4, 3, 3, 5),
        "stem_bias": n.normal(4, scale=0.1),
        "gamma": 1 + n.normal(4, scale=0.2),
        "beta": n.normal(4, scale=0.2),
        "depthwise": n.weight(8, 1, 3, 3),
        "dilated": n.weight(4, 4, 3, 2),
        "up": n.normal(4, 3, 3, 4, scale=0.3),
        "up_bias": n.normal(6, scale=0.1),
        "mix": n.weight(4, 24, 1, 1),
        "head": n.weight(1, 1, 3, 3),
        "head_bias": n.normal(1, scale=0.1),
    }
    parameters = {key: value.float().double() for key, value in parameters.items()}

    def loss_of(inputs, p):
        h = F.conv2d(inputs["x"], p["stem"], p["stem_bias"], stride=(2, 1), padding=(1, 2))  # 7 × 11
        h = F.silu(F.group_norm(h, 2, p["gamma"], p["beta"], 1e-5))
        h = F.elu(F.conv2d(h, p["depthwise"], stride=1, padding=1, groups=4), 0.7)
        h = F.max_pool2d(h, 3, stride=2, padding=1)  # 4 × 6
        h = F.gelu(F.conv2d(h, p["dilated"], padding=(2, 1), dilation=(2, 1), groups=2), approximate="tanh")  # 4 × 7
        h = F.avg_pool2d(h, (2, 3), stride=(1, 2), padding=(1, 1))  # 5 × 4
        h = F.conv_transpose2d(
            h, p["up"], p["up_bias"], stride=(1, 2), padding=1, output_padding=(0, 1), groups=2
        )  # 5 × 9
        h = F.interpolate(h, size=(6, 8), mode="bilinear", align_corners=False)
        h = F.pixel_unshuffle(h, 2)  # 24 channels of 3 × 4
        h = F.pixel_shuffle(F.conv2d(h, p["mix"]), 2)  # 1 channel of 6 × 8
        h = F.interpolate(h, size=(10, 11), mode="bilinear", align_corners=True)
        h = torch.sigmoid(F.conv2d(h, p["head"], p["head_bias"], padding=1))
        far = F.smooth_l1_loss(h, inputs["target"], beta=0.25)
        peak = h.amax(dim=(2, 3)).mean()
        return far + 0.5 * (1 - structural_similarity(h, inputs["target"])) + 0.1 * peak

    train("grouped", inputs, parameters, loss_of, 4, lr=0.005, weight_decay=0.02)


def sinusoidal(positions, width):
    columns = torch.arange(0, width, 2)
    angle = torch.arange(positions)[:, None] / 10000 ** (columns / width)
    return torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)[:, :width]


def transformer():
    """Embedded tokens that attend to a signal: positions, masked multi-head cross-attention, layer norm, softmax over
    positions; cross-entropies, cosine similarity and log-cosh."""
    n = Numbers(6)
    inputs = {
        "tokens": torch.tensor([[3, 0, 4, 4], [1, 3, 0, 2], [2, 2, 1, 0]]).double(),
        "context": n.normal(3, 5, 7),
        "classes": torch.tensor([2, 0, 1]).double(),
        "soft": F.softmax(n.normal(3, 3), dim=1).float().double(),
        "yes": torch.tensor([[1, 0, 0], [0, 1, 1], [1, 1, 0]]).double(),
        "direction": n.normal(3, 6),
    }
    parameters = {
        "table": n.normal(5, 6),
        "learned": n.normal(5, 7, scale=0.2),
        "query": n.weight(6, 6),
        "query_bias": n.normal(6, scale=0.1),
        "key": n.weight(6, 7),
        "value": n.weight(6, 7),
        "value_bias": n.normal(6, scale=0.1),
        "output": n.weight(6, 6),
        "output_bias": n.normal(6, scale=0.1),
        "gamma": 1 + n.normal(6, scale=0.2),
        "beta": n.normal(6, scale=0.2),
        "wide": n.weight(9, 6),
        "wide_bias": n.normal(9, scale=0.1),
        "narrow": n.weight(6, 9),
        "head": n.weight(3, 6),
    }
    parameters = {key: value.float().double() for key, value in parameters.items()}
    attention = torch.nn.MultiheadAttention(6, 2, kdim=7, vdim=7, batch_first=True)
    mask = torch.tensor([[0, 1, 0, 0, 0]] * 2 + [[0, 0, 0, 0, 1]] * 2).bool()  # true: not attended to

    def loss_of(inputs, p):
        h = F.embedding(inputs["tokens"].long(), p["table"]) + sinusoidal(4, 6).float().double()
        context = inputs["context"] + p["learned"]
        weights = {
            "q_proj_weight": p["query"],
            "k_proj_weight": p["key"],
            "v_proj_weight": p["value"],
            "in_proj_bias": torch.cat([p["query_bias"], torch.zeros(6), p["value_bias"]]),
            "out_proj.weight": p["output"],
            "out_proj.bias": p["output_bias"],
        }
        attended, _ = torch.func.functional_call(
            attention, weights, (h, context, context), {"attn_mask": mask, "need_weights": False}
        )
        h = F.layer_norm(h + attended, (6,), p["gamma"], p["beta"], 1e-5)
        h = h + F.linear(F.gelu(F.linear(h, p["wide"], p["wide_bias"]), approximate="tanh"), p["narrow"])
        pooled = (F.softmax(h, dim=1) * h).sum(1)
        logits = F.linear(pooled, p["head"])
        difference = pooled - inputs["direction"]
        return (
            F.cross_entropy(logits, inputs["classes"].long())
            + 0.5 * F.cross_entropy(logits, inputs["soft"])
            + 0.25 * F.binary_cross_entropy_with_logits(logits, inputs["yes"])
            + (1 - F.cosine_similarity(pooled, inputs["direction"], dim=1).mean())
            + 0.1 * torch.log(torch.cosh(difference)).mean()
            + 0.05 * F.l1_loss(pooled, inputs["direction"])
            + 0.1 * pooled.var(dim=1).mean()
        )

    train("transformer", inputs, parameters, loss_of, 4, clip=1.0, lr=0.01, weight_decay=0.01)


def accumulated():
    """One layer trained with three batches for each of four steps, gradients clipped, weights averaged."""
    n = Numbers(7)
    batches, steps, decay = 3, 4, 0.8
    x = n.normal(batches * steps, 5, 4)
    target = n.normal(batches * steps, 5, 2)
    start = {"w": n.weight(2, 4), "b": n.normal(2, scale=0.1)}
    parameters = {key: value.clone().requires_grad_() for key, value in start.items()}
    averages = {key: value.clone() for key, value in start.items()}
    follow = torch.optim.swa_utils.get_ema_multi_avg_fn(decay)
    optimiser = torch.optim.AdamW(parameters.values(), lr=0.03, weight_decay=0.01)
    norms = []
    for step in range(steps):
        optimiser.zero_grad()
        for batch in range(step * batches, (step + 1) * batches):
            h = F.linear(x[batch], parameters["w"], parameters["b"])
            (F.mse_loss(h, target[batch]) / batches).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(parameters.values(), 0.4).item())
        optimiser.step()
        with torch.no_grad():
            follow(list(averages.values()), list(parameters.values()), step)
    golden = {
        "batches": batches,
        "decay": decay,
        "learning_rate": 0.03,
        "clip": 0.4,
        "x": described(x),
        "target": described(target),
        "start": {key: described(value) for key, value in start.items()},
        "norms": norms,
        "trained": {key: described(value) for key, value in parameters.items()},
        "averages": {key: described(value) for key, value in averages.items()},
    }
    path = OUT / "accumulated.json"
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    fully_connected()
    convolutional()
    contrastive()
    signal()
    grouped()
    transformer()
    accumulated()
