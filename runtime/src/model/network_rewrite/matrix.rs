//! Which parts of a graph join every input with every output: a product with a matrix, of one row at a time.

use tract_core::prelude::*;

use super::graph::{Graph, einstein_sum, floats};
use super::layer::{FoundLayer, FoundTaps, FoundWork};
use crate::convolution::chain::Extent;
use crate::convolution::direct::Geometry;

/// The layer that begins with this product: with the bias and the ReLU after it, where nothing else reads what is
/// between. It is a convolution of one tap of a picture of one pixel.
pub fn recognise(graph: &Graph, id: usize) -> Option<FoundLayer> {
    let node = graph.node(id);
    let [input, weights] = node.inputs[..] else {
        return None;
    };
    if einstein_sum(node)? != "mk,nk->mn" {
        return None;
    }
    let mut output = OutletId::new(id, 0);
    let (&[1, inputs], &[1, outputs]) = (&graph.shape(input)?[..], &graph.shape(output)?[..])
    else {
        return None;
    };
    let weights = graph.weights(weights)?;
    if weights.numbers().len() != inputs * outputs {
        return None;
    }
    let mut nodes = vec![id];
    let mut bias = None;
    if let Some(reader) = graph.only_reader(output)
        && let Some((value, constant)) = graph.plus_constant(reader)
        && value == output
        && let Some(constant) = graph.constant(constant)
        && floats(&constant).len() == outputs
        && graph.shape(OutletId::new(reader.id, 0))? == [1, outputs]
    {
        bias = Some(constant);
        nodes.push(reader.id);
        output = OutletId::new(reader.id, 0);
    }
    let bias = bias.unwrap_or_else(|| tensor1(&vec![0.0_f32; outputs]).into_arc_tensor());
    let relu = graph.only_reader(output);
    let relu = relu.filter(|reader| graph.relu(reader) == Some(output));
    if let Some(reader) = relu {
        nodes.push(reader.id);
        output = OutletId::new(reader.id, 0);
    }
    let pixel = |channels| Extent {
        height: 1,
        width: 1,
        channels,
    };
    Some(FoundLayer {
        input: (input, pixel(inputs)),
        output: (output, pixel(outputs)),
        nodes,
        work: FoundWork::Convolution {
            doubled: false,
            geometry: Geometry {
                kernel: (1, 1),
                stride: (1, 1),
                padding: (0, 0),
            },
            taps: FoundTaps { weights, bias },
            residual: None,
            relu: relu.is_some(),
        },
    })
}
