"""Builds fuzz/corpus, a folder of small recordings per reader, out of the goldens of tests/goldens.

Run with `python3 fuzz/corpus.py`. A WFDB record is one file here: header, header and samples of the first segment, and
those of the second, with a line of two hyphens in between (see fuzz/src/files.rs).
"""

import json
import re
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


if __name__ == "__main__":
    wfdb()
    text_formats()
    matlab()
