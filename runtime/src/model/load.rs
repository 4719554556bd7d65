//! A model as a whole: loaded, verified, and ready to encode and decode.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::ModelError;
use super::latent::Latent;
use super::manifest::Manifest;
use super::network::{Network, structure};
use super::network_file::{DEVIATION, HEART_RATE, NetworkFile, PICTURE};
use super::onnx::Checked;
use super::panic_guard::guarded;
use super::signature::{SignatureState, Trust};
use super::statistics::Statistics;
use super::verify::{self, VerifiedManifest};
use crate::picture::{PictureShape, PseudoMri};

/// A verified model with both of its networks ready to run.
#[derive(Debug)]
pub struct Model {
    folder: PathBuf,
    manifest: Manifest,
    sha256: String,
    signature: SignatureState,
    encoder: Network,
    decoder: Network,
    statistics: Option<Statistics>,
}

impl Model {
    /// Loads the model in `folder`, signed with the public key that was compiled in, if one was.
    ///
    /// # Errors
    /// As [`load_trusting`](Self::load_trusting).
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        Self::load_trusting(folder, &Trust::compiled_in()?)
    }

    /// Loads the model in `folder`, signed as `trust` asks.
    ///
    /// The manifest and its signature are checked first, then size and SHA-256 of each file, then the structure of
    /// both networks and what they would take of memory and time; only then does tract see a byte of them. The graphs
    /// must take and give what the manifest says.
    ///
    /// # Errors
    /// See [`ModelError`]; the message names the file at fault.
    pub fn load_trusting(folder: &Path, trust: &Trust) -> Result<Self, ModelError> {
        let VerifiedManifest {
            manifest,
            sha256,
            signature,
        } = verify::read_manifest(folder, trust)?;
        let encoder_bytes = Arc::new(verify::read_file(folder, &manifest.encoder.identity())?);
        let decoder_bytes = Arc::new(verify::read_file(folder, &manifest.decoder.identity())?);
        let statistics = Statistics::read(folder, &manifest)?;
        let encoder = structure(&encoder_bytes, &manifest.encoder)?;
        let decoder = structure(&decoder_bytes, &manifest.decoder)?;
        (decoder.demand)
            .check_both(&encoder.demand)
            .map_err(|source| ModelError::Structure {
                file: manifest.decoder.file.clone(),
                source,
            })?;
        let network = |checked: Checked<'_>, bytes: &Arc<Vec<u8>>, description: &NetworkFile| {
            guarded(&description.file, || {
                Network::from_checked(&checked, bytes, description)
            })
        };
        let decoder = network(decoder, &decoder_bytes, &manifest.decoder)?;
        // It is the larger one, and its layers hold all that they need of it.
        drop(decoder_bytes);
        let encoder = network(encoder, &encoder_bytes, &manifest.encoder)?;
        Ok(Self {
            folder: folder.into(),
            manifest,
            sha256,
            signature,
            encoder,
            decoder,
            statistics,
        })
    }

    /// Lets a run of a network use so many threads, where that pays; one, unless this is called. The results are the
    /// same to the bit.
    pub fn use_threads(&self, threads: NonZeroUsize) {
        self.encoder.use_threads(threads);
        self.decoder.use_threads(threads);
    }

    /// The folder it was loaded from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its digest: SHA-256 of `manifest.toml`, which holds the digests of the network
    /// files; 64 lower-case hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What is known of its signature.
    pub fn signature(&self) -> &SignatureState {
        &self.signature
    }

    /// How latents spread and what can be read from them, if the model says.
    pub fn statistics(&self) -> Option<&Statistics> {
        self.statistics.as_ref()
    }

    /// Encodes one ECG (see [`super::network_input`]) of shape [`super::network_input::shape`],
    /// row-major. The heart rate in beats per minute is given to networks that take one.
    ///
    /// # Errors
    /// If the ECG has the wrong length, or a value is not finite.
    pub fn encode(&self, ecg: &[f32], heart_rate_bpm: f64) -> Result<Latent, ModelError> {
        let rate = [heart_rate_bpm as f32];
        // The manifest's check admits these two only.
        let inputs = self.manifest.encoder.inputs.iter();
        let inputs: Vec<&[f32]> = inputs
            .map(|port| match port.name.as_str() {
                HEART_RATE => &rate[..],
                _ => ecg,
            })
            .collect();
        let file = &self.manifest.encoder.file;
        let outputs = guarded(file, || self.encoder.run(&inputs))?;
        Ok(Latent::new(outputs.into_iter().flatten().collect()))
    }

    /// Decodes a latent into a picture.
    ///
    /// # Errors
    /// If the latent has the wrong length, or a value is not finite, or a standard deviation
    /// is below 0.
    pub fn decode(&self, latent: &Latent) -> Result<PseudoMri, ModelError> {
        let description = &self.manifest.decoder;
        let outputs = guarded(&description.file, || self.decoder.run(&[latent.values()]))?;
        let (mut values, mut deviation) = (Vec::new(), None);
        for (port, output) in description.outputs.iter().zip(outputs) {
            match port.name.as_str() {
                DEVIATION => deviation = Some(output),
                _ => values = output,
            }
        }
        let &[_, _, height, width] = description.output(PICTURE).map_or(&[][..], |p| &p.shape)
        else {
            unreachable!("the manifest's check admits four dimensions only");
        };
        let picture = &self.manifest.picture;
        let shape = PictureShape {
            views: picture.views.len(),
            phases: picture.phases.len(),
            height,
            width,
        };
        let drawn = PseudoMri::new(shape, picture.pixel_mm, values)
            .expect("the network's output shape was checked when it was loaded");
        let Some(deviation) = deviation else {
            return Ok(drawn);
        };
        if let Some(index) = deviation.iter().position(|value| *value < 0.0) {
            return Err(ModelError::NegativeDeviation {
                file: description.file.clone(),
                index,
                value: deviation[index],
            });
        }
        Ok(drawn
            .with_deviation(deviation)
            .expect("the network's output shape was checked when it was loaded"))
    }
}
