//! The kinds of files that a picture can become, as the program writes them, and as others read them.

mod common;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{
    LEADS, artificial_recording, ecg2mri, names_in, stderr, stdout, tiny_cart, tiny_model,
    write_wfdb,
};
use ecg2mri::picture::FileKind;
use ecg2mri::picture::mark::NOTICE;

/// Runs `generate` with outputs of these names in `folder`.
fn generate(model: &Path, folder: &Path, names: &[&str], options: &[&str]) -> std::process::Output {
    let ecg = write_wfdb(folder, "rec", &LEADS, &artificial_recording(1.0));
    let mut arguments: Vec<OsString> = vec!["generate".into(), ecg.into()];
    for name in names {
        arguments.extend(["-o".into(), folder.join(name).into()]);
    }
    arguments.extend(["--model".into(), model.into()]);
    arguments.extend(options.iter().map(Into::into));
    ecg2mri(&arguments)
}

#[test]
fn one_call_writes_every_kind_and_again_the_same() {
    let names = ["a.png", "a.apng", "a.GIF", "a.nii", "a.nii.gz", "a.dcm"];
    let expected = [
        "a.GIF",
        "a.apng",
        "a.dcm",
        "a.png",
        "a_4ch.nii",
        "a_4ch.nii.gz",
        "a_4ch_deviation.nii",
        "a_4ch_deviation.nii.gz",
        "a_sa.nii",
        "a_sa.nii.gz",
        "a_sa_deviation.nii",
        "a_sa_deviation.nii.gz",
        "rec.dat",
        "rec.hea",
    ];
    let mut before: Option<Vec<Vec<u8>>> = None;
    for _ in 0..2 {
        let folder = tempfile::tempdir().expect("a folder");
        let ended = generate(&tiny_cart(), folder.path(), &names, &["--deviation"]);
        assert!(ended.status.success(), "{}", stderr(&ended));
        assert!(
            stdout(&ended).contains(NOTICE) && stdout(&ended).contains("a_4ch_deviation.nii.gz")
        );
        assert_eq!(names_in(folder.path()), expected);
        let contents = expected.map(|name| fs::read(folder.path().join(name)).expect("readable"));
        let contents = contents.to_vec();
        if let Some(before) = before.replace(contents.clone()) {
            assert!(
                before == contents,
                "one recording gives the same files every time"
            );
        }
        // What is not compressed says in plain words that it is synthetic.
        for (name, contents) in expected.iter().zip(&contents) {
            let plain = !name.ends_with(".gz") && !name.starts_with("rec");
            let found = contents
                .windows(NOTICE.len())
                .any(|part| part == NOTICE.as_bytes());
            assert!(!plain || found, "{name}");
        }
    }
}

#[test]
fn what_cannot_be_written_is_said_before_anything_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for (names, code, words) in [
        (
            &["a.jpg"][..],
            2,
            ".png, .apng, .gif, .nii, .nii.gz or .dcm",
        ),
        (&["a.png", "film.gif"], 1, "one phase"),
        (&["a.png", "a.png"], 1, "twice"),
        (&["a.png", "missing/a.dcm"], 1, "does not exist"),
    ] {
        let ended = generate(&tiny_model(), folder.path(), names, &[]);
        assert_eq!(ended.status.code(), Some(code), "{}", stderr(&ended));
        assert!(stderr(&ended).contains(words), "{}", stderr(&ended));
        assert_eq!(names_in(folder.path()), ["rec.dat", "rec.hea"]);
    }
    let ended = generate(
        &tiny_model(),
        folder.path(),
        &["a.png"],
        &["--bit-depth", "12"],
    );
    assert_eq!(ended.status.code(), Some(2));
    let help = stdout(&ecg2mri(&["generate", "--help"]));
    for kind in FileKind::ALL {
        assert!(help.contains(kind.ending()), "{kind:?}");
    }
}

#[test]
fn a_full_disk_leaves_nothing_and_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let small = folder.path().join("small");
    fs::create_dir(&small).expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=16k", "none"])
        .arg(&small)
        .output();
    if !mounted.is_ok_and(|ended| ended.status.success()) {
        println!("SKIPPED: no small file system can be mounted here");
        return;
    }
    let ended = generate(&tiny_cart(), folder.path(), &["small/a.dcm"], &[]);
    let left = names_in(&small);
    let unmounted = Command::new("umount")
        .arg(&small)
        .status()
        .expect("it starts");
    assert!(unmounted.success());
    assert_eq!(ended.status.code(), Some(1));
    assert!(
        stderr(&ended).contains("a.dcm") && stderr(&ended).contains("space"),
        "{}",
        stderr(&ended)
    );
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_readers_of_others_accept_the_files() {
    let python = std::env::var("ECG2MRI_PYTHON").unwrap_or("python3".into());
    let imports = ["-c", "import nibabel, numpy, pydicom, PIL"];
    if !Command::new(&python)
        .args(imports)
        .output()
        .is_ok_and(|ended| ended.status.success())
    {
        println!("SKIPPED: Python with nibabel, numpy, pillow and pydicom is not installed");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let names = ["a.png", "a.nii.gz", "a.gif", "a.apng", "a.dcm"];
    let ended = generate(&tiny_cart(), folder.path(), &names, &["--deviation"]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let ended = generate(
        &tiny_cart(),
        folder.path(),
        &["b.png"],
        &["--bit-depth", "16"],
    );
    assert!(ended.status.success(), "{}", stderr(&ended));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/read_outputs.py");
    let files = [
        "a.png",
        "b.png",
        "a_sa.nii.gz",
        "a_sa_deviation.nii.gz",
        "a.gif",
        "a.apng",
        "a.dcm",
    ];
    let read = Command::new(&python)
        .arg(script)
        .args(files.map(|name| folder.path().join(name)))
        .output()
        .expect("Python is there");
    assert!(read.status.success(), "{}", stderr(&read));
}

/// `dciodvfy` of dicom3tools knows what each kind of object must hold; `dcmftest` of DCMTK whether it is a file of DICOM.
#[test]
fn dicom_validators_find_no_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let ended = generate(&tiny_cart(), folder.path(), &["a.dcm"], &[]);
    assert!(ended.status.success(), "{}", stderr(&ended));
    let object = folder.path().join("a.dcm");
    let check = |program: &str, path: &PathBuf| Command::new(program).arg(path).output();
    match check("dciodvfy", &object) {
        Ok(ended) => {
            let said = stderr(&ended);
            assert!(said.contains("MultiframeGrayscaleByteSCImage"), "{said}");
            // Synthetic Data came into the standard in 2023; older releases do not know it.
            let mut errors = said.lines().filter(|line| line.starts_with("Error"));
            let known =
                |line: &str| line.contains("not a recognized") && line.contains("(0x0008,0x001c)");
            assert!(errors.all(known), "{said}");
        }
        Err(_) => println!("SKIPPED: dciodvfy is not installed"),
    }
    match check("dcmftest", &object) {
        Ok(ended) => assert!(ended.status.success(), "{}", stdout(&ended)),
        Err(_) => println!("SKIPPED: dcmftest is not installed"),
    }
}
