//! `check` tells what a recording is worth, and `generate` heeds it unless forced.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use common::{
    LEADS, artificial_recording, decode, ecg2mri, generate, layout_of, names_in, stderr, stdout,
    tiny_model, write_wfdb,
};
use ecg2mri::Report;
use ecg2mri::picture::mark::{self, Warning};
use ecg2mri::report::QualityReport;

/// A recording whose lead V4 saturates, so that it gives a median beat, but a wrong one.
fn saturated(folder: &Path) -> PathBuf {
    let mut leads = artificial_recording(1.0);
    let highest = leads[9].iter().copied().max().unwrap_or_default();
    for value in &mut leads[9] {
        *value = (*value).min(highest / 2);
    }
    write_wfdb(folder, "rec", &LEADS, &leads)
}

fn check(ecg: &Path, options: &[&str]) -> Output {
    let ecg = ecg.to_string_lossy();
    ecg2mri(&[&["check", &ecg], options].concat())
}

#[test]
fn a_sound_recording_is_told_lead_by_lead() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = check(&ecg, &[]);
    assert_eq!(ended.status.code(), Some(0), "{}", stdout(&ended));
    let table = stdout(&ended);
    assert_eq!(
        LEADS
            .iter()
            .filter(|lead| table.contains(&format!("\n{lead} ")))
            .count(),
        12,
        "{table}"
    );
    let ended = check(&ecg, &["--json"]);
    let report: QualityReport = serde_json::from_str(&stdout(&ended)).expect("a report");
    assert!(report.verdict != "refuse" && !report.forced);
    assert!(
        report.leads.iter().all(|lead| lead.score > 0.9),
        "{report:?}"
    );
}

#[test]
fn a_poor_recording_is_told_and_ends_with_a_code_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = saturated(folder.path());
    let ended = check(&ecg, &[]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(
        stdout(&ended).contains("refuse\n- the tops or bottoms of lead V4"),
        "{}",
        stdout(&ended)
    );
    assert!(
        stderr(&ended).contains("rec.hea: refused for its quality"),
        "{}",
        stderr(&ended)
    );
    let ended = check(&ecg, &["--json"]);
    assert_eq!(ended.status.code(), Some(3));
    let report: QualityReport = serde_json::from_str(&stdout(&ended)).expect("a report");
    assert_eq!(report.verdict, "refuse");
    assert!(
        report
            .leads
            .iter()
            .all(|lead| (lead.lead == "V4") == (lead.score == 0.0))
    );
}

#[test]
fn a_recording_that_cannot_be_read_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = check(&folder.path().join("nothing.hea"), &[]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(stdout(&ended).is_empty() && stderr(&ended).contains("nothing.hea"));
}

#[test]
fn missing_leads_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(
        folder.path(),
        "rec",
        &["II"],
        &artificial_recording(1.0)[1..2],
    );
    let ended = check(&ecg, &[]);
    assert_eq!(ended.status.code(), Some(3));
    assert!(stdout(&ended).contains("V1, V2, V3"), "{}", stdout(&ended));
}

#[test]
fn a_picture_of_a_poor_recording_must_be_forced_and_says_so() {
    let (inputs, outputs) = (
        tempfile::tempdir().expect("a folder"),
        tempfile::tempdir().expect("a folder"),
    );
    let ecg = saturated(inputs.path());
    let ended = generate(&ecg, outputs.path());
    assert_eq!(ended.status.code(), Some(3), "{}", stdout(&ended));
    assert!(
        stderr(&ended).contains("lead V4 are cut off"),
        "{}",
        stderr(&ended)
    );
    assert!(names_in(outputs.path()).is_empty());

    let picture = outputs.path().join("picture.png");
    let model = tiny_model();
    let paths = [&ecg, &picture, &model].map(|path| path.to_string_lossy().into_owned());
    let [ecg, out, model] = &paths;
    let ended = ecg2mri(&[
        "generate", ecg, "-o", out, "--model", model, "--force", "--json",
    ]);
    assert_eq!(ended.status.code(), Some(0), "{}", stderr(&ended));
    let report: Report = serde_json::from_str(&stdout(&ended)).expect("a report");
    assert!(report.quality.forced && report.quality.verdict == "refuse");
    let (image, _) = decode(&picture);
    let layout = layout_of(&tiny_model());
    assert!(mark::is_marked(&image, &layout));
    assert!(mark::bears_warning(&image, &layout, Warning::PoorSignal));
}

#[test]
fn force_changes_nothing_about_a_sound_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let mut pictures = Vec::new();
    for force in [&[][..], &["--force"]] {
        let picture = folder.path().join("picture.png");
        let model = tiny_model();
        let paths = [&ecg, &picture, &model].map(|path| path.to_string_lossy().into_owned());
        let [ecg, out, model] = &paths;
        let ended = ecg2mri(&[&["generate", ecg, "-o", out, "--model", model], force].concat());
        assert!(ended.status.success(), "{}", stderr(&ended));
        assert!(!stdout(&ended).contains(Warning::PoorSignal.words()));
        pictures.push(fs::read(&picture).expect("the picture"));
    }
    assert_eq!(pictures[0], pictures[1]);
}
