//! `ecg2mri convert`: what goes out holds what came in, whichever way it went.

mod common;

use std::fs;
use std::path::Path;

use common::{LEADS, artificial_recording, ecg2mri, names_in, stderr, stdout, write_wfdb};
use ecg2mri::formats;

fn convert(from: &Path, to: &Path) -> std::process::Output {
    ecg2mri(&[
        "convert".as_ref(),
        from.as_os_str(),
        "-o".as_ref(),
        to.as_os_str(),
    ])
}

#[test]
fn every_format_that_is_written_reads_back_identical() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let source = write_wfdb(folder.path(), "source", &LEADS, &artificial_recording(1.0));
    fs::write(
        &source,
        fs::read_to_string(&source).expect("text") + "#<age>: 51\n#<sex>: F\n",
    )
    .expect("written");
    let expected = formats::read(&source).expect("sound");
    // Each from the one before it, and all from any other.
    let chain = [
        "source.hea",
        "a.csv",
        "b.json",
        "c.hea",
        "d.json",
        "e.csv",
        "f.hea",
    ];
    for pair in chain.windows(2) {
        let ended = convert(&path(pair[0]), &path(pair[1]));
        assert!(ended.status.success(), "{}", stderr(&ended));
        let said = stdout(&ended);
        assert!(said.contains("12 leads, 10.0 s at 500 Hz"), "{said}");
        assert_eq!(
            formats::read(&path(pair[1])).expect("sound"),
            expected,
            "{}",
            pair[1]
        );
    }
}

#[test]
fn signals_that_are_left_out_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = artificial_recording(1.0);
    let source = write_wfdb(
        folder.path(),
        "source",
        &["II", "resp", "pleth"],
        &recording[..3],
    );
    let ended = convert(&source, &folder.path().join("out.csv"));
    let said = stdout(&ended);
    assert!(
        said.contains("1 lead, ") && said.contains("2 signals that are no"),
        "{said}"
    );
}

#[test]
fn failures_leave_nothing_behind() {
    let inputs = tempfile::tempdir().expect("a folder");
    let outputs = tempfile::tempdir().expect("a folder");
    let source = write_wfdb(inputs.path(), "source", &LEADS, &artificial_recording(1.0));
    let out = |name: &str| outputs.path().join(name);
    for (from, to, code, reason) in [
        (source.clone(), out("picture.png"), 2, ".hea, .csv or .json"),
        (source.clone(), out("two words.hea"), 1, "letters, digits"),
        (source.clone(), out("absent/out.csv"), 1, "absent"),
        (
            inputs.path().join("absent.hea"),
            out("out.csv"),
            1,
            "no such file",
        ),
        (inputs.path().to_owned(), out("out.csv"), 1, "folder"),
    ] {
        let ended = convert(&from, &to);
        assert_eq!(ended.status.code(), Some(code), "{}", stderr(&ended));
        assert!(stderr(&ended).contains(reason), "{}", stderr(&ended));
        assert!(ended.stdout.is_empty());
    }
    assert!(names_in(outputs.path()).is_empty());
}

#[test]
fn help_has_examples() {
    let help = stdout(&ecg2mri(&["convert", "--help"]));
    assert!(
        help.contains("ecg2mri convert recording.hea -o recording.csv"),
        "{help}"
    );
}
