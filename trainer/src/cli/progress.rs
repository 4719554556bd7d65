//! Progress: bars on a terminal, plain lines otherwise.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Time from one plain line to the next.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Counts to a total, from any thread: a bar where the standard error is a terminal, now and then a line otherwise.
pub(super) struct Counter {
    bar: ProgressBar,
    unit: &'static str,
    /// When the last line was printed.
    last_line: Mutex<Instant>,
}

impl Counter {
    pub(super) fn new(total: usize, unit: &'static str) -> Counter {
        let bar = ProgressBar::new(total as u64);
        let template = format!("{{bar:40}} {{pos}}/{{len}} {unit} ({{per_sec}}, {{eta}} left)");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style);
        }
        Counter {
            bar,
            unit,
            last_line: Mutex::new(Instant::now()),
        }
    }

    pub(super) fn add_one(&self) {
        self.bar.inc(1);
        if !self.bar.is_hidden() {
            return;
        }
        // A thread that finds another at it has nothing to say.
        if let Ok(mut last_line) = self.last_line.try_lock()
            && last_line.elapsed() >= BETWEEN_LINES
        {
            *last_line = Instant::now();
            let (done, total) = (self.bar.position(), self.bar.length().unwrap_or(0));
            let rate = done as f64 / self.bar.elapsed().as_secs_f64();
            eprintln!("{done}/{total} {} ({rate:.1} a second)", self.unit);
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
