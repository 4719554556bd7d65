//! The networks as they serve: parameters as constants, one ONNX file each.

use super::{Mode, NetworkBuilder, ParameterTable, convolutional, fully_connected};
use crate::cohort::picture::SIDE;
use crate::graph::{Graph, GraphError, Opset, Value};
use crate::recipe::config::Architecture;
use ecg2mri::model::network_input::{LEADS, SAMPLES};

/// One of the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// `ecg` (batch, 12, 600) → `latent` (batch, latent).
    EcgEncoder,
    /// `latent` (batch, latent) → `ecg` (batch, 12 · 600 / average).
    EcgDecoder,
    /// `picture` (batch, 1, 128, 128) → `latent` (batch, latent).
    MriEncoder,
    /// `latent` (batch, latent) → `picture` (batch, 1, 128, 128).
    MriDecoder,
}

impl Network {
    /// All of them.
    pub const ALL: [Network; 4] = [
        Network::EcgEncoder,
        Network::EcgDecoder,
        Network::MriEncoder,
        Network::MriDecoder,
    ];

    /// The prefix of its parameters' names.
    pub fn prefix(self) -> &'static str {
        match self {
            Network::EcgEncoder => "ecg_encoder/",
            Network::EcgDecoder => "ecg_decoder/",
            Network::MriEncoder => "mri_encoder/",
            Network::MriDecoder => "mri_decoder/",
        }
    }

    /// Name and shape of its input for a batch of this size.
    pub fn input(self, architecture: &Architecture, batch: usize) -> (&'static str, Vec<usize>) {
        match self {
            Network::EcgEncoder => ("ecg", vec![batch, LEADS, SAMPLES]),
            Network::MriEncoder => ("picture", vec![batch, 1, SIDE, SIDE]),
            Network::EcgDecoder | Network::MriDecoder => {
                ("latent", vec![batch, architecture.latent])
            }
        }
    }

    /// Name of its output.
    pub fn output(self) -> &'static str {
        match self {
            Network::EcgEncoder | Network::MriEncoder => "latent",
            Network::EcgDecoder => "ecg",
            Network::MriDecoder => "picture",
        }
    }

    /// Shape of its output for a batch of this size.
    pub fn output_shape(self, architecture: &Architecture, batch: usize) -> Vec<usize> {
        match self {
            Network::EcgEncoder | Network::MriEncoder => vec![batch, architecture.latent],
            Network::EcgDecoder => vec![batch, LEADS * SAMPLES / architecture.ecg.average],
            Network::MriDecoder => vec![batch, 1, SIDE, SIDE],
        }
    }

    /// The network as an ONNX file of opset 17 with a fixed batch, which runs 1.7 times as fast in tract as an open
    /// one. Parameters that the table lacks are drawn into it.
    ///
    /// # Errors
    /// Where the architecture's shapes do not fit together.
    pub fn encode(
        self,
        architecture: &Architecture,
        table: &mut ParameterTable,
        batch: usize,
    ) -> Result<Vec<u8>, GraphError> {
        let mut graph = Graph::new(self.prefix().trim_end_matches('/'));
        let (name, shape) = self.input(architecture, batch);
        let input = graph.input(name, &shape);
        let output = self.build(
            architecture,
            &mut NetworkBuilder::new(&mut graph, table, Mode::Inference),
            input,
        )?;
        graph.output(self.output(), output);
        graph.to_model(Opset::Inference)
    }

    fn build(
        self,
        architecture: &Architecture,
        builder: &mut NetworkBuilder<'_>,
        input: Value,
    ) -> Result<Value, GraphError> {
        let Architecture { latent, ecg, mri } = architecture;
        match self {
            Network::EcgEncoder => fully_connected::encoder(ecg, *latent, builder, input),
            Network::EcgDecoder => fully_connected::decoder(ecg, builder, input),
            Network::MriEncoder => convolutional::encoder(mri, *latent, builder, input),
            Network::MriDecoder => convolutional::decoder(mri, builder, input),
        }
    }
}

/// A table with every parameter of every network, drawn from `seed`.
///
/// # Errors
/// Where the architecture's shapes do not fit together.
pub fn all_parameters(
    architecture: &Architecture,
    seed: u64,
) -> Result<ParameterTable, GraphError> {
    let mut table = ParameterTable::new(seed);
    for network in Network::ALL {
        network.encode(architecture, &mut table, 1)?;
    }
    Ok(table)
}
