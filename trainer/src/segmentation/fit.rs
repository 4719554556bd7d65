//! The segmenter's training.

use super::SegmentationError;
use super::augmentation::augmented;
use super::dice::Overlap;
use super::examples::{PIXELS, SegmentedViews, example, pictures, unit_grey};
use super::folder::{SegmenterFolder, TrainingData};
use super::network::{CLASSES, input_shape};
use super::segmenter::{BATCH as SERVED_BATCH, Segmenter, encode};
use super::training_step::{OPTIMISER, build};
use crate::architecture::ParameterTable;
use crate::cohort::label_maps::LABELS;
use crate::cohort::picture::SIDE;
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine, TrainingStep};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use std::sync::mpsc::sync_channel;

/// Batches made ahead.
const AHEAD: usize = 3;
/// Share of the steps in which the learning rate rises.
const WARM_UP: f64 = 0.05;
/// Validation subjects looked at after an epoch; at the end all are.
const LOOKED_AT: usize = 100;

/// How a segmenter is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FitSegmenter {
    /// Passes over the training pictures.
    pub epochs: usize,
    /// Most training subjects that are used; they are the first in the seed's order.
    pub subjects: usize,
    /// The views.
    pub views: SegmentedViews,
    /// Pictures of a step.
    pub batch: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Seed of first values, order and changes.
    pub seed: u64,
    /// Where it is trained.
    pub device: Device,
    /// Threads given to ONNX Runtime.
    pub threads: usize,
}

impl Default for FitSegmenter {
    fn default() -> Self {
        FitSegmenter {
            epochs: 4,
            subjects: 1500,
            views: SegmentedViews::All,
            batch: 16,
            learning_rate: 4e-3,
            seed: 1,
            device: Device::Auto,
            threads: 1,
        }
    }
}

/// Dice coefficients of one view in one frame, over the pixels of all subjects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelDice {
    /// View · frames + frame, the short axis first.
    pub channel: usize,
    /// Left-ventricular cavity.
    pub left_ventricle: f64,
    /// Left-ventricular muscle.
    pub muscle: f64,
    /// Right-ventricular cavity.
    pub right_ventricle: f64,
}

/// What is said after an epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochDone {
    /// The epoch, from 1.
    pub epoch: usize,
    /// Mean loss of its steps.
    pub loss: f64,
    /// A look at some validation subjects.
    pub validation: Vec<ChannelDice>,
}

/// A trained segmenter.
#[derive(Debug, Clone, PartialEq)]
pub struct FittedSegmenter {
    /// The encoded network.
    pub model: Vec<u8>,
    /// What it is.
    pub description: SegmenterFolder,
}

/// Who watches a training.
pub trait FitWatcher {
    /// Called after each step, `done` of `steps`.
    fn step(&mut self, done: usize, steps: usize, loss: f32);
    /// Called after each epoch.
    fn epoch(&mut self, done: &EpochDone);
    /// Whether to stop.
    fn should_stop(&self) -> bool;
}

/// Trains a segmenter on the labels of a data set's training split.
///
/// # Errors
/// [`SegmentationError::NoLabels`] and [`SegmentationError::TooFew`] where the data set does not serve,
/// [`SegmentationError::Diverged`], [`SegmentationError::Stopped`], and whatever files and graphs refuse.
pub fn fit_segmenter(
    engine: &Engine,
    dataset: &Dataset,
    options: &FitSegmenter,
    watcher: &mut dyn FitWatcher,
) -> Result<FittedSegmenter, SegmentationError> {
    let header = &dataset.header;
    let channels = options.views.channels(header.views, header.frames.count());
    let mut members = dataset.members(Split::Train);
    let validation = dataset.members(Split::Validation);
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    members.shuffle(&mut random);
    members.truncate(options.subjects);
    let mut order: Vec<(usize, usize)> = members
        .iter()
        .flat_map(|&subject| channels.iter().map(move |&channel| (subject, channel)))
        .collect();
    if order.len() < options.batch || validation.is_empty() || options.batch == 0 {
        return Err(SegmentationError::TooFew {
            training: members.len(),
            validation: validation.len(),
            needed: options.batch.div_ceil(channels.len().max(1)).max(1),
        });
    }
    example(dataset, order[0])?;

    let mut table = ParameterTable::new(options.seed);
    let graph = build(&mut table, options.batch)?;
    let reports = [super::training_step::LOSS.to_owned()];
    let mut session = TrainingStep::open(
        engine,
        &graph.model,
        options.device,
        options.threads,
        &graph.state,
        &graph.inputs,
        &reports,
    )?;
    let per_epoch = order.len() / options.batch;
    let steps = per_epoch * options.epochs;
    let mut done = 0;
    for epoch in 1..=options.epochs {
        order.shuffle(&mut random);
        let mut sum = 0.0;
        std::thread::scope(|scope| -> Result<(), SegmentationError> {
            let (sender, receiver) = sync_channel(AHEAD);
            let order = &order;
            scope.spawn(move || {
                for examples in order.chunks_exact(options.batch) {
                    let batch = batch(dataset, examples, options.seed, epoch);
                    if sender.send(batch).is_err() {
                        break;
                    }
                }
            });
            for batch in receiver {
                let (pictures, labels) = batch?;
                let rate = learning_rate(options.learning_rate, done, steps);
                let [first, second] = OPTIMISER.bias_corrections(done as u64 + 1);
                let inputs: [&[f32]; 5] = [&pictures, &labels, &[rate], &[first], &[second]];
                let loss = session.run(&inputs)?.first().copied().unwrap_or(f32::NAN);
                if !loss.is_finite() {
                    return Err(SegmentationError::Diverged { epoch, loss });
                }
                done += 1;
                sum += f64::from(loss);
                watcher.step(done, steps, loss);
                if watcher.should_stop() {
                    let epochs = options.epochs;
                    return Err(SegmentationError::Stopped { epoch, epochs });
                }
            }
            Ok(())
        })?;
        for tensor in session.state()? {
            table.replace(&tensor);
        }
        let some = &validation[..validation.len().min(LOOKED_AT)];
        watcher.epoch(&EpochDone {
            epoch,
            loss: sum / per_epoch.max(1) as f64,
            validation: validate(engine, &mut table, dataset, some, &channels, options)?,
        });
    }
    let dice = validate(engine, &mut table, dataset, &validation, &channels, options)?;
    let scores = vec![SERVED_BATCH, CLASSES, SIDE, SIDE];
    Ok(FittedSegmenter {
        model: encode(&mut table)?,
        description: SegmenterFolder {
            format_version: 0,
            created_by: crate::created_by(),
            git_revision: crate::revision().to_owned(),
            sha256: String::new(),
            picture: input_shape(SERVED_BATCH),
            scores,
            labels: LABELS.map(str::to_owned).to_vec(),
            pixel_mm: header.pixel_mm,
            parameters: table.trained_count(""),
            training: TrainingData {
                cohort: header.cohort.clone(),
                simulated: header.simulated,
                split: dataset.split_fingerprint(),
                views: options.views,
                subjects: members.len(),
                validation_subjects: validation.len(),
                epochs: options.epochs,
                batch: options.batch,
                learning_rate: options.learning_rate,
                seed: options.seed,
            },
            validation: dice,
        },
    })
}

/// Pictures and labels of a batch, changed at random; what is random depends on seed, epoch and picture only.
fn batch(
    dataset: &Dataset,
    examples: &[(usize, usize)],
    seed: u64,
    epoch: usize,
) -> Result<(Vec<f32>, Vec<f32>), SegmentationError> {
    let (mut pictures, mut labels) = (Vec::new(), Vec::new());
    for &(subject, channel) in examples {
        let (picture, truth) = example(dataset, (subject, channel))?;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream((epoch as u64) << 40 | (subject as u64) << 8 | channel as u64);
        let (picture, truth) = augmented(&picture, &truth, &mut random);
        pictures.extend(picture);
        labels.extend(truth);
    }
    Ok((pictures, labels))
}

/// Rises at first and falls along half a cosine (Loshchilov & Hutter, ICLR 2017).
fn learning_rate(highest: f64, done: usize, steps: usize) -> f32 {
    let part = done as f64 / steps.max(1) as f64;
    let rate = match part < WARM_UP {
        true => (part / WARM_UP).max(0.05),
        false => 0.5 * (1.0 + (std::f64::consts::PI * (part - WARM_UP) / (1.0 - WARM_UP)).cos()),
    };
    (highest * rate) as f32
}

/// Dice coefficients of each channel over some subjects' pictures as they are.
fn validate(
    engine: &Engine,
    table: &mut ParameterTable,
    dataset: &Dataset,
    subjects: &[usize],
    channels: &[usize],
    options: &FitSegmenter,
) -> Result<Vec<ChannelDice>, SegmentationError> {
    let model = encode(table)?;
    let mut segmenter = Segmenter::of_model(engine, &model, options.device, options.threads)?;
    let mut overlaps = vec![Overlap::<CLASSES>::default(); channels.len()];
    for &subject in subjects {
        let grey = unit_grey(&pictures(dataset, subject)?);
        let truth = dataset
            .labels(subject)?
            .ok_or(SegmentationError::NoLabels)?;
        let found = segmenter.labels(&grey)?;
        for (overlap, &channel) in overlaps.iter_mut().zip(channels) {
            let part = channel * PIXELS..(channel + 1) * PIXELS;
            overlap.add(&found[part.clone()], &truth[part]);
        }
    }
    let named = |(overlap, &channel): (&Overlap<CLASSES>, &usize)| {
        let [_, left_ventricle, muscle, right_ventricle] = overlap.dice();
        ChannelDice {
            channel,
            left_ventricle,
            muscle,
            right_ventricle,
        }
    };
    Ok(overlaps.iter().zip(channels).map(named).collect())
}

#[cfg(test)]
mod tests;
