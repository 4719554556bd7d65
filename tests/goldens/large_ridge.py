#!/usr/bin/env python3
"""Ridge regression on standardised features by scikit-learn, with λ chosen by subjects held out.

    python3 tests/goldens/large_ridge.py    writes tests/goldens/large_ridge.json (needs numpy and scikit-learn)
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

PENALTIES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 1.0, 10.0]


def fit(features, answers, penalty):
    """scikit-learn's alpha is against a sum over subjects, not a mean."""
    scaler = StandardScaler().fit(features)
    ridge = Ridge(alpha=penalty * len(features)).fit(scaler.transform(features), answers)
    return lambda others: ridge.predict(scaler.transform(others))


def within(features, answers, unseen):
    held = np.arange(len(features)) % 5 == 0
    errors = [
        np.mean((fit(features[~held], answers[~held], penalty)(features[held]) - answers[held]) ** 2)
        for penalty in PENALTIES
    ]
    penalty = PENALTIES[int(np.argmin(errors))]
    return penalty, fit(features, answers, penalty)(unseen).tolist()


def main():
    random = np.random.default_rng(5)
    mixed = random.normal(size=(4, 4)) * [1.0, 10.0, 0.1, 3.0]
    features = np.round(random.normal(size=(60, 4)) @ mixed + 2.0, 4)
    unseen = np.round(random.normal(size=(6, 4)) @ mixed + 2.0, 4)
    told = features @ [0.5, -0.2, 1.0, 0.1] + 0.1 * random.normal(size=60) + 7.0
    noise = random.normal(size=60)
    answers = np.round(np.stack([told, noise], axis=1), 4)
    chosen = [within(features, column, unseen) for column in answers.T]
    golden = {
        "features": features.tolist(),
        "answers": answers.tolist(),
        "unseen": unseen.tolist(),
        "penalty_0_01": fit(features, answers, 0.01)(unseen).tolist(),
        "chosen": np.transpose([predicted for _, predicted in chosen]).tolist(),
    }
    path = Path(__file__).with_name("large_ridge.json")
    path.write_text(json.dumps(golden) + "\n")
    print("penalties", [penalty for penalty, _ in chosen])


if __name__ == "__main__":
    main()
