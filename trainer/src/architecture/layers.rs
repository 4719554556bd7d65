//! A network's layers with their shapes, trained parameters and multiply–accumulates.

use super::{Network, ParameterTable};
use crate::graph::GraphError;
use crate::graph::NodeCost;
use crate::recipe::config::Recipe;

/// One layer, or a part without parameters that multiplies or changes the shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layer {
    /// A layer's name as its parameters have it, or the name of the graph's node.
    pub name: String,
    /// The shape of what it makes, for a batch of one.
    pub output_shape: Vec<usize>,
    /// Numbers that are trained.
    pub parameters: usize,
    /// Multiply–accumulates for one subject.
    pub multiply_accumulates: u64,
}

/// The layers of a recipe's network, in the order in which they run.
///
/// # Errors
/// Where the architecture's shapes do not fit together.
pub fn layers(network: Network, recipe: &Recipe) -> Result<Vec<Layer>, GraphError> {
    let mut table = ParameterTable::new(recipe.seed);
    let graph = network.graph(recipe, &mut table, 1)?;
    let mut shape = network.inputs(recipe, 1).remove(0).1;
    let mut layers: Vec<Layer> = Vec::new();
    for node in graph.node_costs() {
        let name = layer_name(&node, &table);
        let reshapes = node.output_shape != shape;
        shape.clone_from(&node.output_shape);
        if let Some(last) = layers.last_mut().filter(|last| last.name == name) {
            last.output_shape = node.output_shape;
            last.multiply_accumulates += node.multiply_accumulates;
            continue;
        }
        let parameters = table.trained_count(&format!("{name}/"));
        if parameters > 0 || node.multiply_accumulates > 0 || reshapes {
            layers.push(Layer {
                name,
                output_shape: node.output_shape,
                parameters,
                multiply_accumulates: node.multiply_accumulates,
            });
        }
    }
    Ok(layers)
}

/// What stands before the last slash where parameters have that name, else the whole.
fn layer_name(node: &NodeCost, table: &ParameterTable) -> String {
    node.name
        .rsplit_once('/')
        .map(|(scope, _)| scope)
        .filter(|scope| table.trained_count(&format!("{scope}/")) > 0)
        .unwrap_or(&node.name)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn layers_add_up_to_the_networks() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recipes");
        let recipe = Recipe::read(&folder.join("thesis.toml")).unwrap();
        let of = |network| layers(network, &recipe).unwrap();
        let parameters = |network| of(network).iter().map(|l| l.parameters).sum::<usize>();
        assert_eq!(parameters(Network::MriEncoder), 2_327_232);
        assert_eq!(parameters(Network::MriDecoder), 3_509_057);
        let ecg = parameters(Network::EcgEncoder) + parameters(Network::EcgDecoder);
        assert_eq!(ecg, 1_420_880);

        // A fully connected layer multiplies once for each weight.
        let encoder = of(Network::EcgEncoder);
        let first = &encoder.iter().find(|l| l.parameters == 307_712).unwrap();
        assert_eq!(first.multiply_accumulates, 600 * 512);
        assert_eq!(first.output_shape, [1, 512]);
        // The encoder's first double convolution at 128 × 128: 1 → 64 → 64 channels.
        let convolutions: Vec<u64> = of(Network::MriEncoder)
            .iter()
            .map(|l| l.multiply_accumulates)
            .filter(|count| *count > 0)
            .collect();
        let pixels = 128 * 128;
        assert_eq!(convolutions[..2], [pixels * 9 * 64, pixels * 9 * 64 * 64]);
        assert_eq!(convolutions.len(), 8);
    }
}
