"""Small DICOM waveform objects written by pydicom, and what pydicom reads from them.

    python tests/goldens/dicom_waveforms.py [FOLDER OF REAL RECORDINGS]

Needs numpy and pydicom (written with pydicom 3.0.2). Writes tests/goldens/dicom/*.dcm and expected.json;
the signals are made here. With a folder it also writes published.json, sums of pydicom's own test file.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

FOLDER = Path(__file__).parent / "dicom"
RANDOM = np.random.default_rng(11)


def code(value, scheme, meaning):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def channel(source, units, sensitivity, correction, baseline, bits):
    item = Dataset()
    item.ChannelSourceSequence = code(*source)
    item.ChannelSensitivity = str(sensitivity)
    item.ChannelSensitivityUnitsSequence = code(units, "UCUM", units)
    item.ChannelSensitivityCorrectionFactor = str(correction)
    item.ChannelBaseline = str(baseline)
    item.ChannelSampleSkew = "0"
    item.WaveformBitsStored = bits
    return item


def group(label, originality, rate, samples, interpretation, channels):
    item = Dataset()
    item.MultiplexGroupTimeOffset = "0"
    item.WaveformOriginality = originality
    item.NumberOfWaveformChannels = samples.shape[1]
    item.NumberOfWaveformSamples = samples.shape[0]
    item.SamplingFrequency = str(rate)
    item.MultiplexGroupLabel = label
    item.ChannelDefinitionSequence = Sequence(channels)
    bits = samples.dtype.itemsize * 8
    item.WaveformBitsAllocated = bits
    item.WaveformSampleInterpretation = interpretation
    data = samples.tobytes()
    item.add_new("WaveformData", "OB" if bits == 8 else "OW", data + b"\0" * (len(data) % 2))
    return item


def measurement(source, value, units, channels=(1, 0)):
    item = Dataset()
    item.ConceptNameCodeSequence = code(*source)
    item.ReferencedWaveformChannels = list(channels)
    item.AnnotationGroupNumber = 1
    item.NumericValue = str(value)
    item.MeasurementUnitsCodeSequence = code(units, "UCUM", units)
    return item


def statement(text):
    item = Dataset()
    item.ReferencedWaveformChannels = [1, 0]
    item.AnnotationGroupNumber = 0
    item.UnformattedTextValue = text
    return item


def walk(samples, channels, largest, kind):
    curve = RANDOM.normal(size=(samples, channels)).cumsum(axis=0)
    return np.round(curve / np.abs(curve).max() * largest).astype(kind)


def write(name, syntax, groups, annotations, age, open_lengths):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.9.1.1"
    meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    meta.TransferSyntaxUID = syntax
    data = FileDataset(str(FOLDER / name), {}, file_meta=meta, preamble=b"\0" * 128)
    data.SpecificCharacterSet = "ISO_IR 192"
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, "1.2.3.4"
    data.Modality = "ECG"
    data.PatientName, data.PatientID = "Nobody", "D-7"
    data.PatientSex, data.PatientAge = "M", age
    context = Dataset()
    context.ConceptNameCodeSequence = code("5.4.5-33-1", "SCPECG", "Electrode Placement")
    context.ConceptCodeSequence = code("5.4.5-33-1-1", "SCPECG", "Standard positions")
    data.AcquisitionContextSequence = Sequence([context])
    data.WaveformAnnotationSequence = Sequence(annotations)
    data.WaveformSequence = Sequence(groups)
    if open_lengths:
        def open_sequence(_, element):
            if element.VR == "SQ":
                element.is_undefined_length = True
                for item in element.value:
                    item.is_undefined_length_sequence_item = True
        data.walk(open_sequence)
    data.save_as(FOLDER / name, enforce_file_format=True)
    return pydicom.dcmread(FOLDER / name)


def millivolts(data, number, factors):
    return np.round(data.waveform_array(number) * factors, 7).T.tolist()


def main():
    FOLDER.mkdir(exist_ok=True)
    scp = lambda number, meaning: (f"5.6.3-9-{number}", "SCPECG", meaning)
    mdc = lambda number, meaning: (f"2:{number}", "MDC", meaning)
    expected = {}

    # Three groups: limb leads, a lead and respiration at the same time, and the median beat.
    limb = [channel(scp(1, "Lead I"), "mV", 0.0025, 1.1, 0.25, 16), channel(scp(2, "Lead II"), "uV", 2.5, 1, -3, 16)]
    chest = [channel(scp(8, "Lead V6"), "uV", 5, 1, 0, 12), channel(mdc(20000, "Respiration"), "mV", 1, 1, 0, 16)]
    median = [channel(scp(1, "Lead I"), "uV", 5, 1, 0, 16), channel(scp(2, "Lead II"), "uV", 5, 1, 0, 16)]
    groups = [
        group("RHYTHM", "ORIGINAL", 500, walk(60, 2, 900, "<i2"), "SS", limb),
        group("RHYTHM 2", "ORIGINAL", 500, walk(60, 2, 400, "<i2"), "SS", chest),
        group("MEDIAN BEAT", "DERIVED", 500, walk(25, 2, 700, "<i2"), "SS", median),
    ]
    annotations = [
        statement("Sinusrhythmus\r\ngr\u00f6\u00dfere Q-Zacke"),
        measurement(("2:16160", "MDC", "QT Interval"), 0.402, "s"),
        measurement(("2:16156", "MDC", "QRS Duration"), 99, "ms", (1, 2)),
        measurement(("2:16156", "MDC", "QRS Duration"), 94, "ms"),
        measurement(("2:15872", "MDC", "PR Interval"), 160, "ms"),
        measurement(("2:15880", "MDC", "QTc Bazett"), 410, "ms"),
        measurement(("2:16132", "MDC", "QRS Axis"), -30, "deg"),
        measurement(("2:16770", "MDC", "Heart Rate"), 64, "{H.B.}/min"),
    ]
    data = write("explicit.dcm", ExplicitVRLittleEndian, groups, annotations, "067Y", False)
    rows = millivolts(data, 0, [1, 1e-3]) + millivolts(data, 1, [1e-3, 1])[:1]
    beat = dict(zip(["I", "II"], millivolts(data, 2, [1e-3, 1e-3])))
    expected["explicit"] = {"sampling_rate": 500, "leads": dict(zip(["I", "II", "V6"], rows)), "median": beat}

    # Bytes without sign, sequences of open length, codes of ISO/IEEE 11073.
    channels = [channel(mdc(n, name), "uV", 10, 1, -1280, 8) for n, name in [(3, "Lead V1"), (62, "aVR, augmented")]]
    samples = (walk(45, 2, 120, "<i2") + 128).astype("u1")
    groups = [group("", "ORIGINAL", 250, samples, "UB", channels)]
    annotations = [measurement(("5.10.2.1-3", "SCPECG", "RR Interval"), 800, "ms")]
    data = write("implicit.dcm", ImplicitVRLittleEndian, groups, annotations, "018M", True)
    rows = millivolts(data, 0, [1e-3, 1e-3])
    expected["implicit"] = {"sampling_rate": 250, "leads": dict(zip(["V1", "aVR"], rows))}
    (FOLDER / "expected.json").write_text(json.dumps(expected) + "\n")

    if len(sys.argv) > 1:
        data = pydicom.dcmread(Path(sys.argv[1]) / "ecg/dicom/waveform_ecg_scrubbed.dcm")
        published = {}
        for number, name in enumerate(["rhythm", "median"]):
            microvolts = data.waveform_array(number)
            names = [c.ChannelSourceSequence[0].CodeMeaning for c in data.WaveformSequence[number].ChannelDefinitionSequence]
            names = [name.removeprefix("Lead ").split(" ")[0] for name in names]
            weights = np.arange(len(microvolts)) % 97
            published[name] = {
                "samples": len(microvolts),
                "first": dict(zip(names, microvolts[:8].T.tolist())),
                "sum": dict(zip(names, microvolts.sum(axis=0).tolist())),
                "weighted_sum": dict(zip(names, (weights @ microvolts).tolist())),
            }
        (FOLDER / "published.json").write_text(json.dumps(published) + "\n")


main()
