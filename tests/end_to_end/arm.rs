//! The program for ARM gives what the program for this machine gives; an emulator runs it.
//!
//! Building for ARM takes longer than all other tests, so that it is a step of its own (`./test --arm`). These tests
//! take the program that `ECG2MRI_AARCH64` or `ECG2MRI_ARMV7` names, or else the one that `runtime/arm/build.sh` left
//! in the target folder if it is not older than the sources, and say that they are skipped where there is none.

use crate::pictures::{Drawn, read_marked};
use ecg2mri_tests::{checkout, program, sample, temporary_folder};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Grey levels of 255 by which a pixel may differ: a value on the border between two levels may fall to either side.
const GREY_LEVELS: u8 = 1;
/// How far a coordinate of the latent may differ.
const LATENT: f32 = 1e-4;
/// How far a measurement may differ, as a share: the C libraries' sine and logarithm differ in their last bits.
const MEASUREMENT: f64 = 1e-6;
/// How far what is read from latent and picture may differ, as a share.
const ESTIMATE: f64 = 1e-3;

/// A kind of processor.
struct Processor {
    target: &'static str,
    /// The variable that may name the program.
    variable: &'static str,
    emulator: &'static str,
    model: &'static str,
}

const AARCH64: Processor = Processor {
    target: "aarch64-unknown-linux-gnu",
    variable: "ECG2MRI_AARCH64",
    emulator: "qemu-aarch64",
    model: "cortex-a72",
};
const ARMV7: Processor = Processor {
    target: "armv7-unknown-linux-gnueabihf",
    variable: "ECG2MRI_ARMV7",
    emulator: "qemu-arm",
    model: "cortex-a7",
};

/// What a run of the program left.
struct Generated {
    drawn: Drawn,
    report: Value,
    latent: Vec<f32>,
}

#[test]
fn aarch64_gives_the_same_pictures_latents_and_measurements() {
    for kernels in ["a53", "a72"] {
        let environment = [("TRACT_CPU_AARCH64_KIND", kernels)];
        compare(
            "aarch64_gives_the_same_pictures_latents_and_measurements",
            &AARCH64,
            &environment,
            &["normal-woman", "left-bundle-branch-block-man"],
        );
    }
}

#[test]
fn armv7_gives_the_same_picture_with_and_without_neon() {
    for neon in ["true", "false"] {
        // Under emulation tract would look for NEON in what the system says of the real processor.
        let environment = [("TRACT_CPU_ARM32_NEON", neon)];
        compare(
            "armv7_gives_the_same_picture_with_and_without_neon",
            &ARMV7,
            &environment,
            &["dilated-man"],
        );
    }
}

/// Generates from each recording here and under emulation and compares all that comes of it.
fn compare(test: &str, processor: &Processor, environment: &[(&str, &str)], recordings: &[&str]) {
    let built = match built(processor) {
        Ok(built) => built,
        Err(reason) => return println!("SKIPPED: {test}: {reason}"),
    };
    for name in recordings {
        let ecg = sample(&format!("{name}.hea"));
        let here = generate(program("ecg2mri"), &ecg);
        let mut emulated = Command::new(processor.emulator);
        emulated.args(["-cpu", processor.model]).arg(&built);
        emulated.envs(environment.iter().copied());
        emulated.current_dir(checkout());
        let there = generate(emulated, &ecg);
        let context = format!("{name} on {} with {environment:?}", processor.target);

        let apart = farthest(&here.latent, &there.latent);
        println!("{context}: latents differ by up to {apart:e}");
        assert_eq!(here.latent.len(), there.latent.len(), "{context}");
        assert!(apart <= LATENT, "{context}: latents differ by {apart:e}");

        let levels = grey_levels_apart(&here.drawn, &there.drawn);
        println!("{context}: pixels differ by up to {levels} grey levels");
        assert!(
            levels <= GREY_LEVELS,
            "{context}: a pixel differs by {levels}"
        );

        compare_reports(&here.report, &there.report, &context);
    }
}

/// The program for that processor, or why there is none to test.
fn built(processor: &Processor) -> Result<PathBuf, String> {
    let variable = processor.variable;
    let named = std::env::var_os(variable).filter(|path| !path.is_empty());
    let program = match named {
        Some(path) => PathBuf::from(path),
        None => newest_built(processor.target)?,
    };
    if !program.is_file() {
        return Err(format!("{variable} names {}, no file", program.display()));
    }
    match Command::new(processor.emulator).arg("--version").output() {
        Ok(output) if output.status.success() => Ok(program),
        _ => Err(format!(
            "{} is not installed (runtime/arm/add-targets.sh installs it)",
            processor.emulator
        )),
    }
}

/// The program last built for a target, unless the sources have changed since.
fn newest_built(target: &str) -> Result<PathBuf, String> {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test
        .ancestors()
        .nth(3)
        .expect("tests lie in TARGET/PROFILE/deps")
        .join(target);
    let candidates = ["release", "cart"].map(|profile| folder.join(profile).join("ecg2mri"));
    let built = candidates
        .into_iter()
        .filter_map(|path| Some((changed(&path)?, path)))
        .max();
    let Some((time, path)) = built else {
        return Err(format!(
            "ecg2mri is not built for {target} (./test --arm does)"
        ));
    };
    match newest_file(&checkout().join("runtime/src")) {
        Some(source) if source > time => Err(format!(
            "ecg2mri for {target} is older than its sources (./test --arm builds it anew)"
        )),
        _ => Ok(path),
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|about| about.modified()).ok()
}

/// When the last changed file of a folder was changed.
fn newest_file(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                newest_file(&path)
            } else {
                changed(&path)
            }
        })
        .max()
}

/// Runs `generate` of a program for this or another machine.
fn generate(mut program: Command, ecg: &Path) -> Generated {
    let folder = temporary_folder();
    let [picture, report, latent] =
        ["out.png", "out.json", "latent.txt"].map(|name| folder.path().join(name));
    let model = checkout().join("models/cart");
    program.arg("generate").arg(ecg).arg("-o").arg(&picture);
    program.arg("--report").arg(&report);
    program.arg("--latent").arg(&latent);
    program.arg("--model").arg(&model);
    let output = program.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{program:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let read = |path| std::fs::read_to_string(path).expect("the program wrote it");
    let latent = read(&latent);
    Generated {
        drawn: read_marked(&picture, &model),
        report: serde_json::from_str(&read(&report)).expect("the report is JSON"),
        latent: latent
            .lines()
            .map(|line| line.parse().expect("a line holds a number"))
            .collect(),
    }
}

fn farthest(one: &[f32], other: &[f32]) -> f32 {
    one.iter()
        .zip(other)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

/// By how much the two pictures differ where they differ most, words and marks included.
fn grey_levels_apart(one: &Drawn, other: &Drawn) -> u8 {
    let (one, other) = (one.image.pixels(), other.image.pixels());
    assert_eq!(one.len(), other.len(), "the pictures are of one size");
    one.iter()
        .flatten()
        .zip(other.iter().flatten())
        .map(|(a, b)| a.abs_diff(*b))
        .max()
        .unwrap_or(0)
}

/// Compares all that two reports say but the times.
fn compare_reports(one: &Value, other: &Value, context: &str) {
    let fields = one.as_object().expect("a report is an object");
    for (name, value) in fields {
        let tolerance = match name.as_str() {
            "timing_ms" => continue,
            "input" | "model" | "quality" | "measurements" => MEASUREMENT,
            _ => ESTIMATE,
        };
        let context = format!("{context}: {name}");
        compare_values(value, &other[name], tolerance, &context);
    }
}

/// Compares words exactly and numbers within a share of their size.
fn compare_values(one: &Value, other: &Value, tolerance: f64, context: &str) {
    match (one, other) {
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.len(), b.len(), "{context}");
            for (name, value) in a {
                let context = format!("{context}.{name}");
                compare_values(value, &other[name], tolerance, &context);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{context}");
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare_values(a, b, tolerance, &format!("{context}[{index}]"));
            }
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (
                a.as_f64().unwrap_or(f64::NAN),
                b.as_f64().unwrap_or(f64::NAN),
            );
            let apart = (a - b).abs();
            assert!(
                apart <= tolerance * a.abs().max(1.0),
                "{context}: {a} and {b}"
            );
        }
        _ => assert_eq!(one, other, "{context}"),
    }
}
