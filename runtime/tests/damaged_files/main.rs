//! Every reader against damaged files: the corpus of `fuzz/`, whole and changed in many ways. Nothing
//! may make a reader panic, hang, or take more than 64 MB and ten times the file of memory.
//!
//! The changes are drawn from fixed seeds, some hundred per file of the corpus. For longer,
//! `ECG2MRI_FUZZ_SECONDS=300 cargo test --test damaged_files -- --nocapture` goes on for so many seconds
//! per reader. The readers run in a process of their own, whose memory is limited where there is a
//! `prlimit`; what it was reading when it died is kept.

#[path = "../../../fuzz/src/files.rs"]
mod files;
mod mutation;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ecg2mri::formats::Format;
use mutation::{Random, mutated};

/// Rounds of changes per file of the corpus.
const ROUNDS: u64 = 150;
/// Set in the process that reads: the format's number among all.
const FORMAT: &str = "ECG2MRI_FUZZ_FORMAT";
/// Set in the process that reads: the folder that it reads from.
const FOLDER: &str = "ECG2MRI_FUZZ_FOLDER";
/// How long each reader is tried, in seconds, instead of some rounds.
const SECONDS: &str = "ECG2MRI_FUZZ_SECONDS";
/// Bytes that a reader may take beyond ten times its file.
const ALLOWANCE: u64 = 64 << 20;
/// Bytes for the process itself once it has begun: its other threads and what the allocator holds back.
const PROCESS: u64 = 16 << 20;
/// A reader that takes longer than all rounds take by far hangs.
const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn readers_survive_whatever_a_file_holds() {
    if let Some(number) = std::env::var(FORMAT)
        .ok()
        .and_then(|number| number.parse::<usize>().ok())
    {
        read_in_this_process(Format::ALL[number]);
        return;
    }
    for (number, format) in Format::ALL.into_iter().enumerate() {
        let folder = tempfile::tempdir().expect("a folder");
        let begin = Instant::now();
        let mut reader = Command::new(std::env::current_exe().expect("this program"))
            .args([
                "readers_survive_whatever_a_file_holds",
                "--exact",
                "--nocapture",
            ])
            .env(FORMAT, number.to_string())
            .env(FOLDER, folder.path())
            // Each arena of glibc would reserve as much as a reader may take.
            .env("MALLOC_ARENA_MAX", "1")
            .stdout(Stdio::null())
            .spawn()
            .expect("it starts");
        let status = loop {
            if let Some(status) = reader.try_wait().expect("it can be waited for") {
                break Some(status);
            }
            if begin.elapsed() > PATIENCE + seconds().unwrap_or_default() {
                reader.kill().expect("it can be ended");
                break None;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        if !status.is_some_and(|status| status.success()) {
            let kept = folder.keep();
            panic!(
                "reading {format} ended with {status:?}; what it read is in {}",
                kept.display()
            );
        }
    }
}

fn seconds() -> Option<Duration> {
    let seconds = std::env::var(SECONDS).ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn corpus(format: Format) -> Vec<Vec<u8>> {
    let name = files::target(format);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(&name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| {
        panic!("fuzz/corpus/{name}: {error}; add a recording or two of it")
    });
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| fs::read(path).expect("readable"))
        .collect()
}

fn read_in_this_process(format: Format) {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("set with the format"));
    let corpus = corpus(format);
    let largest = corpus.iter().map(Vec::len).max().unwrap_or(0) as u64;
    limit_memory(ALLOWANCE + 20 * largest + PROCESS);
    let mut sound = 0;
    for bytes in &corpus {
        sound += u32::from(files::read(&folder, format, bytes));
    }
    assert!(
        sound > 0,
        "no file of the corpus is a sound {format} recording"
    );
    let (mut tried, mut read) = (0_u64, 0_u64);
    let begin = Instant::now();
    let mut round = 0;
    while match seconds() {
        Some(seconds) => begin.elapsed() < seconds,
        None => round < ROUNDS,
    } {
        for (number, bytes) in corpus.iter().enumerate() {
            let mut random = Random::new(round << 16 | number as u64);
            let bytes = mutated(bytes, &corpus, &mut random);
            tried += 1;
            read += u64::from(files::read(&folder, format, &bytes));
        }
        round += 1;
    }
    // Standard output may be the harness's own.
    eprintln!("{format}: {tried} damaged files, of which {read} could be read");
}

/// Lets this process take so many bytes more than it has now, where the system can say so.
fn limit_memory(more: u64) {
    let Ok(sizes) = fs::read_to_string("/proc/self/statm") else {
        eprintln!("SKIPPED: memory is not limited on this system");
        return;
    };
    let pages: u64 = sizes
        .split(' ')
        .next()
        .and_then(|pages| pages.parse().ok())
        .expect("a number");
    // Pages are of 4 KiB or more; a larger limit is the worst that comes of more.
    let page = 4096;
    let limited = Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string()])
        .arg(format!("--as={}", pages * page + more))
        .status();
    if !limited.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: memory is not limited without prlimit");
    }
}
