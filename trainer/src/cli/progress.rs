//! Progress: bars on a terminal, a plain line an epoch otherwise.

use crate::engine::Device;
use crate::recipe::config::Stage;
use crate::recipe::fit::Watcher;
use crate::recipe::run_folder::EpochLosses;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts to `total`; hidden where the standard error is no terminal.
pub(super) fn counting_bar(total: usize, unit: &str) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let template = format!("{{bar:40}} {{pos}}/{{len}} {unit} ({{per_sec}}, {{eta}} left)");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar
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
