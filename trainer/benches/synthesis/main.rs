//! Subjects per second on one core, beside the numpy prototype in the same run.
//!
//! ```text
//! ECG2MRI_PROTOTYPE=<its folder> ECG2MRI_PYTHON=<a Python with numpy and scipy> \
//!     cargo bench --workspace --bench synthesis
//! ```
//!
//! Each side makes subject after subject in turn, so that whatever else the machine does slows
//! both; the median leaves out the odd slow one. A subject takes from tens of milliseconds to
//! many seconds, so plain timing is exact enough, and a statistics harness, which would run one
//! side after the other, would compare worse. Everything runs on one thread. Without
//! `ECG2MRI_PROTOTYPE` the prototype's column says SKIPPED. With `--test`, as in
//! `cargo test --benches`, there is one subject of each.

mod prototype;

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use ecg2mri::ecg::Lead;
use ecg2mri::{Ecg, signal};
use ecg2mri_trainer::synthesis::write::{FIRST_ID, Labels, Pictures, write_subject};
use ecg2mri_trainer::synthesis::{Profile, SAMPLING_RATE_HZ, sample_subject};

use prototype::{Prototype, Work};

/// Subjects for each of the two kinds of work; a stack takes the prototype about 15 s.
const PICTURE_SUBJECTS: u32 = 25;
const STACK_SUBJECTS: u32 = 4;
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo passes --bench only where figures are wanted.
    let whole = std::env::args().any(|argument| argument == "--bench");
    let count = |subjects: u32| if whole { subjects } else { 1 };
    let mut prototype = Prototype::start()?;
    if prototype.is_none() {
        println!("SKIPPED: the prototype, because ECG2MRI_PROTOTYPE is not set");
    }
    println!(
        "{:<44} {:>26} {:>26} {:>8}",
        "one core, subjects per second", "this crate", "numpy prototype", "ratio"
    );
    let folder = tempfile::tempdir()?;
    // What is done first pays for cold caches.
    stages(SEED, u32::MAX);

    let mut parts = Vec::new();
    compare(
        "ECG + both mid slices, ED and ES",
        Work::Pictures,
        count(PICTURE_SUBJECTS),
        &mut prototype,
        |index| {
            parts.push(stages(SEED, index));
            Ok(())
        },
    )?;
    compare(
        "ECG + full stack and 4ch cine as .nii.gz",
        Work::Stack,
        count(STACK_SUBJECTS),
        &mut prototype,
        |index| write_full(folder.path(), index),
    )?;

    println!("\nof which, median ms:");
    let names = ["heart", "10 s of ECG", "short axis", "four-chamber"];
    for (stage, name) in names.into_iter().enumerate() {
        let times: Vec<Duration> = parts.iter().map(|part| part[stage]).collect();
        println!("  {name:<14} {:>7.2}", 1e3 * median(&times).as_secs_f64());
    }
    Ok(())
}

/// Times both sides in turn and prints one row.
fn compare(
    name: &str,
    work: Work,
    subjects: u32,
    prototype: &mut Option<Prototype>,
    mut ours: impl FnMut(u32) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let (mut own, mut theirs) = (Vec::new(), Vec::new());
    for index in 0..subjects {
        let start = Instant::now();
        ours(index)?;
        own.push(start.elapsed());
        if let Some(prototype) = prototype {
            theirs.push(prototype.time(work, index)?);
        }
    }
    let ratio = if theirs.is_empty() {
        "-".to_owned()
    } else {
        let ratio = median(&theirs).as_secs_f64() / median(&own).as_secs_f64();
        format!("{ratio:.1} x")
    };
    println!(
        "{name:<44} {:>26} {:>26} {ratio:>8}",
        rate(&own),
        rate(&theirs)
    );
    Ok(())
}

/// Subjects per second and the median time.
fn rate(times: &[Duration]) -> String {
    if times.is_empty() {
        return "SKIPPED".to_owned();
    }
    let seconds = median(times).as_secs_f64();
    format!("{:.2} /s ({:.0} ms)", 1.0 / seconds, 1e3 * seconds)
}

fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// One subject with ECG and both mid-slice pictures: the time of each stage.
fn stages(seed: u64, index: u32) -> [Duration; 4] {
    let mut last = Instant::now();
    let mut lap = || {
        let now = Instant::now();
        let time = now - last;
        last = now;
        time
    };
    let heart = sample_subject(seed, index, Profile::Enriched).simulate();
    let solved = lap();
    std::hint::black_box(heart.recording());
    let recorded = lap();
    let frames = [0, heart.end_systolic_frame()];
    std::hint::black_box(heart.short_axis(&frames));
    let short_axis = lap();
    std::hint::black_box(heart.four_chamber(&frames));
    [solved, recorded, short_axis, lap()]
}

/// One whole subject on disk: ECG, fiducials, short-axis stack and four-chamber cine.
fn write_full(root: &Path, index: u32) -> Result<(), Box<dyn Error>> {
    let heart = sample_subject(SEED, index, Profile::Enriched).simulate();
    let recording = heart.recording();
    let ecg = Ecg::new(
        Lead::STANDARD.to_vec(),
        recording.leads.to_vec(),
        SAMPLING_RATE_HZ,
    )?;
    let beat = signal::median_beat(&ecg)?;
    let median: Vec<Vec<f32>> = beat.rows().map(<[f32]>::to_vec).collect();
    let contents = (Pictures::Full, Labels::EdEs);
    write_subject(
        root,
        FIRST_ID + index,
        &heart,
        &recording,
        &median,
        contents,
    )?;
    Ok(())
}
