//! A data set whose preparation is killed and gone on with ends in the same bytes, and says what it left out.

use ecg2mri_tests::{program, run, succeed, temporary_folder};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

const FILES: [&str; 7] = [
    "dataset.toml",
    "ecg.npy",
    "left_out.csv",
    "mri.npy",
    "mri_4ch.npy",
    "strip.npy",
    "subjects.csv",
];

/// The same pictures and ECG under many ids: preparing must take long enough to be killed in it.
fn many_of_one(cohort: &Path, subjects: usize) {
    let ecg = cohort.join("ecg/1000001_20205_2_0.xml");
    for id in 1..=subjects {
        std::fs::copy(&ecg, cohort.join(format!("ecg/{id}_20205_2_0.xml"))).expect("a copy");
        let folder = cohort.join(format!("NIFTI/{id}"));
        std::fs::create_dir(&folder).expect("a folder");
        for name in ["sa.nii.gz", "la_4ch.nii.gz"] {
            let from = cohort.join("NIFTI/1000001").join(name);
            std::fs::hard_link(from, folder.join(name)).expect("a link");
        }
    }
    std::fs::remove_file(cohort.join("cohort.toml")).expect("it is no simulated cohort any more");
    std::fs::remove_file(cohort.join("ecg/7_20205_2_0.xml")).expect("subject 7 has no ECG");
    std::fs::write(cohort.join("ecg/8_20205_2_0.xml"), "no ECG").expect("subject 8 is unreadable");
}

#[test]
fn a_killed_preparation_goes_on_to_the_same_bytes() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, whole, killed) = (at("cohort"), at("whole"), at("killed"));
    let synthesise = ["synthesise", "--subjects", "1", "--pictures", "mid", "-o"];
    succeed("ecg2mri-train", &[&synthesise[..], &[&cohort]].concat());
    many_of_one(cohort.as_ref(), 300);
    let prepare = |output: &str, more: &[&str]| {
        let fixed = [
            "prepare", &cohort, "--frames", "ed-es", "--views", "sa+4ch", "-o", output,
        ];
        let all = fixed.iter().chain(more);
        all.map(|&word| word.to_owned()).collect::<Vec<String>>()
    };
    let told = succeed("ecg2mri-train", &prepare(&whole, &[]));
    assert!(
        told.contains("299 subjects") && told.contains("2 left out (no ECG 1, unreadable ECG 1)"),
        "{told}"
    );

    let mut child = program("ecg2mri-train")
        .args(prepare(&killed, &["--threads", "1"]))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let journal = folder.path().join(".killed.unfinished/journal.jsonl");
    let begun = Instant::now();
    let is_under_way = || std::fs::metadata(&journal).is_ok_and(|journal| journal.len() > 0);
    while !is_under_way() && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
    assert!(
        journal.exists() && !Path::new(&killed).exists(),
        "it was not killed under way"
    );

    let refused = run("ecg2mri-train", &prepare(&killed, &[]));
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("go on with it by --resume"), "{message}");
    succeed("ecg2mri-train", &prepare(&killed, &["--resume"]));
    for name in FILES {
        let bytes = |root: &str| std::fs::read(Path::new(root).join(name)).expect(name);
        assert!(bytes(&whole) == bytes(&killed), "{name} differs");
    }
    let mut left: Vec<String> = std::fs::read_dir(folder.path())
        .expect("the folder is there")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    left.sort();
    assert_eq!(left, ["cohort", "killed", "whole"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_refuses_loses_nothing() {
    let folder = temporary_folder();
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (cohort, data) = (at("cohort"), at("data"));
    let synthesise = ["synthesise", "--subjects", "1", "--pictures", "mid", "-o"];
    succeed("ecg2mri-train", &[&synthesise[..], &[&cohort]].concat());
    many_of_one(cohort.as_ref(), 100);
    let sentence_of = |output: std::process::Output| {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{message}");
        message
    };
    // A limit on files' sizes stands in for a full disk.
    let limited = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 4000; exec \"$0\" \"$@\""])
        .arg(program("ecg2mri-train").get_program())
        .args(["prepare", &cohort, "-o", &data, "--threads", "1"])
        .output()
        .expect("a shell");
    let message = sentence_of(limited);
    let told = message.lines().last().unwrap_or_default();
    assert!(
        told.contains("data: is not finished: writing")
            && told.contains("ecg.npy: File too large")
            && told.ends_with("mend that and go on by --resume"),
        "{message}"
    );
    let done = succeed(
        "ecg2mri-train",
        &["prepare", &cohort, "-o", &data, "--resume"],
    );
    assert!(done.contains("99 subjects"), "{done}");

    let unwritable = run(
        "ecg2mri-train",
        &["prepare", &cohort, "-o", "/proc/none/data"],
    );
    let message = sentence_of(unwritable);
    assert!(
        message.contains("creating /proc/none/.data.unfinished") && message.lines().count() == 1,
        "{message}"
    );
}
