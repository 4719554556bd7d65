#!/usr/bin/env python3
"""What scikit-learn's histogram gradient boosting predicts.

    python3 tests/goldens/boosted_trees.py    writes tests/goldens/boosted_trees.json (needs numpy and scikit-learn)
"""

import json
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

SETTINGS = dict(
    max_iter=12,
    learning_rate=0.2,
    max_leaf_nodes=6,
    min_samples_leaf=8,
    l2_regularization=0.5,
    early_stopping=False,
)


def rounded(values):
    return np.round(values, 6).tolist()


def main():
    random = np.random.default_rng(11)
    features = np.round(random.normal(size=(150, 3)), 4)
    unseen = np.round(random.normal(size=(40, 3)), 4)
    wave = np.sin(2 * features[:, 0]) + features[:, 1] * (features[:, 2] > 0)
    quantity = np.round(wave + 0.2 * random.normal(size=150), 4)
    chosen = (wave + 0.5 * random.normal(size=150) > 0.3).astype(int)
    regressor = HistGradientBoostingRegressor(**SETTINGS).fit(features, quantity)
    classifier = HistGradientBoostingClassifier(**SETTINGS).fit(features, chosen)
    golden = {
        "features": features.tolist(),
        "quantity": quantity.tolist(),
        "class": chosen.tolist(),
        "unseen": unseen.tolist(),
        "predicted_quantity": rounded(regressor.predict(unseen)),
        "predicted_log_odds": rounded(classifier.decision_function(unseen)),
    }
    path = Path(__file__).with_name("boosted_trees.json")
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
