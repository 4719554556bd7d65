use super::*;
use crate::ecg::{DeviceMedianBeat, DeviceReading, Lead};

fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    xml::recording_of(text.as_bytes().to_vec(), recording)
}

fn waveforms(names: &[&str], samples: &str) -> String {
    names
        .iter()
        .map(|name| format!("<WaveformData lead=\"{name}\">{samples}</WaveformData>"))
        .collect()
}

const NAMES: [&str; 12] = [
    "I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6",
];

fn file(strip: &str, more: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CardiologyXML>\n\
         <PatientInfo><PID> 1000001 </PID><Name><GivenName>Ada</GivenName></Name>\
         <Age units=\"Years\">64</Age><Gender>MALE</Gender></PatientInfo>{more}\
         <StripData><NumberOfLeads>12</NumberOfLeads><SampleRate units=\"Hz\">500</SampleRate>\
         <Resolution units=\"uVperLsb\">5</Resolution>{strip}</StripData></CardiologyXML>"
    )
}

/// As UK Biobank's files have it, with a median beat of three samples.
fn measurements() -> String {
    format!(
        "<Interpretation><Diagnosis><DiagnosisText>Sinus rhythm</DiagnosisText>\
         <DiagnosisText> *** Poor data quality, interpretation may be affected</DiagnosisText></Diagnosis></Interpretation>\
         <RestingECGMeasurements><VentricularRate units=\"BPM\">64</VentricularRate>\
         <PQInterval units=\"ms\">158</PQInterval><PDuration units=\"ms\">104</PDuration>\
         <QRSDuration units=\"ms\">92</QRSDuration><QTInterval units=\"ms\">402</QTInterval>\
         <QTCInterval units=\"ms\">415</QTCInterval><RRInterval units=\"ms\">936</RRInterval>\
         <PAxis units=\"degrees\">51</PAxis><RAxis units=\"degrees\">-12</RAxis><TAxis units=\"degrees\"></TAxis>\
         <MedianSamples><NumberOfLeads>12</NumberOfLeads><SampleRate units=\"Hz\">500</SampleRate>\
         <ChannelSampleCountTotal>3</ChannelSampleCountTotal><Resolution units=\"uVperLsb\">5</Resolution>{}\
         </MedianSamples></RestingECGMeasurements>",
        waveforms(&NAMES, "100,-100,\n 0")
    )
}

#[test]
fn reads_recording_reading_and_patient() {
    let upper: Vec<String> = NAMES.iter().map(|name| name.to_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    let samples = "\r\n 0, 1,\t-2,<!-- half -->\n200,";
    let ecg = parse(&file(&waveforms(&upper, samples), &measurements())).unwrap();
    assert_eq!(ecg.leads(), Lead::STANDARD);
    assert_eq!(ecg.sampling_rate(), 500.0);
    for lead in Lead::STANDARD {
        assert_eq!(ecg.lead(lead).unwrap(), [0.0, 0.005, -0.01, 1.0]);
    }
    assert!(ecg.device_quality_warning());
    let expected = DeviceReading {
        heart_rate_bpm: Some(64.0),
        p_ms: Some(104.0),
        pr_ms: Some(158.0),
        qrs_ms: Some(92.0),
        qt_ms: Some(402.0),
        qtc_ms: Some(415.0),
        p_axis_degrees: Some(51.0),
        qrs_axis_degrees: Some(-12.0),
        t_axis_degrees: None,
        median_beat: Some(DeviceMedianBeat {
            leads: Lead::STANDARD.to_vec(),
            samples: vec![vec![0.5, -0.5, 0.0]; 12],
            sampling_rate: 500.0,
        }),
        statements: vec![
            "Sinus rhythm".into(),
            "*** Poor data quality, interpretation may be affected".into(),
        ],
    };
    assert_eq!(ecg.device_reading(), Some(&expected));
    let expected = Patient {
        id: Some("1000001".into()),
        age_years: Some(64.0),
        sex: Some(Sex::Male),
    };
    assert_eq!(ecg.patient(), &expected);
}

#[test]
fn reads_the_least_and_skips_the_foreign() {
    let names = ["ii", "VX", "v1"];
    let ecg = parse(&file(&waveforms(&names, "7"), "")).unwrap();
    assert_eq!(ecg.leads(), [Lead::II, Lead::V1]);
    assert_eq!(ecg.skipped_signals(), ["VX"]);
    assert_eq!(
        (ecg.device_reading(), ecg.device_quality_warning()),
        (None, false)
    );
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let sentence = |text: &str| parse(text).unwrap_err().to_string();
    let bad = |samples: &str| sentence(&file(&waveforms(&["V3"], samples), ""));
    assert!(bad("1, NaN, 3").contains("lead V3 has \"NaN\" at sample 1"));
    assert!(bad("1, -32768").contains("lead V3 has no value at sample 1"));
    let strip = format!(
        "<ChannelSampleCountTotal>5</ChannelSampleCountTotal>{}",
        waveforms(&["I"], "1,2")
    );
    assert!(sentence(&file(&strip, "")).contains("holds 2 samples where the file states 5"));
    let strip = format!("{}{}", waveforms(&["I"], "1,2"), waveforms(&["II"], "1"));
    assert!(sentence(&file(&strip, "")).contains("lead II has 1 samples"));
    assert!(sentence(&file(&waveforms(&["VX"], "1"), "")).contains("(VX)"));
    assert!(sentence(&file("", "")).contains("no StripData/WaveformData"));
    assert!(sentence("<CardiologyXML/>").contains("no StripData"));
    let good = file(&waveforms(&NAMES, "1"), "");
    for (from, to, cause) in [
        (">500<", "><", "StripData/SampleRate is \"\""),
        (">500<", ">0<", "not a positive number"),
        (">500<", ">nan<", "not a positive number"),
        (">5<", ">1e300<", "lead I is inf at sample 0"),
        ("uVperLsb", "nVperLsb", "units \"nVperLsb\""),
        ("</StripData>", "", "not well-formed"),
        (
            "<CardiologyXML>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><CardiologyXML>",
            "not well-formed",
        ),
    ] {
        let error = sentence(&good.replacen(from, to, 1));
        assert!(error.contains(cause), "{error}");
    }
}

#[test]
fn a_flaw_in_the_median_beat_does_no_harm() {
    let (rate, step) = (
        "<SampleRate units=\"Hz\">500</SampleRate>",
        "<Resolution units=\"uVperLsb\">5</Resolution>",
    );
    for flawed in [
        String::new(),
        format!("{rate}{step}"),
        format!("{rate}{step}{}", waveforms(&NAMES, "1, x")),
        format!("{rate}{}", waveforms(&NAMES, "1, 2")),
        format!("{rate}{step}{}", waveforms(&["I", "I"], "1")),
        format!("{rate}{step}{}", waveforms(&["VX"], "1")),
    ] {
        let median = format!("<MedianSamples>{flawed}</MedianSamples>");
        let ecg = parse(&file(&waveforms(&NAMES, "1, 2"), &median)).unwrap();
        assert_eq!(ecg.samples_per_lead(), 2, "{flawed}");
        assert_eq!(ecg.device_reading(), None, "{flawed}");
    }
}

#[test]
fn an_age_counts_in_years_only() {
    let age = |units: &str| {
        let text = file(&waveforms(&NAMES, "1"), "").replacen(" units=\"Years\"", units, 1);
        parse(&text).unwrap().patient().age_years
    };
    for years in ["", " units=\"Years\"", " units=\"YEARS\""] {
        assert_eq!(age(years), Some(64.0), "{years}");
    }
    for other in [" units=\"Months\"", " units=\"d\"", " units=\"\""] {
        assert_eq!(age(other), None, "{other}");
    }
}

#[test]
fn debug_withholds_the_diagnosis() {
    let text = file(
        &waveforms(&NAMES, "1"),
        "<DiagnosisText>Atrial fibrillation</DiagnosisText>",
    );
    let ecg = parse(&text).unwrap();
    let reading = ecg.device_reading().unwrap();
    assert_eq!(reading.statements, ["Atrial fibrillation"]);
    let shown = format!("{ecg:?} {reading:?}");
    assert!(
        !shown.contains("fibrillation") && !shown.contains("1000001"),
        "{shown}"
    );
}

#[test]
fn messages_repeat_little_of_a_hostile_file() {
    let long = "x".repeat(5000);
    let good = file(&waveforms(&NAMES, "1"), "");
    for text in [
        file(&waveforms(&[&long, "&#10;&#9;b"], "1"), ""),
        good.replacen(">500<", &format!(">{long}<"), 1),
        good.replacen("units=\"Hz\"", &format!("units=\"&#10;{long}\""), 1),
        file(&waveforms(&NAMES, &long), ""),
        format!("<CardiologyXML><{long}></CardiologyXML>"),
    ] {
        let message = parse(&text).unwrap_err().to_string();
        assert!(message.len() < 250 && !message.contains('\n'), "{message}");
    }
}

#[test]
fn decodes_latin1_only_where_declared() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    let text = file(
        &waveforms(&NAMES, "1"),
        "<DiagnosisText>na\u{ef}ve</DiagnosisText>",
    );
    let bytes = |text: &str| text.chars().map(|letter| letter as u8).collect::<Vec<u8>>();
    std::fs::write(&path, bytes(&text)).unwrap();
    assert!(matches!(
        read(&path).unwrap_err().kind(),
        ReadErrorKind::Encoding
    ));
    std::fs::write(&path, bytes(&text.replacen("UTF-8", "ISO-8859-1", 1))).unwrap();
    let ecg = read(&path).unwrap();
    assert_eq!(ecg.device_reading().unwrap().statements, ["na\u{ef}ve"]);
}

#[test]
fn damage_never_panics() {
    xml::assert_survives_damage(
        file(&waveforms(&NAMES, "1, 2, 3"), &measurements()).as_bytes(),
        recording,
    );
}
