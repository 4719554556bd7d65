//! A trained run beside its data set, and what it makes of some subjects.

use super::constant_guess::ConstantGuesses;
use super::networks::ServedNetworks;
use super::similarity::PictureSimilarity;
use crate::architecture::{ParameterTable, all_parameters};
use crate::cohort::{Dataset, Split};
use crate::engine::{Device, Engine};
use crate::recipe::batches::Batches;
use crate::recipe::{Recipe, RecipeError, RunFolder};

/// Subjects whose inputs are in memory at once, besides what is kept of them.
const CHUNK: usize = 256;

/// A trained run, its networks open, beside the data set that it was trained on.
pub struct MeasuredRun<'a> {
    /// The run.
    pub run: &'a RunFolder,
    /// Its recipe.
    pub recipe: Recipe,
    /// The data set.
    pub dataset: &'a Dataset,
    engine: &'a Engine,
    device: Device,
    threads: usize,
    networks: ServedNetworks,
}

/// What the networks make of some subjects. Pictures are (subject, channel × 128 × 128) in 0..1, latents (subject,
/// latent).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SplitOutputs {
    /// The subjects, as positions in the data set.
    pub members: Vec<usize>,
    /// Values of one subject's pictures.
    pub values: usize,
    /// Channels these are divided into.
    pub channels: usize,
    /// Length of a latent.
    pub latent: usize,
    /// The true pictures.
    pub truth: Vec<f32>,
    /// The pictures from ECGs.
    pub generated: Vec<f32>,
    /// The standard deviation that the decoder expects of each value's error, where it says so.
    pub deviations: Option<Vec<f32>>,
    /// The pictures rebuilt from the true ones.
    pub rebuilt: Vec<f32>,
    /// The ECGs' latents.
    pub ecg_latents: Vec<f32>,
    /// The MRIs' latents.
    pub mri_latents: Vec<f32>,
}

impl<'a> MeasuredRun<'a> {
    /// Opens the networks of a run that was trained on `dataset`.
    ///
    /// # Errors
    /// [`RecipeError::Run`] where the data set is of the run's cohort and keeps other subjects back, and whatever files
    /// and graphs refuse.
    pub fn open(
        engine: &'a Engine,
        run: &'a RunFolder,
        dataset: &'a Dataset,
        device: Device,
        threads: usize,
    ) -> Result<MeasuredRun<'a>, RecipeError> {
        let recipe = run.recipe()?;
        run.check_split(dataset)?;
        let mut table = run.trained_parameters(&recipe)?;
        let networks = ServedNetworks::open(engine, &recipe, &mut table, device, threads)?;
        Ok(MeasuredRun {
            run,
            recipe,
            dataset,
            engine,
            device,
            threads,
            networks,
        })
    }

    /// The same with the first parameters, from before any training.
    ///
    /// # Errors
    /// Where a graph fails.
    pub fn untrained(&self) -> Result<ServedNetworks, RecipeError> {
        let mut table: ParameterTable = all_parameters(&self.recipe)?;
        ServedNetworks::open(
            self.engine,
            &self.recipe,
            &mut table,
            self.device,
            self.threads,
        )
    }

    /// The engine, device and threads that everything runs with.
    pub fn place(&self) -> (&'a Engine, Device, usize) {
        (self.engine, self.device, self.threads)
    }

    /// What measures the structural similarity of pictures.
    pub fn similarity(&self) -> PictureSimilarity<'a> {
        PictureSimilarity::new(self.engine, self.device, self.threads)
    }

    /// The best guesses of one who has not seen the ECG, from the training split.
    ///
    /// # Errors
    /// [`RecipeError::Data`] where that is empty, and where the data set cannot be read.
    pub fn guesses(&self) -> Result<ConstantGuesses, RecipeError> {
        let training = self.dataset.members(Split::Train);
        if training.is_empty() {
            return Err(empty("training"));
        }
        Ok(ConstantGuesses::of(
            self.dataset,
            &self.recipe.picture,
            &training,
        )?)
    }

    /// Everything that the networks make of some subjects.
    ///
    /// # Errors
    /// [`RecipeError::Data`] where there are none, and where the data set cannot be read or a run fails.
    pub fn outputs(&mut self, members: &[usize]) -> Result<SplitOutputs, RecipeError> {
        if members.is_empty() {
            return Err(empty("asked-for"));
        }
        let batches = Batches::new(self.dataset, &self.recipe);
        let mut outputs = SplitOutputs {
            members: members.to_vec(),
            values: batches.pixels(),
            channels: batches.channels(),
            latent: self.networks.latent_length(),
            ..SplitOutputs::default()
        };
        for chunk in members.chunks(CHUNK) {
            let batch = batches.unchanged(chunk)?;
            let ecg_latents = self.networks.ecg_latents(&batch.ecg, &batch.heart_rate)?;
            let mri_latents = self.networks.mri_latents(&batch.picture)?;
            let made = self.networks.pictures_with_deviations(&ecg_latents)?;
            outputs
                .rebuilt
                .extend(self.networks.pictures(&mri_latents)?);
            outputs.generated.extend(made.pictures);
            if let Some(deviations) = made.deviations {
                outputs
                    .deviations
                    .get_or_insert_default()
                    .extend(deviations);
            }
            outputs.truth.extend(batch.picture);
            outputs.ecg_latents.extend(ecg_latents);
            outputs.mri_latents.extend(mri_latents);
        }
        Ok(outputs)
    }

    /// The latents of some subjects' ECGs, (subject, latent).
    ///
    /// # Errors
    /// Where the data set cannot be read or a run fails.
    pub fn ecg_latents(&mut self, members: &[usize]) -> Result<Vec<f32>, RecipeError> {
        let batches = Batches::new(self.dataset, &self.recipe);
        self.networks.latents_of_subjects(&batches, members)
    }

    /// The latents of some subjects' MRIs, (subject, latent).
    ///
    /// # Errors
    /// Where the data set cannot be read or a run fails.
    pub fn mri_latents(&mut self, members: &[usize]) -> Result<Vec<f32>, RecipeError> {
        let batches = Batches::new(self.dataset, &self.recipe);
        let mut latents = Vec::new();
        for chunk in members.chunks(CHUNK) {
            let batch = batches.unchanged(chunk)?;
            latents.extend(self.networks.mri_latents(&batch.picture)?);
        }
        Ok(latents)
    }

    /// The latents of median beats (recording, 12, 600) in mV and their heart rates in beats per minute, for recipes whose
    /// network takes the median beat.
    ///
    /// # Errors
    /// Where a run fails.
    pub fn latents_of_beats(
        &mut self,
        beats: &[f32],
        heart_rates: &[f32],
    ) -> Result<Vec<f32>, RecipeError> {
        let preprocessing = self.recipe.input.preprocessing();
        let scaled = ecg2mri::model::network_input::from_millivolts(beats, &preprocessing);
        self.networks.ecg_latents(&scaled, heart_rates)
    }

    /// The networks.
    pub fn networks(&mut self) -> &mut ServedNetworks {
        &mut self.networks
    }
}

fn empty(which: &str) -> RecipeError {
    RecipeError::Data(format!(
        "the data set has no subjects in its {which} split; prepare a larger cohort"
    ))
}
