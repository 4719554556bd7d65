//! Puts the linker's map of the board and the ECG that it plays where the image takes them from.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The recording that is played, unless this variable names another: a WFDB header with signals in format 16.
const RECORDING_VARIABLE: &str = "ECG2MRI_PLAYED_RECORDING";
const RECORDING: &str = "../../../tests/samples/normal-woman.hea";

/// What the chip's channels 1 to 8 are wired to on the usual boards.
const LEADS: [&str; 8] = ["V6", "I", "II", "V2", "V3", "V4", "V5", "V1"];

/// Frequency and scale that `ecg.rs` takes for granted.
const SAMPLES_PER_SECOND: &str = "500";
const SCALE: &str = "8000(0)/mV";

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    println!("cargo:rustc-link-search={}", out.display());
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    println!("cargo:rerun-if-changed=memory.x");
    fs::copy("memory.x", out.join("memory.x")).expect("memory.x can be copied");
    // `board.rs` has the interrupts' handlers, and none is left for the linker to fill in.
    fs::write(out.join("device.x"), "").expect("device.x can be written");

    println!("cargo:rerun-if-env-changed={RECORDING_VARIABLE}");
    let header =
        env::var_os(RECORDING_VARIABLE).map_or_else(|| PathBuf::from(RECORDING), PathBuf::from);
    fs::write(out.join("ecg.bin"), played(&header)).expect("the ECG can be written");
}

/// The samples of the eight leads, instant after instant, as little-endian 16-bit numbers of an eighth of a microvolt.
fn played(header: &Path) -> Vec<u8> {
    println!("cargo:rerun-if-changed={}", header.display());
    let text = fs::read_to_string(header)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", header.display()));
    let mut lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut record = lines
        .next()
        .expect("a header has a first line")
        .split_whitespace()
        .skip(1);
    let signals: usize = record
        .next()
        .and_then(|count| count.parse().ok())
        .expect("a header counts its signals");
    assert_eq!(
        record.next(),
        Some(SAMPLES_PER_SECOND),
        "{}: samples per second",
        header.display()
    );

    let mut names = Vec::new();
    let mut data = None;
    for line in lines.take(signals) {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert!(
            fields.len() >= 9,
            "{}: a signal's line names no lead: {line}",
            header.display()
        );
        assert_eq!(fields[1], "16", "{}: format", header.display());
        assert_eq!(fields[2], SCALE, "{}: scale", header.display());
        data = Some(header.with_file_name(fields[0]));
        names.push(fields[8]);
    }
    let columns = LEADS.map(|lead| {
        names
            .iter()
            .position(|name| *name == lead)
            .unwrap_or_else(|| panic!("{} lacks {lead}", header.display()))
    });

    let data = data.expect("a header lists its signals");
    println!("cargo:rerun-if-changed={}", data.display());
    let samples = fs::read(&data)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", data.display()));
    let mut played = Vec::new();
    for instant in samples.chunks_exact(2 * signals) {
        for column in columns {
            played.extend_from_slice(&instant[2 * column..2 * column + 2]);
        }
    }
    played
}
