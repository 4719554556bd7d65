//! The gate, the estimates and the uncertainty, from a recording to picture and report.

mod common;

use std::fs;
use std::path::Path;

use common::{
    LEADS, artificial_recording, copy_of, decode, ecg2mri, generate_with, layout_of, names_in,
    rewrite_manifest, stderr, stdout, tiny_cart, write_wfdb,
};
use ecg2mri::Report;
use ecg2mri::model::statistics::{Novelty, Statistics};
use ecg2mri::model::{Model, ModelError};
use ecg2mri::picture::mark::{self, Warning};

/// Length of the small model's latent.
const LATENT: usize = 16;

fn report_in(folder: &Path) -> Report {
    let json = fs::read_to_string(folder.join("report.json")).expect("the report");
    serde_json::from_str(&json).expect("a report")
}

/// Changes the statistics in `folder` and enters them in its manifest.
fn rewrite_statistics(folder: &Path, change: impl Fn(&mut Statistics)) {
    let path = folder.join("statistics.json");
    let bytes = fs::read(&path).expect("the statistics");
    let mut statistics = Statistics::from_json(&bytes, LATENT).expect("sound");
    change(&mut statistics);
    let text = statistics.to_json(LATENT).expect("still sound");
    fs::write(&path, text).expect("written");
    rewrite_manifest(folder, |_| ());
}

#[test]
fn a_picture_of_several_views_comes_with_uncertainty_estimates_and_its_likeness() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = generate_with(&tiny_cart(), &ecg, folder.path());
    assert!(ended.status.success(), "{}", stderr(&ended));
    let layout = layout_of(&tiny_cart());
    let (image, coloured) = decode(&folder.path().join("picture.png"));
    assert!(coloured && mark::is_marked(&image, &layout));
    let warned = |&warning: &Warning| mark::bears_warning(&image, &layout, warning);
    assert!(!Warning::ALL.iter().any(warned));

    let report = report_in(folder.path());
    let outlier = report.outlier.expect("the model has statistics");
    assert_eq!(outlier.verdict, Novelty::Usual);
    assert!(outlier.distance > 0.0 && outlier.distance < outlier.marked_above);
    let names: Vec<&str> = report
        .estimates
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["lvedv_ml", "lvef"]);
    for one in &report.estimates {
        assert!(one.low <= one.value && one.value <= one.high);
        assert!(one.coverage == 0.9 && one.basis.contains("from the ECG alone"));
    }
    let pictures: Vec<&str> = report
        .uncertainty
        .iter()
        .map(|one| one.picture.as_str())
        .collect();
    assert_eq!(
        pictures,
        [
            "short axis, mid-ventricular, end-diastole",
            "short axis, mid-ventricular, end-systole",
            "four-chamber, end-diastole",
            "four-chamber, end-systole"
        ]
    );
    assert!(
        report
            .uncertainty
            .iter()
            .all(|one| one.mean_deviation > 0.0)
    );
    assert_eq!(report.model.files.len(), 3);
    let summary = stdout(&ended);
    for word in ["usual ECG", "lvedv_ml", "90 % of hearts", "four-chamber"] {
        assert!(summary.contains(word), "{word}: {summary}");
    }
}

#[test]
fn an_unusual_ecg_is_marked_in_pixels_report_and_summary() {
    let model = copy_of(&tiny_cart());
    rewrite_statistics(model.path(), |statistics| {
        statistics.gate.marked_above = 0.0
    });
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = generate_with(model.path(), &ecg, folder.path());
    assert!(ended.status.success(), "{}", stderr(&ended));
    let (image, _) = decode(&folder.path().join("picture.png"));
    let layout = layout_of(&tiny_cart());
    assert!(mark::bears_warning(&image, &layout, Warning::UnusualEcg));
    let report = report_in(folder.path());
    assert_eq!(report.outlier.expect("judged").verdict, Novelty::Marked);
    assert_eq!(report.warnings, [Warning::UnusualEcg.words()]);
    assert!(stdout(&ended).contains(Warning::UnusualEcg.words()));
}

#[test]
fn a_foreign_ecg_is_refused_unless_forced() {
    let model = copy_of(&tiny_cart());
    rewrite_statistics(model.path(), |statistics| {
        statistics.gate.marked_above = 0.0;
        statistics.gate.refused_above = 0.001;
    });
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = generate_with(model.path(), &ecg, folder.path());
    assert_eq!(ended.status.code(), Some(3));
    let message = stderr(&ended);
    for word in ["rec.hea", "latent", "electrodes", "pacing", "noise"] {
        assert!(message.contains(word), "{word}: {message}");
    }
    assert_eq!(names_in(folder.path()), ["rec.dat", "rec.hea"]);

    let picture = folder.path().join("forced.png");
    let (ecg, out) = (ecg.to_string_lossy(), picture.to_string_lossy());
    let model = model.path().to_string_lossy();
    let arguments = [
        "generate", &ecg, "-o", &out, "--model", &model, "--force", "--json",
    ];
    let ended = ecg2mri(&arguments);
    let report: Report = serde_json::from_str(&stdout(&ended)).expect("a report");
    assert_eq!(report.outlier.expect("judged").verdict, Novelty::Refused);
    assert_eq!(report.warnings, [Warning::ForeignEcg.words()]);
    assert!(!report.quality.forced, "its quality is not at fault");
    let (image, _) = decode(&picture);
    let layout = layout_of(&tiny_cart());
    assert!(mark::bears_warning(&image, &layout, Warning::ForeignEcg));
}

#[test]
fn statistics_are_verified_before_they_are_read() {
    let copy = copy_of(&tiny_cart());
    let path = copy.path().join("statistics.json");
    let sound = fs::read(&path).expect("the statistics");
    let mut changed = sound.clone();
    let digit = sound.iter().position(|byte| *byte == b'5').expect("a five");
    changed[digit] = b'6';
    fs::write(&path, &changed).expect("changed");
    let refused = Model::load(copy.path()).expect_err("changed");
    assert!(
        matches!(refused, ModelError::WrongDigest { .. }),
        "{refused}"
    );
    fs::write(&path, &sound[..sound.len() - 9]).expect("cut");
    let refused = Model::load(copy.path()).expect_err("cut short");
    assert!(matches!(refused, ModelError::WrongSize { .. }), "{refused}");
    rewrite_manifest(copy.path(), |_| ());
    let refused = Model::load(copy.path()).expect_err("no JSON");
    assert!(
        matches!(refused, ModelError::Statistics { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("statistics.json"), "{refused}");
    fs::remove_file(&path).expect("removed");
    let refused = Model::load(copy.path()).expect_err("missing");
    assert!(
        matches!(refused, ModelError::Unreadable { .. }),
        "{refused}"
    );
}

#[test]
fn info_and_verify_tell_of_views_phases_and_statistics() {
    let folder = tiny_cart();
    let folder = folder.to_string_lossy();
    let shown = stdout(&ecg2mri(&["model", "info", &folder]));
    for word in [
        "short axis, mid-ventricular; four-chamber",
        "end-diastole; end-systole",
        "heart_rate [1, 1]",
        "deviation [1, 4, 32, 32]",
        "3 principal components of 16",
        "marked above a distance of 20.0",
        "lvedv_ml ± 40.0 ml in 90 % of subjects, R² 0.25",
    ] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let ended = ecg2mri(&["model", "verify", &folder]);
    let said = stdout(&ended);
    assert!(
        said.contains("statistics.json") && said.contains("sound"),
        "{said}"
    );
}
