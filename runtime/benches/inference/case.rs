//! Networks that are timed, with values to run them on.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ecg2mri::model::Manifest;
use ecg2mri::model::manifest::NetworkFile;
use ecg2mri::model::network_file::{LATENT, PICTURE, Port};

/// A network in a file, and what to give it.
pub struct Case {
    /// What it is called in the table.
    pub name: &'static str,
    /// The ONNX file.
    pub network: PathBuf,
    /// Its inputs and outputs.
    pub description: NetworkFile,
    /// Values of each input.
    pub values: Vec<Vec<f32>>,
    /// A file of all values, one input after the other.
    pub values_file: PathBuf,
}

impl Case {
    /// The encoder and the decoder of the model that ships.
    pub fn cart(folder: &Path) -> Result<[Self; 2], Box<dyn Error>> {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/cart");
        let manifest = Manifest::from_toml(&fs::read_to_string(model.join("manifest.toml"))?)?;
        let case = |name, description: NetworkFile| {
            Self::new(name, model.join(&description.file), description, folder)
        };
        Ok([
            case("cart encoder", manifest.encoder)?,
            case("cart decoder", manifest.decoder)?,
        ])
    }

    /// The decoder of the thesis with random weights, written by the script beside this file.
    pub fn thesis(folder: &Path, python: &Path) -> Result<Self, Box<dyn Error>> {
        let network = folder.join("thesis.onnx");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/inference/thesis.py");
        let output = Command::new(python).arg(script).arg(&network).output()?;
        if !output.status.success() {
            return Err("this Python has no onnx".into());
        }
        let description = NetworkFile {
            file: "thesis.onnx".to_owned(),
            sha256: String::new(),
            bytes: fs::metadata(&network)?.len(),
            inputs: vec![Port::new(LATENT, &[1, 256])],
            outputs: vec![Port::new(PICTURE, &[1, 1, 128, 128])],
        };
        Self::new("thesis decoder", network, description, folder)
    }

    fn new(
        name: &'static str,
        network: PathBuf,
        description: NetworkFile,
        folder: &Path,
    ) -> Result<Self, Box<dyn Error>> {
        let values: Vec<Vec<f32>> = description
            .inputs
            .iter()
            .map(|port| numbers(port.length()))
            .collect();
        let values_file = folder.join(format!("{name}.values"));
        let bytes: Vec<u8> = values
            .iter()
            .flatten()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        fs::write(&values_file, bytes)?;
        Ok(Self {
            name,
            network,
            description,
            values,
            values_file,
        })
    }
}

/// Numbers between −1.7 and 1.7, the same at every run.
fn numbers(length: usize) -> Vec<f32> {
    let mut state = 1_u64;
    (0..length)
        .map(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            1.7 * ((state >> 33) as f32 / (1_u32 << 30) as f32 - 1.0)
        })
        .collect()
}
