use super::*;
use proptest::prelude::*;

fn golden(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/matlab");
    std::fs::read(folder.join(name)).unwrap()
}

#[test]
fn reads_what_scipy_wrote() {
    let expected: Vec<Vec<f32>> = serde_json::from_slice(&golden("expected.json")).unwrap();
    for name in ["plain.mat", "compressed.mat"] {
        let ecg = parse(&golden(name)).unwrap();
        assert_eq!(
            (ecg.leads(), ecg.sampling_rate()),
            (&Lead::STANDARD[..], 500.0)
        );
        assert_eq!(ecg.samples(), expected, "{name}");
        let patient = ecg.patient();
        assert_eq!(
            (patient.age_years, patient.sex),
            (Some(55.0), Some(Sex::Female)),
            "{name}"
        );
    }
}

#[test]
fn stored_types_do_not_matter() {
    let ecg = parse(&golden("integers.mat")).unwrap();
    assert_eq!(ecg.lead(Lead::II).unwrap(), [-2.0, 10.0, 22.0]);
    // An age that is no number is not known.
    assert_eq!(
        (ecg.patient().age_years, ecg.patient().sex),
        (None, Some(Sex::Male))
    );
}

#[test]
fn a_matrix_without_its_header_names_the_header() {
    let matrix = golden("challenge.mat");
    assert!(begins(&matrix));
    let reason = parse(&matrix).unwrap_err().to_string();
    assert!(reason.contains("copy the WFDB header"), "{reason}");
}

#[test]
fn refuses_what_is_no_recording() {
    for (name, reason) in [
        ("no_struct.mat", "has no struct ECG"),
        ("no_data.mat", "has no ECG.data"),
        (
            "two_leads.mat",
            "ECG.data has 2 rows where the 12 leads belong",
        ),
        ("not_a_number.mat", "lead V6 is NaN at sample 1"),
    ] {
        let error = parse(&golden(name)).unwrap_err().to_string();
        assert!(error.contains(reason), "{name}: {error}");
    }
    let whole = golden("plain.mat");
    assert!(parse(&whole[..whole.len() - 300]).is_err());
    let mut foreign = whole.clone();
    foreign[126..128].copy_from_slice(b"MI");
    assert!(
        parse(&foreign)
            .unwrap_err()
            .to_string()
            .contains("byte order")
    );
    assert!(!begins(b"MATLAB 7.3 MAT-file") && !begins(b""));
}

#[test]
fn a_small_file_cannot_fill_the_memory() {
    let reason = parse(&golden("bomb.mat")).unwrap_err().to_string();
    assert!(reason.contains("damaged"), "{reason}");
}

#[test]
fn reads_the_real_recording_at_hand() {
    let Some(root) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA names no folder of real recordings");
        return;
    };
    let path = Path::new(&root).join("ecg/cpsc2018/A1980.mat");
    let ecg = crate::formats::read(&path).unwrap();
    assert_eq!(
        (ecg.leads(), ecg.sampling_rate()),
        (&Lead::STANDARD[..], 500.0)
    );
    assert!(ecg.duration_seconds() >= 6.0, "{}", ecg.duration_seconds());
    // Einthoven: what the collection calls III is II less I, within its rounding.
    let lead = |lead| ecg.lead(lead).unwrap();
    let rows = lead(Lead::I)
        .iter()
        .zip(lead(Lead::II))
        .zip(lead(Lead::III));
    for ((one, two), three) in rows {
        assert!((two - one - three).abs() < 0.02, "{one} {two} {three}");
    }
}

proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        name in prop::sample::select(&["plain.mat", "compressed.mat", "integers.mat"][..]),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        length in any::<prop::sample::Index>(),
    ) {
        let mut bytes = golden(name);
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        bytes.truncate(length.index(2 * bytes.len()).max(1));
        let _ = parse(&bytes);
    }
}
