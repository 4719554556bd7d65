use super::read::parse;
use super::*;
use crate::ecg::{Ecg, Lead, Patient, Sex};
use crate::formats::fixtures::any_ecg;
use proptest::prelude::*;

#[test]
fn reads_the_documented_schema() {
    let text = "{\"comment\": [1, {}], \"leads\": [\"ii\", \"resp\", \"AVF\"], \"sampling_rate_hz\": \"250.5\",\n\
        \"samples_mv\": [[1, -2e-1], [7, 8], [0.25, 4]], \"patient\": {\"sex\": \"F\", \"age_years\": 300, \"name\": \"x\"}}";
    let ecg = parse(text).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.sampling_rate()),
        (&[Lead::II, Lead::AVF][..], 250.5)
    );
    assert_eq!(ecg.samples(), [[1.0, -0.2], [0.25, 4.0]]);
    assert_eq!(ecg.skipped_signals(), ["resp"]);
    assert_eq!(
        (ecg.patient().age_years, ecg.patient().sex),
        (None, Some(Sex::Female))
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording");
    std::fs::write(&path, format!("\u{feff} {text}")).unwrap();
    assert_eq!(read(&path).unwrap(), ecg);
    assert_eq!(
        crate::formats::detect(&path).unwrap(),
        crate::formats::Format::Json
    );
}

#[test]
fn writes_the_documented_schema() {
    let patient = Patient {
        id: Some("7654321".into()),
        age_years: Some(51.0),
        sex: Some(Sex::Female),
    };
    let rows = vec![vec![0.025, 0.03], vec![0.11, -1e-7]];
    let ecg = Ecg::new(vec![Lead::I, Lead::II], rows, 500.0)
        .unwrap()
        .with_patient(patient)
        .with_device_quality_warning(true);
    assert_eq!(
        encode(&ecg),
        "{\n  \"sampling_rate_hz\": 500,\n  \"leads\": [\"I\", \"II\"],\n  \"samples_mv\": [\n    \
         [0.025,0.03],\n    [0.11,-1e-7]\n  ],\n  \"patient\": {\"age_years\": 51, \"sex\": \"female\"},\n  \
         \"device_quality_warning\": true\n}\n"
    );
}

#[test]
fn refuses_with_the_place_of_the_fault() {
    let with = |rate: &str, leads: &str, samples: &str| {
        format!("{{\"sampling_rate_hz\": {rate},\n\"leads\": {leads},\n\"samples_mv\": {samples}}}")
    };
    for (text, problem) in [
        ("{".to_owned(), "line 1 ends before"),
        ("{}".to_owned(), "has no sampling_rate_hz element"),
        (
            "{\"sampling_rate_hz\": 5}".to_owned(),
            "has no leads element",
        ),
        (
            "{\"a\": \u{1b}}".to_owned(),
            "line 1 is no JSON from column 7 on",
        ),
        (
            with("500", "[\"I\"]", "[[1, \"secret\"]]"),
            "line 3 has at column",
        ),
        (with("500", "[\"I\"]", "[[1, 1e999]]"), "line 3"),
        (
            with("500", "[\"I\"]", "[[1, 1e39]]"),
            "lead I is inf at sample 1",
        ),
        (with("500", "[\"I\"]", "[[1, NaN]]"), "line 3 is no JSON"),
        (
            with("500", "[\"I\"]", "[[1, null]]"),
            "line 3 has at column",
        ),
        (
            with("500", "[\"I\"]", "[]"),
            "has 0 rows where there are 1 leads",
        ),
        (with("500", "[\"I\"]", "[[]]"), "no samples"),
        (
            with("500", "[\"I\", \"II\"]", "[[1, 2], [1]]"),
            "lead II has 1 samples",
        ),
        (with("0", "[\"I\"]", "[[1]]"), "rate of 0 Hz"),
        (with("-5", "[\"I\"]", "[[1]]"), "rate of -5 Hz"),
        (with("[[500]]", "[\"I\"]", "[[1]]"), "line 1 has at column"),
        (
            with("\"fast\"", "[\"I\"]", "[[1]]"),
            "sampling_rate_hz is \"fast\"",
        ),
        (with("500", "[\"x\"]", "[[1]]"), "none of its signals (x)"),
        (
            with(
                "500",
                "[\"I\"]",
                &format!("[{}]", vec!["[]"; 257].join(",")),
            ),
            "line 3 has at column",
        ),
        ("{\"leads\": ".to_owned() + &"[".repeat(100_000), "line 1"),
    ] {
        let reason = parse(&text).unwrap_err().to_string();
        assert!(
            reason.contains(problem) && !reason.contains("secret"),
            "{reason}"
        );
        assert!(!reason.contains(char::is_control), "{reason}");
    }
}

#[test]
fn tells_its_own_beginning() {
    assert!(begins(b"\xef\xbb\xbf {\n \"leads\"") && begins(b"{}"));
    for other in [&b""[..], b"[1]", b"{1", b"{\\rtf1", b"\xff{\""] {
        assert!(!begins(other), "{other:?}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_to_the_last_bit(ecg in any_ecg()) {
        let again = parse(&encode(&ecg)).unwrap();
        prop_assert_eq!(again.sampling_rate().to_bits(), ecg.sampling_rate().to_bits());
        let bits = |ecg: &Ecg| -> Vec<u32> { ecg.samples().iter().flatten().map(|value| value.to_bits()).collect() };
        prop_assert_eq!(bits(&again), bits(&ecg));
        prop_assert_eq!(again, ecg);
    }
}
