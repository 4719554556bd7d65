//! Measuring a recording: a table for people, JSON for machines.

mod common;

use std::path::Path;
use std::process::Output;

use common::{LEADS, artificial_recording, ecg2mri, stderr, stdout, write_wfdb};
use serde_json::Value;

fn measure(ecg: &Path, options: &[&str]) -> Output {
    let ecg = ecg.to_str().expect("a plain path");
    ecg2mri(&[&["measure", ecg], options].concat())
}

#[test]
fn a_recording_is_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let ended = measure(&ecg, &[]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let text = stdout(&ended);
    for name in [
        "heart rate",
        "PR",
        "QRS axis",
        "QTc Fridericia",
        "Sokolow-Lyon",
        "beats",
    ] {
        assert!(
            text.lines().any(|line| line.starts_with(name)),
            "{name} in {text}"
        );
    }
    assert!(text.contains("75 bpm"), "{text}");
}

#[test]
fn json_holds_measurements_and_on_request_fiducials() {
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let json = |more: &[&str]| -> Value {
        let ended = measure(&ecg, &[&["--json"], more].concat());
        assert!(ended.status.success(), "{}", stderr(&ended));
        serde_json::from_str(&stdout(&ended)).expect("JSON")
    };
    let short = json(&[]);
    assert!(short.get("beats").is_none(), "{short}");
    let measured = json(&["--fiducials"]);
    let rate = measured["heart_rate_bpm"].as_f64().expect("a rate");
    assert!((rate - 75.0).abs() < 0.5, "{rate}");
    for name in ["qrs_ms", "qt_ms"] {
        assert!(measured[name].as_f64().is_some(), "{name} in {measured}");
    }
    for name in ["pr_ms", "p_ms"] {
        assert!(measured.get(name).is_some(), "{name} in {measured}");
    }
    for name in ["bazett", "fridericia", "framingham", "hodges"] {
        assert!(
            measured["qtc_ms"][name].as_f64().is_some(),
            "{name} in {measured}"
        );
    }
    for name in ["p", "qrs", "t"] {
        assert!(
            measured["axes_deg"].get(name).is_some(),
            "{name} in {measured}"
        );
    }
    let beats = measured["beats"].as_array().expect("beats");
    for lead in LEADS {
        let of_lead: Vec<&Value> = beats.iter().filter(|beat| beat["lead"] == lead).collect();
        assert!(of_lead.len() >= 10, "{lead}: {} beats", of_lead.len());
        let seen = of_lead.iter().filter_map(|beat| {
            Some((
                beat["qrs_onset"].as_u64()?,
                beat["r_peak"].as_u64()?,
                beat["qrs_offset"].as_u64()?,
            ))
        });
        assert!(seen.clone().count() >= 10, "{lead}");
        assert!(
            seen.clone()
                .all(|(onset, peak, offset)| onset <= peak && peak <= offset && offset < 5000),
            "{lead}"
        );
    }
    for name in [
        "p_onset", "p_peak", "p_offset", "t_onset", "t_peak", "t_offset",
    ] {
        assert!(beats.iter().all(|beat| beat.get(name).is_some()), "{name}");
    }
}

#[test]
fn one_lead_is_measured_and_noise_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = artificial_recording(1.0);
    let ecg = write_wfdb(folder.path(), "one", &LEADS[1..2], &rows[1..2]);
    let ended = measure(&ecg, &["--json"]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let measured: Value = serde_json::from_str(&stdout(&ended)).expect("JSON");
    assert!(measured["axes_deg"]["qrs"].is_null() && measured["qrs_ms"].is_number());

    let silent = vec![vec![0; rows[0].len()]; 1];
    let ecg = write_wfdb(folder.path(), "silent", &LEADS[1..2], &silent);
    let ended = measure(&ecg, &[]);
    assert_eq!(ended.status.code(), Some(3), "{}", stderr(&ended));
    assert!(
        stderr(&ended).contains("no QRS complex"),
        "{}",
        stderr(&ended)
    );
}
