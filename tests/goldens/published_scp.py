"""What the SCP-ECG reader must find in the published example record.

    python tests/goldens/published_scp.py $ECG2MRI_TEST_DATA > tests/goldens/scp/published.json

The same ECG was published as annotated ECG of HL7, in decimal digits. This script reads only that one
(Python's own XML parser), so that the goldens know nothing of SCP-ECG: of each lead the number of
samples, the first ones, and sums in steps of the digitiser; of the annotations the global intervals.
"""

import json
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

HL7 = "{urn:hl7-org:v3}"
INTERVALS = ["MDC_ECG_TIME_PD_PR", "MDC_ECG_TIME_PD_QRS", "MDC_ECG_TIME_PD_QT"]
AXES = ["MDC_ECG_ANGLE_P_FRONT", "MDC_ECG_ANGLE_QRS_FRONT", "MDC_ECG_ANGLE_T_FRONT"]


def lead(sequence):
    name = sequence.find(f"{HL7}code").get("code").removeprefix("MDC_ECG_LEAD_")
    value = sequence.find(f"{HL7}value")
    origin, scale = value.find(f"{HL7}origin"), value.find(f"{HL7}scale")
    assert float(origin.get("value")) == 0 and scale.get("unit") == "uV"
    steps = [int(word) for word in value.find(f"{HL7}digits").text.split()]
    return name, {
        "microvolts_per_step": float(scale.get("value")),
        "samples": len(steps),
        "first": steps[:12],
        "sum": sum(steps),
        "weighted_sum": sum((n % 97) * step for n, step in enumerate(steps)),
    }


def main():
    root = xml.parse(Path(sys.argv[1]) / "ecg/aecg/hl7_Example_aECG.xml").getroot()
    series = root.find(f".//{HL7}series")
    leads = {}
    increment = None
    for sequence in series.findall(f"./{HL7}component/{HL7}sequenceSet/{HL7}component/{HL7}sequence"):
        if sequence.find(f"{HL7}code").get("code").startswith("MDC_ECG_LEAD_"):
            name, content = lead(sequence)
            leads[name] = content
        else:
            increment = float(sequence.find(f"{HL7}value/{HL7}increment").get("value"))
    measured = {}
    for annotation in root.iter(f"{HL7}annotation"):
        code, value = annotation.find(f"{HL7}code"), annotation.find(f"{HL7}value")
        if code is not None and value is not None and code.get("code") in INTERVALS + AXES:
            # The first of each kind is that of the representative beat.
            measured.setdefault(code.get("code"), float(value.get("value")))
    json.dump({"sampling_rate": 1 / increment, "leads": leads, "measured": measured}, sys.stdout)
    print()


main()
