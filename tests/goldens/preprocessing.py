"""What other programs make of a lead, step by step: the wavelet transform (PyWavelets), its soft
threshold, Savitzky-Golay smoothing (SciPy), the trend (statsmodels), and the median filter (SciPy).

Run with `python3 tests/goldens/preprocessing.py`; needs numpy, scipy, PyWavelets and statsmodels
(written with 2.4.6, 1.17.1, 1.9.0 and 0.15.0).
"""

import json
from pathlib import Path

import numpy as np
import pywt
from scipy import signal
from statsmodels.tsa.seasonal import seasonal_decompose

FOLDER = Path(__file__).parent / "signal"
RATE = 500.0


def rounded(values):
    return [float(f"{value:.10g}") for value in values]


def lead(length):
    """P, QRS and T as bells once every 0.8 s, wander, and noise, rounded as they are stored."""
    random = np.random.default_rng(5)
    time = np.arange(length) / RATE
    phase = time % 0.8 - 0.3
    waves = [(-0.16, 0.12, 0.025), (0.0, 1.2, 0.01), (0.026, -0.3, 0.01), (0.25, 0.3, 0.05)]
    ecg = sum(height * np.exp(-0.5 * ((phase - at) / width) ** 2) for at, height, width in waves)
    ecg += 0.2 * np.sin(2 * np.pi * 0.3 * time) + 0.4 + 0.03 * random.normal(size=length)
    return np.round(ecg, 4)


def without_noise(values, levels):
    parts = pywt.wavedec(values, "db6", mode="symmetric", level=levels)
    noise = np.median(np.abs(parts[-1])) / 0.6745
    threshold = noise * np.sqrt(2 * np.log(len(values)))
    parts[1:] = [pywt.threshold(part, threshold, mode="soft") for part in parts[1:]]
    return pywt.waverec(parts, "db6", mode="symmetric")[: len(values)]


def trend(values, period):
    found = np.array(seasonal_decompose(values, model="additive", period=period).trend)
    known = np.flatnonzero(~np.isnan(found))
    found[: known[0]] = found[known[0]]
    found[known[-1] :] = found[known[-1]]
    return found


def main():
    ecg = lead(600)
    transforms = []
    for length in (8, 37, 200):
        coarse, detail = pywt.dwt(ecg[:length], "db6", mode="symmetric")
        transforms.append(
            {"length": length, "approximation": rounded(coarse), "detail": rounded(detail)}
        )
    scaled = ecg.astype(np.float32)
    low, high = scaled.min(), scaled.max()
    scaled = (scaled - low) / (high - low + np.float32(1e-4))
    content = {
        "millivolts": ecg.tolist(),
        "transforms": transforms,
        "denoised": [
            {"levels": levels, "length": length, "expected": rounded(without_noise(ecg[:length], levels))}
            for levels, length in ((1, 101), (3, 301), (5, 600))
        ],
        "smoothed": [
            {"window": window, "order": order, "expected": rounded(signal.savgol_filter(ecg[:120], window, order))}
            for window, order in ((5, 2), (11, 3), (25, 4))
        ],
        "trends": [
            {"period": period, "expected": rounded(trend(ecg[:160], period))} for period in (2, 41, 60)
        ],
        "chain": {
            "period": 200,
            "levels": 4,
            "window": 11,
            "order": 3,
            "expected": rounded(signal.savgol_filter(without_noise(ecg - trend(ecg, 200), 4), 11, 3)),
        },
        "first_samples": rounded(signal.medfilt(scaled, 7)),
    }
    text = json.dumps(content, separators=(",", ":"))
    (FOLDER / "preprocessing.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
