//! Which layers can be run one after the other without coming back to tract.

use std::collections::HashMap;

use tract_core::prelude::*;

use super::graph::Graph;
use super::layer::FoundLayer;
use crate::convolution::chain::{Extent, Layer, Plan};
use crate::convolution::finish::Finish;

/// Layers that make one operator.
pub struct FoundChain {
    /// Values from outside, in the order of the operator's inputs.
    pub inputs: Vec<OutletId>,
    /// Values wanted outside, in the order of the operator's outputs, with their shapes.
    pub outputs: Vec<OutletId>,
    /// Shapes of the outputs.
    pub shapes: Vec<Vec<usize>>,
    layers: Vec<FoundLayer>,
    values: Vec<(OutletId, Extent)>,
}

/// Joins layers into chains.
///
/// Each layer has a rank: that of the layers it reads, and one more if there is a node of tract in
/// between. Layers of one rank make one chain: no way leads out of it and back in, because every way
/// out leads to higher ranks.
pub fn chains(graph: &Graph, layers: Vec<FoundLayer>) -> Vec<FoundChain> {
    let makes: HashMap<OutletId, usize> = layers
        .iter()
        .enumerate()
        .map(|(index, layer)| (layer.output.0, index))
        .collect();
    let part_of: HashMap<usize, usize> = layers
        .iter()
        .enumerate()
        .flat_map(|(index, layer)| layer.nodes.iter().map(move |node| (*node, index)))
        .collect();
    // Ranks of values: of those that layers make, and of tract's nodes.
    let mut layer_ranks = vec![0; layers.len()];
    let mut node_ranks: HashMap<usize, usize> = HashMap::new();
    let mut ordered = Vec::new();
    for &id in graph.order() {
        let rank_outside = |outlet: &OutletId, layer_ranks: &[usize]| match makes.get(outlet) {
            Some(&layer) => layer_ranks[layer] + 1,
            None => node_ranks.get(&outlet.node).copied().unwrap_or(0),
        };
        match part_of.get(&id) {
            Some(&layer) if layers[layer].output.0.node == id => {
                let rank = |outlet: &OutletId| match makes.get(outlet) {
                    // What is finished has left its chain.
                    Some(&layer) if layers[layer].finish().is_none() => layer_ranks[layer],
                    _ => rank_outside(outlet, &layer_ranks),
                };
                layer_ranks[layer] = layers[layer].reads().iter().map(rank).max().unwrap_or(0);
                ordered.push(layer);
            }
            Some(_) => (),
            None => {
                let rank = |outlet| rank_outside(outlet, &layer_ranks);
                let rank = graph.node(id).inputs.iter().map(rank).max().unwrap_or(0);
                node_ranks.insert(id, rank);
            }
        }
    }
    let ranks = layer_ranks.iter().max().map_or(0, |rank| rank + 1);
    let mut members: Vec<Vec<FoundLayer>> = (0..ranks).map(|_| Vec::new()).collect();
    let mut layers: Vec<Option<FoundLayer>> = layers.into_iter().map(Some).collect();
    for index in ordered {
        members[layer_ranks[index]].extend(layers[index].take());
    }
    members
        .into_iter()
        .filter(|layers| !layers.is_empty())
        .map(|layers| FoundChain::new(graph, layers))
        .collect()
}

impl FoundChain {
    fn new(graph: &Graph, layers: Vec<FoundLayer>) -> Self {
        let made = layers.iter().filter(|layer| layer.finish().is_none());
        let made = made.map(|layer| layer.output);
        let mut chain = Self {
            inputs: Vec::new(),
            outputs: Vec::new(),
            shapes: Vec::new(),
            values: made.collect(),
            layers: Vec::new(),
        };
        let inside: Vec<usize> = layers
            .iter()
            .flat_map(|layer| layer.nodes.clone())
            .collect();
        for layer in &layers {
            for read in layer.reads() {
                if !chain.values.iter().any(|(outlet, _)| *outlet == read) {
                    let extent = if read == layer.input.0 {
                        layer.input.1
                    } else {
                        layer.output.1
                    };
                    chain.values.push((read, extent));
                    chain.inputs.push(read);
                }
            }
        }
        for layer in &layers {
            let output = layer.output.0;
            let wanted = graph.is_output(output)
                || graph
                    .readers(output)
                    .any(|reader| !inside.contains(&reader));
            if let Some(shape) = graph.shape(output).filter(|_| wanted) {
                chain.outputs.push(output);
                chain.shapes.push(shape);
            }
        }
        chain.layers = layers;
        chain
    }

    /// The chain as a plan for [`crate::convolution::chain::Chain`].
    pub fn plan(&self) -> Plan<'_> {
        let index = |outlet: OutletId| {
            self.values
                .iter()
                .position(|(value, _)| *value == outlet)
                .expect("a chain's values are all that its layers read and make")
        };
        let finish = |outlet: OutletId| {
            let finished = self.layers.iter().find(|layer| layer.output.0 == outlet);
            match finished.and_then(|layer| Some((layer, layer.finish()?))) {
                Some((layer, finish)) => (index(layer.input.0), finish.clone()),
                None => {
                    let value = index(outlet);
                    (value, Finish::whole(self.values[value].1.channels))
                }
            }
        };
        Plan {
            values: self.values.iter().map(|(_, extent)| *extent).collect(),
            inputs: self.inputs.iter().copied().map(index).collect(),
            outputs: self.outputs.iter().copied().map(finish).collect(),
            layers: self
                .layers
                .iter()
                .filter_map(|found| {
                    Some(Layer {
                        work: found.work(index)?,
                        input: index(found.input.0),
                        output: index(found.output.0),
                    })
                })
                .collect(),
        }
    }
}
