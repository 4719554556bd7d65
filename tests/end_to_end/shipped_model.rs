//! The main job with the model that ships.

use crate::pictures::{Drawn, difference, read_marked};
use ecg2mri::Report;
use ecg2mri_tests::{real_data, run, sample, succeed, temporary_folder};
use std::path::{Path, PathBuf};

/// Grey levels of 255 by which two patients' pictures must differ on average.
const DIFFERENT: f64 = 3.0;

/// The folder of the model that is used where none is named.
fn shipped() -> PathBuf {
    let models = ecg2mri_tests::checkout().join("models");
    let cart = models.join("cart");
    if cart.is_dir() { cart } else { models }
}

fn generate(ecg: &Path) -> (Drawn, Report) {
    generate_with(ecg, &[])
}

fn generate_with(ecg: &Path, more: &[&str]) -> (Drawn, Report) {
    let folder = temporary_folder();
    let (picture, report) = (
        folder.path().join("out.png"),
        folder.path().join("out.json"),
    );
    let mut arguments = vec![
        Path::new("generate"),
        ecg,
        Path::new("-o"),
        &picture,
        Path::new("--report"),
        &report,
    ];
    arguments.extend(more.iter().map(Path::new));
    succeed("ecg2mri", &arguments);
    let report = std::fs::read_to_string(&report).expect("the report is there");
    (
        read_marked(&picture, &shipped()),
        serde_json::from_str(&report).expect("the report is JSON"),
    )
}

fn rate(report: &Report) -> f64 {
    report
        .measurements
        .all
        .heart_rate_bpm
        .expect("it has beats")
}

#[test]
fn samples_give_marked_pictures_that_differ() {
    let names = [
        "normal-woman",
        "dilated-man",
        "left-bundle-branch-block-man",
        "anterior-infarct-man",
    ];
    let generated: Vec<(Drawn, Report)> = names
        .iter()
        .map(|name| generate(&sample(&format!("{name}.hea"))))
        .collect();
    for ((_, report), name) in generated.iter().zip(names) {
        assert_eq!(report.input.file, format!("{name}.hea"));
        assert_eq!(report.input.leads.len(), 12);
        assert_eq!(report.input.sampling_rate_hz, 500.0);
        assert_eq!(report.model.sha256.len(), 64);
        assert!((50.0..80.0).contains(&rate(report)));
        assert!(report.latent_norm > 0.0);
        let timing = &report.timing_ms;
        assert!(timing.total >= timing.read + timing.load_model + timing.encoder + timing.decoder);
    }
    let woman = &generated[0].0;
    for ((man, _), name) in generated.iter().zip(names).skip(1) {
        let apart = difference(woman, man);
        println!("normal-woman and {name} differ by {apart:.2} grey levels");
        assert!(
            apart >= DIFFERENT,
            "normal-woman and {name} differ by {apart} only"
        );
    }
}

#[test]
fn the_same_recording_gives_the_same_picture() {
    let path = sample("normal-woman.hea");
    assert_eq!(generate(&path).0, generate(&path).0);
}

#[test]
fn real_recordings_give_pictures_that_differ() {
    let Some(data) = real_data("real_recordings_give_pictures_that_differ") else {
        return;
    };
    let pictures: Vec<Drawn> = [1, 3, 5, 7, 9, 11]
        .iter()
        .map(|record| {
            let path = data.join(format!("ecg/ludb/{record}.hea"));
            // A model that has seen simulated hearts only may find a real one foreign, and must then be forced.
            let (picture, report) = generate_with(&path, &["--force"]);
            if let Some(outlier) = report.outlier {
                println!("{record}: {} at {:.1}", outlier.verdict, outlier.distance);
            }
            assert_eq!(report.input.duration_s, 10.0);
            assert!((30.0..200.0).contains(&rate(&report)));
            picture
        })
        .collect();
    let mut closest = f64::INFINITY;
    for (index, one) in pictures.iter().enumerate() {
        for other in &pictures[index + 1..] {
            closest = closest.min(difference(one, other));
        }
    }
    println!(
        "the closest two of {} patients differ by {closest:.2} grey levels",
        pictures.len()
    );
    assert!(
        closest > 0.5,
        "two patients got nearly one picture: {closest}"
    );
}

#[test]
fn a_damaged_model_is_refused_and_nothing_is_written() {
    let folder = temporary_folder();
    for entry in std::fs::read_dir(shipped()).expect("a model ships") {
        let path = entry.expect("it can be listed").path();
        let name = path.file_name().expect("it has a name");
        std::fs::copy(&path, folder.path().join(name)).expect("it can be copied");
    }
    let decoder = folder.path().join("decoder.onnx");
    let mut bytes = std::fs::read(&decoder).expect("the decoder is there");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&decoder, &bytes).expect("it can be written");
    let picture = folder.path().join("out.png");
    let output = run(
        "ecg2mri",
        &[
            Path::new("generate"),
            &sample("normal-woman.hea"),
            Path::new("-o"),
            &picture,
            Path::new("--model"),
            folder.path(),
        ],
    );
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("decoder.onnx"), "{message}");
    assert!(!picture.exists());
}
