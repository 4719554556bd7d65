//! How far a batch is: one line that changes on a terminal, plain lines now and then otherwise.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ecg2mri::batch::{Counts, Ended};

/// Time between two states of the line on a terminal.
const BETWEEN_STATES: Duration = Duration::from_millis(200);

/// Time between two plain lines.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// Tells on standard error how far a batch is. No file is named: names may hold the numbers of patients,
/// and logs travel further than results.
pub(super) struct Progress {
    is_terminal: bool,
    begin: Instant,
    /// When it was last told.
    told: Mutex<Instant>,
}

impl Progress {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self {
            is_terminal: io::stderr().is_terminal(),
            begin: now,
            told: Mutex::new(now),
        }
    }

    /// Tells what has come of the recordings so far, if it was not told a moment ago.
    pub(super) fn show(&self, counts: &Counts) {
        let pause = if self.is_terminal {
            BETWEEN_STATES
        } else {
            BETWEEN_LINES
        };
        // A thread that finds another at it has nothing to say.
        let Ok(mut told) = self.told.try_lock() else {
            return;
        };
        if told.elapsed() < pause {
            return;
        }
        *told = Instant::now();
        let line = self.line(counts);
        if self.is_terminal {
            // From the first column, and to the end of the line nothing else.
            write(&format!("\r{line}\u{1b}[K"));
        } else {
            write(&format!("{line}\n"));
        }
    }

    fn line(&self, counts: &Counts) -> String {
        let rate = counts.dealt_with() as f64 / self.begin.elapsed().as_secs_f64().max(1e-3);
        format!("{counts} ({rate:.1} a second)")
    }

    /// Removes the line from a terminal.
    pub(super) fn finish(&self) {
        if self.is_terminal {
            write("\r\u{1b}[K");
        }
    }

    /// The last line.
    pub(super) fn summarise(&self, ended: &Ended) {
        write(&format!("{}\n", self.line(&ended.counts)));
    }
}

/// A message that cannot be delivered must not stop anything.
fn write(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
