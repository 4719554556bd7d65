//! The programs under test, run as a user runs them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The checkout's folder.
pub fn checkout() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// A recording of our own under `tests/samples/`, by its name.
pub fn sample(name: &str) -> PathBuf {
    checkout().join("tests/samples").join(name)
}

/// The folder of real public recordings, where the environment names one; prints `SKIPPED` with the test's name where
/// it does not.
pub fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ECG2MRI_TEST_DATA").filter(|folder| !folder.is_empty());
    if folder.is_none() {
        println!("SKIPPED: {test}: ECG2MRI_TEST_DATA names no folder of real recordings");
    }
    folder.map(PathBuf::from)
}

/// `ecg2mri` or `ecg2mri-train`, built from this checkout.
///
/// # Panics
/// Where the programs cannot be built.
pub fn program(name: &str) -> Command {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        // Cargo builds a package's programs for that package's own tests only, so they may be old or missing here.
        let test = std::env::current_exe().expect("a test has a path");
        let folder = test
            .ancestors()
            .nth(2)
            .expect("tests lie in TARGET/PROFILE/deps");
        let mut build = Command::new(env!("CARGO"));
        // Examples may use what only development needs, as tests do: without them the libraries would be built a
        // second time, for other features.
        build.args(["build", "--workspace", "--bins", "--examples", "--quiet"]);
        build.arg("--target-dir").arg(folder.join(".."));
        if folder.ends_with("release") {
            build.arg("--release");
        }
        let status = build
            .current_dir(checkout())
            .status()
            .expect("cargo runs, since it runs this test");
        assert!(status.success(), "the programs must build");
        folder.to_owned()
    });
    let mut command = Command::new(folder.join(name));
    command.current_dir(checkout());
    command
}

/// Runs a program and expects it to succeed; gives its standard output.
///
/// # Panics
/// With all it printed where it fails.
pub fn succeed<S: AsRef<OsStr>>(name: &str, arguments: &[S]) -> String {
    let output = run(name, arguments);
    assert!(
        output.status.success(),
        "{name} failed: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Runs a program to its end.
///
/// # Panics
/// Where it cannot be started.
pub fn run<S: AsRef<OsStr>>(name: &str, arguments: &[S]) -> Output {
    program(name)
        .args(arguments)
        .output()
        .expect("the program starts")
}

/// A folder that goes when the test ends.
///
/// # Panics
/// Where none can be made.
pub fn temporary_folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}
