//! Which subjects are seen when, and the changes made to their ECGs.
//!
//! Everything random here depends on the run's seed, the stage, the epoch and the subject only, so a run that was
//! interrupted goes on with the very batches it would have seen.

use super::config::{Augmentation, Input, Recipe, Stage};
use crate::cohort::picture::SIDE;
use crate::cohort::{CohortError, Dataset, Split};
use crate::objective::joint::needs_pictures;
use ecg2mri::ecg::Lead;
use ecg2mri::model::network_input;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal, Uniform};
use std::sync::Arc;

/// Where in a subject's stream of random words the choice of a modality is, far behind those that change its ECG.
const MODALITY_DRAWS: u128 = 1 << 32;

/// A batch on the host.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The subjects, as positions in the data set.
    pub subjects: Vec<usize>,
    /// (batch, leads, 600), scaled.
    pub ecg: Vec<f32>,
    /// (batch, 1), in beats per minute.
    pub heart_rate: Vec<f32>,
    /// (batch, channels, 128, 128), 0..1; in training with `raw_images` 0..255. Empty where a stage needs no pictures.
    pub picture: Vec<f32>,
    /// (batch, latent): the MRIs' latents, where they were computed beforehand.
    pub mri_latent: Vec<f32>,
    /// (batch, phenotype) each: standardised over the training split, 0 where unknown; and 1 where known, else 0.
    pub phenotypes: [Vec<f32>; 2],
    /// (batch, 1) each: 1 where the ECG and where the picture counts in a fused latent, else 0; never both 0.
    pub kept: [Vec<f32>; 2],
}

/// Makes batches of a data set for a recipe.
#[derive(Clone)]
pub struct Batches<'a> {
    dataset: &'a Dataset,
    recipe: &'a Recipe,
    /// For each subject of the data set whose picture it is trained on; empty where that is its own.
    strangers: Arc<[usize]>,
    heart_rates: Arc<[f32]>,
    phenotypes: Arc<[Vec<f32>]>,
    /// Of every subject of the data set, one after the other; empty where they were not computed beforehand.
    mri_latents: Arc<[f32]>,
}

/// The data set's column of heart rates as they were measured on the recordings.
pub const HEART_RATE: &str = "measured_heart_rate_bpm";

impl<'a> Batches<'a> {
    /// Batches of `dataset` as `recipe` wants them.
    pub fn new(dataset: &'a Dataset, recipe: &'a Recipe) -> Self {
        Batches {
            dataset,
            recipe,
            strangers: match recipe.faults.shuffle_pairs {
                true => strangers(dataset, recipe.seed).into(),
                false => Arc::default(),
            },
            heart_rates: heart_rates(dataset).into(),
            phenotypes: recipe
                .phenotypes
                .iter()
                .map(|column| standardised(dataset, column))
                .collect(),
            mri_latents: Arc::default(),
        }
    }

    /// The same with the MRIs' latents, (subject, latent) of every subject of the data set in its order.
    pub fn with_mri_latents(mut self, latents: Vec<f32>) -> Self {
        self.mri_latents = latents.into();
        self
    }

    /// The training subjects that a stage uses: all of `members`, or as many as it asks for, the same ones in every
    /// epoch and whatever the stage.
    pub fn members_of_stage(&self, members: &[usize], stage: &Stage) -> Vec<usize> {
        let Some(most) = stage.subjects.filter(|&most| most < members.len()) else {
            return members.to_vec();
        };
        let mut chosen = members.to_vec();
        chosen.shuffle(&mut ChaCha8Rng::seed_from_u64(self.recipe.seed));
        chosen.truncate(most);
        chosen.sort_unstable();
        chosen
    }

    /// The subjects of one epoch in their order, in batches of one size; the rest that does not fill a batch is left
    /// for another epoch's order to bring in.
    pub fn order(
        &self,
        members: &[usize],
        stage: usize,
        epoch: usize,
        batch: usize,
    ) -> Vec<Vec<usize>> {
        let mut order = members.to_vec();
        order.shuffle(&mut self.random(stage, epoch, None));
        order.chunks_exact(batch).map(<[usize]>::to_vec).collect()
    }

    /// A training batch, its ECGs changed as the recipe says.
    ///
    /// # Errors
    /// Where the data set cannot be read.
    pub fn training(
        &self,
        subjects: &[usize],
        stage: usize,
        epoch: usize,
    ) -> Result<Batch, CohortError> {
        let shown = |subject: &usize| *self.strangers.get(*subject).unwrap_or(subject);
        let mut shown: Vec<usize> = subjects.iter().map(shown).collect();
        let mri_latent = self.latents_of(&shown);
        if !self.recipe.stages.get(stage).is_none_or(needs_pictures) {
            shown.clear();
        }
        let white = self.recipe.faults.white();
        let mut batch = self.make(subjects, &shown, white, |subject, millivolts| {
            let mut random = self.random(stage, epoch, Some(subject));
            augmented(millivolts, &self.recipe.augmentation, &mut random)
        })?;
        batch.mri_latent = mri_latent;
        let dropped = |settings: &&Stage| settings.modality_dropout > 0.0;
        if let Some(settings) = self.recipe.stages.get(stage).filter(dropped) {
            for (position, &subject) in subjects.iter().enumerate() {
                let mut random = self.random(stage, epoch, Some(subject));
                // After everything that changes the ECG, whatever the recipe asks for there.
                random.set_word_pos(MODALITY_DRAWS);
                if random.random::<f32>() < settings.modality_dropout {
                    batch.kept[usize::from(random.random::<bool>())][position] = 0.0;
                }
            }
        }
        Ok(batch)
    }

    /// A batch as it is.
    ///
    /// # Errors
    /// Where the data set cannot be read.
    pub fn unchanged(&self, subjects: &[usize]) -> Result<Batch, CohortError> {
        self.make(subjects, subjects, 1.0, |_, millivolts| millivolts.to_vec())
    }

    /// The same without pictures.
    ///
    /// # Errors
    /// Where the data set cannot be read.
    pub fn ecgs(&self, subjects: &[usize]) -> Result<Batch, CohortError> {
        self.make(subjects, &[], 1.0, |_, millivolts| millivolts.to_vec())
    }

    /// Channels of an image.
    pub fn channels(&self) -> usize {
        self.recipe.picture.channels()
    }

    /// Values of an image, in all its channels.
    pub fn pixels(&self) -> usize {
        self.channels() * SIDE * SIDE
    }

    fn latents_of(&self, subjects: &[usize]) -> Vec<f32> {
        let length = self.recipe.architecture.latent;
        let of = |&subject: &usize| {
            self.mri_latents
                .get(subject * length..(subject + 1) * length)
        };
        subjects.iter().filter_map(of).flatten().copied().collect()
    }

    fn phenotypes_of(&self, subjects: &[usize]) -> [Vec<f32>; 2] {
        let values = || {
            subjects.iter().flat_map(|&subject| {
                let of_column = move |column: &Vec<f32>| column.get(subject).copied();
                self.phenotypes.iter().filter_map(of_column)
            })
        };
        let known = |value: f32| if value.is_finite() { 1.0 } else { 0.0 };
        let filled = |value: f32| if value.is_finite() { value } else { 0.0 };
        [
            values().map(filled).collect(),
            values().map(known).collect(),
        ]
    }

    fn make(
        &self,
        subjects: &[usize],
        shown: &[usize],
        white: f32,
        change: impl Fn(usize, &[f32]) -> Vec<f32>,
    ) -> Result<Batch, CohortError> {
        let mut picture = Vec::new();
        for &subject in shown {
            let choice = &self.recipe.picture;
            let grey = self
                .dataset
                .pictures(subject, choice.views, choice.frames)?;
            picture.extend(grey.iter().map(|&grey| f32::from(grey) / 255.0 * white));
        }
        Ok(Batch {
            subjects: subjects.to_vec(),
            ecg: self.scaled(subjects, change)?,
            heart_rate: subjects
                .iter()
                .map(|&subject| self.heart_rates.get(subject).copied().unwrap_or(f32::NAN))
                .collect(),
            picture,
            mri_latent: Vec::new(),
            phenotypes: self.phenotypes_of(subjects),
            kept: [(); 2].map(|()| vec![1.0; subjects.len()]),
        })
    }

    fn scaled(
        &self,
        subjects: &[usize],
        change: impl Fn(usize, &[f32]) -> Vec<f32>,
    ) -> Result<Vec<f32>, CohortError> {
        let preprocessing = self.recipe.input.preprocessing();
        let mut ecg = Vec::new();
        for &subject in subjects {
            let millivolts = match &self.recipe.input {
                Input::MedianBeat(_) => self.dataset.median_beat(subject)?,
                Input::FirstSamples(first) => self.strip_lead(subject, &first.lead)?,
            };
            let changed = change(subject, &millivolts);
            ecg.extend(network_input::from_millivolts(&changed, &preprocessing));
        }
        Ok(ecg)
    }

    /// The first samples of one lead, in millivolts.
    fn strip_lead(&self, subject: usize, lead: &str) -> Result<Vec<f32>, CohortError> {
        let row = Lead::STANDARD
            .iter()
            .position(|standard| standard.name().eq_ignore_ascii_case(lead))
            .unwrap_or(0);
        let strip = self.dataset.strip(subject)?;
        let samples = network_input::SAMPLES;
        Ok(strip
            .get(row * samples..(row + 1) * samples)
            .unwrap_or_default()
            .to_vec())
    }

    fn random(&self, stage: usize, epoch: usize, subject: Option<usize>) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.recipe.seed);
        // Streams of one key never overlap: one for each order and each changed ECG.
        let stream = (stage as u64) << 56
            | (epoch as u64 & 0xff_ffff) << 32
            | subject.map_or(0, |subject| subject as u64 + 1);
        random.set_stream(stream);
        random
    }
}

fn heart_rates(dataset: &Dataset) -> Vec<f32> {
    let column = dataset.numbers(HEART_RATE).unwrap_or_default();
    column.iter().map(|&rate| rate as f32).collect()
}

/// A column less its mean over the training split, divided by its standard deviation there; NaN where it is unknown.
fn standardised(dataset: &Dataset, column: &str) -> Vec<f32> {
    let values = dataset.numbers(column).unwrap_or_default();
    let training = dataset.members(Split::Train);
    let known: Vec<f64> = training
        .iter()
        .filter_map(|&subject| values.get(subject).copied())
        .filter(|value| value.is_finite())
        .collect();
    let count = known.len().max(1) as f64;
    let mean = known.iter().sum::<f64>() / count;
    let variance = known
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count;
    let deviation = if variance > 0.0 { variance.sqrt() } else { 1.0 };
    let scaled = |value: &f64| ((value - mean) / deviation) as f32;
    values.iter().map(scaled).collect()
}

/// For each subject another one, if it is of the training split and that has two or more: each of them once, drawn from
/// the seed.
fn strangers(dataset: &Dataset, seed: u64) -> Vec<usize> {
    let mut strangers: Vec<usize> = (0..dataset.ids.len()).collect();
    let mut circle = dataset.members(Split::Train);
    circle.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    for (place, &subject) in circle.iter().enumerate() {
        strangers[subject] = circle[(place + 1) % circle.len()];
    }
    strangers
}

/// Shifted in time (the edge value fills in), scaled by one factor, with white noise on every sample.
fn augmented(millivolts: &[f32], settings: &Augmentation, random: &mut ChaCha8Rng) -> Vec<f32> {
    let limit = settings.shift_samples as i64;
    let shift = Uniform::new_inclusive(-limit, limit).map_or(0, |uniform| uniform.sample(random));
    let normal = |deviation: f32| Normal::new(0.0, deviation.max(0.0)).ok();
    let factor = normal(settings.gain).map_or(1.0, |gain| gain.sample(random).exp());
    let noise = normal(settings.noise_mv).filter(|_| settings.noise_mv > 0.0);
    millivolts
        .chunks(network_input::SAMPLES)
        .flat_map(|lead| {
            let last = lead.len() as i64 - 1;
            (0..=last).map(move |sample| lead[(sample - shift).clamp(0, last) as usize] * factor)
        })
        .map(|value| value + noise.map_or(0.0, |noise| noise.sample(random)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shift_gain_and_noise() {
        let lead: Vec<f32> = (0..600).map(|sample| sample as f32).collect();
        let beat: Vec<f32> = (0..12).flat_map(|_| lead.clone()).collect();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let untouched = augmented(&beat, &Augmentation::default(), &mut random);
        assert_eq!(untouched, beat);

        let only_shift = Augmentation {
            shift_samples: 3,
            ..Augmentation::default()
        };
        for _ in 0..20 {
            let shifted = augmented(&beat, &only_shift, &mut random);
            let shift = 300.0 - shifted[300];
            assert!(shift.abs() <= 3.0);
            // Each lead by itself: its ends are filled with its own edge values.
            assert_eq!(shifted[600], (-shift).max(0.0));
            assert_eq!(shifted[1199], (599.0 - shift).min(599.0));
        }

        let noisy = Augmentation {
            noise_mv: 0.5,
            ..Augmentation::default()
        };
        let changed = augmented(&beat, &noisy, &mut random);
        let variance = changed
            .iter()
            .zip(&beat)
            .map(|(a, b)| (a - b).powi(2))
            .sum::<f32>()
            / 7200.0;
        assert!((variance - 0.25).abs() < 0.02, "variance {variance}");
    }
}
