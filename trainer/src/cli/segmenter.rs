//! `ecg2mri-train segmenter`.

use super::{Outcome, Where};
use crate::cohort::Dataset;
use crate::engine::Engine;
use crate::segmentation::examples::SegmentedViews;
use crate::segmentation::fit::{ChannelDice, EpochDone, FitWatcher};
use crate::segmentation::{FitSegmenter, fit_segmenter};
use ecg2mri::{interrupt, standard_output};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Time from one line of progress to the next.
const BETWEEN_LINES: Duration = Duration::from_secs(20);

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    ecg2mri-train segmenter dataset -o models/segmenter\n  \
    ecg2mri-train segmenter dataset -o segmenter --views sa --epochs 2\n\n\
    The data set must have labels (`prepare --labels`). Nothing is written where the training is stopped by Ctrl-C.")]
pub(super) struct Arguments {
    /// The data set's folder
    dataset: PathBuf,
    /// Folder for segmenter.onnx and segmenter.toml
    #[arg(short, long)]
    output: PathBuf,
    /// Passes over the training pictures
    #[arg(long, default_value_t = FitSegmenter::default().epochs as u32, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Most training subjects to use
    #[arg(long, default_value_t = FitSegmenter::default().subjects as u32, value_parser = clap::value_parser!(u32).range(1..))]
    subjects: u32,
    /// Views to learn: all, sa or 4ch
    #[arg(long, default_value = "all")]
    views: SegmentedViews,
    /// Pictures of a step
    #[arg(long, default_value_t = FitSegmenter::default().batch as u32, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// The highest learning rate
    #[arg(long, default_value_t = FitSegmenter::default().learning_rate)]
    learning_rate: f64,
    /// Seed of first values, order and changes
    #[arg(long, default_value_t = FitSegmenter::default().seed)]
    seed: u64,
    #[command(flatten)]
    place: Where,
}

pub(super) fn run(arguments: &Arguments) -> Outcome {
    let dataset = Dataset::read(&arguments.dataset)?;
    let engine = Engine::load()?;
    let options = FitSegmenter {
        epochs: arguments.epochs as usize,
        subjects: arguments.subjects as usize,
        views: arguments.views,
        batch: arguments.batch as usize,
        learning_rate: arguments.learning_rate,
        seed: arguments.seed,
        device: arguments.place.device,
        threads: arguments.place.threads(),
    };
    let mut watcher = Lines {
        stop: interrupt::requested()?,
        begun: Instant::now(),
        last_line: Instant::now(),
    };
    let fitted = fit_segmenter(&engine, &dataset, &options, &mut watcher)?;
    let dice = fitted.description.validation.clone();
    fitted.description.write(&arguments.output, &fitted.model)?;
    let lines: Vec<String> = dice.iter().map(line).collect();
    Ok(standard_output::print(&format!(
        "{}: Dice on the validation split\n{}\n",
        arguments.output.display(),
        lines.join("\n")
    ))?)
}

fn line(dice: &ChannelDice) -> String {
    format!(
        "  channel {}: left ventricle {:.3}, muscle {:.3}, right ventricle {:.3}",
        dice.channel, dice.left_ventricle, dice.muscle, dice.right_ventricle
    )
}

/// Says now and then how far the training is.
struct Lines {
    stop: Arc<AtomicBool>,
    begun: Instant,
    last_line: Instant,
}

impl FitWatcher for Lines {
    fn step(&mut self, done: usize, steps: usize, loss: f32) {
        if self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            let rate = done as f64 / self.begun.elapsed().as_secs_f64();
            eprintln!("step {done} of {steps}, loss {loss:.4} ({rate:.2} steps a second)");
        }
    }

    fn epoch(&mut self, done: &EpochDone) {
        eprintln!("epoch {}, mean loss {:.4}", done.epoch, done.loss);
        for dice in &done.validation {
            eprintln!("{}", line(dice));
        }
    }

    fn should_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
