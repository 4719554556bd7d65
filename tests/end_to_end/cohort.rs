//! Cohorts that are made in parts, stopped and killed end in the same bytes as one made at once.

use ecg2mri_tests::{program, run, succeed, temporary_folder};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Every file of a folder with its content, by path.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("it is below");
                let bytes = std::fs::read(&path).expect("it can be read");
                found.insert(name.display().to_string(), bytes);
            }
        }
    }
    found
}

fn assert_same(one: &BTreeMap<String, Vec<u8>>, other: &Path) {
    let other = contents(other);
    assert!(one.keys().eq(other.keys()), "{:?}", other.keys());
    for (name, bytes) in one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

/// The arguments for a small cohort in `root`, and `more`.
fn arguments<'a>(root: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["synthesise", "--subjects", "8", "--pictures", "mid"];
    all.extend(["--also", "wfdb", "--labels", "all", "-o", root]);
    all.extend(more);
    all
}

/// Starts a run and waits until it has made a subject.
fn begun(root: &str, more: &[&str]) -> Child {
    let child = program("ecg2mri-train")
        .args(arguments(root, more))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let ecgs = Path::new(root).join("ecg");
    let begun = Instant::now();
    while !ecgs.exists() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(ecgs.exists(), "no subject appeared");
    child
}

#[test]
fn parts_and_interruptions_do_not_show() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let synthesise = |root: &str, more: &[&str]| succeed("ecg2mri-train", &arguments(root, more));

    let whole = at("whole");
    let said = synthesise(&whole, &["--threads", "1"]);
    assert!(
        said.contains("8 subjects, profile enriched, seed 1"),
        "{said}"
    );
    let whole = contents(whole.as_ref());
    // cohort.toml, subjects.csv, and of each subject ECG, fiducials, seven pictures and four WFDB files.
    assert_eq!(whole.len(), 2 + 8 * 13);

    let shards = at("shards");
    for shard in ["3/3", "1/3", "2/3"] {
        synthesise(&shards, &["--shard", shard]);
    }
    assert_same(&whole, shards.as_ref());

    let killed = at("killed");
    let mut child = begun(&killed, &["--threads", "2"]);
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    synthesise(&killed, &["--resume"]);
    assert_same(&whole, killed.as_ref());
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_go_on() {
    let folder = temporary_folder();
    let root = folder.path().join("cohort").display().to_string();
    let child = begun(&root, &["--threads", "1"]);
    let told = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(
        told.is_ok_and(|status| status.success()),
        "it cannot be told"
    );
    let output = child.wait_with_output().expect("it ends");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(
        message.contains("of 8 subjects made; go on by --resume"),
        "{message}"
    );
}

#[test]
fn a_cohort_that_is_not_finished_is_not_prepared() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, data) = (at("cohort"), at("data"));
    succeed(
        "ecg2mri-train",
        &arguments(&cohort, &["--shard", "2/4", "--resume"]),
    );
    let output = run("ecg2mri-train", &["prepare", &cohort, "-o", &data]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("2 of 8 subjects are there"), "{message}");
}
