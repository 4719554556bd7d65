//! Records of several segments, and FLAC streams.

use super::*;

/// A record of two segments in format 16 with the given segment lines.
fn segmented(record: &str, second: &str) -> Result<Ecg, ReadError> {
    let (one, two) = (sixteen(&[&[1, 2]]), sixteen(&[&[3, 4, 5]]));
    let folder = folder(&[
        ("r.hea", record.as_bytes()),
        ("a.hea", b"a 1 500 2\na.dat 16 1000 16 0 1 3 0 II\n"),
        ("a.dat", &one),
        ("b.hea", second.as_bytes()),
        ("b.dat", &two),
    ]);
    read(&folder.path().join("r"))
}

#[test]
fn segments_are_joined_only_where_they_fit() {
    let fits = "b 1 500 3\nb.dat 16 1000 16 0 3 12 0 II\n";
    let ecg = segmented("r/2 1 500 5\na 2\nb 3\n", fits).unwrap();
    assert_eq!(
        ecg.lead(Lead::II).unwrap(),
        [0.001, 0.002, 0.003, 0.004, 0.005]
    );
    for (record, second, reason) in [
        (
            "r/3 1 500 9\na 2\n~ 4\nb 3",
            fits,
            "segment 2 is a gap of 4 samples after the first 2",
        ),
        (
            "r/2 1 500 4\na 2\na 2",
            fits,
            "segment 2 is one that occurred before",
        ),
        (
            "r/2 1 500 6\na 2\nb 3",
            fits,
            "declares 6 samples but its segments have 5",
        ),
        (
            "r/2 1 500 6\na 2\nb 4",
            fits,
            "segment 2 has 3 samples where",
        ),
        (
            "r/2 1 250 5\na 2\nb 3",
            fits,
            "segment 1 is sampled at 500 Hz",
        ),
        (
            "r/2 1 500 5\na 2\nc 3",
            fits,
            "segment 2 has no header beside",
        ),
        (
            "r/2 1 500 5\na 2\n../b 3",
            fits,
            "segment 2 is not named by a plain name",
        ),
        (
            "r/2 1 500 5\na 2\nr 3",
            fits,
            "segment 2 has segments itself",
        ),
        ("r/1 1 500 0\nlayout 0", fits, "none of its signals"),
        (
            "r/2 1 500 5\na 2\nb 3",
            "b 1 500 3\nb.dat 16 1000 16 0 3 12 0 V1",
            "segment 2 has lead V1, which the segments before it lack",
        ),
        (
            "r/2 1 500 5\na 2\nb 3",
            "b 1 500 3\nb.dat 16:1 1000 16 0 3 12 0 II",
            "segment 2 has skewed signals",
        ),
        (
            "r/2 1 500 5\na 2\nb 3",
            "b 1 500 3\nb.dat 16 1000 16 0 3 13 0 II",
            "checksum is 12",
        ),
    ] {
        let error = segmented(record, second).unwrap_err().to_string();
        assert!(error.contains(reason), "{record:?}: {error}");
    }
}

#[test]
fn every_damage_to_a_flac_stream_is_noticed() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/wfdb");
    let header = "r 3 250 300\nr.dat 516 1000 16 0 0 62558 0 V1\nr.dat 516 1000\nr.dat 516 1000\n"
        .replace("0 0 62558", "0 408 62558");
    let whole = fs::read(golden.join("flac_1.flac")).unwrap();
    let with = |data: &[u8]| {
        let folder = folder(&[("r.hea", header.as_bytes()), ("r.dat", data)]);
        read(&folder.path().join("r"))
    };
    let ecg = with(&whole).unwrap();
    let content = |byte: usize| -> bool {
        // Metadata other than the stream information may say what it likes.
        let mut damaged = whole.clone();
        damaged[byte] ^= 0x10;
        with(&damaged).is_ok_and(|other| other != ecg)
    };
    let frames = whole
        .windows(2)
        .position(|pair| pair == [0xff, 0xf8])
        .unwrap();
    for byte in frames..whole.len() {
        let mut damaged = whole.clone();
        damaged[byte] ^= 0x10;
        let error = with(&damaged).unwrap_err();
        assert!(
            matches!(error.kind(), ReadErrorKind::Flac { .. }),
            "{error}"
        );
    }
    assert!(!(0..frames).any(content));
    for length in [0, 3, 8, 41, frames, frames + 9, whole.len() - 1] {
        let error = with(&whole[..length]).unwrap_err();
        assert!(
            matches!(error.kind(), ReadErrorKind::Flac { .. }),
            "{length}: {error}"
        );
    }
}
