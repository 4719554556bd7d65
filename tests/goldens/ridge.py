#!/usr/bin/env python3
"""Ridge and kernel ridge regression by their closed forms in numpy, with the same choice of λ and bandwidth.

    python3 tests/goldens/ridge.py        writes tests/goldens/ridge.json (needs numpy)
"""

import json
from pathlib import Path

import numpy as np

PENALTIES = [0.005, 0.02, 0.1, 0.4, 1.5, 6.0, 40.0]
BANDWIDTHS = [0.05, 0.15, 0.5, 1.5]
INNER_FOLDS = 4


def distances(left, right):
    return ((left[:, None, :] - right[None, :, :]) ** 2).sum(axis=2)


def ridge_kernels(train, unseen):
    """The primal ridge's kernel, scaled to a mean diagonal of 1."""
    scale = np.mean((train**2).sum(axis=1))
    return [(train @ train.T / scale, unseen @ train.T / scale)]


def gaussian_kernels(train, unseen):
    among = distances(train, train)
    pairs = np.sort(among[np.tril_indices(len(train), -1)])
    median = pairs[len(pairs) // 2]
    return [
        (np.exp(-b / median * among), np.exp(-b / median * distances(unseen, train)))
        for b in BANDWIDTHS
    ]


def answer(kernels, answers):
    fold = np.arange(len(answers)) % INNER_FOLDS
    predicted, chosen = [], []
    for y in answers.T:
        best = (np.inf, None)
        for number, (among, _) in enumerate(kernels):
            for penalty in PENALTIES:
                error = 0.0
                for held in range(INNER_FOLDS):
                    t, v = fold != held, fold == held
                    weights = np.linalg.solve(among[np.ix_(t, t)] + penalty * np.eye(t.sum()), y[t])
                    error += ((among[np.ix_(v, t)] @ weights - y[v]) ** 2).sum()
                if error < best[0]:
                    best = (error, (number, penalty))
        number, penalty = best[1]
        among, unseen = kernels[number]
        weights = np.linalg.solve(among + penalty * np.eye(len(y)), y)
        predicted.append((unseen @ weights).tolist())
        chosen.append([number, penalty])
    return {"chosen": chosen, "answers": np.transpose(predicted).tolist()}


def primal_ridge(train, unseen, y, penalty):
    """The same ridge from its normal equations, to show that the dual form is the ridge."""
    scale = np.mean((train**2).sum(axis=1))
    normal = train.T @ train + penalty * scale * np.eye(train.shape[1])
    return unseen @ np.linalg.solve(normal, train.T @ y)


def main():
    random = np.random.default_rng(7)
    train, unseen = random.normal(size=(42, 3)), random.normal(size=(6, 3))

    def truth(x):
        noise = 0.3 * random.normal(size=len(x))
        return np.stack([x @ [1.0, -0.5, 0.2] + noise, np.cos(2 * x[:, 0]) + noise / 3, noise], axis=1)

    known = truth(train)
    known = (known - known.mean(axis=0)) / known.std(axis=0)
    ridge = answer(ridge_kernels(train, unseen), known)
    for column, (_, penalty) in enumerate(ridge["chosen"]):
        primal = primal_ridge(train, unseen, known[:, column], penalty)
        assert np.allclose(primal, np.array(ridge["answers"])[:, column])
    golden = {
        "features": train.tolist(),
        "known": known.tolist(),
        "unseen": unseen.tolist(),
        "ridge": ridge["answers"],
        "kernel_ridge": answer(gaussian_kernels(train, unseen), known)["answers"],
    }
    path = Path(__file__).with_name("ridge.json")
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
