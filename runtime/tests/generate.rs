//! The main job of the program: a recording in, a marked picture and a report out.

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{
    LEADS, artificial_recording, decode, ecg2mri, generate, layout_of, names_in, stderr, stdout,
    tiny_model, write_wfdb,
};
use ecg2mri::Report;
use ecg2mri::picture::mark;

#[test]
fn a_recording_becomes_a_marked_picture_and_a_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = generate(&ecg, folder.path());
    assert!(ended.status.success(), "{}", stderr(&ended));
    assert!(ended.stderr.is_empty(), "{}", stderr(&ended));
    assert_eq!(
        names_in(folder.path()),
        ["picture.png", "rec.dat", "rec.hea", "report.json"]
    );
    let (image, coloured) = decode(&folder.path().join("picture.png"));
    assert!(!coloured && image.width() == 512);
    assert!(mark::is_marked(&image, &layout_of(&tiny_model())));
    let json = fs::read_to_string(folder.path().join("report.json")).expect("the report");
    let report: Report = serde_json::from_str(&json).expect("a report");
    assert_eq!(report.notice, mark::NOTICE);
    assert_eq!(
        (report.input.file.as_str(), report.input.format.as_str()),
        ("rec.hea", "WFDB")
    );
    assert_eq!(report.input.leads, LEADS);
    assert_eq!(
        (report.input.samples, report.input.duration_s),
        (5000, 10.0)
    );
    let measured = &report.measurements.all;
    assert!((measured.heart_rate_bpm.expect("a rate") - 75.0).abs() < 0.5);
    assert!(measured.qrs_ms.is_some() && measured.amplitudes_mv.len() == 12);
    assert!(report.outlier.is_none() && report.estimates.is_empty());
    assert!(report.uncertainty.is_empty() && report.warnings.is_empty());
    assert!(report.measurements.beats_used >= 10);
    let manifest = fs::read(tiny_model().join("manifest.toml")).expect("the manifest");
    assert_eq!(
        report.model.sha256,
        ecg2mri::model::verify::sha256_hex(&manifest)
    );
    assert!(report.latent_norm > 0.0 && report.latent_norm.is_finite());
    let timing = report.timing_ms;
    let stages = timing.read
        // These two run at the same time where there are cores.
        + timing.load_model.max(timing.preprocess)
        + timing.encoder
        + timing.decoder
        + timing.measurements
        + timing.picture;
    assert!(stages > 0.0 && stages <= timing.total + 0.01, "{timing:?}");
}

#[test]
fn two_patients_get_two_pictures_and_one_patient_always_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut pictures = Vec::new();
    for (record, size) in [("a", 1.0), ("b", 1.6), ("c", 1.0)] {
        let ecg = write_wfdb(folder.path(), record, &LEADS, &artificial_recording(size));
        let ended = generate(&ecg, folder.path());
        assert!(ended.status.success(), "{}", stderr(&ended));
        pictures.push(fs::read(folder.path().join("picture.png")).expect("the picture"));
    }
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(pictures[0], pictures[2]);
}

#[test]
fn the_report_can_be_printed_instead() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let picture = folder.path().join("p.png");
    let (ecg, picture) = (ecg.to_string_lossy(), picture.to_string_lossy());
    let model = tiny_model().to_string_lossy().into_owned();
    let common = ["generate", &ecg, "-o", &picture, "--model", &model];
    let ended = ecg2mri(&[&common[..], &["--json"]].concat());
    let report: Report = serde_json::from_str(&stdout(&ended)).expect("a report");
    assert_eq!(report.model.name, "tiny");
    let summary = stdout(&ecg2mri(&common));
    assert!(
        summary.contains(mark::NOTICE) && summary.contains("75 bpm"),
        "{summary}"
    );
}

#[test]
fn if_one_output_cannot_be_written_neither_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let outputs = folder.path().join("outputs");
    fs::create_dir(&outputs).expect("a folder");
    fs::create_dir(outputs.join("report.json")).expect("a folder in the way");
    let ended = generate(&ecg, &outputs);
    assert_eq!(ended.status.code(), Some(1));
    assert!(stderr(&ended).contains("report.json"), "{}", stderr(&ended));
    assert_eq!(names_in(&outputs), ["report.json"]);
    fs::rename(outputs.join("report.json"), outputs.join("picture.png")).expect("renamed");
    let ended = generate(&ecg, &outputs);
    assert_eq!(ended.status.code(), Some(1));
    assert!(stderr(&ended).contains("picture.png"), "{}", stderr(&ended));
    assert_eq!(names_in(&outputs), ["picture.png"]);
    let ended = generate(&ecg, &outputs.join("not there"));
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        stderr(&ended).contains("does not exist"),
        "{}",
        stderr(&ended)
    );
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    for arguments in [
        &["generate"][..],
        &["generate", "a.hea"],
        &["generate", "a.hea", "-o", "a.jpg"],
        &["generate", "a.hea", "-o", "a.png", "--report", "a.txt"],
        &["draw"],
        &[],
    ] {
        let ended = ecg2mri(arguments);
        assert_eq!(
            ended.status.code(),
            Some(2),
            "{arguments:?}: {}",
            stderr(&ended)
        );
    }
    let help = ecg2mri(&["generate", "--help"]);
    assert!(help.status.success() && stdout(&help).contains("Examples:"));
}

#[test]
fn a_damaged_model_is_refused_and_a_sound_one_shown() {
    let copy = common::copy_of_tiny_model();
    let folder = copy.path().to_string_lossy();
    let ended = ecg2mri(&["model", "verify", &folder]);
    assert!(
        ended.status.success() && stdout(&ended).contains("sound"),
        "{}",
        stderr(&ended)
    );
    let shown = stdout(&ecg2mri(&["model", "info", &folder]));
    assert!(
        shown.contains("tiny") && shown.contains("test_image_mse = 0.25"),
        "{shown}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&ecg2mri(&["model", "info", "--json", &folder])))
            .expect("JSON");
    assert_eq!(
        json["encoder"]["input"][0]["shape"],
        serde_json::json!([1, 12, 600])
    );
    let path = copy.path().join("decoder.onnx");
    let mut bytes = fs::read(&path).expect("the file");
    bytes[9000] ^= 1;
    fs::write(&path, bytes).expect("damaged");
    let ended = ecg2mri(&["model", "verify", &folder]);
    assert_eq!(ended.status.code(), Some(1));
    let message = stderr(&ended);
    assert!(
        message.contains("decoder.onnx") && message.contains("SHA-256"),
        "{message}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ecg2mri"))
        .args(["model", "info"])
        .arg(tiny_model())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(program.stdout.take());
    let ended = program.wait_with_output().expect("it ends");
    assert!(
        ended.status.success() && ended.stderr.is_empty(),
        "{}",
        stderr(&ended)
    );
}

/// Real recordings of the Lobachevsky University database, where they are at hand.
#[test]
fn real_recordings_give_pictures_that_differ() {
    let Some(data) = std::env::var_os("ECG2MRI_TEST_DATA") else {
        println!("SKIPPED: ECG2MRI_TEST_DATA is not set");
        return;
    };
    let ludb = Path::new(&data).join("ecg").join("ludb");
    let mut pictures = Vec::new();
    for record in ["1", "3", "5"] {
        let folder = tempfile::tempdir().expect("a folder");
        let ended = generate(&ludb.join(record), folder.path());
        assert!(ended.status.success(), "{record}: {}", stderr(&ended));
        pictures.push(decode(&folder.path().join("picture.png")).0);
    }
    let layout = layout_of(&tiny_model());
    let marked = |picture| mark::is_marked(picture, &layout);
    assert!(pictures.iter().all(marked));
    assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
}

#[test]
fn the_latent_is_written_on_request() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let latent = folder.path().join("latent.txt");
    let (picture, model) = (folder.path().join("picture.png"), tiny_model());
    let ended = ecg2mri(&[
        Path::new("generate"),
        &ecg,
        Path::new("-o"),
        &picture,
        Path::new("--latent"),
        &latent,
        Path::new("--model"),
        &model,
        Path::new("--json"),
    ]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let report: Report = serde_json::from_str(&stdout(&ended)).expect("a report");
    let text = fs::read_to_string(&latent).expect("the latent");
    let squares = text.lines().map(|line| {
        let value: f32 = line.parse().expect("a number");
        f64::from(value).powi(2)
    });
    let norm = squares.sum::<f64>().sqrt();
    assert!((norm - report.latent_norm).abs() < 1e-12, "{norm}");
}
