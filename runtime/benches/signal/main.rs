//! From a 10 s recording of 12 leads to measurements and network input, on one core; beside NeuroKit2
//! and SciPy in the same run.
//!
//! ```text
//! ECG2MRI_PYTHON=<a Python with neurokit2> cargo bench --workspace --bench signal
//! ```
//!
//! Plain timing of many runs by the processor time they take, so that what else the machine does
//! counts little. Without `ECG2MRI_PYTHON` the other column says SKIPPED.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use ecg2mri::Ecg;
use ecg2mri::ecg::Lead;
use ecg2mri::signal::{Analysis, detect_qrs, median_beat};

const RUNS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    // Cargo passes --bench only where figures are wanted.
    let runs = if std::env::args().any(|argument| argument == "--bench") {
        RUNS
    } else {
        1
    };
    let ecg = recording()?;
    println!("10 s, 12 leads, 500 Hz, one core; mean of {runs} runs");
    let row =
        |name: &str, time: Duration| println!("  {name:<52} {:>8.2} ms", 1e3 * time.as_secs_f64());
    let analysis = Analysis::of(&ecg)?;
    row(
        "cleaning and QRS detection",
        timed(runs, || Analysis::of(&ecg).is_ok()),
    );
    row(
        "  of which QRS detection alone takes, on raw leads",
        timed(runs, || detect_qrs(&ecg).is_ok()),
    );
    row(
        "fiducials and measurements",
        timed(runs, || analysis.measure().1.len()),
    );
    row(
        "median beat",
        timed(runs, || analysis.median_beat().is_ok()),
    );
    let whole = timed(runs, || {
        let analysis = Analysis::of(&ecg)?;
        let measured = analysis.measure();
        Ok::<_, Box<dyn Error>>((measured.1.len(), analysis.median_beat()?.beats_used()))
    });
    row("measurements and network input", whole);
    row(
        "network input alone",
        timed(runs, || median_beat(&ecg).is_ok()),
    );
    match std::env::var_os("ECG2MRI_PYTHON") {
        Some(python) => {
            let other = neurokit(Path::new(&python), &ecg)?;
            row("NeuroKit2: the same filters, waves of 12 leads", other);
            println!(
                "  {:.0} times as long",
                other.as_secs_f64() / whole.as_secs_f64()
            );
        }
        None => {
            println!("  SKIPPED: NeuroKit2, because ECG2MRI_PYTHON names no Python that has it")
        }
    }
    Ok(())
}

/// The mean time of a piece of work.
fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    // The system's account of processor time is too coarse for a single run.
    let begin = Clock::now();
    for _ in 0..runs {
        black_box(work());
    }
    begin.elapsed() / runs as u32
}

/// Time on the processor where the system tells it, as Linux does, else on the wall.
struct Clock {
    wall: Instant,
    processor: Option<Duration>,
}

impl Clock {
    fn now() -> Clock {
        let processor = Clock::processor();
        let wall = Instant::now();
        Clock { wall, processor }
    }

    fn processor() -> Option<Duration> {
        let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        let nanoseconds = text.split_whitespace().next()?.parse().ok()?;
        Some(Duration::from_nanos(nanoseconds))
    }

    fn elapsed(&self) -> Duration {
        let wall = self.wall.elapsed();
        match (self.processor, Clock::processor()) {
            (Some(begin), Some(end)) if end > begin => end - begin,
            _ => wall,
        }
    }
}

/// A rhythm at 75 beats per minute with some noise, the same at every run.
fn recording() -> Result<Ecg, Box<dyn Error>> {
    let wave = |time: f64, middle: f64, width: f64| (-((time - middle) / width).powi(2)).exp();
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        (state >> 33) as f64 / f64::from(1_u32 << 30) - 1.0
    };
    let rows = (0..8)
        .map(|lead| {
            let size = 0.4 + 0.1 * f64::from(lead);
            (0..5000)
                .map(|n| {
                    let time = (f64::from(n) / 500.0 + 0.35) % 0.8;
                    let beat = 0.12 * wave(time, 0.24, 0.025) + size * wave(time, 0.4, 0.014)
                        - 0.3 * size * wave(time, 0.43, 0.012)
                        + 0.25 * wave(time, 0.68, 0.05);
                    (beat + 0.01 * noise()) as f32
                })
                .collect()
        })
        .collect();
    Ok(Ecg::new(Lead::INDEPENDENT.to_vec(), rows, 500.0)?.twelve_leads()?)
}

/// What NeuroKit2 takes for the same recording.
fn neurokit(python: &Path, ecg: &Ecg) -> Result<Duration, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("recording.json");
    fs::write(&file, serde_json::to_string(ecg.samples())?)?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/signal/neurokit.py");
    let output = Command::new(python)
        .arg(script)
        .arg(&file)
        .env("OMP_NUM_THREADS", "1")
        .env("OPENBLAS_NUM_THREADS", "1")
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let seconds: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    Ok(Duration::from_secs_f64(seconds))
}
