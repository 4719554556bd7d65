//! One run of each network on one core: this runtime, tract alone, ONNX Runtime and PyTorch, in turn.
//!
//! ```text
//! (cd tests/peers/tract && cargo build --release)
//! export ECG2MRI_TRACT=tests/peers/tract/target/release/tract-peer
//! ECG2MRI_PYTHON=<a Python with onnx, onnxruntime and torch> cargo bench --workspace --bench inference
//! ```
//!
//! All sides have one thread and are pinned to the same core, and run in turn, so that whatever else the
//! machine does slows all of them; what counts is the processor time, by Linux' account. Each turn is of
//! as many runs as fill some tens of milliseconds, and the table gives the median of turns. Before that,
//! all sides must give outputs of the same mean magnitude. Where either
//! variable is not set or a library is missing, the rows say SKIPPED; the decoder of the thesis is written by Python, too.
//!
//! - [`case`]: the networks, and the values they are given;
//! - [`peer`]: another process; what it does is in `peers.py` and `tests/peers/tract`.

mod case;
mod peer;

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use ecg2mri::model::network::Network;

use case::Case;
use peer::Peer;

/// Outputs of all sides have the same mean magnitude to within this part of it.
const SAME_OUTPUT: f64 = 1e-3;

/// Says that this process was started on one core.
const PINNED: &str = "ECG2MRI_BENCH_PINNED";

/// A side: its name and what runs the network so many times, giving the processor time.
type Runs<'a> = Box<dyn FnMut(u32) -> Result<Duration, Box<dyn Error>> + 'a>;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo passes --bench only where figures are wanted.
    let whole = std::env::args().any(|argument| argument == "--bench");
    if whole && std::env::var_os(PINNED).is_none() {
        return on_one_core();
    }
    let (turns, turn) = if whole {
        (25, Duration::from_millis(60))
    } else {
        (1, Duration::ZERO)
    };
    let folder = tempfile::tempdir()?;
    let python = std::env::var_os("ECG2MRI_PYTHON").map(PathBuf::from);
    let mut cases = Vec::from(Case::cart(folder.path())?);
    match &python {
        Some(python) => match Case::thesis(folder.path(), python) {
            Ok(case) => cases.push(case),
            Err(why) => println!("SKIPPED: thesis decoder, because {why}"),
        },
        None => println!("SKIPPED: thesis decoder, because ECG2MRI_PYTHON is not set"),
    }
    println!("one run on one core: processor time, median of {turns} turns");
    for case in &cases {
        compare(case, python.as_deref(), turns, turn)?;
    }
    Ok(())
}

/// Starts this program again, held to one core, with all that it starts.
fn on_one_core() -> Result<(), Box<dyn Error>> {
    let status = Command::new("taskset")
        .args(["-c", "0"])
        .arg(std::env::current_exe()?)
        .args(std::env::args_os().skip(1))
        .env(PINNED, "1")
        .status()?;
    if status.success() {
        Ok(())
    } else {
        Err("the benchmark failed on one core".into())
    }
}

/// Times one network by all sides in turn and prints a row for each.
fn compare(
    case: &Case,
    python: Option<&Path>,
    turns: usize,
    turn: Duration,
) -> Result<(), Box<dyn Error>> {
    let bytes = fs::read(&case.network)?;
    let network = Network::from_onnx(&bytes, &case.description)?;
    let values: Vec<&[f32]> = case.values.iter().map(Vec::as_slice).collect();
    let magnitudes: Vec<f64> = network.run(&values)?.iter().map(|v| magnitude(v)).collect();
    let ours = timed(|| Ok(network.run(&values)?.len()));
    let mut sides: Vec<(&str, Runs)> = vec![("this runtime", ours)];
    let tract = std::env::var_os("ECG2MRI_TRACT").map(PathBuf::from);
    let peers = [
        ("tract", peer::by_tract(tract.as_deref(), case, &[])),
        (
            "tract, no direct form",
            peer::by_tract(tract.as_deref(), case, &["--no-direct-form"]),
        ),
        ("ONNX Runtime", peer::by_python(python, case, "onnxruntime")),
        ("PyTorch", peer::by_python(python, case, "torch")),
    ];
    for (name, command) in peers {
        match command.and_then(|command| Peer::start(command, case)) {
            Ok(mut peer) => {
                check_same(name, &magnitudes, &peer.magnitudes)?;
                sides.push((name, Box::new(move |runs| peer.run(runs))));
            }
            Err(why) => println!("  SKIPPED: {name}, because {why}"),
        }
    }
    let mut counts = Vec::new();
    for (_, run) in &mut sides {
        run(1)?;
        let once = run(3)? / 3;
        let count = turn.as_secs_f64() / once.as_secs_f64().max(1e-6);
        counts.push((count as u32).max(1));
    }
    let mut times = vec![Vec::new(); sides.len()];
    for _ in 0..turns {
        for (((_, run), count), times) in sides.iter_mut().zip(&counts).zip(&mut times) {
            times.push(run(*count)?.as_secs_f64() / f64::from(*count));
        }
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    println!("{}", case.name);
    let beside = sides.iter().position(|(name, _)| *name == "ONNX Runtime");
    for ((name, _), time) in sides.iter().zip(&medians) {
        let ratio = beside.map(|index| format!("{:>8.2} of ONNX Runtime", time / medians[index]));
        println!(
            "  {name:<24} {:>9.3} ms {}",
            1e3 * time,
            ratio.unwrap_or_default()
        );
    }
    Ok(())
}

/// Runs work of this process, by the processor time of its thread.
fn timed<'a>(mut work: impl FnMut() -> Result<usize, Box<dyn Error>> + 'a) -> Runs<'a> {
    Box::new(move |runs| {
        let (wall, begin) = (Instant::now(), processor_time());
        for _ in 0..runs {
            black_box(work()?);
        }
        Ok(match (begin, processor_time()) {
            (Some(begin), Some(end)) if end > begin => end - begin,
            _ => wall.elapsed(),
        })
    })
}

/// What this thread has had of the processor, where the system tells it.
fn processor_time() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(
        text.split_whitespace().next()?.parse().ok()?,
    ))
}

fn magnitude(values: &[f32]) -> f64 {
    values
        .iter()
        .map(|value| f64::from(value.abs()))
        .sum::<f64>()
        / values.len() as f64
}

fn check_same(name: &str, ours: &[f64], theirs: &[f64]) -> Result<(), Box<dyn Error>> {
    // Written so that a value that is no number fails too.
    let alike = |(a, b): (&f64, &f64)| (a - b).abs() <= SAME_OUTPUT * b.abs();
    if ours.len() == theirs.len() && ours.iter().zip(theirs).all(alike) {
        Ok(())
    } else {
        Err(
            format!("{name} gives outputs of the magnitudes {theirs:?}, this runtime {ours:?}")
                .into(),
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
