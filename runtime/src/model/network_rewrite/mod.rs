//! Puts the layers of a network that [`crate::convolution`] computes into its hands; all else is left
//! to tract.
//!
//! - [`graph`]: looking around in tract's graph: constants, who reads what;
//! - [`layer`]: a part of the graph that is one layer of ours;
//! - [`convolution`], [`attention`], [`resample`], [`matrix`]: which parts are;
//! - [`finish`]: what is done with the result before anything else reads it;
//! - [`chains`]: which layers can be run without coming back to tract;
//! - [`operator`]: a chain of layers as an operator of tract.
//!
//! A part that differs in any way from what these files describe is not taken: the network then gives
//! the same values, only later.

mod attention;
mod chains;
mod convolution;
mod finish;
mod graph;
mod layer;
mod matrix;
mod operator;
mod resample;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use tract_core::model::TypedModelPatch;
use tract_core::prelude::*;

use crate::convolution::simd::InstructionSet;
use graph::Graph;
use operator::ChainOperator;
pub use operator::Threads;

/// Replaces all layers that are known by operators of ours, which use these instructions and threads. The graph
/// has the same inputs and outputs afterwards, in the same order.
///
/// # Errors
/// If tract finds its graph out of order.
pub fn rewrite(
    mut model: TypedModel,
    set: InstructionSet,
    threads: &Threads,
) -> TractResult<TypedModel> {
    let graph = Graph::new(&model)?;
    let mut layers = Vec::new();
    // Each node belongs to one layer only.
    let mut taken = HashSet::new();
    for &id in graph.order() {
        let found = convolution::recognise(&graph, id, &taken)
            .or_else(|| attention::recognise(&graph, id))
            .or_else(|| resample::recognise(&graph, id))
            .or_else(|| matrix::recognise(&graph, id));
        if let Some(layer) = found
            && layer.nodes.iter().all(|node| !taken.contains(node))
        {
            taken.extend(layer.nodes.iter().copied());
            layers.push(layer);
        }
    }
    // Ends of chains, and means, which may be followed by more; both begin with what is known already.
    let mut made: HashSet<OutletId> = layers.iter().map(|layer| layer.output.0).collect();
    for recognise in [finish::recognise_means, finish::recognise] {
        for &id in graph.order() {
            if let Some(layer) = recognise(&graph, id, &made)
                && layer.nodes.iter().all(|node| !taken.contains(node))
            {
                taken.extend(layer.nodes.iter().copied());
                if layer.finish().is_none() {
                    made.insert(layer.output.0);
                }
                layers.push(layer);
            }
        }
    }
    let chains = chains::chains(&graph, layers);
    let mut patch = TypedModelPatch::default();
    // Values that chains make, by what they replace.
    let mut made: HashMap<OutletId, OutletId> = HashMap::new();
    for (index, chain) in chains.iter().enumerate() {
        let inputs = chain.inputs.iter().map(|outlet| match made.get(outlet) {
            Some(wire) => Ok(*wire),
            None => patch.tap_model(&model, *outlet),
        });
        let inputs = inputs.collect::<TractResult<TVec<_>>>()?;
        let operator = ChainOperator::new(chain, set, threads);
        let wires = patch.wire_node(format!("convolution chain {index}"), operator, &inputs)?;
        for (outlet, wire) in chain.outputs.iter().zip(wires) {
            made.insert(*outlet, wire);
            patch.shunt_outside(&model, *outlet, wire)?;
        }
    }
    patch.apply(&mut model)?;
    model.compact()?;
    Ok(model)
}
