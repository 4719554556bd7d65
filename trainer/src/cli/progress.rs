//! Progress: bars on a terminal, plain lines otherwise.

use crate::engine::Device;
use crate::recipe::config::Stage;
use crate::recipe::fit::Watcher;
use crate::recipe::run_folder::EpochLosses;
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

/// Shows how a fit goes on.
#[derive(Default)]
pub(super) struct FitProgress {
    bar: Option<ProgressBar>,
    fallback_told: bool,
}

impl Watcher for FitProgress {
    fn falls_back(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.fallback_told, true) {
            eprintln!("training on the CPU: {reason}");
        }
    }

    fn stage_begins(&mut self, stage: &Stage, device: Device, epochs_done: usize) {
        eprintln!(
            "stage {}: epochs {} to {} on {device}, batches of {}",
            stage.name,
            epochs_done + 1,
            stage.epochs,
            stage.batch
        );
    }

    fn step_done(&mut self, step: usize, steps: usize, loss: f32) {
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new(steps as u64);
            let template = "{bar:40} {pos}/{len} steps ({per_sec}, {eta} left), loss {msg}";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar
        });
        bar.set_position(step as u64);
        bar.set_message(format!("{loss:.5}"));
    }

    fn epoch_done(&mut self, losses: &EpochLosses, epochs: usize) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        eprintln!(
            "{} {}/{epochs}: loss {:.5}; validation: picture from picture {:.5}, from ECG {:.5} ({:.1} s)",
            losses.stage,
            losses.epoch,
            losses.loss,
            losses.validation_mri_reconstruction,
            losses.validation_cross_modal,
            losses.seconds
        );
    }
}
