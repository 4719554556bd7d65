"""Reads a cohort folder of the simulated heart with the programs that researchers use: nibabel, wfdb, an XML parser.

    python read_cohort.py COHORT

Checks, for every subject: qform and sform agree; size, voxel size, units and time step; labels lie on the cine's grid
and hold 0..3; blood is brighter than muscle; the left ventricle's volumes by the labels of a full stack are those of
subjects.csv; the XML has twelve leads of 5000 samples and twelve of the median. Where the cohort has WFDB records:
their samples are those of the XML, a beat is annotated in every complete QRS complex, and waves begin and end where
fiducials/<id>.csv says. Needs numpy, nibabel and wfdb.
"""
import os
import sys

# This folder's scripts have names of standard modules.
sys.path.pop(0)
import csv  # noqa: E402
import glob  # noqa: E402
import tomllib  # noqa: E402
import xml.etree.ElementTree as ElementTree  # noqa: E402

import nibabel  # noqa: E402
import numpy as np  # noqa: E402
import wfdb  # noqa: E402


def read_nifti(folder, name):
    image = nibabel.load(os.path.join(folder, f"{name}.nii.gz"))
    assert np.allclose(image.get_qform(), image.get_sform(), atol=1e-3), (image.get_qform(), image.get_sform())
    assert int(image.header["qform_code"]) == 1 and int(image.header["sform_code"]) == 1
    zooms = image.header.get_zooms()
    assert np.allclose(np.linalg.norm(image.affine[:3, :3], axis=0), zooms[:3], atol=1e-3)
    return image


def check_pictures(folder, row, full):
    """Both cines and their labels; gives a line about them."""
    es_frame = int(row["es_frame"])
    systole = es_frame if full else 1
    cine = read_nifti(folder, "sa")
    four_chamber = read_nifti(folder, "la_4ch")
    for image in (cine, four_chamber):
        assert image.ndim == 4 and image.shape[3] == (50 if full else 2), image.shape
        assert image.header.get_xyzt_units() == ("mm", "sec"), image.header.get_xyzt_units()
        assert image.get_data_dtype() == np.int16
        cycle = 60 / float(row["heart_rate"])
        step = cycle / 50 * (1 if full else es_frame)
        assert abs(image.header.get_zooms()[3] - step) < 0.01 * step, (image.header.get_zooms(), step)
    assert four_chamber.shape[2] == 1 and (cine.shape[2] >= 7 if full else cine.shape[2] == 1), cine.shape
    # Columns run to the patient's left (RAS x falls), rows towards the feet (RAS z falls).
    assert cine.affine[0, 0] < 0 and cine.affine[2, 1] < 0, cine.affine
    voxel_ml = abs(np.linalg.det(cine.affine[:3, :3])) / 1000
    signal = np.asarray(cine.dataobj)
    said = []
    for phase, frame, column in (("ED", 0, "lvedv_ml"), ("ES", systole, "lvesv_ml")):
        labels = read_nifti(folder, f"label_sa_{phase}")
        assert labels.shape == cine.shape[:3] and np.allclose(labels.affine, cine.affine)
        mask = np.asarray(labels.dataobj)
        assert set(np.unique(mask)) == {0, 1, 2, 3}
        picture = signal[..., frame]
        assert picture[mask == 1].mean() > 1.2 * picture[mask == 2].mean()
        if full:
            volume = (mask == 1).sum() * voxel_ml
            said.append(f"{column} {volume:.0f} ({float(row[column]):.0f})")
            assert abs(volume / float(row[column]) - 1) < 0.15, said
        if os.path.exists(os.path.join(folder, "label_sa.nii.gz")):
            assert (np.asarray(read_nifti(folder, "label_sa").dataobj)[..., frame] == mask).all()
            long_axis = np.asarray(read_nifti(folder, f"label_la_4ch_{phase}").dataobj)
            assert long_axis.shape == four_chamber.shape[:3] and set(np.unique(long_axis)) == {0, 1, 2, 3}
    zooms = [round(float(zoom), 4) for zoom in cine.header.get_zooms()]
    return f"{cine.shape} of {zooms}, {''.join(nibabel.aff2axcodes(cine.affine))} {' '.join(said)}"


def check_xml(path):
    """The strip of twelve leads, in steps of 5 uV."""
    xml = ElementTree.parse(path).getroot()
    for element, samples in (("StripData", 5000), ("RestingECGMeasurements/MedianSamples", 600)):
        leads = xml.findall(f"{element}/WaveformData")
        assert [len(lead.text.split(",")) for lead in leads] == [samples] * 12
    return np.array([[int(x) for x in lead.text.split(",")] for lead in xml.findall("StripData/WaveformData")])


def check_wfdb(record_path, strip, fiducials):
    """The record, its beats and its waves; gives how many of each."""
    record = wfdb.rdrecord(record_path)
    assert record.fs == 500 and record.sig_name == "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6".split()
    assert np.abs(record.p_signal.T / 0.005 - strip).max() < 1e-9, "the record is not what the XML has"
    within = [
        beat
        for beat in fiducials
        if float(beat["qrs_onset_s"]) * 500 >= -0.5 and float(beat["qrs_offset_s"]) * 500 < 4999.5
    ]
    beats = wfdb.rdann(record_path, "atr")
    assert set(beats.symbol) <= {"N", "V"} and len(beats.sample) == len(within), (beats.symbol, len(within))
    for sample, beat in zip(beats.sample, within):
        assert float(beat["qrs_onset_s"]) * 500 - 1 <= sample <= float(beat["qrs_offset_s"]) * 500 + 1
    waves = wfdb.rdann(record_path, "waves")
    assert (np.diff(waves.sample) >= 0).all()
    wave_names = ("p", "qrs", "t")
    for sample, symbol, number in zip(waves.sample, waves.symbol, waves.num):
        if symbol in "()":
            edge = "onset" if symbol == "(" else "offset"
            times = [beat[f"{wave_names[number]}_{edge}_s"] for beat in fiducials]
            assert min(abs(float(time) * 500 - sample) for time in times if time) < 1, (sample, symbol, number)
        else:
            assert symbol in "pNt", symbol
    return f"{len(beats.sample)} beats, {len(waves.sample)} marks"


root = sys.argv[1]
with open(os.path.join(root, "cohort.toml"), "rb") as file:
    cohort = tomllib.load(file)
with open(os.path.join(root, "subjects.csv"), newline="") as file:
    rows = list(csv.DictReader(file))
ids = [row["feid"] for row in rows]
assert len(ids) == cohort["subjects"] and ids == sorted(ids)
assert ids == sorted(os.path.basename(folder) for folder in glob.glob(os.path.join(root, "NIFTI", "*")))
for row in rows:
    name = row["feid"]
    said = check_pictures(os.path.join(root, "NIFTI", name), row, cohort["pictures"] == "full")
    strip = check_xml(os.path.join(root, "ecg", f"{name}_20205_2_0.xml"))
    if "wfdb" in cohort["also"]:
        with open(os.path.join(root, "fiducials", f"{name}.csv"), newline="") as file:
            fiducials = list(csv.DictReader(file))
        said += "; " + check_wfdb(os.path.join(root, "wfdb", name), strip, fiducials)
    print(name, said)
