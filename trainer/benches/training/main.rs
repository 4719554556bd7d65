//! A training step's CPU-seconds, wall time and memory, beside PyTorch's eager step in the same run.
//!
//! ```text
//! ECG2MRI_PYTHON=<a Python with torch> cargo bench --workspace --bench training
//! ```
//!
//! Each side is a process of its own with two threads that sleep while they wait, and begins from the same parameters
//! and batch; their first losses must agree. They then take a few steps in turn, so that whatever else the machine
//! does slows both. What a process used is read from Linux' `/proc` for both alike. A step takes from tens of
//! milliseconds to many seconds, so plain timing is exact enough, and a statistics harness, which would run one side
//! after the other, would compare worse. Where Python or torch is missing, PyTorch's column says SKIPPED. Names after
//! `--`, as in `-- mri8`, choose among the cases; without `--bench`, as in `cargo test --benches`, batches are small
//! and steps few.
//!
//! - [`case`]: what is timed, and the files from which both sides begin;
//! - [`side`]: a process that takes steps, and what it used;
//! - [`ours`]: this crate's process; PyTorch's is `pytorch.py`.

mod case;
mod ours;
mod side;

use std::error::Error;
use std::path::Path;

use case::{CASES, Case, Plan};
use side::{Side, Used};

/// Threads of each side.
const THREADS: usize = 2;
/// First losses differ by no more than this part of them: both add up in single precision, in another order.
const SAME_LOSS: f32 = 1e-4;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, case, batch] = &arguments[..]
        && word == ours::WORD
    {
        return ours::serve(Path::new(folder), case, batch.parse()?);
    }
    // Cargo passes --bench only where figures are wanted.
    let whole = arguments.iter().any(|argument| argument == "--bench");
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|word| !word.starts_with('-'))
        .collect();
    println!(
        "{THREADS} threads a side; CPU-seconds and seconds are of one step, the median (and the least) of turns"
    );
    println!(
        "{:<8} {:<8} {:>17} {:>17} {:>9}",
        "", "", "CPU-seconds", "seconds", "peak MiB"
    );
    for case in CASES {
        if wanted.is_empty() || wanted.iter().any(|part| case.name.contains(part.as_str())) {
            compare(case, &case.plan(whole))?;
        }
    }
    Ok(())
}

/// Lets both sides take steps in turn and prints their rows and ratios.
fn compare(case: &Case, plan: &Plan) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    case.write(plan, folder.path())?;
    let mut own = Side::ours(folder.path(), case.name, plan.batch)?;
    let mut theirs = match Side::pytorch(folder.path())? {
        Ok(side) => Some(side),
        Err(why) => {
            println!("SKIPPED: PyTorch, because {why}");
            None
        }
    };
    let first = own.first_loss();
    if let Some(theirs) = &theirs {
        let other = theirs.first_loss();
        // Written so that a loss that is no number fails too.
        let same = (first - other).abs() <= SAME_LOSS * other.abs();
        if !same {
            return Err(format!(
                "{}: the first loss is {first} here and {other} in PyTorch, so they are not the same network",
                case.name
            )
            .into());
        }
    }

    let (mut own_used, mut their_used) = (Vec::new(), Vec::new());
    for _ in 0..plan.turns {
        own_used.push(own.steps(plan.steps)?);
        if let Some(side) = &mut theirs {
            their_used.push(side.steps(plan.steps)?);
        }
    }
    let own_peak = own.peak_mebibytes()?;
    row(case.name, "ours", &own_used, own_peak);
    if let Some(theirs) = theirs {
        let their_peak = theirs.peak_mebibytes()?;
        row("", "PyTorch", &their_used, their_peak);
        let ratios = |of: fn(&Used) -> f64| {
            let ratio =
                |pick: fn(&[f64]) -> f64| pick(&all(&own_used, of)) / pick(&all(&their_used, of));
            format!("{:.2} ({:.2})", ratio(median), ratio(least))
        };
        println!(
            "{:<8} {:<8} {:>17} {:>17} {:>9.2}   first loss {first:.6} on both sides",
            "",
            "ratio",
            ratios(|used| used.cpu),
            ratios(|used| used.wall),
            own_peak / their_peak
        );
    }
    Ok(())
}

fn row(label: &str, side: &str, used: &[Used], peak: f64) {
    let figures = |of: fn(&Used) -> f64| {
        let all = all(used, of);
        format!("{:.3} ({:.3})", median(&all), least(&all))
    };
    println!(
        "{label:<8} {side:<8} {:>17} {:>17} {peak:>9.0}",
        figures(|used| used.cpu),
        figures(|used| used.wall)
    );
}

fn all(used: &[Used], of: fn(&Used) -> f64) -> Vec<f64> {
    used.iter().map(of).collect()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}
