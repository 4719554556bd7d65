"""The thesis' autoencoders in PyTorch, eager: as many training steps as each line of standard input says.

The one argument is a folder with `network.json` (settings, and the parameters' names and shapes in their order),
`parameters.f32` and `input.f32` (little-endian float32). A first step is taken at once and its loss answered; each line
is answered with the seconds its steps took.
"""

import json
import os
import sys
import time

try:
    import torch
except ImportError:
    print("no torch", flush=True)
    sys.exit()

from torch import nn


class EcgAutoencoder(nn.Module):
    """Fully connected layers; a rectifier after each but the last, which a sigmoid limits."""

    def __init__(self, parameters):
        super().__init__()
        widths = {name: shape for name, shape in parameters.items() if name.endswith("/weight")}
        self.named = {name.removesuffix("/weight"): nn.Linear(shape[1], shape[0]) for name, shape in widths.items()}
        layers = [layer for linear in self.named.values() for layer in (linear, nn.ReLU())]
        self.layers = nn.Sequential(nn.Flatten(), *layers[:-1], nn.Sigmoid())

    def forward(self, ecg):
        return self.layers(ecg)

    def loss(self, ecg):
        return nn.functional.mse_loss(self(ecg), ecg.flatten(1))


class MriAutoencoder(nn.Module):
    """Double convolutions, maximum pooling downwards, bilinear doubling upwards, one pixel between."""

    def __init__(self, parameters):
        super().__init__()
        self.named = {}
        levels = list(dict.fromkeys(name.rsplit("/", 2)[0] for name in parameters if "/level" in name))
        layers = []
        for level in levels:
            if level.startswith("mri_decoder"):
                if not any(isinstance(layer, nn.Upsample) for layer in layers):
                    layers.append(nn.AdaptiveMaxPool2d(1))
                layers.append(nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True))
            elif layers:
                layers.append(nn.MaxPool2d(2))
            for part in (1, 2):
                shape = parameters[f"{level}/conv{part}/weight"]
                convolution = nn.Conv2d(shape[1], shape[0], 3, padding=1)
                normalisation = nn.BatchNorm2d(shape[0])
                self.named[f"{level}/conv{part}"] = convolution
                self.named[f"{level}/norm{part}"] = normalisation
                layers += [convolution, normalisation, nn.ReLU()]
        picture = nn.Conv2d(parameters["mri_decoder/picture/weight"][1], 1, 1)
        self.named["mri_decoder/picture"] = picture
        self.layers = nn.Sequential(*layers, picture)

    def forward(self, picture):
        return self.layers(picture)

    def loss(self, picture):
        return nn.functional.mse_loss(self(picture), picture)


PARTS = {"weight": "weight", "bias": "bias", "gain": "weight", "shift": "bias",
         "running_mean": "running_mean", "running_variance": "running_var"}  # fmt: skip


def numbers(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return torch.frombuffer(bytearray(file.read()), dtype=torch.float32)


def main(folder):
    with open(os.path.join(folder, "network.json"), encoding="utf-8") as file:
        network = json.load(file)
    torch.set_num_threads(network["threads"])
    torch.set_flush_denormal(True)
    shapes = {tensor["name"]: tensor["shape"] for tensor in network["tensors"]}
    model = (EcgAutoencoder if any(name.startswith("ecg_") for name in shapes) else MriAutoencoder)(shapes)
    given = numbers(folder, "parameters.f32")
    decayed, spared = [], []
    start = 0
    for name, shape in shapes.items():
        layer, part = name.rsplit("/", 1)
        tensor = getattr(model.named[layer], PARTS[part])
        with torch.no_grad():
            tensor.copy_(given[start : start + tensor.numel()].view(shape))
        start += tensor.numel()
        if isinstance(tensor, nn.Parameter):
            (decayed if part == "weight" else spared).append(tensor)
    if len(decayed) + len(spared) != len(list(model.parameters())) or start != given.numel():
        sys.exit("the parameters do not fill the network")
    optimiser = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": network["weight_decay"]}, {"params": spared, "weight_decay": 0.0}],
        lr=network["learning_rate"],
        betas=network["betas"],
        eps=network["epsilon"],
    )
    batch = numbers(folder, "input.f32").view(network["input"])

    def step():
        optimiser.zero_grad()
        loss = model.loss(batch)
        loss.backward()
        optimiser.step()
        return loss.item()

    model.train()
    print(step(), flush=True)
    for line in sys.stdin:
        begun = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - begun, flush=True)


main(sys.argv[1])
