#!/usr/bin/env python3
"""The real XML recordings at hand, read by other means than the runtime's: lengths, first samples, extremes and checksums.

    ECG2MRI_TEST_DATA=… python3 tests/goldens/xml_formats.py      writes tests/goldens/xml_formats.json (standard library alone)

Samples are whole tenths of a microvolt, so that checksums do not depend on how a float is rounded.
"""

import base64
import json
import os
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from pathlib import Path

STANDARD = "I II III aVR aVL aVF V1 V2 V3 V4 V5 V6".split()


def words(data):
    return list(struct.unpack(f"<{len(data) // 2}h", data))


def summary(steps, microvolts):
    tenths = [round(step * microvolts * 10) for step in steps]
    assert all(abs(step * microvolts * 10 - tenth) < 0.49 for step, tenth in zip(steps, tenths))
    return {
        "samples": len(tenths),
        "first": tenths[:4],
        "smallest": min(tenths),
        "largest": max(tenths),
        "sum": sum(tenths),
        "crc32": zlib.crc32(struct.pack(f"<{len(tenths)}i", *tenths)),
    }


def said(lines):
    return {"count": len(lines), "crc32": zlib.crc32("\n".join(lines).encode())}


def plain(root):
    """Tags without their namespaces."""
    for node in root.iter():
        node.tag = node.tag.rsplit("}", 1)[-1]
    return root


def numbers(**texts):
    return {name: None if text is None else float(text) for name, text in texts.items()}


def muse(root):
    def leads(waveform):
        rows = {}
        for lead in waveform.iter("LeadData"):
            data = base64.b64decode(lead.findtext("WaveFormData"))
            assert zlib.crc32(data) == int(lead.findtext("LeadDataCRC32"))
            assert lead.findtext("LeadAmplitudeUnits") == "MICROVOLTS"
            rows[lead.findtext("LeadID")] = summary(words(data), float(lead.findtext("LeadAmplitudeUnitsPerBit")))
        return {"rate": float(waveform.findtext("SampleBase")), "leads": rows}

    of_type = {waveform.findtext("WaveformType"): waveform for waveform in root.iter("Waveform")}
    made = root.find("OriginalRestingECGMeasurements")
    per_sample = 1000 / float(made.findtext("ECGSampleBase"))
    return {
        "recording": leads(of_type["Rhythm"]),
        "median": leads(of_type["Median"]),
        "poor": False,
        "statements": said([]),
        "reading": numbers(
            heart_rate_bpm=made.findtext("VentricularRate"),
            p_ms=(int(made.findtext("POffset")) - int(made.findtext("POnset"))) * per_sample,
            pr_ms=made.findtext("PRInterval"),
            qrs_ms=made.findtext("QRSDuration"),
            qt_ms=made.findtext("QTInterval"),
            qtc_ms=made.findtext("QTCorrected"),
            p_axis_degrees=made.findtext("PAxis"),
            qrs_axis_degrees=made.findtext("RAxis"),
            t_axis_degrees=made.findtext("TAxis"),
        ),
    }


def lzw(data):
    number, bits = int.from_bytes(data, "big"), 8 * len(data)
    strings, before, out = {n: bytes([n]) for n in range(256)}, b"", bytearray()
    for place in range(10, bits + 1, 10):
        code = number >> (bits - place) & 1023
        if code == 1023:
            return bytes(out)
        string = strings.get(code) or before + before[:1]
        if before and len(strings) < 1023:
            strings[len(strings)] = before + string[:1]
        out += string
        before = string
    raise ValueError("no end")


def channel(data, correction):
    half = len(data) // 2
    stored = struct.unpack(f">{half}h", bytes(byte for pair in zip(data[:half], data[half:]) for byte in pair))
    samples = list(stored[:2])
    for n in range(2, half):
        samples.append(2 * samples[-1] - samples[-2] - correction)
        correction = stored[n] - 64
    return samples


def towards_zero(twice):
    return abs(twice) // 2 * (1 if twice >= 0 else -1)


def philips(root):
    waves = root.find(".//parsedwaveforms")
    data, channels = base64.b64decode(waves.text), []
    while data:
        size, _, correction = struct.unpack("<ihh", data[:8])
        channels.append(channel(lzw(data[8 : 8 + size]), correction))
        data = data[8 + size :]
    lead = dict(zip(STANDARD, channels))
    triples = zip(lead["I"], lead["II"], lead["III"], lead["aVR"], lead["aVL"], lead["aVF"])
    for n, (first, second, d3, dr, dl, df) in enumerate(list(triples)):
        third = second - first - d3
        lead["III"][n] = third
        lead["aVR"][n] = -dr - towards_zero(first + second)
        lead["aVL"][n] = towards_zero(first - third) - dl
        lead["aVF"][n] = towards_zero(second + third) - df
    # The calibration pulse: 0 or 1 mV in every lead alike, up to the end.
    end = len(lead["I"])
    while len({row[end - 1] for row in lead.values()}) == 1 and lead["I"][end - 1] in (0, 200):
        end -= 1
    assert waves.get("resolution", root.findtext(".//signalresolution")) == "5"
    beats = root.find(".//repbeats")
    median = None
    if beats is not None:
        rows = {
            beat.get("leadname"): summary(words(base64.b64decode(beat.findtext("waveform"))), float(beats.get("resolution")))
            for beat in beats
        }
        median = {"rate": float(beats.get("samplespersec")), "leads": rows}
    said_last = root.findall(".//interpretation")[-1]
    made = said_last.find("globalmeasurements")
    names = "heartrate pdur print qrsdur qtint qtcb".split()
    if made is None:
        made = said_last.find("interpretationmeasurements")
        names = "heartrate - meanprint meanqrsdur meanqtint meanqtc".split()
    keys = "heart_rate_bpm p_ms pr_ms qrs_ms qt_ms qtc_ms p_axis_degrees qrs_axis_degrees t_axis_degrees".split()
    values = [made.findtext(name) for name in [*names, "pfrontaxis", "qrsfrontaxis", "tfrontaxis"]]
    lines = [node.findtext("leftstatement").strip() for node in said_last.findall("statement")]
    return {
        "recording": {
            "rate": float(root.findtext(".//samplingrate")),
            "leads": {name: summary(row[:end], 5) for name, row in lead.items()},
        },
        "median": median,
        "poor": "Poor" in root.findtext(".//qaactioncode"),
        "statements": said([*lines, said_last.findtext("severity").strip("- ")]),
        "reading": numbers(**dict(zip(keys, values))),
    }


def annotated(root):
    def leads(series):
        rows, rate = {}, None
        for sequence in series.findall("component/sequenceSet/component/sequence"):
            name, value = sequence.find("code").get("code"), sequence.find("value")
            if name.startswith("TIME"):
                assert value.find("increment").get("unit") == "s"
                rate = round(1 / float(value.find("increment").get("value")), 6)
                continue
            assert value.find("origin").get("value") == "0" and value.find("scale").get("unit") == "uV"
            name = name.removeprefix("MDC_ECG_LEAD_").replace("AV", "aV")
            steps = [int(word) for word in value.findtext("digits").split()]
            rows[name] = summary(steps, float(value.find("scale").get("value")))
        return {"rate": rate, "leads": rows}

    series = root.find("component/series")
    beat = series.find("derivation/derivedSeries")
    values = {
        node.find("code").get("code"): node.find("value").get("value")
        for node in beat.iter("annotation")
        if node.find("value") is not None
    }
    rhythm = [
        node.find("value").get("displayName")
        for node in series.iter("annotation")
        if node.find("code").get("code") == "MDC_ECG_RHY"
    ]
    return {
        "recording": leads(series),
        "median": leads(beat),
        "poor": False,
        "statements": said(rhythm),
        "reading": numbers(
            heart_rate_bpm=None,
            p_ms=values["MDC_ECG_TIME_PD_P"],
            pr_ms=values["MDC_ECG_TIME_PD_PR"],
            qrs_ms=values["MDC_ECG_TIME_PD_QRS"],
            qt_ms=values["MDC_ECG_TIME_PD_QT"],
            qtc_ms=values["MDC_ECG_TIME_PD_QTc"],
            p_axis_degrees=values["MDC_ECG_ANGLE_P_FRONT"],
            qrs_axis_degrees=values["MDC_ECG_ANGLE_QRS_FRONT"],
            t_axis_degrees=values["MDC_ECG_ANGLE_T_FRONT"],
        ),
    }


def main():
    data = Path(os.environ["ECG2MRI_TEST_DATA"]) / "ecg"
    golden = {
        name: read(plain(ElementTree.parse(data / name).getroot()))
        for name, read in [
            ("muse/braveheart_example1.xml", muse),
            ("muse/braveheart_example2.xml", muse),
            ("philips/129DYPRG_v1.03.xml", philips),
            ("philips/sample_v1.04.01.xml", philips),
            ("aecg/hl7_Example_aECG.xml", annotated),
        ]
    }
    text = json.dumps(golden, indent=1)
    Path(__file__).with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
