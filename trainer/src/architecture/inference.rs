//! The networks as they serve: parameters as constants, one ONNX file each.

use super::{Mode, NetworkBuilder, ParameterTable, networks};
use crate::cohort::picture::SIDE;
use crate::graph::{Graph, GraphError, Opset, Value};
use crate::objective::{contrastive, phenotypes};
use crate::recipe::config::Recipe;
use ecg2mri::model::network_input::SAMPLES;
use serde::{Deserialize, Serialize};

/// One of the networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// `ecg` (batch, leads, 600) and, where the recipe's network takes it, `heart_rate` (batch, 1) in beats per minute →
    /// `latent` (batch, latent).
    EcgEncoder,
    /// `latent` (batch, latent) → `ecg` (batch, samples).
    EcgDecoder,
    /// `picture` (batch, channels, 128, 128) → `latent` (batch, latent).
    MriEncoder,
    /// `latent` (batch, latent) → `picture` (batch, channels, 128, 128) and, where the recipe's network says it,
    /// `deviation` of the same shape: the standard deviation that each pixel's error is expected to have.
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

    /// Names and shapes of its inputs for a batch of this size.
    pub fn inputs(self, recipe: &Recipe, batch: usize) -> Vec<NamedShape> {
        match self {
            Network::EcgEncoder => {
                let mut inputs = vec![("ecg", vec![batch, recipe.input.leads(), SAMPLES])];
                if networks::takes_heart_rate(recipe) {
                    inputs.push(("heart_rate", vec![batch, 1]));
                }
                inputs
            }
            Network::MriEncoder => vec![("picture", image(recipe, batch))],
            Network::EcgDecoder | Network::MriDecoder => {
                vec![("latent", vec![batch, recipe.architecture.latent])]
            }
        }
    }

    /// Names and shapes of its outputs for a batch of this size.
    pub fn outputs(self, recipe: &Recipe, batch: usize) -> Vec<NamedShape> {
        match self {
            Network::EcgEncoder | Network::MriEncoder => {
                vec![("latent", vec![batch, recipe.architecture.latent])]
            }
            Network::EcgDecoder => {
                vec![("ecg", vec![batch, networks::rebuilt_ecg_length(recipe)])]
            }
            Network::MriDecoder => {
                let mut outputs = vec![("picture", image(recipe, batch))];
                if networks::gives_deviation(recipe) {
                    outputs.push(("deviation", image(recipe, batch)));
                }
                outputs
            }
        }
    }

    /// The network as an ONNX file of opset 17 with a fixed batch, which runs 1.7 times as fast in tract as an open
    /// one. Parameters that the table lacks are drawn into it.
    ///
    /// # Errors
    /// Where the architecture's shapes do not fit together.
    pub fn encode(
        self,
        recipe: &Recipe,
        table: &mut ParameterTable,
        batch: usize,
    ) -> Result<Vec<u8>, GraphError> {
        self.graph(recipe, table, batch)?.to_model(Opset::Inference)
    }

    /// The network as a graph with its parameters as constants. Parameters that the table lacks are drawn into it.
    ///
    /// # Errors
    /// Where the architecture's shapes do not fit together.
    pub fn graph(
        self,
        recipe: &Recipe,
        table: &mut ParameterTable,
        batch: usize,
    ) -> Result<Graph, GraphError> {
        let mut graph = Graph::new(self.prefix().trim_end_matches('/'));
        let inputs: Vec<Value> = self
            .inputs(recipe, batch)
            .iter()
            .map(|(name, shape)| graph.input(name, shape))
            .collect();
        let outputs = self.build(
            recipe,
            &mut NetworkBuilder::new(&mut graph, table, Mode::Inference),
            &inputs,
        )?;
        for ((name, _), output) in self.outputs(recipe, batch).iter().zip(outputs) {
            graph.output(name, output);
        }
        Ok(graph)
    }

    fn build(
        self,
        recipe: &Recipe,
        builder: &mut NetworkBuilder<'_>,
        inputs: &[Value],
    ) -> Result<Vec<Value>, GraphError> {
        let [first, rest @ ..] = inputs else {
            return Ok(Vec::new());
        };
        let first = *first;
        match self {
            Network::EcgEncoder => {
                let latent = networks::ecg_encoder(recipe, builder, first, rest.first().copied());
                Ok(vec![latent?])
            }
            Network::EcgDecoder => Ok(vec![networks::ecg_decoder(recipe, builder, first)?]),
            Network::MriEncoder => Ok(vec![networks::mri_encoder(recipe, builder, first)?]),
            Network::MriDecoder => {
                let decoded = networks::mri_decoder(recipe, builder, first)?;
                let mut outputs = vec![decoded.picture];
                if let Some(log_scale) = decoded.log_scale {
                    outputs.push(networks::deviation(builder, log_scale)?);
                }
                Ok(outputs)
            }
        }
    }
}

/// Name and shape of an input or output.
pub type NamedShape = (&'static str, Vec<usize>);

fn image(recipe: &Recipe, batch: usize) -> Vec<usize> {
    vec![batch, recipe.picture.channels(), SIDE, SIDE]
}

/// A table with every parameter of every network and of every stage's loss, drawn from the recipe's seed.
///
/// # Errors
/// Where the architecture's shapes do not fit together.
pub fn all_parameters(recipe: &Recipe) -> Result<ParameterTable, GraphError> {
    let mut table = ParameterTable::new(recipe.seed);
    for network in Network::ALL {
        network.encode(recipe, &mut table, 1)?;
    }
    for stage in &recipe.stages {
        contrastive::declare_parameters(&stage.contrast, &mut table);
        if stage.weights.phenotypes > 0.0 {
            phenotypes::declare_parameters(recipe, &mut table);
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn shipped(name: &str) -> Recipe {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
        Recipe::read(&folder.join(name)).unwrap()
    }

    #[test]
    fn the_thesis_has_as_many_parameters_as_its_layers_say() {
        let table = all_parameters(&shipped("thesis.toml")).unwrap();
        let count = |prefix: &str| table.trained_count(prefix);
        assert_eq!(count("ecg_encoder/linear1/"), 307_712);
        assert_eq!(count("ecg_encoder/linear2/"), 205_200);
        assert_eq!(count("ecg_encoder/linear3/"), 120_300);
        assert_eq!(count("ecg_encoder/latent/"), 77_056);
        assert_eq!(count("ecg_encoder/") + count("ecg_decoder/"), 1_420_880);
        assert_eq!(count("mri_encoder/"), 2_327_232);
        assert_eq!(count("mri_decoder/"), 3_509_057);
        assert_eq!(count("ecg_encoder/") + count("mri_decoder/"), 4_219_325);
    }

    #[test]
    fn every_shipped_recipes_shapes_fit_together() {
        for name in [
            "smoke.toml",
            "cart.toml",
            "cart-thin.toml",
            "thesis-mended.toml",
        ] {
            let recipe = shipped(name);
            let table = all_parameters(&recipe).unwrap();
            for network in Network::ALL {
                assert!(table.trained_count(network.prefix()) > 0, "{name}");
                for (_, shape) in network.outputs(&recipe, 3) {
                    assert_eq!(shape[0], 3);
                }
            }
        }
    }
}
