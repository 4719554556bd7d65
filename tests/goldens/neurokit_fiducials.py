"""Fiducials that NeuroKit2 finds in LUDB, QTDB and MIT-BIH recordings, for the table of
runtime/examples/conformance: prints nothing but progress, writes one JSON file.

    python3 -m venv venv && venv/bin/pip install neurokit2 wfdb
    venv/bin/python tests/goldens/neurokit_fiducials.py "$ECG2MRI_TEST_DATA" fiducials.json

Each lead by itself, with the program's own defaults: ecg_clean, ecg_peaks, then ecg_delineate by the discrete
wavelet transform, its most exact method. The seconds it takes are printed at the end.
"""

import json
import math
import sys
import time
import warnings
from pathlib import Path

import neurokit2 as nk
import wfdb

warnings.filterwarnings("ignore")

WAVES = (
    ("ECG_P_Onsets", "ECG_P_Peaks", "ECG_P_Offsets"),
    ("ECG_R_Onsets", None, "ECG_R_Offsets"),
    ("ECG_T_Onsets", "ECG_T_Peaks", "ECG_T_Offsets"),
)


def known(places):
    """Sample numbers, null where there is none."""
    return [None if place is None or math.isnan(place) else float(place) for place in places]


def fiducials(signal, rate):
    """R peaks, and the places found as [wave][end][beat]."""
    clean = nk.ecg_clean(signal, sampling_rate=rate)
    _, info = nk.ecg_peaks(clean, sampling_rate=rate)
    peaks = info["ECG_R_Peaks"]
    _, waves = nk.ecg_delineate(clean, peaks, sampling_rate=rate, method="dwt")
    found = [
        [known(waves[name]) if name else known(peaks) for name in names] for names in WAVES
    ]
    return known(peaks), found


def main(root, output):
    databases = {}
    for database in ("ludb", "mitdb", "qtdb"):
        records = {}
        headers = sorted(Path(root, "ecg", database).glob("*.hea"))
        begin, seconds = time.process_time(), 0.0
        for header in headers:
            record = wfdb.rdrecord(str(header.with_suffix("")))
            leads, beats = {}, []
            for number, signal in enumerate(record.p_signal.T):
                name = record.sig_name[number].lower() if database == "ludb" else str(number)
                try:
                    peaks, found = fiducials(signal, record.fs)
                except Exception as error:  # it fails on some leads, which then have no waves
                    print(f"{database} {header.stem} {name}: {error}", file=sys.stderr)
                    peaks, found = [], [[[], [], []]] * 3
                leads[name] = found
                # The lead that beats are usually detected in.
                if name in ("ii", "0"):
                    beats = peaks
            seconds += len(record.p_signal) / record.fs
            records[header.stem] = {"beats": beats, "leads": leads}
        databases[database] = records
        spent = time.process_time() - begin
        print(f"{database}: {len(headers)} records, {seconds:.0f} s of ECG, {spent:.1f} s of processor time")
    Path(output).write_text(json.dumps(databases))


main(*sys.argv[1:])
