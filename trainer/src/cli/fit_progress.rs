//! How a fit goes on: a bar on a terminal, plain lines otherwise.

use crate::engine::Device;
use crate::recipe::config::Stage;
use crate::recipe::fit::{StepDone, Watcher};
use crate::recipe::log::LogRow;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Where there is no terminal, a line is written at least this often.
const LINE_EVERY: Duration = Duration::from_secs(60);

/// Shows how a fit goes on.
pub(super) struct FitProgress {
    stop: Arc<AtomicBool>,
    stop_told: bool,
    fallback_told: bool,
    stage: Option<StageProgress>,
}

/// One stage under way.
struct StageProgress {
    name: String,
    batch: usize,
    bar: ProgressBar,
    /// When its first step here was done, and how many subjects of the stage had been seen by then.
    begun: Option<(Instant, usize)>,
    line: Instant,
}

impl FitProgress {
    /// Shows a fit that is to stop when `stop` is raised.
    pub(super) fn new(stop: Arc<AtomicBool>) -> Self {
        FitProgress {
            stop,
            stop_told: false,
            fallback_told: false,
            stage: None,
        }
    }

    /// Writes a line above the bar.
    fn tell(&self, line: &str) {
        match &self.stage {
            Some(stage) => stage.bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }
}

impl StageProgress {
    /// Subjects a second since the stage began here, and the time left, as words; `None` before the second step.
    fn pace(&self, seen: usize, of: usize) -> Option<String> {
        let (begun, before) = self.begun?;
        let seconds = begun.elapsed().as_secs_f64();
        let pace = seen.checked_sub(before).filter(|seen| *seen > 0)? as f64 / seconds.max(1e-9);
        let left = of.saturating_sub(seen) as f64 / pace;
        Some(format!("{pace:.0} subjects/s, {} left", time(left)))
    }
}

/// Hours, minutes and seconds.
fn time(seconds: f64) -> String {
    let seconds = seconds.round() as u64;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match hours {
        0 => format!("{minutes}:{:02}", seconds % 60),
        _ => format!("{hours}:{minutes:02}:{:02}", seconds % 60),
    }
}

impl Watcher for FitProgress {
    fn falls_back(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.fallback_told, true) {
            self.tell(&format!("training on the CPU: {reason}"));
        }
    }

    fn goes_on_changed(&mut self, changes: &str) {
        self.tell(&format!(
            "the run goes on with {changes}: its weights may end with other last bits than if it had not stopped"
        ));
    }

    fn stage_begins(&mut self, stage: &Stage, device: Device, epochs_done: usize) {
        eprintln!(
            "stage {}: epochs {} to {} on {device}, {}batches of {}",
            stage.name,
            epochs_done + 1,
            stage.epochs,
            match stage.accumulate {
                1 => String::new(),
                more => format!("steps of {more} "),
            },
            stage.batch
        );
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bar:20} {wide_msg}") {
            bar.set_style(style);
        }
        self.stage = Some(StageProgress {
            name: stage.name.clone(),
            batch: stage.subjects_per_step(),
            bar,
            begun: None,
            line: Instant::now(),
        });
    }

    fn step_done(&mut self, step: &StepDone) {
        let Some(stage) = &mut self.stage else {
            return;
        };
        let seen = ((step.epoch - 1) * step.steps + step.step) * step.batch;
        let of = step.epochs * step.steps * step.batch;
        stage.begun.get_or_insert((Instant::now(), seen));
        let pace = stage.pace(seen, of);
        let words = format!(
            "epoch {}/{}, step {}/{}, loss {:.5}{}{}",
            step.epoch,
            step.epochs,
            step.step,
            step.steps,
            step.loss,
            if pace.is_some() { ", " } else { "" },
            pace.unwrap_or_default(),
        );
        if stage.bar.is_hidden() {
            if stage.line.elapsed() >= LINE_EVERY {
                stage.line = Instant::now();
                eprintln!("{} {words}", stage.name);
            }
            return;
        }
        stage.bar.set_length(of as u64);
        stage.bar.set_position(seen as u64);
        stage.bar.set_message(words);
    }

    fn epoch_done(&mut self, losses: &LogRow, epochs: usize) {
        let pace = self.stage.as_ref().and_then(|stage| {
            let per_epoch = (losses.step * stage.batch) / losses.epoch.max(1);
            stage.pace(losses.epoch * per_epoch, epochs * per_epoch)
        });
        self.tell(&format!(
            "{} {}/{epochs}: loss {:.5}{} ({:.1} s{}{})",
            losses.stage,
            losses.epoch,
            losses.get("loss"),
            validation(losses),
            losses.get("seconds"),
            if pace.is_some() { "; " } else { "" },
            pace.unwrap_or_default(),
        ));
        if let Some(stage) = &mut self.stage {
            stage.line = Instant::now();
            if losses.epoch == epochs {
                stage.bar.finish_and_clear();
            }
        }
    }

    fn should_stop(&mut self) -> bool {
        let stop = self.stop.load(Ordering::Relaxed);
        if stop && !std::mem::replace(&mut self.stop_told, true) {
            self.tell("stopping: saving a checkpoint first; Ctrl-C again stops at once");
        }
        stop
    }
}

/// What an epoch's validation found; nothing after an epoch that was not validated.
fn validation(losses: &LogRow) -> String {
    let own = losses.get("validation_mri_reconstruction");
    let across = losses.get("validation_cross_modal");
    if own.is_nan() && across.is_nan() {
        return String::new();
    }
    format!("; validation: picture from picture {own:.5}, from ECG {across:.5}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_without_validation_shows_none() {
        let mut row = LogRow {
            stage: "joint".to_owned(),
            epoch: 1,
            step: 64,
            numbers: vec![("loss".to_owned(), 1.5)],
        };
        assert_eq!(validation(&row), "");
        row.numbers.extend([
            ("validation_mri_reconstruction".to_owned(), 0.08),
            ("validation_cross_modal".to_owned(), 0.13),
        ]);
        assert_eq!(
            validation(&row),
            "; validation: picture from picture 0.08000, from ECG 0.13000"
        );
    }

    #[test]
    fn time_left_reads_as_a_clock() {
        assert_eq!(
            [time(0.0), time(59.6), time(3599.0), time(3661.2)],
            ["0:00", "1:00", "59:59", "1:01:01"]
        );
    }
}
