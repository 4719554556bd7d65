#!/usr/bin/env python3
"""Trains four small networks with PyTorch in float64 and writes what it found as JSON.

The trainer's gradient tests build the same networks with their own graph builder and must find the same losses,
gradients and parameters. Needs `torch` (made with 2.15.0) and Python 3.11 or newer; run it in this folder:

    python3 autodiff.py

Each file of autodiff/ holds `inputs`, `parameters` (before the first step), `losses` (one per step, before the step's
update), `gradients` (of the first step, before any clipping), `trained` (parameters after the last step),
`first_moments` and `second_moments` (AdamW's, after the last step), and `statistics` (running ones, where there are any).
A tensor is {"shape": [...], "values": [...]}, row-major. Inputs and parameters are exact in float32, so that both sides
start from the same numbers.
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


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    fully_connected()
    convolutional()
    contrastive()
    signal()
