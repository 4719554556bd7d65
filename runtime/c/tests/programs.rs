//! Programs in C, compiled against the library as a user would.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{Installed, checkout, has, here, succeed};
use ecg2mri::ecg::Lead;
use ecg2mri::report::TimingMs;
use ecg2mri::{Pipeline, Report, formats};

/// The leads that `samples` takes, in its order.
const EIGHT: [Lead; 8] = Lead::INDEPENDENT;

#[test]
fn a_file_becomes_the_picture_that_rust_makes_of_it() {
    if !has("gcc", "programs in C") {
        return;
    }
    let installed = Installed::new();
    let program = installed.compile(&here().join("examples/generate.c"));
    let (model, ecg) = (
        checkout("models/cart"),
        checkout("tests/samples/normal-woman.hea"),
    );
    let picture = installed.folder().join("picture.png");
    let told = installed.folder().join("report.json");
    let mut generate = Command::new(program);
    generate.arg(&model).arg(&ecg).arg(&picture).arg(&told);
    let printed = succeed(&mut generate);
    assert!(
        printed.contains("bpm") && printed.contains("model cart"),
        "{printed}"
    );

    let pipeline = Pipeline::open(&model).expect("the model that ships");
    let format = formats::detect(&ecg).expect("its format");
    let read = formats::read(&ecg).expect("an ECG");
    let generated = pipeline.generate(&read);
    let generated = generated.expect("a picture");
    let png = pipeline.png(&generated).expect("a PNG");
    assert!(
        fs::read(&picture).expect("the picture") == png,
        "other bytes than from Rust"
    );
    let (model, times) = (pipeline.model(), TimingMs::default());
    let report = Report::new(&ecg, format, &read, model, &generated, times);
    let told = fs::read_to_string(&told).expect("the report");
    assert_eq!(without_times(&told), without_times(&report.to_json()));
    let rate = generated.measurements.heart_rate_bpm.expect("a rate");
    assert!(printed.contains(&format!(": {rate:.0} bpm")), "{printed}");

    let missing = Command::new(installed.folder().join("generate-shared"))
        .args([model.folder(), Path::new("nothing.hea"), &picture])
        .output()
        .expect("it starts");
    assert_eq!(missing.status.code(), Some(1));
    let said = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(said.contains("nothing.hea: no such file"), "{said}");
}

/// A report's text without how long it took.
fn without_times(report: &str) -> serde_json::Value {
    let mut report: serde_json::Value = serde_json::from_str(report).expect("JSON");
    let fields = report.as_object_mut().expect("an object");
    assert!(
        fields
            .remove("timing_ms")
            .is_some_and(|times| times.is_object())
    );
    report
}

#[test]
fn samples_in_memory_become_the_picture_of_the_file_they_came_from() {
    if !has("gcc", "samples in C") {
        return;
    }
    let installed = Installed::new();
    let program = installed.compile(&here().join("examples/samples.c"));
    let (model, file) = (
        checkout("tests/goldens/tiny_cart"),
        checkout("tests/samples/normal-woman.hea"),
    );
    let ecg = formats::read(&file).expect("an ECG");
    assert_eq!((ecg.sampling_rate(), ecg.samples_per_lead()), (500.0, 5000));
    let rows = EIGHT.map(|lead| ecg.lead(lead).expect("a lead").to_vec());
    let frames =
        (0..ecg.samples_per_lead()).flat_map(|sample| rows.each_ref().map(|row| row[sample]));
    let bytes: Vec<u8> = frames.flat_map(f32::to_ne_bytes).collect();
    let input = installed.folder().join("samples.f32");
    fs::write(&input, bytes).expect("written");

    let picture = installed.folder().join("picture.png");
    let run = |input: Stdio| {
        let mut samples = Command::new(&program);
        samples.arg(&model).arg(&picture).stdin(input);
        samples
    };
    let input = fs::File::open(&input).expect("the samples");
    let printed = succeed(&mut run(input.into()));
    assert!(
        printed.contains("four-chamber, end-systole: 32 x 32 pixels"),
        "{printed}"
    );
    let eight = ecg2mri::Ecg::new(EIGHT.to_vec(), rows.to_vec(), 500.0).expect("an ECG");
    let pipeline = Pipeline::open(&model).expect("a model");
    let generated = pipeline.generate_forced(&eight).expect("a picture");
    let png = pipeline.png(&generated).expect("a PNG");
    assert!(
        fs::read(&picture).expect("the picture") == png,
        "other bytes than from Rust"
    );

    let cut_short = run(Stdio::null()).output().expect("it starts");
    assert_eq!(cut_short.status.code(), Some(1));
}

#[test]
fn callers_that_do_it_wrong_get_an_error_and_threads_may_share() {
    if !has("gcc", "wrong calls from C") {
        return;
    }
    let installed = Installed::new();
    let program = installed.compile(&here().join("tests/checks.c"));
    let mut checks = Command::new(program);
    arguments(&mut checks, &installed);
    assert_eq!(succeed(&mut checks), "all checks hold\n");
}

/// The sanitizer for memory of a program that is not compiled for one: slow, so with the small model.
#[test]
fn valgrind_finds_no_leak_and_no_wrong_access() {
    if !has("gcc", "programs under valgrind") || !has("valgrind", "programs under valgrind") {
        return;
    }
    let installed = Installed::new();
    let program = installed.compile(&here().join("tests/checks.c"));
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args([
            "--quiet",
            "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect,possible",
        ])
        .args(["--error-exitcode=99", "--num-callers=30"])
        .arg(format!(
            "--suppressions={}",
            here().join("tests/valgrind.supp").display()
        ))
        .arg(program);
    arguments(&mut valgrind, &installed);
    assert_eq!(succeed(&mut valgrind), "all checks hold\n");
}

fn arguments(checks: &mut Command, installed: &Installed) {
    checks
        .arg(checkout("tests/goldens/tiny_cart"))
        .arg(checkout("tests/samples/normal-woman.hea"))
        .arg(installed.folder());
}

#[test]
fn the_static_library_links_with_what_the_documents_say() {
    if !has("gcc", "the static library") {
        return;
    }
    let installed = Installed::new();
    let archive = installed.folder().join("lib/libecg2mri.a");
    let mut link: Vec<&OsStr> = vec![archive.as_ref()];
    let document = fs::read_to_string(checkout("runtime/docs/library.md")).expect("the document");
    let named = document.split_once("libecg2mri.a ").expect("the command").1;
    let named = named.split_once('\n').expect("a line").0;
    link.extend(named.split_whitespace().map(OsStr::new));
    let program = installed.compile_with(&here().join("examples/generate.c"), "static", &link);
    let needs = succeed(Command::new("ldd").arg(&program));
    assert!(!needs.contains("ecg2mri"), "{needs}");
    let usage = Command::new(&program).output().expect("it starts");
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn the_header_is_good_cpp() {
    if !has("g++", "the header in C++") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let source = folder.path().join("use.cpp");
    let text = "#include <ecg2mri.h>\nint main() { return ecg2mri_abi_version() == ECG2MRI_ABI_VERSION; }\n";
    fs::write(&source, text).expect("written");
    let mut compiler = Command::new("g++");
    compiler
        .args([
            "-std=c++17",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-c",
            "-o",
        ])
        .arg(folder.path().join("use.o"))
        .arg("-I")
        .arg(here().join("include"))
        .arg(&source);
    succeed(&mut compiler);
    let mut symbols = Command::new("nm");
    let symbols = succeed(symbols.arg(folder.path().join("use.o")));
    assert!(
        symbols.contains(" U ecg2mri_abi_version\n"),
        "C++ would look for another name: {symbols}"
    );
}

#[test]
fn pkg_config_knows_the_library() {
    if !has("pkg-config", "pkg-config") {
        return;
    }
    let installed = Installed::new();
    let mut ask = Command::new("pkg-config");
    ask.args(["--cflags", "--libs", "ecg2mri"])
        .env("PKG_CONFIG_PATH", installed.folder().join("lib/pkgconfig"));
    let flags = succeed(&mut ask);
    let folder = installed.folder().display().to_string();
    assert!(flags.contains(&format!("-I{folder}/include")), "{flags}");
    assert!(
        flags.contains(&format!("-L{folder}/lib -lecg2mri")),
        "{flags}"
    );
}
