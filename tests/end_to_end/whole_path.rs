//! From no data at all to a picture: synthesise, prepare, fit, evaluate, export, generate.

use crate::pictures::{difference, read_marked};
use ecg2mri_tests::{checkout, succeed, temporary_folder};

#[test]
fn from_no_data_to_a_picture() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, data, run, model) = (at("cohort"), at("data"), at("run"), at("model"));
    let recipe = checkout()
        .join("trainer/recipes/smoke.toml")
        .display()
        .to_string();
    let train = |arguments: &[&str]| succeed("ecg2mri-train", arguments);

    train(&[
        "synthesise",
        "--subjects",
        "40",
        "--seed",
        "5",
        "--pictures",
        "mid",
        "-o",
        &cohort,
    ]);
    let prepared = train(&["prepare", &cohort, "-o", &data]);
    assert!(
        prepared.contains("40 subjects (train 32, validation 4, test 4), 0 left out"),
        "{prepared}"
    );
    train(&[
        "fit", &recipe, "--data", &data, "-o", &run, "--device", "cpu",
    ]);
    let metrics: serde_json::Value =
        serde_json::from_str(&train(&["evaluate", &run, "--data", &data]))
            .expect("figures are JSON");
    assert_eq!(metrics["subjects"], 4);
    assert!(
        metrics["image_l1"]
            .as_f64()
            .is_some_and(|error| error > 0.0 && error < 0.5)
    );
    train(&["export", &run, "-o", &model]);
    // Exporting again replaces the model and leaves nothing beside it.
    let exported = train(&["export", &run, "-o", &model, "--data", &data, "--half"]);
    assert!(exported.contains("half precision"), "{exported}");
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("the folder is there")
        .map(|entry| {
            entry
                .expect("it can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names, ["cohort", "data", "model", "run"]);

    let pictures: Vec<_> = [1_000_001, 1_000_002]
        .iter()
        .map(|id| {
            let ecg = format!("{cohort}/ecg/{id}_20205_2_0.xml");
            let picture = at(&format!("{id}.png"));
            succeed(
                "ecg2mri",
                &["generate", &ecg, "-o", &picture, "--model", &model],
            );
            read_marked(picture.as_ref(), model.as_ref())
        })
        .collect();
    let apart = difference(&pictures[0], &pictures[1]);
    println!("two subjects differ by {apart:.3} grey levels after 12 steps of training");
    assert!(apart > 0.05, "two subjects got nearly one picture: {apart}");
}
