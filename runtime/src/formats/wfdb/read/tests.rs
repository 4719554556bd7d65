use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs::{self, File};

mod segments;

/// Format-16 samples of `signals` rows, interleaved.
fn sixteen(rows: &[&[i16]]) -> Vec<u8> {
    (0..rows[0].len())
        .flat_map(|n| rows.iter().flat_map(move |row| row[n].to_le_bytes()))
        .collect()
}

/// Writes files into a new folder.
fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    folder
}

/// The error of reading record `r` with this header and `r.dat`.
fn error_of(header: &str, data: &[u8]) -> ReadError {
    let folder = folder(&[("r.hea", header.as_bytes()), ("r.dat", data)]);
    read(&folder.path().join("r")).unwrap_err()
}

#[test]
fn reads_what_wfdb_python_wrote() {
    #[derive(serde::Deserialize)]
    struct Expected {
        sampling_rate: f64,
        signals: BTreeMap<String, Vec<f32>>,
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/wfdb");
    let text = fs::read_to_string(folder.join("expected.json")).unwrap();
    let expected: BTreeMap<String, Expected> = serde_json::from_str(&text).unwrap();
    assert_eq!(expected.len(), 9);
    for (name, expected) in expected {
        let ecg = read(&folder.join(&name)).unwrap();
        assert_eq!(ecg.sampling_rate(), expected.sampling_rate);
        assert_eq!(
            ecg.leads().len() + ecg.skipped_signals().len(),
            expected.signals.len()
        );
        for (signal, values) in expected.signals {
            let Ok(lead) = signal.parse() else {
                assert_eq!(ecg.skipped_signals(), [signal]);
                continue;
            };
            let row = ecg.lead(lead).unwrap();
            assert_eq!(row.len(), values.len());
            for (n, (is, should)) in row.iter().zip(&values).enumerate() {
                assert!(
                    (is - should).abs() < 1e-6,
                    "{name}, {lead}, sample {n}: {is}, not {should}"
                );
            }
        }
    }
    let patient = read(&folder.join("sixteen.hea")).unwrap().patient().clone();
    assert_eq!(
        (patient.age_years, patient.sex),
        (Some(51.0), Some(crate::ecg::Sex::Female))
    );
}

#[test]
fn finds_the_record_by_any_of_its_names() {
    let data = sixteen(&[&[1, 2, 3]]);
    let header = b"r.1 1 500 3\nsamples.dat 16 1000 16 0 1 6 0 II\n";
    let folder = folder(&[
        ("r.1.hea", header),
        ("samples.dat", &data),
        ("other.dat", &data),
        ("r.1.dat", &data),
    ]);
    for name in ["r.1", "r.1.hea"] {
        assert_eq!(
            read(&folder.path().join(name))
                .unwrap()
                .lead(Lead::II)
                .unwrap(),
            [0.001, 0.002, 0.003]
        );
    }
    for name in ["other.dat", "r.1.dat", "r", "absent"] {
        assert!(header_path(&folder.path().join(name)).is_none(), "{name}");
    }
    fs::rename(
        folder.path().join("r.1.hea"),
        folder.path().join("samples.hea"),
    )
    .unwrap();
    assert!(read(&folder.path().join("samples.dat")).is_ok());
}

#[test]
fn honours_offset_frames_skew_and_open_length() {
    // Three bytes ahead of the samples; V1 at twice the frame rate; the length is the file's.
    let mut data = vec![9, 9, 9];
    data.extend(sixteen(&[&[10, 20, 30], &[1, 3, 5], &[2, 4, 6]]));
    let header = "r 2 250\nr.dat 16+3 1000 16 0 10 60 0 resp\nr.dat 16x2+3 1000 16 0 1 21 0 V1\n";
    let files = folder(&[("r.hea", header.as_bytes()), ("r.dat", &data)]);
    let ecg = read(&files.path().join("r")).unwrap();
    assert_eq!(
        (ecg.sampling_rate(), ecg.skipped_signals()),
        (500.0, &["resp".to_owned()][..])
    );
    assert_eq!(
        ecg.lead(Lead::V1).unwrap(),
        [0.001, 0.002, 0.003, 0.004, 0.005, 0.006]
    );

    // Lead II lags by one frame, so its sample 1 belongs to sample 0 of lead I.
    let data = sixteen(&[&[1, 2, 3], &[4, 5, 6]]);
    let header = "r 2 250 3\nr.dat 16 1000 16 0 1 6 0 I\nr.dat 16:1 1000 16 0 4 15 0 II\n";
    let files = folder(&[("r.hea", header.as_bytes()), ("r.dat", &data)]);
    let ecg = read(&files.path().join("r")).unwrap();
    assert_eq!(ecg.lead(Lead::I).unwrap(), [0.001, 0.002]);
    assert_eq!(ecg.lead(Lead::II).unwrap(), [0.005, 0.006]);
}

#[test]
fn refuses_damage_and_says_what_is_damaged() {
    let data = sixteen(&[&[1, 2, 3]]);
    let line = |checksum: i32| format!("r 1 500 3\nr.dat 16 1000 16 0 1 {checksum} 0 V2\n");
    let error = error_of(&line(6), &data[..5]);
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::Truncated {
                expected: 6,
                found: 5
            }
        ),
        "{error}"
    );
    assert!(error.path().ends_with("r.dat"));
    let error = error_of(&line(6), &[]);
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::Truncated {
                expected: 6,
                found: 0
            }
        ),
        "{error}"
    );
    let error = error_of(&line(7), &data);
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::Checksum {
                expected: 7,
                found: 6,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("signal V2"), "{error}");
    let error = error_of("r 1 500 3\nr.dat 16 1000 16 0 5 6 0 V2\n", &data);
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::InitialValue {
                expected: 5,
                found: 1,
                ..
            }
        ),
        "{error}"
    );
    // A header without samples, and one that leaves the length open beside an empty file.
    let error = error_of("r 1 500\nr.dat 16 1000 16 0 5 6 0 V2\n", &[]);
    assert!(
        matches!(
            error.kind(),
            ReadErrorKind::Truncated {
                expected: 2,
                found: 0
            }
        ),
        "{error}"
    );
    // A declared length beyond any file allocates nothing.
    let error = error_of(
        "r 1 500 18446744073709551615\nr.dat 16 1000 16 0 5 6 0 V2\n",
        &data,
    );
    assert!(
        matches!(error.kind(), ReadErrorKind::Truncated { found: 6, .. }),
        "{error}"
    );
}

#[test]
fn refuses_missing_samples() {
    let error = error_of(
        "r 1 500 3\nr.dat 16 1000 16 0 1 -32765 0 V2\n",
        &sixteen(&[&[1, -32768, 2]]),
    );
    assert!(
        matches!(error.kind(), ReadErrorKind::MissingSample { sample: 1, .. }),
        "{error}"
    );
    let error = error_of(
        "r 1 500 2\nr.dat 212 1000 12 0 5 -2043 0 V2\n",
        &[0x05, 0x80, 0x00],
    );
    assert!(
        matches!(error.kind(), ReadErrorKind::MissingSample { sample: 1, .. }),
        "{error}"
    );
}

#[test]
fn refuses_what_it_cannot_read() {
    let data = sixteen(&[&[1, 2, 3]]);
    let kind = |header: &str| format!("{:?}", error_of(header, &data).kind());
    assert!(kind("r 1 500 3\nr.dat 81 1000 16 0 1 6 0 V2").starts_with("SignalFormat"));
    assert!(kind("r 1 500 3\nr.dat 16 1000/mmHg 16 0 1 6 0 V2").starts_with("Units"));
    assert!(kind("r 1 500 3\nr.dat 16 1000 16 0 1 6 0 V7").starts_with("NoStandardLead"));
    assert!(kind("r 0 500 3").starts_with("NoStandardLead"));
    assert!(kind("r 1 500 3\nr.dat 16 0 16 0 1 6 0 V2").starts_with("Uncalibrated"));
    assert!(kind("r 1 500 3\nr.dat 516 1000 16 0 1 6 0 V2").starts_with("Flac"));
    assert!(kind("r 1 500 3\nabsent.dat 16 1000 16 0 1 6 0 V2").starts_with("SignalFileMissing"));
    assert!(
        kind("r 2 500 1\nr.dat 16 1000 16 0 1 1 0 V1\nr.dat 212 1000 16 0 1 1 0 V2")
            .starts_with("MixedFile")
    );
    assert!(
        kind("r 2 500 1\nr.dat 16x2 1000 16 0 1 3 0 V1\nr.dat 16 1000 16 0 3 3 0 V2")
            .starts_with("MixedRates")
    );
    assert!(kind("r 1 500 3\nr.dat 16:9 1000 16 0 1 6 0 V2").starts_with("Skew"));
    assert!(
        kind("r 2 500 1\nr.dat 16 1 16 0 1 1 0 V1\nr.dat 16 1 16 0 2 2 0 v1")
            .contains("DuplicateLead")
    );
    // File r.dat comes up again after another one.
    let scattered = "r 3 500 1\nr.dat 16 1000 16 0 1 1 0 I\nb.dat 16 1000 16 0 1 1 0 resp\nr.dat 16 1000 16 0 1 1 0 II";
    assert!(kind(scattered).starts_with("MixedFile"));
    assert!(kind("not a header").starts_with("Header"));
    for name in [
        "../r.dat",
        "/etc/passwd",
        "a/../r.dat",
        "..",
        ".",
        "a\\r.dat",
        "c:r.dat",
        "~",
        "-",
    ] {
        let kind = kind(&format!("r 1 500 3\n{name} 16 1000 16 0 1 6 0 V2"));
        let plain = ["~", "-"].contains(&name);
        assert!(
            kind.starts_with(if plain {
                "SignalFileMissing"
            } else {
                "SignalFileName"
            }),
            "{name}: {kind}"
        );
    }
}

#[test]
fn reads_the_real_records_at_hand() {
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let root = Path::new(&root).join("ecg");
    // MIT-BIH 100 is in format 212 with a comment ahead and blank lines; MLII is no standard lead.
    let ecg = read(&root.join("mitdb/100")).unwrap();
    assert_eq!((ecg.leads(), ecg.sampling_rate()), (&[Lead::V5][..], 360.0));
    assert_eq!(
        (ecg.samples_per_lead(), ecg.skipped_signals()),
        (650_000, &["MLII".to_owned()][..])
    );
    assert!((ecg.lead(Lead::V5).unwrap()[0] - (1011.0 - 1024.0) / 200.0).abs() < 1e-6);
    // The challenge's files are MATLAB files with the samples behind 24 bytes.
    let ecg = read(&root.join("challenge2021/E07500.mat")).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.duration_seconds()),
        (&Lead::STANDARD[..], 10.0)
    );
    assert!((ecg.lead(Lead::V1).unwrap()[0] - 0.156).abs() < 1e-6);
}

#[test]
fn refuses_what_would_fill_the_memory() {
    let folder = folder(&[("r.hea", b"r 1 500\nr.dat 16 1000 16 0 0 0 0 II\n")]);
    // A sparse file: it takes no room on the disk.
    let data = File::create(folder.path().join("r.dat")).unwrap();
    data.set_len(200 << 20).unwrap();
    let error = read(&folder.path().join("r")).unwrap_err();
    assert!(
        matches!(error.kind(), ReadErrorKind::TooLarge { .. }),
        "{error}"
    );
}

#[test]
fn messages_repeat_little_of_a_hostile_header() {
    let (long, data) = ("x".repeat(5000), sixteen(&[&[1, 2, 3]]));
    for header in [
        format!("r 1 500 3\nr.dat 16 1000 16 0 1 6 0 \u{1b}[31m{long}"),
        format!("r 1 500 3\nr.dat 81 1000 16 0 1 6 0 V2\u{1b}{long}\n"),
        format!("r 2 500 3\nr.dat 81 1 16 0 1 6 0 \u{1b}{long}\nr.dat 81 1 16 0 1 6 0 V2"),
        format!("r 2 500 3\nr.dat 16 1 16 0 1 6 0 V2\nr.dat 212 1 16 0 1 6 0 \u{1b}{long}"),
        format!("r 1 500 3\nr.dat 16 1000/\u{1b}{long} 16 0 1 6 0 V2"),
        format!("r 1 500 3\nr.dat 16 1000(\u{1b}{long} 16 0 1 6 0 V2"),
        format!("r 1 500 3\na/\u{1b}{long} 16 1000 16 0 1 6 0 V2"),
        "r 1 500 3\n\u{1b}[31m.dat 16 1000 16 0 1 6 0 V2".to_owned(),
    ] {
        let error = error_of(&header, &data);
        let message = error.kind().to_string();
        let readable = message.len() < 250 && !message.contains(char::is_control);
        assert!(readable, "{message}");
        assert!(!error.path().to_string_lossy().contains('\u{1b}'));
    }
}

fn damaged_record(change: impl FnOnce(&mut Vec<u8>)) -> Result<Ecg, ReadError> {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/wfdb");
    let mut data = fs::read(golden.join("sixteen.dat")).unwrap();
    change(&mut data);
    let header = fs::read(golden.join("sixteen.hea")).unwrap();
    let folder = folder(&[("sixteen.hea", &header), ("sixteen.dat", &data)]);
    read(&folder.path().join("sixteen"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_flipped_bit_of_the_samples_is_noticed(byte in 0_usize..6024, bit in 0_u32..8) {
        let error = damaged_record(|data| data[byte] ^= 1 << bit).unwrap_err();
        prop_assert!(matches!(error.kind(), ReadErrorKind::Checksum { .. }), "{}", error);
    }

    #[test]
    fn every_truncation_of_the_samples_is_noticed(length in 0_usize..6024) {
        let error = damaged_record(|data| data.truncate(length)).unwrap_err();
        prop_assert!(matches!(error.kind(), ReadErrorKind::Truncated { .. }), "{}", error);
    }

    #[test]
    fn a_damaged_header_never_panics(byte in 0_usize..600, value in any::<u8>(), length in 0_usize..700) {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/wfdb");
        let mut header = fs::read(golden.join("sixteen.hea")).unwrap();
        header[byte] = value;
        header.truncate(length);
        let data = fs::read(golden.join("sixteen.dat")).unwrap();
        let folder = folder(&[("sixteen.hea", &header), ("sixteen.dat", &data)]);
        let _ = read(&folder.path().join("sixteen"));
    }
}

#[test]
fn reads_the_samples_of_every_format_at_hand() {
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let root = Path::new(&root).join("ecg/wfdb-formats");
    // Their signals have the names of formats; under those of leads their checksums are verified.
    for (record, signals) in [("binformats", 10), ("flacformats", 3)] {
        let header = fs::read_to_string(root.join(format!("{record}.hea"))).unwrap();
        let renamed = |(number, line): (usize, &str)| match line.split_once(" sig ") {
            Some((fields, _)) => format!("{fields} {}\n", Lead::STANDARD[number - 1]),
            None => format!("{line}\n"),
        };
        let header: String = header.lines().enumerate().map(renamed).collect();
        let folder = folder(&[("r.hea", header.as_bytes())]);
        for number in 0..signals {
            let name = format!("{record}.d{number}");
            fs::copy(root.join(&name), folder.path().join(&name)).unwrap();
        }
        let ecg = read(&folder.path().join("r")).unwrap();
        assert_eq!((ecg.leads().len(), ecg.samples_per_lead()), (signals, 499));
    }
}
