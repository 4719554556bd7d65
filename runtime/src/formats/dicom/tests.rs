use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::tag::Tag;
use super::*;

fn golden(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/dicom");
    folder.join(name)
}

/// An element of explicit VR little endian.
fn element(tag: Tag, representation: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(((tag >> 16) as u16).to_le_bytes());
    bytes.extend((tag as u16).to_le_bytes());
    bytes.extend(representation.as_bytes());
    if matches!(representation, "OB" | "OW" | "SQ" | "UN") {
        bytes.extend([0, 0]);
        bytes.extend((value.len() as u32).to_le_bytes());
    } else {
        bytes.extend((value.len() as u16).to_le_bytes());
    }
    bytes.extend(value);
    bytes
}

fn sequence(tag: Tag, items: &[Vec<u8>]) -> Vec<u8> {
    let mut content = Vec::new();
    for item in items {
        content.extend([0xfe, 0xff, 0x00, 0xe0]);
        content.extend((item.len() as u32).to_le_bytes());
        content.extend(item);
    }
    element(tag, "SQ", &content)
}

fn object(syntax: &str, content: &[u8]) -> Vec<u8> {
    let mut file = vec![0; PREAMBLE_BYTES];
    file.extend(MAGIC);
    file.extend(element(tag::TRANSFER_SYNTAX, "UI", syntax.as_bytes()));
    file.extend(content);
    file
}

/// A channel of 1 mV a step: of lead number 1 to 8 or 61 to 64, or 0 for some other signal.
fn channel(number: u8) -> Vec<u8> {
    let source = [
        element(tag::CODE_VALUE, "SH", format!("2:{number}").as_bytes()),
        element(tag::CODING_SCHEME, "SH", b"MDC"),
    ];
    let units = element(tag::CODE_VALUE, "SH", b"mV");
    [
        sequence(tag::CHANNEL_SOURCE, &[source.concat()]),
        element(tag::SENSITIVITY, "DS", b"1"),
        sequence(tag::SENSITIVITY_UNITS, &[units]),
    ]
    .concat()
}

/// A multiplex group at 100 Hz.
fn group(interpretation: &str, channels: &[u8], data: &[u8], more: &[u8]) -> Vec<u8> {
    let size: u16 = match interpretation {
        "SB" | "UB" => 1,
        "SS" | "US" => 2,
        _ => 4,
    };
    let channel_count = channels.len() as u16;
    let samples = data.len() as u32 / u32::from((size * channel_count).max(1));
    let channels: Vec<Vec<u8>> = channels.iter().map(|&number| channel(number)).collect();
    [
        more.to_vec(),
        element(tag::CHANNELS, "US", &channel_count.to_le_bytes()),
        element(tag::SAMPLES, "UL", &samples.to_le_bytes()),
        element(tag::SAMPLING_FREQUENCY, "DS", b"100 "),
        sequence(tag::CHANNEL_DEFINITIONS, &channels),
        element(tag::BITS_ALLOCATED, "US", &(8 * size).to_le_bytes()),
        element(tag::SAMPLE_INTERPRETATION, "CS", interpretation.as_bytes()),
        element(tag::WAVEFORM_DATA, "OW", data),
    ]
    .concat()
}

fn with_groups(groups: &[Vec<u8>]) -> Vec<u8> {
    object(EXPLICIT_LITTLE_ENDIAN, &sequence(tag::WAVEFORMS, groups))
}

/// The bytes with every occurrence of one piece put in place of another of the same length.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut bytes = bytes.to_vec();
    let places: Vec<usize> = bytes
        .windows(from.len())
        .enumerate()
        .filter_map(|(place, window)| (window == from).then_some(place))
        .collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    bytes
}

#[test]
fn reads_what_pydicom_wrote() {
    #[derive(serde::Deserialize)]
    struct Expected {
        sampling_rate: f64,
        leads: BTreeMap<String, Vec<f32>>,
        median: Option<BTreeMap<String, Vec<f32>>>,
    }
    let text = fs::read_to_string(golden("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 2);
    let same = |leads: &[Lead], rows: &[Vec<f32>], expected: &BTreeMap<String, Vec<f32>>| {
        assert_eq!(leads.len(), expected.len());
        for (lead, row) in leads.iter().zip(rows) {
            let expected = &expected[lead.name()];
            assert_eq!(row.len(), expected.len());
            for (is, should) in row.iter().zip(expected) {
                assert!((is - should).abs() < 1e-6, "{lead}: {is}, not {should}");
            }
        }
    };
    for (name, expected) in expected {
        let ecg = crate::formats::read(&golden(&format!("{name}.dcm"))).unwrap();
        assert_eq!(ecg.sampling_rate(), expected.sampling_rate);
        same(ecg.leads(), ecg.samples(), &expected.leads);
        let reading = ecg.device_reading().unwrap();
        assert_eq!(reading.median_beat.is_some(), expected.median.is_some());
        if let (Some(median), Some(expected)) = (&reading.median_beat, expected.median) {
            same(&median.leads, &median.samples, &expected);
        }
    }
    // The second file is there for its sequences of open length.
    let bytes = fs::read(golden("implicit.dcm")).unwrap();
    assert!(
        bytes
            .windows(4)
            .any(|window| window == [0xfe, 0xff, 0xdd, 0xe0])
    );
}

#[test]
fn reads_what_the_recorder_noted() {
    let ecg = read(&golden("explicit.dcm")).unwrap();
    assert_eq!(ecg.skipped_signals(), ["Respiration"]);
    let patient = ecg.patient();
    assert_eq!(
        (patient.id.as_deref(), patient.age_years),
        (Some("D-7"), Some(67.0))
    );
    assert_eq!(patient.sex, Some(Sex::Male));
    let mut reading = ecg.device_reading().unwrap().clone();
    reading.median_beat = None;
    let expected = DeviceReading {
        heart_rate_bpm: Some(64.0),
        pr_ms: Some(160.0),
        // Not the 99 ms of a single channel, which come before.
        qrs_ms: Some(94.0),
        qt_ms: Some(402.0),
        qtc_ms: Some(410.0),
        qrs_axis_degrees: Some(-30.0),
        statements: vec!["Sinusrhythmus".to_owned(), "größere Q-Zacke".to_owned()],
        ..DeviceReading::default()
    };
    assert_eq!(reading, expected);
    let ecg = read(&golden("implicit.dcm")).unwrap();
    assert_eq!(ecg.patient().age_years, Some(1.5));
    assert_eq!(ecg.device_reading().unwrap().heart_rate_bpm, Some(75.0));
}

#[test]
fn samples_are_of_six_kinds() {
    for (interpretation, data, expected) in [
        ("SB", vec![0xff, 2], [-1.0, 2.0]),
        ("UB", vec![0xff, 2], [255.0, 2.0]),
        ("SS", vec![0xfe, 0xff, 0, 1], [-2.0, 256.0]),
        ("US", vec![0xfe, 0xff, 0, 1], [65534.0, 256.0]),
        (
            "SL",
            vec![0xfe, 0xff, 0xff, 0xff, 1, 0, 1, 0],
            [-2.0, 65537.0],
        ),
        ("UL", vec![0, 0, 0, 128, 1, 0, 0, 0], [2147483648.0, 1.0]),
    ] {
        let ecg = parse(&with_groups(&[group(interpretation, &[2], &data, &[])])).unwrap();
        assert_eq!(ecg.leads(), [Lead::II]);
        assert_eq!(ecg.samples(), [expected], "{interpretation}");
        assert_eq!((ecg.sampling_rate(), ecg.device_reading()), (100.0, None));
    }
    for other in ["MB", "AB", "XX"] {
        let error = parse(&with_groups(&[group(other, &[2], &[0; 8], &[])])).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("(5400,1006) Waveform Sample Interpretation"),
            "{error}"
        );
    }
}

#[test]
fn the_recording_is_the_longest_group_and_those_beside_it() {
    let derived = element(tag::WAVEFORM_ORIGINALITY, "CS", b"DERIVED ");
    let late = element(tag::GROUP_TIME_OFFSET, "DS", b"20");
    let groups = [
        group("SB", &[1, 2], &[9, 9], &[]),
        group("SB", &[0], &[1, 2, 3, 4, 5, 6, 7, 8, 9], &[]),
        group("SB", &[1, 61], &[1, 2, 3, 4, 5, 6], &[]),
        group("SB", &[3], &[7, 8, 9], &[]),
        group("SB", &[4], &[7, 8, 9], &late),
        group("SB", &[1], &[4, 4, 4, 4], &derived),
    ];
    let ecg = parse(&with_groups(&groups)).unwrap();
    assert_eq!(ecg.leads(), [Lead::I, Lead::III, Lead::V1]);
    assert_eq!(
        ecg.samples(),
        [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0], [7.0, 8.0, 9.0]]
    );
    assert_eq!(ecg.skipped_signals(), ["0"]);
    let median = ecg.device_reading().unwrap().median_beat.as_ref().unwrap();
    assert_eq!(
        (&median.leads[..], &median.samples[..]),
        (&[Lead::I][..], &[vec![4.0; 4]][..])
    );
    // A derived group alone is the recording.
    let ecg = parse(&with_groups(&groups[5..])).unwrap();
    assert_eq!((ecg.samples_per_lead(), ecg.device_reading()), (4, None));
}

#[test]
fn says_what_is_wrong_with_an_object() {
    let good = group("SS", &[1], &[1, 0, 2, 0], &[]);
    let changed = |from: &[u8], to: &[u8]| with_groups(&[replaced(&good, from, to)]);
    let padding = element(tag::PADDING_VALUE, "OW", &[2, 0]);
    let old = sequence(tag::CHANNEL_DEFINITIONS, &[channel(1)]);
    let skew = element(tag::SAMPLE_SKEW, "DS", b"1.0 ");
    let new = sequence(tag::CHANNEL_DEFINITIONS, &[[channel(1), skew].concat()]);
    let place = good.windows(old.len()).position(|window| window == old);
    let (before, behind) = good.split_at(place.unwrap());
    let skewed = [before, &new, &behind[old.len()..]].concat();
    let mut deep = element(tag::WAVEFORMS, "SQ", &[]);
    for _ in 0..20 {
        deep = sequence(tag::WAVEFORMS, &[deep]);
    }
    for (file, expected) in [
        (
            object("1.2.840.10008.1.2.2", &[]),
            "transfer syntax 1.2.840.10008.1.2.2; explicit",
        ),
        (
            object("1.2.840.10008.1.2.1.99", &[]),
            "1.2.840.10008.1.2.1.99",
        ),
        (object(EXPLICIT_LITTLE_ENDIAN, &[]), "without waveforms"),
        (
            object(
                EXPLICIT_LITTLE_ENDIAN,
                &element(tag::PIXEL_DATA, "OW", &[0; 9]),
            ),
            "without waveforms",
        ),
        (
            with_groups(&[group("SS", &[0, 9], &[0; 8], &[])]),
            "none of its signals (0, 9)",
        ),
        (
            with_groups(&[group("SS", &[1; 300], &[0; 600], &[])]),
            "lead I occurs more than once",
        ),
        (
            with_groups(&[group("SS", &[1], &[], &[])]),
            "Number of Waveform Samples is 0",
        ),
        (
            changed(b"100 ", b"0   "),
            "Sampling Frequency is no positive number",
        ),
        (
            changed(b"100 ", b"inf "),
            "Sampling Frequency is no positive number",
        ),
        (
            changed(b"DS\x01\x001", b"DS\x01\x000"),
            "Channel Sensitivity of lead I is 0 or no number",
        ),
        (changed(b"mV", b"kg"), "lead I is in units of \"kg\""),
        (
            changed(&[2, 0, 0, 0], &[0xff; 4]),
            "has 4 bytes where 8589934590 are declared",
        ),
        (
            with_groups(&[skewed]),
            "Channel Sample Skew of lead I is a sampling interval or more",
        ),
        (
            with_groups(&[group("SS", &[1], &[1, 0, 2, 0], &padding)]),
            "lead I has no value at sample 1",
        ),
        (object(EXPLICIT_LITTLE_ENDIAN, &deep), "more than 16 deep"),
    ] {
        let error = parse(&file).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let whole = with_groups(&[good]);
    for end in 0..whole.len() {
        assert!(parse(&whole[..end]).is_err(), "{end}");
    }
    assert!(parse(&whole).is_ok());
}

/// What pydicom reads from its own test file, written down by `tests/goldens/dicom_waveforms.py`.
#[test]
fn agrees_with_pydicom_on_a_real_recording() {
    #[derive(serde::Deserialize)]
    struct Published {
        samples: usize,
        first: BTreeMap<String, Vec<f64>>,
        sum: BTreeMap<String, f64>,
        weighted_sum: BTreeMap<String, f64>,
    }
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let text = fs::read_to_string(golden("published.json")).unwrap();
    let published: BTreeMap<String, Published> = serde_json::from_str(&text).unwrap();
    let path = Path::new(&root).join("ecg/dicom/waveform_ecg_scrubbed.dcm");
    let ecg = crate::formats::read(&path).unwrap();
    let reading = ecg.device_reading().unwrap();
    let median = reading.median_beat.as_ref().unwrap();
    assert_eq!(
        (ecg.sampling_rate(), median.sampling_rate),
        (1000.0, 1000.0)
    );
    for (name, leads, rows) in [
        ("rhythm", ecg.leads(), ecg.samples()),
        ("median", &median.leads[..], &median.samples[..]),
    ] {
        let expected = &published[name];
        assert_eq!(leads, Lead::STANDARD);
        for (lead, row) in leads.iter().zip(rows) {
            let microvolts: Vec<f64> = row.iter().map(|&value| f64::from(value) * 1e3).collect();
            assert_eq!(microvolts.len(), expected.samples);
            let weighted = (0..)
                .zip(&microvolts)
                .map(|(n, value)| f64::from(n % 97) * value);
            let close = |is: f64, should: f64| {
                assert!(
                    (is - should).abs() < 1e-6 * should.abs().max(1e3),
                    "{lead}: {is}, {should}"
                );
            };
            for (&is, &should) in microvolts.iter().zip(&expected.first[lead.name()]) {
                close(is, should);
            }
            close(microvolts.iter().sum(), expected.sum[lead.name()]);
            close(weighted.sum(), expected.weighted_sum[lead.name()]);
        }
    }
    // As the annotations of the file say.
    let measured = (reading.pr_ms, reading.qrs_ms, reading.qt_ms, reading.qtc_ms);
    assert_eq!(
        measured,
        (Some(161.0), Some(75.0), Some(368.0), Some(370.0))
    );
    assert_eq!(reading.statements, ["RITMO SINUSALE", "ECG NORMALE"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn hostile_objects_end_in_a_recording_or_an_error(
        name in prop::sample::select(vec!["explicit.dcm", "implicit.dcm"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = fs::read(golden(name)).unwrap();
        for (place, value) in changes {
            let place = PREAMBLE_BYTES + place.index(bytes.len() - PREAMBLE_BYTES);
            bytes[place] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
        }
        if let Ok(ecg) = parse(&bytes) {
            prop_assert!(ecg.leads().len() * ecg.samples_per_lead() <= bytes.len());
        }
    }
}
