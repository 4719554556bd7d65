//! Networks made to do harm, whose digests are right: an error or a picture comes of each, never a panic, and never
//! more than 256 MB.
//!
//! Three kinds are tried: the networks of `tests/goldens/tiny_cart` with parts changed, moved, repeated and cut off;
//! graphs that are put together at random out of all operators that are known, which the check of the structure lets
//! through, so that tract must cope with them; and graphs that ask for nearly all that is allowed. All run in a process
//! of their own, whose memory is limited where there is a `prlimit`. `ECG2MRI_FUZZ_SECONDS=300 cargo test --test
//! hostile_model -- --nocapture` goes on for so many seconds with each of the first two.

#[path = "../damaged_files/mutation.rs"]
mod mutation;
mod random_graph;
mod writer;

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ecg2mri::Model;
use ecg2mri::model::manifest::{NetworkFile, Port};
use ecg2mri::model::network::Network;
use ecg2mri::model::verify::sha256_hex;
use ecg2mri::model::{Manifest, ModelError};
use mutation::{Random, mutated};
use writer::Writer;

/// Changed networks, and graphs put together at random, where no time is set.
const ROUNDS: u64 = 600;
/// Set in the process that loads: which kind.
const KIND: &str = "ECG2MRI_HOSTILE_KIND";
/// How long each kind is tried, in seconds, instead of some rounds.
const SECONDS: &str = "ECG2MRI_FUZZ_SECONDS";
/// Bytes that the process may take beyond what it has when it begins.
const ALLOWANCE: u64 = 256 << 20;

#[test]
fn a_changed_network_with_the_right_digest_is_an_error_or_a_picture() {
    in_a_limited_process(
        "a_changed_network_with_the_right_digest_is_an_error_or_a_picture",
        changed_networks,
    );
}

#[test]
fn a_graph_put_together_at_random_is_an_error_or_numbers() {
    in_a_limited_process(
        "a_graph_put_together_at_random_is_an_error_or_numbers",
        random_graphs,
    );
}

#[test]
fn what_is_just_allowed_stays_within_the_memory() {
    in_a_limited_process(
        "what_is_just_allowed_stays_within_the_memory",
        largest_graphs,
    );
}

/// Runs `work` in a process of its own, as the test of this name again.
fn in_a_limited_process(name: &str, work: fn()) {
    if std::env::var_os(KIND).is_some_and(|kind| kind == name) {
        limit_memory(ALLOWANCE);
        work();
        return;
    }
    let program = std::env::current_exe().expect("this program");
    let status = Command::new(program)
        .args([name, "--exact", "--nocapture"])
        .env(KIND, name)
        // Each arena of glibc would reserve as much as a process may take.
        .env("MALLOC_ARENA_MAX", "1")
        .stdout(Stdio::null())
        .status()
        .expect("it starts");
    assert!(
        status.success(),
        "{status:?}; what it tried last is in {}",
        last().display()
    );
}

/// Where the network is kept that is being tried.
fn last() -> PathBuf {
    std::env::temp_dir().join("ecg2mri-hostile-model.onnx")
}

/// Calls `attempt` with one number after the other, for as many rounds or seconds as are asked for.
fn repeated(mut attempt: impl FnMut(u64)) {
    let seconds = std::env::var(SECONDS)
        .ok()
        .and_then(|text| text.parse().ok());
    let begin = Instant::now();
    let mut round = 0;
    while match seconds {
        Some(seconds) => begin.elapsed() < Duration::from_secs(seconds),
        None => round < ROUNDS,
    } {
        attempt(round);
        round += 1;
    }
}

/// Whether `attempt` succeeded; a panic within it, be it caught and told as an error, fails the test.
fn survived<T>(bytes: &[u8], attempt: impl FnOnce() -> Result<T, ModelError>) -> bool {
    fs::write(last(), bytes).expect("written");
    let attempt = std::panic::AssertUnwindSafe(attempt);
    let result = catch_unwind(attempt).unwrap_or_else(|_| panic!("a panic: {}", last().display()));
    match result {
        Ok(_) => true,
        Err(ModelError::Panic { reason, .. }) => panic!("{reason}: {}", last().display()),
        Err(error) => {
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "{message:?}");
            false
        }
    }
}

fn changed_networks() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/tiny_cart");
    let read = |name: &str| fs::read(source.join(name)).expect("the golden");
    let networks = ["encoder.onnx", "decoder.onnx"];
    let corpus = networks.map(read);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in networks.iter().zip(&corpus) {
        fs::write(folder.path().join(name), bytes).expect("written");
    }
    fs::write(
        folder.path().join("statistics.json"),
        read("statistics.json"),
    )
    .expect("written");
    let text = String::from_utf8(read("manifest.toml")).expect("text");
    let manifest = Manifest::from_toml(&text).expect("sound");
    let (mut tried, mut loaded) = (0_u64, 0_u64);
    repeated(|round| {
        let which = (round % 2) as usize;
        let mut random = Random::new(round);
        let bytes = mutated(&corpus[which], &corpus, &mut random);
        let mut manifest = manifest.clone();
        let network = match which {
            0 => &mut manifest.encoder,
            _ => &mut manifest.decoder,
        };
        (network.bytes, network.sha256) = (bytes.len() as u64, sha256_hex(&bytes));
        let Ok(text) = manifest.to_toml() else {
            return; // An empty file, which a manifest cannot name.
        };
        let place = folder.path().join(networks[which]);
        fs::write(&place, &bytes).expect("written");
        fs::write(folder.path().join("manifest.toml"), text).expect("written");
        tried += 1;
        loaded += u64::from(survived(&bytes, || {
            let model = Model::load(folder.path())?;
            model.decode(&model.encode(&[0.1; 7200], 60.0)?)
        }));
        fs::write(&place, &corpus[which]).expect("as it was");
    });
    assert!(loaded > 0 && loaded < tried, "{loaded} of {tried}");
    eprintln!("{tried} changed networks, of which {loaded} gave a picture");
}

fn random_graphs() {
    let (mut tried, mut passed, mut ran) = (0_u64, 0_u64, 0_u64);
    repeated(|round| {
        let graph = random_graph::graph(&mut Random::new(round));
        let ports = |all: &[(String, Vec<usize>)]| -> Vec<Port> {
            all.iter()
                .map(|(name, shape)| Port::new(name, shape))
                .collect()
        };
        let description = NetworkFile {
            file: "random.onnx".into(),
            sha256: String::new(),
            bytes: graph.file.len() as u64,
            inputs: ports(&graph.inputs),
            outputs: ports(&graph.outputs),
        };
        tried += 1;
        passed += u64::from(ecg2mri::model::onnx::check(&graph.file, &description).is_ok());
        ran += u64::from(survived(&graph.file, || {
            let network = Network::from_onnx(&graph.file, &description)?;
            let inputs: Vec<Vec<f32>> = description
                .inputs
                .iter()
                .map(|port| vec![0.5; port.length()])
                .collect();
            let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
            match network.run(&inputs) {
                // A logarithm of what is below 0 is as it should be.
                Err(ModelError::NotFinite { .. }) => Ok(Vec::new()),
                ran => ran,
            }
        }));
    });
    eprintln!("{tried} random graphs, of which {passed} passed the check and {ran} gave numbers");
    assert!(2 * passed > tried, "{passed} of {tried}");
    assert!(2 * ran > passed, "{ran} of {passed}");
}

/// Graphs of a few hundred bytes that ask for nearly all that the limits allow.
fn largest_graphs() {
    let names = |all: &[&str]| -> Vec<String> { all.iter().map(|name| (*name).into()).collect() };
    // Four million values, made anew by each node and all needed again in the end.
    let mut wide = Writer::default();
    wide.integers("wide", &[1, 4, 1024, 1024]);
    wide.node("Expand", &names(&["x", "wide"]), "v0", &[]);
    for place in 1..6 {
        let (from, to) = (format!("v{}", place - 1), format!("v{place}"));
        wide.node("Sigmoid", &[from], &to, &[]);
    }
    let mut sum = "v5".to_owned();
    for place in 0..5 {
        let (with, to) = (format!("v{place}"), format!("s{place}"));
        wide.node("Add", &[sum, with], &to, &[]);
        sum = to;
    }
    wide.node("ReduceMax", &[sum], "y", &[]);
    // A convolution whose windows, side by side, are nine times its input.
    let mut windows = Writer::default();
    windows.integers("wide", &[1, 32, 256, 256]);
    windows.floats("kernel", &[32, 32, 3, 3], &vec![0.01; 32 * 32 * 9]);
    windows.node("Expand", &names(&["x", "wide"]), "v0", &[]);
    let pads = [("pads", writer::Setting::Integers(vec![1; 4]))];
    windows.node("Conv", &names(&["v0", "kernel"]), "v1", &pads);
    windows.node("ReduceMax", &names(&["v1"]), "y", &[]);
    for mut graph in [wide, windows] {
        graph.input("x", &[1, 1, 1, 1]);
        graph.output("y", &[1, 1, 1, 1]);
        let file = graph.file();
        let description = NetworkFile {
            file: "largest.onnx".into(),
            sha256: String::new(),
            bytes: file.len() as u64,
            inputs: vec![Port::new("x", &[1, 1, 1, 1])],
            outputs: vec![Port::new("y", &[1, 1, 1, 1])],
        };
        let demand = ecg2mri::model::onnx::check(&file, &description).expect("allowed");
        assert!(demand.running_bytes() > 80 << 20, "{demand:?}");
        let ran = survived(&file, || {
            Network::from_onnx(&file, &description)?.run(&[&[0.5]])
        });
        assert!(ran, "it runs");
    }
}

/// Lets this process take so many bytes more than it has now, where the system can say so.
fn limit_memory(more: u64) {
    let Ok(sizes) = fs::read_to_string("/proc/self/statm") else {
        eprintln!("SKIPPED: memory is not limited on this system");
        return;
    };
    let pages = sizes
        .split(' ')
        .next()
        .and_then(|pages| pages.parse::<u64>().ok());
    // Pages are of 4 KiB or more; a larger limit is the worst that comes of more.
    let limit = pages.expect("a number") * 4096 + more;
    let limited = Command::new("prlimit")
        .args(["--pid", &std::process::id().to_string()])
        .arg(format!("--as={limit}"))
        .status();
    if !limited.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: memory is not limited without prlimit");
    }
}
