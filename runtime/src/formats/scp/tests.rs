use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::ecg::Lead;

fn golden(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/scp");
    folder.join(name)
}

/// A record of these sections, without checksums.
fn record(sections: &[(u16, Vec<u8>)]) -> Vec<u8> {
    let header = |number: u16, length: usize, reserved: &[u8; 6]| {
        let mut header = vec![0, 0];
        header.extend(number.to_le_bytes());
        header.extend((length as u32).to_le_bytes());
        header.extend([20, 20]);
        header.extend(reserved);
        header
    };
    let first = 6 + 16 + 10 * sections.len();
    let mut pointers = Vec::new();
    let mut content = Vec::new();
    for (number, data) in sections {
        pointers.extend(number.to_le_bytes());
        pointers.extend((data.len() as u32 + 16).to_le_bytes());
        pointers.extend(((first + content.len()) as u32 + 1).to_le_bytes());
        content.extend(header(*number, data.len() + 16, &[0; 6]));
        content.extend(data);
    }
    let mut record = vec![0, 0];
    record.extend(((first + content.len()) as u32).to_le_bytes());
    record.extend(header(0, pointers.len() + 16, b"SCPECG"));
    record.extend(pointers);
    record.extend(content);
    record
}

/// Section 3 of leads with code, first and last sample.
fn leads(leads: &[(u8, u32, u32)]) -> (u16, Vec<u8>) {
    let mut data = vec![leads.len() as u8, 4];
    for (code, start, end) in leads {
        data.extend(start.to_le_bytes());
        data.extend(end.to_le_bytes());
        data.push(*code);
    }
    (3, data)
}

/// Section 6 with the bytes of each lead.
fn rhythm(step: u16, interval: u16, differences: u8, parts: &[&[u8]]) -> (u16, Vec<u8>) {
    let mut data = Vec::new();
    data.extend(step.to_le_bytes());
    data.extend(interval.to_le_bytes());
    data.extend([differences, 0]);
    for part in parts {
        data.extend((part.len() as u16).to_le_bytes());
    }
    data.extend(parts.concat());
    (6, data)
}

/// Prefix bits, bits, mode, base value and prefix of a code.
type TestCode = (u8, u8, u8, i16, u32);

/// Section 2 with these tables.
fn tables(tables: &[&[TestCode]]) -> (u16, Vec<u8>) {
    let mut data = (tables.len() as u16).to_le_bytes().to_vec();
    for table in tables {
        data.extend((table.len() as u16).to_le_bytes());
        for (prefix_bits, bits, mode, base, prefix) in *table {
            data.extend([*prefix_bits, *bits, *mode]);
            data.extend(base.to_le_bytes());
            data.extend(prefix.to_le_bytes());
        }
    }
    (2, data)
}

fn error_of(sections: &[(u16, Vec<u8>)]) -> String {
    parse(&record(sections)).unwrap_err().to_string()
}

#[test]
fn reads_every_compression() {
    #[derive(serde::Deserialize)]
    struct Expected {
        sampling_rate: f64,
        leads: BTreeMap<String, Vec<f32>>,
        median: Option<BTreeMap<String, Vec<f32>>>,
    }
    let text = fs::read_to_string(golden("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 5);
    let same = |name: &str, leads: &[Lead], rows: &[Vec<f32>], expected: &BTreeMap<_, Vec<f32>>| {
        assert_eq!(leads.len(), expected.len());
        for (lead, row) in leads.iter().zip(rows) {
            let expected = &expected[lead.name()];
            assert_eq!(row.len(), expected.len(), "{name}, {lead}");
            for (n, (is, should)) in row.iter().zip(expected).enumerate() {
                assert!(
                    (is - should).abs() < 1e-6,
                    "{name}, {lead}, {n}: {is}, not {should}"
                );
            }
        }
    };
    for (name, expected) in expected {
        let ecg = read(&golden(&format!("{name}.scp"))).unwrap();
        assert_eq!(ecg.sampling_rate(), expected.sampling_rate, "{name}");
        same(&name, ecg.leads(), ecg.samples(), &expected.leads);
        let median = ecg
            .device_reading()
            .and_then(|reading| reading.median_beat.as_ref());
        assert_eq!(median.is_some(), expected.median.is_some(), "{name}");
        if let (Some(median), Some(expected)) = (median, expected.median) {
            same(&name, &median.leads, &median.samples, &expected);
            assert_eq!(median.sampling_rate, 500.0);
        }
    }
}

#[test]
fn reads_what_the_recorder_noted() {
    let ecg = read(&golden("plain.scp")).unwrap();
    assert_eq!(ecg.skipped_signals(), ["SCP-ECG lead 16"]);
    let patient = ecg.patient();
    assert_eq!(patient.id.as_deref(), Some("S-42"));
    assert_eq!(
        (patient.age_years, patient.sex),
        (Some(61.0), Some(crate::ecg::Sex::Female))
    );
    let expected = DeviceReading {
        heart_rate_bpm: Some(72.0),
        p_ms: Some(80.0),
        pr_ms: Some(130.0),
        qrs_ms: Some(88.0),
        qt_ms: Some(360.0),
        qtc_ms: Some(411.0),
        p_axis_degrees: Some(40.0),
        qrs_axis_degrees: Some(-15.0),
        t_axis_degrees: None,
        median_beat: None,
        statements: vec![
            "Sinus rhythm".to_owned(),
            "Verdacht auf Hypertrophie, größer".to_owned(),
        ],
    };
    assert_eq!(ecg.device_reading(), Some(&expected));
    assert_eq!(
        read(&golden("own_tables.scp")).unwrap().device_reading(),
        None
    );
}

#[test]
fn records_are_known_by_their_beginning() {
    let bytes = fs::read(golden("plain.scp")).unwrap();
    let length = bytes.len() as u64;
    assert!(begins(&bytes, length) && begins(&bytes, length + 7));
    // Before version 1.3 there was no signature; then the length must fit.
    let mut unsigned = bytes.clone();
    unsigned[16..22].fill(0);
    assert!(begins(&unsigned, length) && !begins(&unsigned, length + 7));
    for end in 0..22 {
        assert!(!begins(&bytes[..end], length), "{end}");
    }
    assert!(!begins(&[b'<'; 64], 64) && !begins(&[0; 64], 64));
    let format = crate::formats::detect(&golden("plain.scp")).unwrap();
    assert_eq!(format, crate::formats::Format::ScpEcg);
}

#[test]
fn every_damaged_byte_is_noticed() {
    let bytes = fs::read(golden("first_differences.scp")).unwrap();
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x10;
        let error = parse(&damaged).unwrap_err();
        let expected = match place {
            2..=5 => matches!(
                error,
                ReadErrorKind::Truncated { .. } | ReadErrorKind::Damaged { .. }
            ),
            _ => matches!(error, ReadErrorKind::Damaged { .. }),
        };
        assert!(expected, "{place}: {error}");
    }
    for end in 0..bytes.len() {
        let error = parse(&bytes[..end]).unwrap_err();
        assert!(
            matches!(error, ReadErrorKind::Truncated { .. }),
            "{end}: {error}"
        );
    }
    // What follows the record is not part of it.
    let longer = [&bytes[..], b"padding"].concat();
    assert!(parse(&longer).is_ok());
}

#[test]
fn says_what_is_wrong_with_a_section() {
    let samples: &[u8] = &[1, 0, 2, 0];
    let good = |step, interval, differences| {
        vec![
            leads(&[(1, 1, 2)]),
            rhythm(step, interval, differences, &[samples]),
        ]
    };
    assert_eq!(
        parse(&record(&good(1000, 2000, 0))).unwrap().samples(),
        [[0.001, 0.002]]
    );
    for (sections, expected) in [
        (
            good(0, 2000, 0),
            "section 6 of the SCP-ECG record gives a step of 0 nV",
        ),
        (good(1000, 0, 0), "gives a sampling interval of 0 us"),
        (good(1000, 2000, 3), "has differences of order 3"),
        (
            vec![leads(&[(1, 1, 2)])],
            "section 6 of the SCP-ECG record is missing",
        ),
        (
            vec![rhythm(1, 1, 0, &[])],
            "section 3 of the SCP-ECG record is missing",
        ),
        (
            vec![leads(&[(1, 1, 3)]), rhythm(1000, 2000, 0, &[samples])],
            "lead I ends at sample 2 of 3",
        ),
        (
            vec![
                leads(&[(1, 1, u32::MAX)]),
                rhythm(1000, 2000, 0, &[samples]),
            ],
            "declares 4294967295 samples",
        ),
        (
            vec![leads(&[(1, 3, 2)]), rhythm(1000, 2000, 0, &[samples])],
            "the samples 3 to 2",
        ),
        (
            vec![
                leads(&[(1, 1, 2), (2, 3, 4)]),
                rhythm(1000, 2000, 0, &[samples; 2]),
            ],
            "no time that all of them share",
        ),
        (
            vec![leads(&[(16, 1, 2)]), rhythm(1000, 2000, 0, &[samples])],
            "(SCP-ECG lead 16)",
        ),
        (
            vec![leads(&[(1, 1, 2); 2]), rhythm(1000, 2000, 0, &[samples; 2])],
            "lead I occurs more than once",
        ),
        (
            vec![(3, vec![0, 0]), rhythm(1000, 2000, 0, &[])],
            "none of its signals",
        ),
        (
            vec![(3, vec![9, 0]), rhythm(1000, 2000, 0, &[])],
            "ends within lead 0 of 9",
        ),
    ] {
        let error = error_of(&sections);
        assert!(error.contains(expected), "{error}");
    }
    // The flag says that beats were subtracted; but there are none, or they lie one over the other.
    let mut subtracted = leads(&[(1, 1, 2)]);
    subtracted.1[1] |= 1;
    let zone = |start: u32| [vec![0; 2], [start, start, 9].map(u32::to_le_bytes).concat()].concat();
    let beats = (4, [vec![9, 0, 1, 0, 2, 0], zone(1), zone(9)].concat());
    let reference = (5, rhythm(1000, 2000, 0, &[samples]).1);
    let sections = [
        subtracted.clone(),
        beats,
        reference,
        rhythm(1000, 2000, 0, &[samples]),
    ];
    let error = error_of(&sections);
    assert!(
        error.contains("zones out of order or one over the other"),
        "{error}"
    );
    // Where they are not needed, nobody minds.
    let mut sections = sections;
    sections[0] = leads(&[(1, 1, 2)]);
    assert!(parse(&record(&sections)).is_ok());
    let error = error_of(&[subtracted, rhythm(1000, 2000, 0, &[samples])]);
    assert!(
        error.contains("sections 4 and 5, which are missing"),
        "{error}"
    );
}

#[test]
fn tables_that_cannot_be_are_refused() {
    let with = |table: (u16, Vec<u8>)| {
        let sections = [
            table,
            leads(&[(1, 1, 4)]),
            rhythm(1000, 2000, 0, &[&[0, 0]]),
        ];
        error_of(&sections)
    };
    for (table, expected) in [
        (tables(&[&[(0, 0, 1, 0, 0)]]), "a code of 0 bits"),
        (
            tables(&[&[(5, 4, 1, 0, 0)]]),
            "a code of 4 bits, 5 of them prefix",
        ),
        (
            tables(&[&[(2, 40, 1, 0, 0)]]),
            "a code of 40 bits, 2 of them prefix",
        ),
        (tables(&[&[(1, 1, 0, 2, 0)]]), "switches to table 2 of 1"),
        (tables(&[&[(1, 1, 0, -1, 0)]]), "switches to table -1 of 1"),
        (
            tables(&[&[(1, 1, 1, 0, 0), (2, 2, 1, 0, 2)]]),
            "begins with another code",
        ),
        (
            tables(&[&[(2, 2, 1, 0, 2), (1, 1, 1, 0, 0)]]),
            "begins with another code",
        ),
        ((2, vec![1, 0, 9, 0, 1]), "ends within a table"),
        ((2, vec![9, 0]), "ends within a table"),
        // A table without the code met, one without codes, and one that switches to itself for ever.
        (tables(&[&[(1, 1, 1, 0, 1)]]), "ends at sample 0 of 4"),
        (tables(&[&[]]), "ends at sample 0 of 4"),
        (tables(&[&[(1, 1, 0, 1, 0)]]), "ends at sample 0 of 4"),
    ] {
        let error = with(table);
        assert!(error.contains(expected), "{error}");
    }
    let too_many: Vec<_> = (0..5000).map(|n| (13, 13, 1, 0, n)).collect();
    assert!(with(tables(&[&too_many])).contains("more than 4096 codes"));
}

/// The same ECG was published in two formats; what the other file holds was written down by
/// `tests/goldens/published_scp.py`.
#[test]
fn agrees_with_the_same_ecg_in_another_format() {
    #[derive(serde::Deserialize)]
    struct Published {
        sampling_rate: f64,
        leads: BTreeMap<String, Steps>,
        measured: BTreeMap<String, f64>,
    }
    #[derive(serde::Deserialize)]
    struct Steps {
        microvolts_per_step: f64,
        samples: usize,
        first: Vec<i64>,
        sum: i64,
        weighted_sum: i64,
    }
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let text = fs::read_to_string(golden("published.json")).unwrap();
    let published: Published = serde_json::from_str(&text).unwrap();
    let folder = Path::new(&root).join("ecg/scp");
    let ecg = crate::formats::read(&folder.join("ecgtoolkit_Example.scp")).unwrap();
    assert_eq!(ecg.sampling_rate(), published.sampling_rate);
    assert_eq!(ecg.leads().len(), published.leads.len());
    for (name, expected) in published.leads {
        let row = ecg.lead(name.parse().unwrap()).unwrap();
        let steps_per_millivolt = 1000.0 / expected.microvolts_per_step;
        let steps: Vec<i64> = row
            .iter()
            .map(|&value| {
                let exact = f64::from(value) * steps_per_millivolt;
                assert!((exact - exact.round()).abs() < 1e-3, "{name}: {exact}");
                exact.round() as i64
            })
            .collect();
        assert_eq!(steps.len(), expected.samples);
        assert_eq!(steps[..expected.first.len()], expected.first);
        assert_eq!(steps.iter().sum::<i64>(), expected.sum, "{name}");
        let weighted = (0..).zip(&steps).map(|(n, step)| n % 97 * step);
        assert_eq!(weighted.sum::<i64>(), expected.weighted_sum, "{name}");
    }
    let reading = ecg.device_reading().unwrap();
    for (code, found) in [
        ("MDC_ECG_TIME_PD_PR", reading.pr_ms),
        ("MDC_ECG_TIME_PD_QRS", reading.qrs_ms),
        ("MDC_ECG_TIME_PD_QT", reading.qt_ms),
        ("MDC_ECG_ANGLE_P_FRONT", reading.p_axis_degrees),
        ("MDC_ECG_ANGLE_QRS_FRONT", reading.qrs_axis_degrees),
        ("MDC_ECG_ANGLE_T_FRONT", reading.t_axis_degrees),
    ] {
        assert_eq!(found, published.measured.get(code).copied(), "{code}");
    }

    // Another recorder: eight leads at 600 Hz. And what is called SCP but is not EN 1064.
    let ecg = crate::formats::read(&folder.join("welchallyn_a.scp")).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.samples_per_lead()),
        (&Lead::INDEPENDENT[..], 6000)
    );
    assert_eq!(ecg.sampling_rate(), 600.0);
    let error = crate::formats::read(&folder.join("healforce_nonconformant_62.scp")).unwrap_err();
    assert!(
        matches!(error.kind(), ReadErrorKind::UnknownFormat { .. }),
        "{error}"
    );
}

/// The record with all its checksums taken out, so that changed bytes reach every part of the reader.
fn unsealed(name: &str) -> Vec<u8> {
    let mut bytes = fs::read(golden(name)).unwrap();
    bytes[..2].fill(0);
    bytes[6..8].fill(0);
    for pointer in (22..142).step_by(10) {
        let index: [u8; 4] = bytes[pointer + 6..pointer + 10].try_into().unwrap();
        let index = u32::from_le_bytes(index) as usize;
        if index > 0 {
            bytes[index - 1..index + 1].fill(0);
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn hostile_records_end_in_a_record_or_an_error(
        name in prop::sample::select(vec!["plain.scp", "own_tables.scp", "compressed.scp"]),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        end in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = unsealed(name);
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(end) = end {
            bytes.truncate(end.index(bytes.len()));
            // Also the shorter record says how long it is.
            let length = (bytes.len() as u32).to_le_bytes();
            if let Some(field) = bytes.get_mut(2..6) {
                field.copy_from_slice(&length);
            }
        }
        if let Ok(ecg) = parse(&bytes) {
            let samples = ecg.leads().len() * ecg.samples_per_lead();
            prop_assert!(samples <= 100 * 8 * bytes.len());
        }
    }
}
