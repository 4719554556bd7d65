//! The trained networks, run over many subjects.

use crate::architecture::{NamedShape, Network, ParameterTable};
use crate::engine::{Device, Engine, Inference};
use crate::recipe::batches::Batches;
use crate::recipe::{Recipe, RecipeError};

/// Subjects run at once.
const BATCH: usize = 32;

/// Subjects whose ECGs are in memory at once.
const CHUNK: usize = 256;

/// ECG encoder, MRI encoder and MRI decoder of a run.
pub struct ServedNetworks {
    ecg_encoder: Served,
    mri_encoder: Served,
    mri_decoder: Served,
    latent: usize,
    /// What the networks take for white.
    white: f32,
}

struct Served {
    session: Inference,
    inputs: Vec<NamedShape>,
    outputs: Vec<NamedShape>,
}

/// Pictures that a decoder made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MadePictures {
    /// (subject, channels, 128, 128), 0..1.
    pub pictures: Vec<f32>,
    /// The standard deviation that the decoder expects of each pixel's error, of the same shape; none where it says
    /// nothing of it.
    pub deviations: Option<Vec<f32>>,
}

impl ServedNetworks {
    /// Opens the networks with the parameters of `table`.
    ///
    /// # Errors
    /// Where a graph cannot be built or opened.
    pub fn open(
        engine: &Engine,
        recipe: &Recipe,
        table: &mut ParameterTable,
        device: Device,
        threads: usize,
    ) -> Result<ServedNetworks, RecipeError> {
        let mut open = |network: Network| -> Result<Served, RecipeError> {
            let model = network.encode(recipe, table, BATCH)?;
            Ok(Served {
                session: Inference::open(engine, &model, device, threads)?,
                inputs: network.inputs(recipe, BATCH),
                outputs: network.outputs(recipe, BATCH),
            })
        };
        Ok(ServedNetworks {
            ecg_encoder: open(Network::EcgEncoder)?,
            mri_encoder: open(Network::MriEncoder)?,
            mri_decoder: open(Network::MriDecoder)?,
            latent: recipe.architecture.latent,
            white: recipe.faults.white(),
        })
    }

    /// Length of a latent.
    pub fn latent_length(&self) -> usize {
        self.latent
    }

    /// ECGs (subject, leads, 600), scaled, and heart rates (subject, 1) in beats per minute → (subject, latent).
    ///
    /// # Errors
    /// Where a run fails.
    pub fn ecg_latents(
        &mut self,
        ecg: &[f32],
        heart_rates: &[f32],
    ) -> Result<Vec<f32>, RecipeError> {
        self.ecg_encoder.only(&[ecg, heart_rates])
    }

    /// The latents of some subjects' ECGs, (subject, latent).
    ///
    /// # Errors
    /// Where the data set cannot be read or a run fails.
    pub fn latents_of_subjects(
        &mut self,
        batches: &Batches<'_>,
        subjects: &[usize],
    ) -> Result<Vec<f32>, RecipeError> {
        let mut latents = Vec::new();
        for chunk in subjects.chunks(CHUNK) {
            let batch = batches.ecgs(chunk)?;
            latents.extend(self.ecg_latents(&batch.ecg, &batch.heart_rate)?);
        }
        Ok(latents)
    }

    /// (subject, channels, 128, 128), 0..1 → (subject, latent).
    ///
    /// # Errors
    /// Where a run fails.
    pub fn mri_latents(&mut self, pictures: &[f32]) -> Result<Vec<f32>, RecipeError> {
        match self.white {
            1.0 => self.mri_encoder.only(&[pictures]),
            white => self.mri_encoder.only(&[&scaled(pictures, white)]),
        }
    }

    /// (subject, latent) → (subject, channels, 128, 128), 0..1.
    ///
    /// # Errors
    /// Where a run fails.
    pub fn pictures(&mut self, latents: &[f32]) -> Result<Vec<f32>, RecipeError> {
        Ok(self.pictures_with_deviations(latents)?.pictures)
    }

    /// The same with what the decoder says of its pixels' errors.
    ///
    /// # Errors
    /// Where a run fails.
    pub fn pictures_with_deviations(
        &mut self,
        latents: &[f32],
    ) -> Result<MadePictures, RecipeError> {
        let grey = |values: Vec<f32>, white: f32| match white {
            1.0 => values,
            white => scaled(&values, 1.0 / white),
        };
        let mut outputs = self.mri_decoder.run(&[latents])?.into_iter();
        Ok(MadePictures {
            pictures: grey(outputs.next().unwrap_or_default(), self.white),
            deviations: outputs.next().map(|values| grey(values, self.white)),
        })
    }
}

fn scaled(values: &[f32], factor: f32) -> Vec<f32> {
    values.iter().map(|value| value * factor).collect()
}

impl Served {
    /// The values of each input for any number of subjects → those of each output.
    fn run(&mut self, values: &[&[f32]]) -> Result<Vec<Vec<f32>>, RecipeError> {
        let one = |(_, shape): &NamedShape| shape.iter().skip(1).product::<usize>();
        let length = self.inputs.first().map_or(1, one);
        let subjects = values
            .first()
            .map_or(0, |values| values.len() / length.max(1));
        let mut results = vec![Vec::new(); self.outputs.len()];
        for first in (0..subjects).step_by(BATCH) {
            let count = BATCH.min(subjects - first);
            // The graph's batch is fixed; what the last one lacks is filled up and dropped again.
            let fed: Vec<Vec<f32>> = self
                .inputs
                .iter()
                .zip(values)
                .map(|(input, values)| {
                    let mut batch =
                        values[first * one(input)..(first + count) * one(input)].to_vec();
                    batch.resize(BATCH * one(input), 0.0);
                    batch
                })
                .collect();
            let fed: Vec<(&str, &[usize], &[f32])> = self
                .inputs
                .iter()
                .zip(&fed)
                .map(|((name, shape), batch)| (*name, shape.as_slice(), batch.as_slice()))
                .collect();
            let mut outputs = self.session.run(&fed)?;
            for ((name, _), result) in self.outputs.iter().zip(&mut results) {
                let output = outputs.remove(*name).unwrap_or_default();
                result.extend_from_slice(&output[..output.len() / BATCH * count]);
            }
        }
        Ok(results)
    }

    /// Of a network with one output, its values.
    fn only(&mut self, values: &[&[f32]]) -> Result<Vec<f32>, RecipeError> {
        Ok(self.run(values)?.into_iter().next().unwrap_or_default())
    }
}
