"""Scores of a map by scikit-learn, for the trainer's own trustworthiness.

    python tests/goldens/trustworthiness.py

needs numpy and scikit-learn and writes trustworthiness.json beside this file. Points are rounded to single precision
before they are scored, because the trainer keeps latents so.
"""

import json
from pathlib import Path

import numpy
from sklearn.manifold import trustworthiness

random = numpy.random.default_rng(20)
latents = random.normal(size=(60, 5)).astype(numpy.float32).round(4).astype(numpy.float32)
# Half a projection, half chance: a map that is neither good nor bad.
places = (latents[:, :2] + random.normal(scale=0.7, size=(60, 2))).round(4)
scores = [
    (k, float(trustworthiness(latents.astype(float), places, n_neighbors=k))) for k in (1, 5, 12, 29)
]
golden = {
    "length": 5,
    "latents": [float(f"{value:.4f}") for value in latents.ravel()],
    "map": places.tolist(),
    "scores": scores,
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
print(scores)
