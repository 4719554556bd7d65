//! The files of a model, as its manifest describes them.

use serde::{Deserialize, Serialize};

/// Name of the encoder's input that holds the ECG.
pub const ECG: &str = "ecg";
/// Name of the encoder's input that holds the heart rate in beats per minute, if it takes one.
pub const HEART_RATE: &str = "heart_rate";
/// Name of the encoder's output and the decoder's input.
pub const LATENT: &str = "latent";
/// Name of the decoder's output that holds the grey values.
pub const PICTURE: &str = "picture";
/// Name of the decoder's output that holds the predicted standard deviation of each pixel's error in
/// grey values, if it gives one.
pub const DEVIATION: &str = "deviation";

/// Which file it is, and how large.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileIdentity {
    /// File name within the model folder; no path.
    pub file: String,
    /// SHA-256 of the file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// One ONNX file of the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkFile {
    /// File name within the model folder; no path.
    pub file: String,
    /// SHA-256 of the file, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The graph's inputs, all of them, in the order in which values are handed over.
    #[serde(rename = "input")]
    pub inputs: Vec<Port>,
    /// The graph's outputs, all of them, in the order in which values are given.
    #[serde(rename = "output")]
    pub outputs: Vec<Port>,
}

/// An input or output of a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// Its name in the graph.
    pub name: String,
    /// Its shape, batch of one included, e.g. `[1, 12, 600]`.
    pub shape: Vec<usize>,
}

impl NetworkFile {
    /// Which file it is.
    pub fn identity(&self) -> FileIdentity {
        FileIdentity {
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
        }
    }

    /// The input of this name.
    pub fn input(&self, name: &str) -> Option<&Port> {
        self.inputs.iter().find(|port| port.name == name)
    }

    /// The output of this name.
    pub fn output(&self, name: &str) -> Option<&Port> {
        self.outputs.iter().find(|port| port.name == name)
    }
}

impl Port {
    /// A port of this name and shape.
    pub fn new(name: &str, shape: &[usize]) -> Self {
        Self {
            name: name.to_owned(),
            shape: shape.to_vec(),
        }
    }

    /// How many values it has.
    pub fn length(&self) -> usize {
        self.shape.iter().product()
    }
}

impl std::fmt::Display for Port {
    /// For example `ecg [1, 12, 600]`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {:?}", self.name, self.shape)
    }
}
