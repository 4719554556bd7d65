use super::*;
use proptest::prelude::*;

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

#[test]
fn reads_recording_median_and_remarks() {
    let median = format!(
        "<Interpretation><Diagnosis><DiagnosisText>Sinus rhythm</DiagnosisText>\
         <DiagnosisText> *** Poor data quality, interpretation may be affected</DiagnosisText></Diagnosis></Interpretation>\
         <RestingECGMeasurements><MedianSamples><SampleRate units=\"Hz\">500</SampleRate>\
         <ChannelSampleCountTotal>3</ChannelSampleCountTotal><Resolution units=\"uVperLsb\">5</Resolution>{}\
         </MedianSamples></RestingECGMeasurements>",
        waveforms(&NAMES, "100,-100,\n 0")
    );
    let upper: Vec<String> = NAMES.iter().map(|name| name.to_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    let text = file(&waveforms(&upper, "\r\n 0, 1,\t-2,\n200,"), &median);
    let read = parse(&text).unwrap();
    assert_eq!(read.ecg.leads(), Lead::STANDARD);
    assert_eq!(read.ecg.sampling_rate(), 500.0);
    for lead in Lead::STANDARD {
        assert_eq!(read.ecg.lead(lead).unwrap(), [0.0, 0.005, -0.01, 1.0]);
    }
    assert_eq!(read.median, Some(vec![vec![0.5, -0.5, 0.0]; 12]));
    assert_eq!(read.median_sampling_rate, Some(500.0));
    assert!(read.poor_data_quality && read.ecg.device_quality_warning());
    assert_eq!(read.diagnosis.len(), 2);
    let expected = Patient {
        id: Some("1000001".into()),
        age_years: Some(64.0),
        sex: Some(Sex::Male),
    };
    assert_eq!(read.ecg.patient(), &expected);
}

#[test]
fn reads_the_least_and_skips_the_foreign() {
    let names = ["ii", "VX", "v1"];
    let read = parse(&file(&waveforms(&names, "7"), "")).unwrap();
    assert_eq!(read.ecg.leads(), [Lead::II, Lead::V1]);
    assert_eq!(read.ecg.skipped_signals(), ["VX"]);
    assert_eq!((read.median, read.poor_data_quality), (None, false));
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let sentence = |text: &str| parse(text).unwrap_err().to_string();
    let bad = |samples: &str| sentence(&file(&waveforms(&["V3"], samples), ""));
    assert!(
        bad("1, NaN, 3").contains("lead V3 has \"NaN\" at sample 1"),
        "{}",
        bad("1, NaN, 3")
    );
    assert!(bad("1.5").contains("no whole number"));
    assert!(bad("99999999999").contains("no whole number"));
    assert!(bad(" , ").contains("holds no samples"));
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
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xml");
    let (rate, step) = (
        "<SampleRate units=\"Hz\">500</SampleRate>",
        "<Resolution units=\"uVperLsb\">5</Resolution>",
    );
    for flawed in [
        String::new(),
        format!("{rate}{step}"),
        format!("{rate}{step}{}", waveforms(&NAMES, "1, x")),
        format!("{rate}{}", waveforms(&NAMES, "1, 2")),
        format!("{rate}{step}{}", waveforms(&NAMES[..3], "1, 2")),
        format!("{rate}{step}{}", waveforms(&["I", "I"], "1")),
    ] {
        let median = format!("<MedianSamples>{flawed}</MedianSamples>");
        std::fs::write(&path, file(&waveforms(&NAMES, "1, 2"), &median)).unwrap();
        assert_eq!(read(&path).unwrap().samples_per_lead(), 2, "{flawed}");
        let whole = read_with_median(&path).unwrap();
        assert_eq!((whole.median, whole.median_sampling_rate), (None, None));
    }
}

#[test]
fn an_age_counts_in_years_only() {
    let age = |units: &str| {
        let text = file(&waveforms(&NAMES, "1"), "").replacen(" units=\"Years\"", units, 1);
        parse(&text).unwrap().ecg.patient().age_years
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
    let read = parse(&text).unwrap();
    assert_eq!(read.diagnosis, ["Atrial fibrillation"]);
    let shown = format!("{read:?}");
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
    assert_eq!(read_with_median(&path).unwrap().diagnosis, ["na\u{ef}ve"]);
}

proptest! {
    #[test]
    fn damage_never_panics(byte in 0_usize..900, value in any::<u8>(), length in 0_usize..1500) {
        let mut bytes = file(&waveforms(&NAMES, "1, 2, 3"), "").into_bytes();
        let byte = byte % bytes.len();
        bytes[byte] = value;
        bytes.truncate(length);
        if let Ok(text) = String::from_utf8(bytes) {
            let _ = parse(&text);
        }
    }
}
