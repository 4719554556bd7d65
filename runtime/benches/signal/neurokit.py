"""Seconds of processor time (mean of five runs) that SciPy's filters and NeuroKit2 take for one recording: the filters that the
runtime uses, then peaks and waves of every lead. Called by the benchmark beside it."""

import json
import sys
import time
import warnings

import neurokit2 as nk
import numpy as np
from scipy import signal

warnings.filterwarnings("ignore")

RATE = 500


def work(rows):
    high = signal.butter(2, 0.5, "highpass", fs=RATE, output="sos")
    low = signal.butter(2, 100, "lowpass", fs=RATE, output="sos")
    clean = signal.sosfiltfilt(low, signal.sosfiltfilt(high, rows, padlen=2000), padlen=2000)
    _, info = nk.ecg_peaks(clean[1], sampling_rate=RATE)
    for row in clean:
        nk.ecg_delineate(row, info["ECG_R_Peaks"], sampling_rate=RATE, method="dwt")


rows = np.array(json.load(open(sys.argv[1])), dtype=float)
begin = time.process_time()
for _ in range(5):
    work(rows)
print((time.process_time() - begin) / 5)
