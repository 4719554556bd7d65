//! Soak: a day of a device on a bad link in minutes, every sample looked at, and the ledger at the end.
//!
//! ```text
//! cargo run --release --example soak -- --hours 24 --corrupt-bytes 0.02 --samples-per-frame 1
//! ```
//!
//! Fails if a sample that was handed on is not what was sent, or if one that was sent is neither handed on nor counted as
//! missing. Device, link and time are simulated; what is tried is the way from the link to the last ten seconds: opening
//! again, decoding, scaling, gaps, ledger, ring, clock.

mod plan;
mod run;
mod world;

use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

use plan::Plan;

/// A day of a device on a bad link
#[derive(Debug, Parser)]
struct Arguments {
    /// Simulated hours
    #[arg(long, default_value_t = 24.0)]
    hours: f64,
    /// Samples per second of eight channels
    #[arg(long, default_value_t = 500.0)]
    rate: f64,
    /// Sampling instants in a frame, 1 to 20
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=20))]
    samples_per_frame: u8,
    /// Probability that a byte is hit: changed, lost, doubled, or another put before it
    #[arg(long, default_value_t = 0.02)]
    corrupt_bytes: f64,
    /// Simulated minutes between two pulls of the plug
    #[arg(long, default_value_t = 10.0)]
    unplug_minutes: f64,
    /// Of the random numbers
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = Plan {
        seconds: 3600.0 * arguments.hours,
        rate_hz: arguments.rate,
        samples_per_frame: arguments.samples_per_frame.into(),
        corrupt_bytes: arguments.corrupt_bytes,
        unplug_every_seconds: 60.0 * arguments.unplug_minutes,
        seed: arguments.seed,
        ..Plan::default()
    };
    println!("{plan:?}");
    let begin = Instant::now();
    let outcome = run::run(&plan, |seconds, ledger| {
        println!(
            "{:5.1} h simulated, {:6.1} s taken, memory {}, {} samples delivered, {} missing",
            seconds / 3600.0,
            begin.elapsed().as_secs_f64(),
            memory(),
            ledger.samples_delivered,
            ledger.samples_missing.all
        );
    });
    let taken = begin.elapsed().as_secs_f64();
    let sent = &outcome.sent;
    println!("\n{}", outcome.ledger);
    println!(
        "sent: {} sampling instants in {} frames of {} bytes, {} bytes hit; unplugged {} times",
        outcome.instants_sent(),
        sent.frames,
        sent.bytes,
        sent.bytes_hit,
        sent.unplugged
    );
    println!(
        "accounted for: {} delivered + {} missing + {} before the first that arrived + {} between the last that arrived and \
        a power cut = {}",
        outcome.ledger.samples_delivered,
        outcome.ledger.samples_missing.all,
        outcome.before_joining,
        outcome.lost_at_power_cuts,
        outcome.instants_accounted()
    );
    println!(
        "wrong samples {}, spans that do not follow the one before {}",
        outcome.wrong_samples, outcome.breaks
    );
    if let Some(drift) = outcome.drift_ppm {
        println!(
            "clock {:+.1} ± {:.1} ppm, in truth {:+.1}",
            drift.value, drift.uncertainty, plan.drift_ppm
        );
    }
    println!(
        "memory {}; {taken:.0} s for {} h, {:.0} times as fast as time",
        memory(),
        arguments.hours,
        plan.seconds / taken
    );
    match outcome.is_clean() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Resident memory of this process, where the system tells.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.map_or("unknown".into(), |line| line.trim().to_owned())
}
