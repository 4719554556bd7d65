"""Builds fuzz/corpus, a folder of small recordings or models per target, out of the goldens of tests/goldens.

Run with `python3 fuzz/corpus.py`. A WFDB record is one file here: header, header and samples of the first segment, and
those of the second, with a line of two hyphens in between (see fuzz/src/files.rs).
"""

import base64
import json
import re
import struct
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
GOLDENS = HERE.parent / "tests" / "goldens"
CORPUS = HERE / "corpus"
SEPARATOR = b"\n--\n"
LEADS = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]


def put(target, name, content):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def wfdb():
    folder = GOLDENS / "wfdb"
    text = lambda name: (folder / f"{name}.hea").read_text()
    for name in ["packed", "sixteen", "frames", "flac_frames"]:
        header = text(name)
        data = sorted(set(re.findall(r"^(\S+\.(?:dat|flac)) ", header, re.M)))
        assert len(data) == 1, name
        content = (folder / data[0]).read_bytes()
        put("wfdb", name, SEPARATOR.join([header.replace(data[0], "a.dat").encode(), b"", content]))
    # Every format on its own, and the FLAC files.
    for name in ["formats", "flac"]:
        lines = text(name).split("\n")
        record = lines[0].split()
        for file in sorted({line.split()[0] for line in lines[1:] if line.strip()}):
            own = [line for line in lines[1:] if line.startswith(file + " ")]
            header = " ".join(["r", str(len(own)), *record[2:]]) + "\n" + "\n".join(own) + "\n"
            content = (folder / file).read_bytes()
            put("wfdb", file, SEPARATOR.join([header.replace(file, "a.dat").encode(), b"", content]))
    for name in ["joined", "varied"]:
        parts = [f"r/3 2 400 65\nlayout 0\na 40\nb 25\n".encode()]
        for segment, letter in [(f"{name}_0", "a"), (f"{name}_1", "b")]:
            parts.append(text(segment).replace(f"{segment}.dat", f"{letter}.dat").encode())
            parts.append((folder / f"{segment}.dat").read_bytes())
        put("wfdb", name, SEPARATOR.join(parts))
    put("annotations", "marks.atr", (folder / "marks.atr").read_bytes())


def text_formats():
    rows = [[(n * 7 + 3 * lead) % 50 / 40 - 0.4 for n in range(30)] for lead in range(12)]
    table = "\n".join(",".join(f"{row[n]:.3f}" for row in rows) for n in range(30))
    put("csv", "twelve.csv", f"# sampling_rate_hz: 500\n# units: mV\n# age_years: 51\n{','.join(LEADS)}\n{table}\n".encode())
    timed = "\r\n".join(f"{n / 250:.3f};{n % 7};{n * 10}" for n in range(20))
    put("csv", "timed.csv", f"# units: uV\r\n\"time_s\";resp;II\r\n{timed}\r\n".encode())
    recording = {
        "sampling_rate_hz": 500,
        "leads": LEADS[:3],
        "samples_mv": [row[:10] for row in rows[:3]],
        "patient": {"age_years": 51, "sex": "female"},
    }
    put("json", "three.json", json.dumps(recording).encode())
    recording = {"sampling_rate_hz": "257.3333333333333", "leads": ["v1", "resp"], "samples_mv": [[1e-3, -2], [0, 0]]}
    put("json", "odd.json", json.dumps(recording, indent=1).encode())
    columns = "\n".join(" ".join(str(n * 11 % 97 - lead * 5) for lead in range(8)) for n in range(30))
    put("asc", "eight.asc", columns.encode())
    put("asc", "short.asc", b"\n1 -2 3e1 4.5 5 6 7 8\r\n")
    leads = "".join(f'<WaveformData lead="{lead}">{",".join(str(n * 3 % 17) for n in range(20))}</WaveformData>' for lead in LEADS)
    xml = (
        '<?xml version="1.0"?><CardiologyXML><PatientInfo><Age units="years">51</Age><Gender>FEMALE</Gender></PatientInfo>'
        "<Interpretation><Diagnosis><DiagnosisText>Poor data quality</DiagnosisText></Diagnosis></Interpretation>"
        '<StripData><NumberOfLeads>12</NumberOfLeads><SampleRate units="Hz">500</SampleRate>'
        '<ChannelSampleCountTotal>20</ChannelSampleCountTotal><Resolution units="uVperLsb">5</Resolution>'
        f"{leads}</StripData></CardiologyXML>"
    )
    put("cardiologyxml", "twelve.xml", xml.encode())


def matlab():
    for name in ["plain", "compressed", "integers", "challenge", "not_a_number"]:
        put("matlab", f"{name}.mat", (GOLDENS / "matlab" / f"{name}.mat").read_bytes())


def binary_formats():
    for target, folder, pattern in [("scp-ecg", "scp", "*.scp"), ("dicom", "dicom", "*.dcm"), ("edf", "edf", "small.*")]:
        for path in sorted((GOLDENS / folder).glob(pattern)):
            put(target, path.name, path.read_bytes())


def muse():
    def lead(name, steps):
        data = struct.pack(f"<{len(steps)}h", *steps)
        return (
            f"<LeadData><LeadByteCountTotal>{len(data)}</LeadByteCountTotal><LeadSampleCountTotal>{len(steps)}"
            "</LeadSampleCountTotal><LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit><LeadAmplitudeUnits>MICROVOLTS"
            f"</LeadAmplitudeUnits><LeadID>{name}</LeadID><LeadSampleSize>2</LeadSampleSize><LeadOff>FALSE</LeadOff>"
            f"<LeadDataCRC32>{zlib.crc32(data)}</LeadDataCRC32><WaveFormData>{base64.b64encode(data).decode()}"
            "</WaveFormData></LeadData>"
        )

    def waveform(kind, steps):
        leads = "".join(lead(name, steps) for name in ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"])
        return (
            f"<Waveform><WaveformType>{kind}</WaveformType><SampleBase>50</SampleBase><SampleExponent>1</SampleExponent>"
            f"{leads}</Waveform>"
        )

    xml = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE RestingECG SYSTEM "restecg.dtd">\n<RestingECG>'
        "<PatientDemographics><PatientAge>64</PatientAge><AgeUnits>YEARS</AgeUnits><Gender>FEMALE</Gender>"
        "</PatientDemographics><RestingECGMeasurements><VentricularRate>48</VentricularRate><PRInterval>138</PRInterval>"
        "<POnset>147</POnset><POffset>200</POffset><ECGSampleBase>500</ECGSampleBase></RestingECGMeasurements><Diagnosis>"
        "<DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag><StmtText>Sinus bradycardia</StmtText></DiagnosisStatement>"
        f"</Diagnosis>{waveform('Median', [10, -10])}{waveform('Rhythm', [0, 1, -1, 1000, -32767])}</RestingECG>"
    )
    put("muse_xml", "eight.xml", xml.encode())


def lzw(data):
    """Ten-bit codes, each a byte as it is, and the end."""
    bits = "".join(f"{code:010b}" for code in [*data, 1023])
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def philips():
    # Samples 0, 1, 2, …: a straight line, whose corrections are 0; and zeros where the recorder keeps differences.
    def channel(slope, samples=12):
        words = [0, slope] + [64] * (samples - 2)
        data = lzw(bytes(word >> 8 for word in words) + bytes(word & 255 for word in words))
        return struct.pack("<IHh", len(data), 1, 0) + data

    data = base64.b64encode(b"".join(channel(slope) for slope in [1, 2, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])).decode()
    old = (
        '<restingecgdata xmlns="http://www3.medical.philips.com"><dataacquisition><signalcharacteristics><samplingrate>500'
        "</samplingrate><signalresolution>5</signalresolution><acquisitiontype>STD-12</acquisitiontype><bitspersample>16"
        "</bitspersample></signalcharacteristics></dataacquisition><patient><generalpatientdata><age><years>50</years></age>"
        "<sex>Male</sex></generalpatientdata></patient><interpretations><interpretation><interpretationmeasurements>"
        "<heartrate>42</heartrate><meanqrsdur>135</meanqrsdur></interpretationmeasurements></interpretation>"
        '</interpretations><waveforms><parsedwaveforms compressflag="True" compressmethod="XLI" dataencoding="Base64" '
        f'durationperchannel="24" nbitspersample="16">{data}</parsedwaveforms></waveforms></restingecgdata>'
    )
    put("philips_xml", "version_1_03.xml", old.encode())
    new = (
        '<?xml version="1.0" encoding="utf-16"?><restingecgdata><waveforms><parsedwaveforms dataencoding="Base64" '
        'compression="XLI" numberofleads="12" leadlabels="I II III aVR aVL aVF V1 V2 V3 V4 V5 V6" durationperchannel="24" '
        f'samplespersecond="500" resolution="5" signaloffset="0" bitspersample="16">{data}</parsedwaveforms>'
        '<repbeats dataencoding="Base64" samplespersec="1000" resolution="1.0"><repbeat leadname="I"><pdur>104</pdur>'
        '<waveform duration="2">6AMY/A==</waveform></repbeat></repbeats></waveforms></restingecgdata>'
    )
    put("philips_xml", "version_1_04.xml", new.encode("utf-16"))


def aecg():
    def sequences(times, digits):
        leads = "".join(
            f'<component><sequence><code code="MDC_ECG_LEAD_{lead}"/><value xsi:type="SLIST_PQ"><origin value="0" unit="uV"/>'
            f'<scale value="2.5" unit="uV"/><digits>{digits}</digits></value></sequence></component>'
            for lead in ["I", "II", "V1"]
        )
        return f"<component><sequenceSet><component><sequence>{times}</sequence></component>{leads}</sequenceSet></component>"

    absolute = (
        '<code code="TIME_ABSOLUTE"/><value xsi:type="GLIST_TS"><head value="20021122091000.000"/>'
        '<increment value="0.002" unit="s"/></value>'
    )
    relative = (
        '<code code="TIME_RELATIVE"/><value xsi:type="GLIST_PQ"><head value="0" unit="ms"/>'
        '<increment value="4" unit="ms"/></value>'
    )
    measured = (
        '<subjectOf><annotationSet><component><annotation><code code="MDC_ECG_TIME_PD_PR"/>'
        '<value xsi:type="PQ" value="148" unit="ms"/></annotation></component></annotationSet></subjectOf>'
    )
    xml = (
        '<?xml version="1.0"?><AnnotatedECG xmlns="urn:hl7-org:v3" xmlns:xsi="i"><component><series><code code="RHYTHM"/>'
        f'{sequences(absolute, "0 1 -2 400")}{measured}<derivation><derivedSeries><code code="REPRESENTATIVE_BEAT"/>'
        f'{sequences(relative, "4 5")}{measured}</derivedSeries></derivation></series></component></AnnotatedECG>'
    )
    put("hl7_aecg", "three.xml", xml.encode())


def models():
    for name in ["tiny_model", "tiny_cart"]:
        folder = GOLDENS / name
        text = (folder / "manifest.toml").read_text()
        # The target adds the last line itself, so that what is changed above it is read.
        put("model_manifest", f"{name}.toml", text[: text.rindex("# sha256")].encode())
        for network in ["encoder", "decoder"]:
            put("model_onnx", f"{name}_{network}.onnx", (folder / f"{network}.onnx").read_bytes())


def wire():
    vectors = json.loads((GOLDENS / "wire" / "vectors.json").read_text())
    lines = {line["name"]: line["wire"] for line in vectors["streams"] + vectors["command_streams"]}
    for name in ["undamaged", "all_kinds", "device_restarted", "hello_extended_later", "commands_undamaged"]:
        # The first byte is the length of the pieces.
        put("wire", name, b"\x10" + bytes.fromhex(lines[name]))


if __name__ == "__main__":
    wfdb()
    text_formats()
    matlab()
    binary_formats()
    muse()
    philips()
    aecg()
    models()
    wire()
