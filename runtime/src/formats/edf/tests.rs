use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

fn golden(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/edf");
    folder.join(name)
}

/// A signal of a file made here: label, units, samples per record, and 16-bit samples of all records.
type TestSignal<'a> = (&'a str, &'a str, usize, Vec<i16>);

/// An EDF file of one-second records; digital ±1000 is physical ±1.
fn edf(kind: &str, records: usize, signals: &[TestSignal<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut field = |width: usize, text: &str| {
        assert!(text.len() <= width);
        file.extend(format!("{text:width$}").into_bytes());
    };
    field(8, "0");
    field(80, "Free text, may be a name");
    field(80, "");
    field(16, "01.01.2000.00.00");
    field(8, &(256 * (signals.len() + 1)).to_string());
    field(44, kind);
    field(8, &records.to_string());
    field(8, "1");
    field(4, &signals.len().to_string());
    for (label, ..) in signals {
        field(16, label);
    }
    signals.iter().for_each(|_| field(80, ""));
    for (_, units, ..) in signals {
        field(8, units);
    }
    for limit in ["-1", "1", "-1000", "1000"] {
        signals.iter().for_each(|_| field(8, limit));
    }
    signals.iter().for_each(|_| field(80, ""));
    for (_, _, samples, _) in signals {
        field(8, &samples.to_string());
    }
    signals.iter().for_each(|_| field(32, ""));
    for record in 0..records {
        for (_, _, samples, values) in signals {
            for value in &values[record * samples..(record + 1) * samples] {
                file.extend(value.to_le_bytes());
            }
        }
    }
    file
}

/// The first annotations of records, which tell when they begin.
fn time_keeping(onsets: &[&str]) -> TestSignal<'static> {
    let mut values = Vec::new();
    for onset in onsets {
        let mut bytes = format!("{onset}\x14\x14").into_bytes();
        bytes.resize(16, 0);
        values.extend(
            bytes
                .chunks_exact(2)
                .map(|pair| i16::from_le_bytes([pair[0], pair[1]])),
        );
    }
    ("EDF Annotations", "", 8, values)
}

fn error_of(file: &[u8]) -> String {
    parse(file).unwrap_err().to_string()
}

/// The file with its header field at `place` changed.
fn changed(file: &[u8], place: usize, width: usize, text: &str) -> Vec<u8> {
    let mut file = file.to_vec();
    file[place..place + width].copy_from_slice(format!("{text:width$}").as_bytes());
    file
}

#[test]
fn reads_what_edflib_wrote() {
    let text = fs::read_to_string(golden("expected.json")).unwrap();
    let expected: BTreeMap<String, BTreeMap<String, Vec<f32>>> =
        serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 2);
    for (suffix, expected) in expected {
        let ecg = crate::formats::read(&golden(&format!("small.{suffix}"))).unwrap();
        assert_eq!(
            (ecg.leads(), ecg.sampling_rate()),
            (&[Lead::I, Lead::V2][..], 50.0)
        );
        assert_eq!(ecg.skipped_signals(), ["EEG Fpz-Cz"]);
        for (lead, row) in ecg.leads().iter().zip(ecg.samples()) {
            let expected = &expected[lead.name()];
            assert_eq!(row.len(), expected.len());
            for (is, should) in row.iter().zip(expected) {
                assert!(
                    (is - should).abs() < 1e-6,
                    "{suffix}, {lead}: {is}, not {should}"
                );
            }
        }
        let patient = ecg.patient();
        assert_eq!(patient.id.as_deref(), Some("E-9"));
        assert_eq!(
            (patient.sex, patient.age_years),
            (Some(crate::ecg::Sex::Female), None)
        );
    }
}

#[test]
fn labels_are_leads() {
    for (label, lead) in [
        ("ECG V1", Lead::V1),
        ("EKG II", Lead::II),
        ("ecg avr", Lead::AVR),
        ("ECG-aVL", Lead::AVL),
        ("ECG Lead III", Lead::III),
        ("Lead I", Lead::I),
        ("V6", Lead::V6),
        ("ECGV2", Lead::V2),
    ] {
        assert_eq!(lead_of_label(label), Some(lead), "{label}");
    }
    for label in [
        "ECG",
        "EKG",
        "",
        "EEG Fpz-Cz",
        "ECG V1-V2",
        "Resp",
        "µV",
        "ecgµ",
    ] {
        assert_eq!(lead_of_label(label), None, "{label}");
    }
}

#[test]
fn plain_edf_does_not_tell_the_patient() {
    let ecg = parse(&edf("", 2, &[("II", "mV", 2, vec![1000, -500, 0, 250])])).unwrap();
    assert_eq!(ecg.samples(), [[1.0, -0.5, 0.0, 0.25]]);
    assert!(ecg.patient() == &crate::ecg::Patient::default());
    assert_eq!(ecg.sampling_rate(), 2.0);
}

#[test]
fn discontinuous_files_may_have_no_gap() {
    let signal = ("ECG II", "mV", 2, vec![1, 2, 3, 4, 5, 6]);
    let of =
        |kind: &str, onsets: &[&str]| parse(&edf(kind, 3, &[signal.clone(), time_keeping(onsets)]));
    assert!(of("EDF+D", &["+5", "+6.1", "+7"]).is_ok());
    let error = of("EDF+D", &["+5", "+6", "+9"]).unwrap_err();
    assert!(matches!(error, ReadErrorKind::Gap { record: 2 }), "{error}");
    let error = of("EDF+D", &["+5", "soon", "+7"]).unwrap_err().to_string();
    assert!(error.contains("of data record 1"), "{error}");
    assert!(of("EDF+C", &["+5", "+6", "+9"]).is_ok());
}

#[test]
fn says_what_is_wrong_with_a_file() {
    let one = edf("", 2, &[("II", "mV", 2, vec![0; 4])]);
    let two = |second: usize, units: &str| {
        let signals = [
            ("I", "mV", 2, vec![0; 4]),
            ("II", units, second, vec![0; 2 * second]),
        ];
        edf("", 2, &signals)
    };
    for (file, expected) in [
        (
            changed(&one, 184, 8, "x"),
            "\"number of bytes in header record\" is \"x\", not a whole",
        ),
        (
            changed(&one, 184, 8, "768"),
            "is 768, which does not fit 1 signals",
        ),
        (
            changed(&one, 236, 8, "0"),
            "\"number of data records\" is 0",
        ),
        (
            changed(&one, 236, 8, "3"),
            "is truncated: 12 bytes expected, 8 found",
        ),
        (
            changed(&one, 236, 8, "99999999"),
            "is truncated: 399999996 bytes expected",
        ),
        (
            changed(&one, 244, 8, "0"),
            "\"duration of a data record\" is 0",
        ),
        (
            changed(&one, 244, 8, "-1"),
            "\"duration of a data record\" is negative",
        ),
        (changed(&one, 244, 8, "nan"), "is \"nan\", not a number"),
        (changed(&one, 252, 4, "9999"), "does not fit 9999 signals"),
        (changed(&one, 352, 8, "kg"), "lead II is in units of \"kg\""),
        (
            changed(&one, 368, 8, "-1"),
            "\"physical maximum of signal 0\" equals the physical minimum",
        ),
        (
            changed(&one, 384, 8, "-1000"),
            "\"digital maximum of signal 0\" is not above",
        ),
        (
            changed(&one, 472, 8, "0"),
            "\"number of samples in each data record of signal 0\" is 0",
        ),
        (changed(&one, 472, 8, "99999999"), "is truncated"),
        (changed(&one, 256, 16, "ECG"), "none of its signals (ECG)"),
        (two(3, "mV"), "lead II is sampled at another rate"),
        (two(2, ""), "lead II is in units of \"\""),
        (
            edf("EDF+C", 1, &[time_keeping(&["+0"])]),
            "holds annotations but no signal",
        ),
        (
            edf("", 1, &[("I", "mV", 1, vec![0]), ("I", "mV", 1, vec![0])]),
            "occurs more than once",
        ),
    ] {
        let error = error_of(&file);
        assert!(error.contains(expected), "{error}");
    }
    // A recorder that was cut off does not know the number of records; then all whole ones count.
    let unknown = changed(&one, 236, 8, "-1");
    assert_eq!(
        parse(&unknown[..unknown.len() - 1])
            .unwrap()
            .samples_per_lead(),
        2
    );
    for end in 0..one.len() {
        assert!(parse(&one[..end]).is_err(), "{end}");
    }
}

/// What EDFlib reads, written down by `tests/goldens/edf_recordings.py`.
#[test]
fn agrees_with_edflib_on_a_published_recording() {
    #[derive(serde::Deserialize)]
    struct Published {
        samples: usize,
        first: Vec<f64>,
        sum: f64,
        weighted_sum: f64,
        sum_of_squares: f64,
    }
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let folder = Path::new(&root).join("ecg/edf");
    let error = crate::formats::read(&folder.join("test_edfann.edf")).unwrap_err();
    assert!(
        matches!(error.kind(), ReadErrorKind::AnnotationsOnly),
        "{error}"
    );
    // Its ECG is called no lead, so that it is no recording of one; its samples can be compared.
    let path = folder.join("test_generator_2.edf");
    let error = crate::formats::read(&path).unwrap_err();
    assert!(
        matches!(error.kind(), ReadErrorKind::NoStandardLead { .. }),
        "{error}"
    );
    let file = fs::read(path).unwrap();
    let mut bytes = Bytes::new(&file);
    let header = Header::read(&mut bytes).unwrap();
    let number = header
        .signals
        .iter()
        .position(|signal| signal.label == "ECG")
        .unwrap();
    let records = Records::new(&header, bytes.rest()).unwrap();
    let row = records.millivolts(number, "ECG").unwrap();
    let text = fs::read_to_string(golden("published.json")).unwrap();
    let published: Published = serde_json::from_str(&text).unwrap();
    let microvolts: Vec<f64> = row.iter().map(|&value| f64::from(value) * 1e3).collect();
    assert_eq!(microvolts.len(), published.samples);
    let close = |is: f64, should: f64| {
        assert!(
            (is - should).abs() < 1e-6 * should.abs().max(1e3),
            "{is}, not {should}"
        );
    };
    for (&is, &should) in microvolts.iter().zip(&published.first) {
        close(is, should);
    }
    let weighted = (0..)
        .zip(&microvolts)
        .map(|(n, value)| f64::from(n % 97) * value);
    close(microvolts.iter().sum(), published.sum);
    close(weighted.sum(), published.weighted_sum);
    close(
        microvolts.iter().map(|value| value * value).sum(),
        published.sum_of_squares,
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn hostile_files_end_in_a_recording_or_an_error(
        continuous in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0x20..0x7fu8), 0..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let kind = if continuous { "EDF+C" } else { "EDF+D" };
        let signals = [("ECG II", "mV", 2, vec![1, 2, 3, 4]), time_keeping(&["+5", "+6"])];
        let mut bytes = edf(kind, 2, &signals);
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        if let Ok(ecg) = parse(&bytes) {
            prop_assert!(ecg.leads().len() * ecg.samples_per_lead() <= bytes.len());
        }
    }

    #[test]
    fn any_bytes_end_in_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let headed = [b"0       ", &bytes[..]].concat();
        prop_assert!(parse(&bytes).is_err() && parse(&headed).is_err());
    }
}
