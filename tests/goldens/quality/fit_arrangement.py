#!/usr/bin/env python3
"""Fits the numbers of `runtime/src/signal/quality/arrangement/fitted.rs`.

    cargo run --release -p ecg2mri --example median_beats -- published.f32 ludb/*.hea
    cargo run --release -p ecg2mri --example median_beats -- microvolts.f32 ludb-microvolts/*.hea
    python3 fit_arrangement.py published.f32 microvolts.f32 > fitted.rs && rustfmt --edition 2024 fitted.rs

The files hold median beats of correctly connected recordings, little-endian 32-bit floats of shape
(record, 12, 600), the same records in the same order. The shipped numbers come from the odd-numbered records
of LUDB (PhysioNet), once as published and once in microvolts: the published headers scale every lead on
its own to span 1 mV, while the stored integers of all leads share one scale of about 1 uV (lead I + III = II
holds for them), so that headers with a gain of 1000/mV give the true proportions. A check of electrodes
should work in both cases.

Every record is turned into all arrangements that a mistake at the electrodes can make of it, and a
conditional logit learns to tell the true one among them: P(arrangement) is a softmax of weights times
features. The features ask how well the eight independent leads, in five windows of the beat, fit the
mean second moments of the population, and how alike neighbouring chest leads are. The report of a
five-fold cross-validation, split by record, goes to standard error. Needs numpy only.
"""

import sys
from itertools import combinations, permutations

import numpy as np

INDEPENDENT = [0, 1, 6, 7, 8, 9, 10, 11]  # I, II, V1..V6 among the twelve
WINDOWS = {"QRS_EARLY": (186, 206), "QRS_MIDDLE": (206, 226), "QRS_LATE": (226, 250), "T": (270, 430), "P": (95, 178)}
SHAPES = {"QRS": (186, 250), "ST_T": (260, 440)}
NOISE_MV = 0.02
NOISE_P_MV = 0.005
RIDGE_MOMENTS = 0.02
RIDGE_WEIGHTS = 0.03

# Leads of a dipole (x left, y down, z back), after Dower, Machado & Osborne, Clin Cardiol 1980;3:87.
DOWER = np.array([
    [0.632, -0.235, 0.059], [0.235, 1.066, -0.132], [-0.515, 0.157, -0.917], [0.044, 0.164, -1.387],
    [0.882, 0.098, -1.277], [1.213, 0.127, -0.601], [1.125, 0.127, -0.086], [0.831, 0.076, 0.230],
])


def limb_arrangement(order):
    potentials = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])[list(order)]  # RA, LA, LL in terms of I and II
    matrix = np.eye(8)
    matrix[:2, :2] = potentials[1] - potentials[0], potentials[2] - potentials[0]
    return matrix


def chest_arrangement(order):
    matrix = np.eye(8)
    matrix[2:, 2:] = np.eye(6)[list(order)]
    return matrix


def arrangements():
    """Names and (8, 8) matrices, the right one first; the order is that of `Arrangement::all`."""
    found = [("right", np.eye(8))]
    for name, order in [("RA-LA", (1, 0, 2)), ("RA-LL", (2, 1, 0)), ("LA-LL", (0, 2, 1)),
                        ("rotated", (1, 2, 0)), ("rotated back", (2, 0, 1))]:
        found.append((name, limb_arrangement(order)))
    for one, other in combinations(range(6), 2):
        order = list(range(6))
        order[one], order[other] = other, one
        found.append((f"V{one + 1}-V{other + 1}", chest_arrangement(order)))
    found.append(("V1..V6 reversed", chest_arrangement([5, 4, 3, 2, 1, 0])))
    for lead in range(6):
        matrix = np.eye(8)
        matrix[2 + lead, 2 + lead] = -1
        found.append((f"V{lead + 1} inverted", matrix))
    both = limb_arrangement((1, 0, 2)) @ chest_arrangement([5, 4, 3, 2, 1, 0])
    found.append(("RA-LA, reversed", both))
    mirror = DOWER @ np.diag([-2.0, 0.0, 0.0]) @ np.linalg.pinv(DOWER)
    found.append(("dextrocardia", np.eye(8) + mirror))
    return found


NAMES, MATRICES = zip(*arrangements())
MATRICES = np.array(MATRICES)


def levelled(window):
    """Without the line from its first to its last eight samples."""
    ramp = np.linspace(0, 1, window.shape[1])
    first, last = window[:, :8].mean(1, keepdims=True), window[:, -8:].mean(1, keepdims=True)
    return window - (first + (last - first) * ramp)


def moments(beat):
    """Per window the (8, 8) second moments and the 8 means of the scaled leads."""
    rows = beat[INDEPENDENT].astype(float)
    result = {}
    for name, (start, end) in {**WINDOWS, **SHAPES}.items():
        part = rows[:, start:end]
        noise = NOISE_MV
        if name == "P":
            part, noise = levelled(part), NOISE_P_MV
        part = part / (np.sqrt((part**2).mean()) + noise)
        result[name] = part @ part.T / part.shape[1], part.mean(1)
    return result


def population(records):
    result = {}
    for name in WINDOWS:
        second = np.mean([record[name][0] for record in records], 0) + RIDGE_MOMENTS * np.eye(8)
        result[name] = np.linalg.inv(second), np.mean([record[name][1] for record in records], 0)
    return result


def features(record, typical):
    """Shape (arrangement, feature): each arrangement applied to the record."""
    columns = []
    for name in WINDOWS:
        second, mean = record[name]
        inverse, typical_mean = typical[name]
        seconds = MATRICES @ second @ MATRICES.transpose(0, 2, 1)
        power = np.trace(seconds, axis1=1, axis2=2) / 8
        misfit = np.einsum("aij,ij->a", seconds, inverse) / power
        means = MATRICES @ mean / np.sqrt(power)[:, None]
        columns += [-3 * np.log(misfit), -misfit / 8, means @ typical_mean]
        if name == "P":
            columns += [means[:, 0], means[:, 1]]
    for name in SHAPES:
        seconds = MATRICES @ record[name][0] @ MATRICES.transpose(0, 2, 1)
        size = np.sqrt(np.einsum("aii->ai", seconds)) + 1e-3
        alike = np.clip(seconds / size[:, :, None] / size[:, None, :], -1, 1)
        angles = sum(np.arccos(alike[:, lead, lead + 1]) for lead in range(2, 7))
        bends = (np.diff(np.log(size[:, 2:]), 2, axis=1) ** 2).sum(1)
        columns += [-angles, alike[:, 0, 7], alike[:, 1, 7], -bends]
    return np.array(columns).T


def weights(all_features):
    """Conditional logit by Newton's method; the first arrangement of each record is the true one."""
    found = np.zeros(all_features.shape[2])
    ridge = RIDGE_WEIGHTS * len(all_features)
    for _ in range(60):
        score = all_features @ found
        probability = np.exp(score - score.max(1, keepdims=True))
        probability /= probability.sum(1, keepdims=True)
        mean = np.einsum("ra,raf->rf", probability, all_features)
        gradient = (all_features[:, 0] - mean).sum(0) - ridge * found
        spread = all_features - mean[:, None]
        curvature = np.einsum("ra,raf,rag->fg", probability, spread, spread) + ridge * np.eye(len(found))
        step = np.linalg.solve(curvature, gradient)
        found += step
        if np.abs(step).max() < 1e-9:
            break
    return found


def rearranged(record, matrix):
    return {name: (matrix @ second @ matrix.T, matrix @ mean) for name, (second, mean) in record.items()}


def probability_of_right(record, typical, weight):
    """For every arrangement a record is brought into: how probable its leads are as they stand."""
    result = []
    for matrix in MATRICES:
        score = features(rearranged(record, matrix), typical) @ weight
        exponentials = np.exp(score - score.max())
        result.append(exponentials[0] / exponentials.sum())
    return result


def fitted(records):
    typical = population(records)
    return typical, weights(np.array([features(record, typical) for record in records]))


def cross_validate(records):
    people = len(records) // len(sys.argv[1:])
    folds = np.tile(np.random.default_rng(0).permutation(people) % 5, len(sys.argv[1:]))
    probability = np.zeros((len(records), len(NAMES)))
    for fold in range(5):
        model = fitted([record for record, own in zip(records, folds) if own != fold])
        for index in np.flatnonzero(folds == fold):
            probability[index] = probability_of_right(records[index], *model)
    limits = (0.02, 0.1, 0.25)
    for file, part in zip(sys.argv[1:], probability.reshape(-1, people, len(NAMES))):
        print(f"{file}: {people} records, five folds: share in percent with P(right) below", file=sys.stderr)
        print(f"{'brought into':18}" + "".join(f"{limit:8}" for limit in limits), file=sys.stderr)
        for name, column in zip(NAMES, part.T):
            shares = "".join(f"{100 * (column < limit).mean():8.1f}" for limit in limits)
            print(f"{name:18}{shares}", file=sys.stderr)


def rust(values):
    return "[" + ", ".join(f"{value:.4f}" for value in values) + "]"


def main():
    beats = np.concatenate([np.fromfile(file, "<f4").reshape(-1, 12, 600) for file in sys.argv[1:]])
    records = [moments(beat) for beat in beats]
    cross_validate(records)
    typical, weight = fitted(records)
    print("//! Numbers that `tests/goldens/quality/fit_arrangement.py` fitted to the median beats of")
    print(f"//! {len(records) // len(sys.argv[1:])} recordings of LUDB, the odd-numbered ones; made by it, not by hand.")
    for label, names, pick in (
        ("Inverse mean second moments (lead, lead) of the windows of [`WINDOWS`](super::evidence::WINDOWS).",
         "INVERSE_MOMENTS: [[[f64; 8]; 8]; 5]", 0),
        ("Mean leads in the same windows.", "TYPICAL_MEANS: [[f64; 8]; 5]", 1),
    ):
        print(f"\n/// {label}\npub(super) const {names} = [")
        for name in WINDOWS:
            values = typical[name][pick]
            print(("[" + ",\n".join(map(rust, values)) + "]" if pick == 0 else rust(values)) + ",")
        print("];")
    print("\n/// Weights of the features, in the order in which they are made.")
    print(f"pub(super) const WEIGHTS: [f64; {len(weight)}] = {rust(weight)};")


if __name__ == "__main__":
    main()
