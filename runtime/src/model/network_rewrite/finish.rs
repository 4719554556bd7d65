//! Which parts of a graph only choose channels of a layer's result, spread them over a larger picture,
//! or change each number by itself.

use std::collections::HashSet;

use tract_core::internal::DimLike;
use tract_core::ops::array::Slice;
use tract_core::ops::change_axes::AxisOp;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::math::Exp;
use tract_core::ops::nn::{Reduce, Reducer, Sigmoid};
use tract_core::prelude::*;

use super::graph::Graph;
use super::layer::{FoundLayer, FoundTaps, FoundWeights, FoundWork};
use crate::convolution::direct::Geometry;
use crate::convolution::finish::{Finish, Function};

/// What e may be raised to before the result is infinite, with some room.
const LARGEST_EXPONENT: f32 = 88.0;

/// The end of a chain that begins with this node, if the node reads what a layer makes.
pub fn recognise(graph: &Graph, id: usize, made: &HashSet<OutletId>) -> Option<FoundLayer> {
    let node = graph.node(id);
    let input = *node.inputs.iter().find(|input| made.contains(*input))?;
    let extent = graph.extent(input)?;
    let mut finish = Finish::whole(extent.channels);
    let mut nodes = Vec::new();
    let mut output = input;
    if let Some(first) = chosen(graph, node, input) {
        output = OutletId::new(id, 0);
        nodes.push(id);
        let (channels, factor, spread) = spread(graph, output, &mut nodes)?;
        finish = Finish {
            first,
            channels,
            factor,
            functions: Vec::new(),
        };
        output = spread;
    }
    let mut next = match nodes.is_empty() {
        true => Some(node),
        false => graph.only_reader(output),
    };
    while let Some(reader) = next {
        let Some(function) = function(graph, reader, output, &finish.functions) else {
            break;
        };
        finish.functions.push(function);
        nodes.push(reader.id);
        output = OutletId::new(reader.id, 0);
        next = graph.only_reader(output);
    }
    (!nodes.is_empty()).then_some(FoundLayer {
        input: (input, extent),
        output: (output, graph.extent(output)?),
        nodes,
        work: FoundWork::Finish(finish),
    })
}

/// The first of the channels that a node cuts out of a picture.
fn chosen(graph: &Graph, node: &TypedNode, input: OutletId) -> Option<usize> {
    let slice = node.op_as::<Slice>()?;
    let picture = graph.shape(input)?.len() == 4 && slice.axis == 1;
    picture.then(|| slice.start.to_usize().ok())?
}

/// Follows a picture (1, c·f·f, h, w) through the renamings that make it (1, c, h·f, w·f); gives c, f
/// and the value.
fn spread(
    graph: &Graph,
    start: OutletId,
    nodes: &mut Vec<usize>,
) -> Option<(usize, usize, OutletId)> {
    let extent = graph.extent(start)?;
    let first = graph.only_reader(start)?;
    let AxisOp::Reshape(1, _, divided) = first.op_as::<AxisOp>()? else {
        return None;
    };
    let [channels, factor, same] = &divided[..] else {
        return None;
    };
    let (channels, f) = (channels.to_usize().ok()?, factor.to_usize().ok()?);
    if factor != same || channels * f * f != extent.channels {
        return None;
    }
    let joined = |axis: usize, length: usize| {
        let parts = tvec![length.to_dim(), f.to_dim()];
        AxisOp::Reshape(axis, parts, tvec![(length * f).to_dim()])
    };
    let expected = [
        AxisOp::Move(4, 2),
        AxisOp::Move(4, 5),
        joined(2, extent.height),
        joined(3, extent.width),
    ];
    nodes.push(first.id);
    let mut value = OutletId::new(first.id, 0);
    for operation in &expected {
        let reader = graph.only_reader(value)?;
        if reader.op_as::<AxisOp>()? != operation {
            return None;
        }
        nodes.push(reader.id);
        value = OutletId::new(reader.id, 0);
    }
    Some((channels, f, value))
}

/// What a node does with each number of a value, after it was treated so.
fn function(
    graph: &Graph,
    node: &TypedNode,
    value: OutletId,
    before: &[Function],
) -> Option<Function> {
    if let Some(operation) = node.op_as::<ElementWiseOp>() {
        let bounded =
            matches!(before.last(), Some(Function::AtMost(most)) if *most <= LARGEST_EXPONENT);
        return if operation.0.is::<Sigmoid>() {
            Some(Function::Sigmoid)
        } else {
            (operation.0.is::<Exp>() && bounded).then_some(Function::Exponential)
        };
    }
    graph.with_number(node, value)
}

/// The means of groups of channels that begin with this cut: a convolution of one tap.
pub fn recognise_means(graph: &Graph, id: usize, made: &HashSet<OutletId>) -> Option<FoundLayer> {
    let node = graph.node(id);
    let input = *node.inputs.iter().find(|input| made.contains(*input))?;
    let from = graph.extent(input)?;
    let first = chosen(graph, node, input)?;
    let step = |value: OutletId| graph.only_reader(value);
    let divided = step(OutletId::new(id, 0))?;
    let AxisOp::Reshape(1, _, parts) = divided.op_as::<AxisOp>()? else {
        return None;
    };
    let [groups, each] = &parts[..] else {
        return None;
    };
    let (groups, each) = (groups.to_usize().ok()?, each.to_usize().ok()?);
    let sum = step(OutletId::new(divided.id, 0))?;
    let reduce = sum.op_as::<Reduce>()?;
    if reduce.reducer != Reducer::Sum || reduce.axes[..] != [2] {
        return None;
    }
    let quotient = step(OutletId::new(sum.id, 0))?;
    let divisor = graph.divided(quotient, OutletId::new(sum.id, 0))?;
    let last = step(OutletId::new(quotient.id, 0))?;
    if last.op_as::<AxisOp>()? != &AxisOp::Rm(2) {
        return None;
    }
    let output = OutletId::new(last.id, 0);
    let to = graph.extent(output)?;
    let wanted = (from.height, from.width, groups) == (to.height, to.width, to.channels);
    if !wanted || divisor == 0.0 || first + groups * each > from.channels {
        return None;
    }
    let mut weights = vec![0.0; groups * from.channels];
    for (group, row) in weights.chunks_exact_mut(from.channels).enumerate() {
        row[first + group * each..][..each].fill(1.0 / divisor);
    }
    Some(FoundLayer {
        input: (input, from),
        output: (output, to),
        nodes: vec![id, divided.id, sum.id, quotient.id, last.id],
        work: FoundWork::Convolution {
            doubled: false,
            geometry: Geometry {
                kernel: (1, 1),
                stride: (1, 1),
                padding: (0, 0),
            },
            taps: FoundTaps {
                weights: FoundWeights::Computed(tensor1(&weights).into_arc_tensor()),
                bias: tensor1(&vec![0.0_f32; groups]).into_arc_tensor(),
            },
            residual: None,
            relu: false,
        },
    })
}
