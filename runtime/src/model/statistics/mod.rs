//! `statistics.json`: how the latents of the subjects spread that a model learned from, how far a new
//! one may lie from them, and what can be read from it.
//!
//! - [`spread`]: the distribution of latents, and the distance of one from it;
//! - [`amplitudes`]: how large beats are, which latents hardly tell;
//! - [`gate`]: the distances beyond which a picture is marked or refused;
//! - [`readout`]: estimates of the heart's volumes and the like, with their intervals;
//! - [`error`]: what can be wrong with the file.
//!
//! The trainer's exporter writes it with [`Statistics::to_json`], the runtime reads it with
//! [`Statistics::from_json`]; unknown or missing fields are errors.

pub mod amplitudes;
pub mod error;
pub mod gate;
pub mod readout;
pub mod spread;

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::manifest::{Manifest, Port};
use super::{Latent, verify};
pub use amplitudes::Amplitudes;
pub use error::StatisticsError;
pub use gate::{Gate, Measure, Novelty, Outlier};
pub use readout::{Estimate, Interval, Readout};
pub use spread::Spread;

/// The file's name within a model folder.
pub const FILE_NAME: &str = "statistics.json";

/// More readouts than anybody would read.
const MOST_READOUTS: usize = 64;

/// The contents of `statistics.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// The latents of the training split.
    pub latents: Spread,
    /// What is done with an ECG whose latent lies far from them.
    pub gate: Gate,
    /// How large the beats of the training split are, if the model says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amplitudes: Option<Amplitudes>,
    /// What can be read from a latent.
    pub readouts: Vec<Readout>,
}

impl Statistics {
    /// Reads, verifies and checks the statistics of the model in `folder`; `None` if it has none.
    ///
    /// # Errors
    /// Those of [`verify::read_file`], and [`ModelError::Statistics`] if the file is the one of the
    /// manifest, but a value cannot be right.
    pub fn read(folder: &Path, manifest: &Manifest) -> Result<Option<Self>, ModelError> {
        let Some(identity) = &manifest.statistics else {
            return Ok(None);
        };
        let bytes = verify::read_file(folder, identity)?;
        let latent_length = manifest.encoder.outputs.first().map_or(0, Port::length);
        match Self::from_json(&bytes, latent_length) {
            Ok(statistics) => Ok(Some(statistics)),
            Err(source) => Err(ModelError::Statistics {
                path: folder.join(&identity.file),
                source,
            }),
        }
    }

    /// Reads and checks the file's bytes, for latents of `latent_length` numbers.
    ///
    /// # Errors
    /// [`StatisticsError::Syntax`] if it is not JSON of this layout, [`StatisticsError::Value`] if a
    /// value cannot be right.
    pub fn from_json(bytes: &[u8], latent_length: usize) -> Result<Self, StatisticsError> {
        let statistics: Self =
            serde_json::from_slice(bytes).map_err(|error| StatisticsError::Syntax {
                reason: error.to_string(),
            })?;
        statistics.check(latent_length)?;
        Ok(statistics)
    }

    /// The file's text, checked as a reader will check it.
    ///
    /// # Errors
    /// [`StatisticsError::Value`] if a value cannot be right.
    pub fn to_json(&self, latent_length: usize) -> Result<String, StatisticsError> {
        self.check(latent_length)?;
        let text = serde_json::to_string(self).map_err(|error| StatisticsError::Syntax {
            reason: error.to_string(),
        })?;
        Ok(text + "\n")
    }

    /// Checks every value.
    ///
    /// # Errors
    /// [`StatisticsError::Value`] naming the first field that is wrong.
    pub fn check(&self, latent_length: usize) -> Result<(), StatisticsError> {
        self.latents.check("latents", latent_length)?;
        self.gate.check("gate")?;
        if let Some(amplitudes) = &self.amplitudes {
            amplitudes.check()?;
        }
        if self.readouts.len() > MOST_READOUTS {
            let fault = format!(
                "has {} entries, but must have {MOST_READOUTS} at the most",
                self.readouts.len()
            );
            return error::wrong("readouts", fault);
        }
        for (place, readout) in self.readouts.iter().enumerate() {
            readout.check(&format!("readouts.{place}"), latent_length)?;
            let before = &self.readouts[..place];
            if before.iter().any(|other| other.name == readout.name) {
                let fault = format!("is {:?}, which is there twice", readout.name);
                return error::wrong(&format!("readouts.{place}.name"), fault);
            }
        }
        Ok(())
    }

    /// How unlike those of the training split an ECG is, by its latent and its median beat (12, 600) in mV: the worst
    /// of all measures that the model knows.
    pub fn outlier(&self, latent: &Latent, beat: &[f32]) -> Outlier {
        let distance = self.latents.distance(latent.values());
        let outlier = self.gate.judge(Measure::Latent, distance);
        let Some(known) = &self.amplitudes else {
            return outlier;
        };
        let level = known.level.distance(&amplitudes::level(beat));
        let leads = known.leads.distance(&amplitudes::of_leads(beat));
        outlier
            .worse(known.level_gate.judge(Measure::Amplitude, level))
            .worse(known.leads_gate.judge(Measure::LeadAmplitudes, leads))
    }

    /// What is read from a latent, in the order of the readouts.
    pub fn estimates(&self, latent: &Latent) -> Vec<Estimate> {
        let readouts = self.readouts.iter();
        readouts
            .map(|readout| readout.estimate(latent.values()))
            .collect()
    }
}

#[cfg(test)]
mod tests;
