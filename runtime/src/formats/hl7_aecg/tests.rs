use super::*;
use crate::ecg::{DeviceMedianBeat, DeviceReading, Lead};

fn parse(text: &str) -> Result<Ecg, ReadErrorKind> {
    xml::recording_of(text.as_bytes().to_vec(), recording)
}

const ABSOLUTE: &str = "<component><sequence><code code=\"TIME_ABSOLUTE\"/><value xsi:type=\"GLIST_TS\">\
    <head value=\"20021122091000.000\"/><increment value=\"0.002\" unit=\"s\"/></value></sequence></component>";
const RELATIVE: &str = "<component><sequence><code code=\"TIME_RELATIVE\"/><value xsi:type=\"GLIST_PQ\">\
    <head value=\"0\" unit=\"ms\"/><increment value=\"4\" unit=\"ms\"/></value></sequence></component>";

fn sequence(lead: &str, digits: &str) -> String {
    format!(
        "<component><sequence><code code=\"MDC_ECG_LEAD_{lead}\"/><value xsi:type=\"SLIST_PQ\">\
         <origin value=\"0\" unit=\"uV\"/><scale value=\"2.5\" unit=\"uV\"/><digits>{digits}</digits></value>\
         </sequence></component>"
    )
}

fn set(times: &str, leads: &[&str], digits: &str) -> String {
    let leads: String = leads.iter().map(|lead| sequence(lead, digits)).collect();
    format!("<component><sequenceSet>{times}{leads}</sequenceSet></component>")
}

fn measured(code: &str, value: &str, unit: &str) -> String {
    format!(
        "<component><annotation><code code=\"{code}\"/><value xsi:type=\"PQ\" value=\"{value}\" unit=\"{unit}\"/>\
         </annotation></component>"
    )
}

fn annotated(annotations: &str) -> String {
    format!("<subjectOf><annotationSet>{annotations}</annotationSet></subjectOf>")
}

fn file(series: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><AnnotatedECG xmlns=\"urn:hl7-org:v3\" xmlns:xsi=\"i\">\
         <componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>\
         <id root=\"1.2\" extension=\" S-1 \"/><subjectDemographicPerson><name>Ada</name>\
         <administrativeGenderCode code=\"F\"/><birthTime value=\"19530508\"/></subjectDemographicPerson>\
         </trialSubject></subject></subjectAssignment></componentOf></timepointEvent></componentOf>\
         <controlVariable><relatedObservation><code code=\"21612-7\"/><value value=\"46\" unit=\"a\"/>\
         </relatedObservation></controlVariable>\
         <component><series><code code=\"RHYTHM\"/>{series}</series></component></AnnotatedECG>"
    )
}

const LEADS: [&str; 3] = ["I", "aVR", "v6"];

fn whole() -> String {
    let beat = format!(
        "<derivation><derivedSeries><code code=\"REPRESENTATIVE_BEAT\"/>{}{}</derivedSeries></derivation>",
        set(RELATIVE, &LEADS, "4 5"),
        annotated(
            &[
                measured("MDC_ECG_TIME_PD_P", "0.102", "s"),
                measured("MDC_ECG_TIME_PD_PR", "148", "ms"),
                measured("MDC_ECG_TIME_PD_QRS_GL", "120000", "us"),
                measured("MDC_ECG_ANGLE_QRS_FRONT", "-61", "deg"),
                measured("MDC_ECG_ANGLE_P_FRONT", "44", "rad"),
            ]
            .concat()
        )
    );
    let of_lead = measured("MDC_ECG_TIME_PD_QTcB", "999", "ms").replace(
        "</annotation>",
        "<support><supportingROI><component><boundary><code code=\"MDC_ECG_LEAD_II\"/></boundary></component></supportingROI></support></annotation>",
    );
    let beats: String = ["420", "424", "0"]
        .iter()
        .map(|qt| {
            format!(
                "<component><annotation><code code=\"MDC_ECG_BEAT\"/>{}</annotation></component>",
                measured("MDC_ECG_TIME_PD_QT", qt, "ms")
            )
        })
        .collect();
    let annotations = [
        "<component><annotation><code code=\"MDC_ECG_RHY\"/><value code=\"MDC_ECG_RHY_SINUS_RHY\" displayName=\"Sinus Rhythm\"/></annotation></component>",
        "<component><annotation><code code=\"MDC_ECG_INTERPRETATION\"/><component><annotation>\
         <code code=\"MDC_ECG_INTERPRETATION_STATEMENT\"/><value xsi:type=\"ST\"> Normal ECG </value></annotation></component></annotation></component>",
        &measured("MDC_ECG_TIME_PD_RR", "800", "ms"),
        &measured("MDC_ECG_TIME_PD_PR", "1", "ms"),
        &of_lead,
        &measured("MDC_ECG_TIME_PD_QTCB", "443", "ms"),
        &beats,
    ]
    .concat();
    let rhythm = set(ABSOLUTE, &LEADS, "0 1\n-2 400").replacen(
        "<origin value=\"0\" unit=\"uV\"",
        "<origin value=\"0.5\" unit=\"mV\"",
        1,
    );
    file(&format!("{rhythm}{}{beat}", annotated(&annotations)))
}

#[test]
fn reads_recording_reading_and_patient() {
    let ecg = parse(&whole()).unwrap();
    let leads = [Lead::I, Lead::AVR, Lead::V6];
    assert_eq!(ecg.leads(), leads);
    assert_eq!(ecg.sampling_rate(), 500.0);
    assert_eq!(ecg.lead(Lead::V6).unwrap(), [0.0, 0.0025, -0.005, 1.0]);
    assert_eq!(ecg.lead(Lead::I).unwrap(), [0.5, 0.5025, 0.495, 1.5]);
    let expected = DeviceReading {
        heart_rate_bpm: Some(75.0),
        p_ms: Some(102.0),
        pr_ms: Some(148.0),
        qrs_ms: Some(120.0),
        qt_ms: Some(420.0),
        qtc_ms: Some(443.0),
        p_axis_degrees: None,
        qrs_axis_degrees: Some(-61.0),
        t_axis_degrees: None,
        median_beat: Some(DeviceMedianBeat {
            leads: leads.to_vec(),
            samples: vec![vec![0.01, 0.0125]; 3],
            sampling_rate: 250.0,
        }),
        statements: vec!["Sinus Rhythm".into(), "Normal ECG".into()],
    };
    assert_eq!(ecg.device_reading(), Some(&expected));
    let expected = Patient {
        id: Some("S-1".into()),
        age_years: Some(46.0),
        sex: Some(Sex::Female),
    };
    assert_eq!(ecg.patient(), &expected);
}

#[test]
fn sets_of_sequences_count_together_if_they_are_of_one_time() {
    let two = format!(
        "{}{}",
        set(ABSOLUTE, &["I"], "1 2"),
        set(ABSOLUTE, &["II", "X"], "3 4")
    );
    let ecg = parse(&file(&two)).unwrap();
    assert_eq!(ecg.leads(), [Lead::I, Lead::II]);
    assert_eq!(
        (ecg.skipped_signals(), ecg.device_reading()),
        (&["X".to_owned()][..], None)
    );
    for other in [
        ABSOLUTE.replace("1000.000", "1002.500"),
        ABSOLUTE.replace("0.002", "0.004"),
    ] {
        let two = format!(
            "{}{}",
            set(ABSOLUTE, &["I"], "1 2"),
            set(&other, &["II"], "3 4")
        );
        let error = parse(&file(&two)).unwrap_err().to_string();
        assert!(
            error.starts_with("lead II was not recorded at the same time"),
            "{error}"
        );
    }
}

#[test]
fn a_flaw_in_the_representative_beat_does_no_harm() {
    for (from, to) in [
        ("4 5", "4 x"),
        ("value=\"4\" unit", "value=\"0\" unit"),
        ("4 5", "4"),
    ] {
        let ecg = parse(&whole().replacen(from, to, 1)).unwrap();
        assert_eq!(ecg.device_reading().unwrap().median_beat, None, "{to}");
        assert_eq!(ecg.device_reading().unwrap().pr_ms, Some(148.0));
    }
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let good = file(&set(ABSOLUTE, &["I", "II"], "1 2 3"));
    for (from, to, cause) in [
        ("<series>", "<serie>", "not well-formed"),
        (
            "<increment value=\"0.002\" unit=\"s\"/>",
            "",
            "no series time increment element",
        ),
        (
            "\"TIME_ABSOLUTE\"",
            "\"MDC_ECG_LEAD_V1\"",
            "no series time increment element",
        ),
        (
            "0.002",
            "0",
            "series time increment is 0, not a positive number",
        ),
        ("0.002", "NaN", "series time increment is NaN"),
        ("unit=\"s\"", "unit=\"h\"", "is in \"h\""),
        (
            "<scale value=\"2.5\" unit=\"uV\"/>",
            "",
            "no scale of lead I of series element",
        ),
        ("\"2.5\"", "\"0\"", "scale of lead I of series is 0"),
        ("\"2.5\"", "\"inf\"", "scale of lead I of series is inf"),
        (
            "\"2.5\" unit=\"uV\"",
            "\"2.5\" unit=\"mmHg\"",
            "lead I of series is in units of \"mmHg\"",
        ),
        (
            "<origin value=\"0\"",
            "<origin value=\"nan\"",
            "lead I is NaN at sample 0",
        ),
        (
            "<origin value=\"0\"",
            "<origin",
            "origin of lead I of series is \"\"",
        ),
        (
            "1 2 3",
            "1 2.5 3",
            "digits of lead I of series has \"2.5\" at sample 1",
        ),
        (
            "1 2 3",
            "1 2",
            "lead II has 3 samples where the other leads have 2",
        ),
        ("LEAD_II", "LEAD_I", "lead I occurs more than once"),
    ] {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from}");
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.contains(cause), "{error}");
    }
    let error = parse("<AnnotatedECG/>").unwrap_err().to_string();
    assert!(error.contains("no component/series element"), "{error}");
    let error = parse(&file("")).unwrap_err().to_string();
    assert!(error.contains("sequenceSet element"), "{error}");
    let (start, end) = good.split_at(good.find("<component><series>").unwrap());
    let series = end.trim_end_matches("</AnnotatedECG>");
    let error = parse(&format!("{start}{series}{end}"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("occurs 2 times with rhythm"), "{error}");
    let foreign = file(&set(ABSOLUTE, &["X"], "1"));
    assert!(matches!(
        parse(&foreign),
        Err(ReadErrorKind::NoStandardLead { .. })
    ));
}

#[test]
fn damage_never_panics() {
    xml::assert_survives_damage(whole().as_bytes(), recording);
}
