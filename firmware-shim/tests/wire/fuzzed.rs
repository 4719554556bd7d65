//! The fuzz target's corpus, whole and changed in many ways, without the nightly compiler.

#[path = "../../../runtime/tests/damaged_files/mutation.rs"]
mod mutation;
#[path = "../../../fuzz/src/wire.rs"]
mod target;

use mutation::{Random, mutated};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// Rounds of changes per file of the corpus.
const ROUNDS: u64 = 3000;

#[test]
fn decoders_survive_whatever_a_line_brings() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/wire");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("fuzz/corpus/wire is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let corpus: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| fs::read(path).expect("readable"))
        .collect();
    for (path, bytes) in paths.iter().zip(&corpus) {
        assert!(target::decode(bytes) >= 4, "{}", path.display());
    }
    let seconds = std::env::var("ECG2MRI_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|seconds| seconds.parse().ok());
    let seconds = seconds.map(Duration::from_secs);
    let (begin, mut round, mut delivered) = (Instant::now(), 0, 0);
    while match seconds {
        Some(seconds) => begin.elapsed() < seconds,
        None => round < ROUNDS,
    } {
        for (number, bytes) in corpus.iter().enumerate() {
            let mut random = Random::new(round << 16 | number as u64);
            delivered += target::decode(&mutated(bytes, &corpus, &mut random));
        }
        round += 1;
    }
    assert!(delivered > 0, "what is unharmed comes through");
}
