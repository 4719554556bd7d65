//! A program that is killed at any moment leaves every output as it was, or whole.
//!
//! `strace` kills the program at the first, second, third … call of each kind that changes files, until it comes to
//! its end alive.

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{LEADS, artificial_recording, names_in, stderr, tiny_cart, write_wfdb};

/// The calls of the system that fill, flush, name and remove files. Each is a moment between two states on the disk.
const CALLS: [&str; 5] = [
    "write",
    "fsync",
    "rename,renameat,renameat2",
    "link,linkat",
    "unlink,unlinkat",
];

/// More calls of a kind than the program makes.
const MOST: usize = 500;

const OUTPUTS: [&str; 3] = ["a.png", "a.dcm", "report.json"];

/// Runs the program, killed at call number `number` of this kind where that is not `None`; whether it came to its end.
fn run(ecg: &Path, folder: &Path, kill: Option<(&str, usize)>) -> bool {
    let mut command = Command::new("strace");
    command.args(["-f", "-o", "/dev/null"]);
    if let Some((calls, number)) = kill {
        // Not every processor has every call; one with a question mark may be missing.
        let calls = format!("?{}", calls.replace(',', ",?"));
        let inject = format!("inject={calls}:signal=KILL:when={number}");
        command.args(["-e", &format!("trace={calls}"), "-e", &inject]);
    }
    let ended = command
        .arg(env!("CARGO_BIN_EXE_ecg2mri"))
        .arg("generate")
        .arg(ecg)
        .args([
            "-o",
            "a.png",
            "-o",
            "a.dcm",
            "--report",
            "report.json",
            "--model",
        ])
        .arg(tiny_cart())
        .current_dir(folder)
        .output()
        .expect("strace is there");
    let killed = !ended.status.success();
    assert!(!killed || ended.stderr.is_empty(), "{}", stderr(&ended));
    !killed
}

#[test]
fn whatever_moment_it_is_killed_at_outputs_are_old_or_new() {
    let traced = Command::new("strace")
        .args(["-o", "/dev/null", "true"])
        .output();
    if !traced.is_ok_and(|ended| ended.status.success()) {
        println!("SKIPPED: strace is not installed, or not allowed here");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let ecg = write_wfdb(folder.path(), "rec", &LEADS, &artificial_recording(1.0));
    let outputs = folder.path().join("outputs");
    fs::create_dir(&outputs).expect("a folder");
    assert!(run(&ecg, &outputs, None), "nobody kills it");
    let content = |name: &str| fs::read(outputs.join(name)).expect("an output is there");
    let new = ["a.png", "a.dcm"].map(content);
    let mut kills = 0;
    for calls in CALLS {
        for number in 1..MOST {
            for name in OUTPUTS {
                fs::write(outputs.join(name), b"older").expect("written");
            }
            let alive = run(&ecg, &outputs, Some((calls, number)));
            for (name, new) in ["a.png", "a.dcm"].into_iter().zip(&new) {
                let found = content(name);
                let whole = found == b"older" && !alive || found == *new;
                assert!(
                    whole,
                    "{name} after {calls} {number}: {} bytes",
                    found.len()
                );
            }
            let report = content("report.json");
            let sound = serde_json::from_slice::<ecg2mri::Report>(&report).is_ok();
            assert!(
                report == b"older" && !alive || sound,
                "after {calls} {number}"
            );
            if alive {
                break;
            }
            kills += 1;
        }
        // The last run came to its end, and took away what those before had left.
        assert_eq!(
            names_in(&outputs),
            ["a.dcm", "a.png", "report.json"],
            "after {calls}"
        );
    }
    println!("killed {kills} times");
    assert!(kills > 12, "{kills}");
}
