//! The trained networks, run over many subjects.

use crate::architecture::{Network, ParameterTable};
use crate::engine::{Device, Engine, Inference};
use crate::recipe::{Recipe, RecipeError};

/// Subjects run at once.
const BATCH: usize = 32;

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
    input: &'static str,
    shape: Vec<usize>,
    output: &'static str,
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
            let (input, shape) = network.input(recipe, BATCH);
            Ok(Served {
                session: Inference::open(engine, &model, device, threads)?,
                input,
                shape,
                output: network.output(),
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

    /// (subject, leads, 600), scaled → (subject, latent).
    ///
    /// # Errors
    /// Where a run fails.
    pub fn ecg_latents(&mut self, ecg: &[f32]) -> Result<Vec<f32>, RecipeError> {
        self.ecg_encoder.run(ecg)
    }

    /// (subject, 1, 128, 128), 0..1 → (subject, latent).
    ///
    /// # Errors
    /// Where a run fails.
    pub fn mri_latents(&mut self, pictures: &[f32]) -> Result<Vec<f32>, RecipeError> {
        match self.white {
            1.0 => self.mri_encoder.run(pictures),
            white => self.mri_encoder.run(&scaled(pictures, white)),
        }
    }

    /// (subject, latent) → (subject, 1, 128, 128), 0..1.
    ///
    /// # Errors
    /// Where a run fails.
    pub fn pictures(&mut self, latents: &[f32]) -> Result<Vec<f32>, RecipeError> {
        let pictures = self.mri_decoder.run(latents)?;
        match self.white {
            1.0 => Ok(pictures),
            white => Ok(scaled(&pictures, 1.0 / white)),
        }
    }
}

fn scaled(values: &[f32], factor: f32) -> Vec<f32> {
    values.iter().map(|value| value * factor).collect()
}

impl Served {
    fn run(&mut self, values: &[f32]) -> Result<Vec<f32>, RecipeError> {
        let one: usize = self.shape.iter().skip(1).product();
        let mut results = Vec::new();
        for chunk in values.chunks(BATCH * one) {
            let subjects = chunk.len() / one;
            // The graph's batch is fixed; what the last one lacks is filled up and dropped again.
            let mut batch = chunk.to_vec();
            batch.resize(BATCH * one, 0.0);
            let mut outputs = self.session.run(&[(self.input, &self.shape, &batch)])?;
            let output = outputs.remove(self.output).unwrap_or_default();
            results.extend_from_slice(&output[..output.len() / BATCH * subjects]);
        }
        Ok(results)
    }
}
