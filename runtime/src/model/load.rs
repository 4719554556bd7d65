//! A model as a whole: loaded, verified, and ready to encode and decode.

use std::path::{Path, PathBuf};

use super::error::ModelError;
use super::latent::Latent;
use super::manifest::Manifest;
use super::network::Network;
use super::verify::{self, VerifiedManifest};
use crate::picture::PseudoMri;

/// A verified model with both of its networks ready to run.
#[derive(Debug)]
pub struct Model {
    folder: PathBuf,
    manifest: Manifest,
    sha256: String,
    encoder: Network,
    decoder: Network,
}

impl Model {
    /// Loads the model in `folder`.
    ///
    /// The manifest is checked first, then size and SHA-256 of each file, and only then
    /// is a file parsed. The graphs must take and give what the manifest says.
    ///
    /// # Errors
    /// See [`ModelError`]; the message names the file at fault.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let VerifiedManifest { manifest, sha256 } = verify::read_manifest(folder)?;
        let encoder_bytes = verify::read_network(folder, &manifest.encoder)?;
        let decoder_bytes = verify::read_network(folder, &manifest.decoder)?;
        let encoder = Network::from_onnx(&encoder_bytes, &manifest.encoder)?;
        let decoder = Network::from_onnx(&decoder_bytes, &manifest.decoder)?;
        Ok(Self {
            folder: folder.into(),
            manifest,
            sha256,
            encoder,
            decoder,
        })
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

    /// Encodes one network input (see [`super::network_input`]) of shape
    /// [`super::manifest::NetworkFile::input_shape`], row-major.
    ///
    /// # Errors
    /// If the input has the wrong length, or a value is not finite.
    pub fn encode(&self, network_input: &[f32]) -> Result<Latent, ModelError> {
        self.encoder.run(network_input).map(Latent::new)
    }

    /// Decodes a latent into a picture.
    ///
    /// # Errors
    /// If the latent has the wrong length, or a value is not finite.
    pub fn decode(&self, latent: &Latent) -> Result<PseudoMri, ModelError> {
        let values = self.decoder.run(latent.values())?;
        let &[_, frames, height, width] = &self.manifest.decoder.output_shape[..] else {
            unreachable!("the manifest's check admits four dimensions only");
        };
        let pixel_mm = self.manifest.picture.pixel_mm;
        Ok(PseudoMri::new(frames, height, width, pixel_mm, values)
            .expect("the network's output shape was checked when it was loaded"))
    }
}
