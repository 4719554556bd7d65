//! Which parts of a graph are convolutions that we compute.

use std::collections::HashSet;

use tract_core::ops::cnn::{Conv, KernelFormat, PaddingSpec};
use tract_core::ops::nn::{DataFormat, NearestUpsample};
use tract_core::prelude::*;

use super::graph::{Graph, floats};
use super::layer::{FoundLayer, FoundTaps, FoundWork};
use crate::convolution::chain::Extent;
use crate::convolution::direct::Geometry;

/// The layer that begins with this convolution: with the doubling before it, and the sum and the ReLU
/// after it, where nothing else reads what is between and no other layer has taken them.
pub fn recognise(graph: &Graph, id: usize, taken: &HashSet<usize>) -> Option<FoundLayer> {
    let node = graph.node(id);
    let convolution = node.op_as::<Conv>()?;
    let [mut input, weights, bias] = node.inputs[..] else {
        return None;
    };
    let mut output = OutletId::new(id, 0);
    let extent = graph.extent(output)?;
    let geometry = geometry(convolution, graph.extent(input)?, extent)?;
    let mut nodes = vec![id];
    let doubled = enlarged(graph, input, geometry);
    if let Some(before) = doubled {
        nodes.push(input.node);
        input = before;
    }
    let taps = FoundTaps {
        weights: graph.weights(weights)?,
        bias: one_each(graph.constant(bias)?, extent.channels)?,
    };
    let expected = extent.channels * convolution.pool_spec.input_channels;
    if taps.weights.numbers().len() != expected * geometry.kernel.0 * geometry.kernel.1 {
        return None;
    }
    let residual = added(graph, output).filter(|(sum, _)| !taken.contains(&sum.node));
    if let Some((sum, _)) = residual {
        nodes.push(sum.node);
        output = sum;
    }
    let relu = graph.only_reader(output);
    let relu = relu.filter(|reader| graph.relu(reader) == Some(output));
    if let Some(reader) = relu {
        nodes.push(reader.id);
        output = OutletId::new(reader.id, 0);
    }
    Some(FoundLayer {
        input: (input, graph.extent(input)?),
        output: (output, extent),
        nodes,
        work: FoundWork::Convolution {
            doubled: doubled.is_some(),
            geometry,
            taps,
            residual: residual.map(|(_, other)| other),
            relu: relu.is_some(),
        },
    })
}

/// Taps, strides and padding, if all else is as usual and the output is as large as these make it.
fn geometry(convolution: &Conv, input: Extent, output: Extent) -> Option<Geometry> {
    let pool = &convolution.pool_spec;
    let usual = convolution.group == 1
        && convolution.q_params.is_none()
        && convolution.kernel_fmt == KernelFormat::OIHW
        && pool.data_format == DataFormat::NCHW
        && pool.dilations.iter().flatten().all(|step| *step == 1)
        && pool.input_channels == input.channels
        && pool.output_channels == output.channels;
    let PaddingSpec::Explicit(before, after) = &pool.padding else {
        return None;
    };
    let pair = |values: &[usize], missing: usize| match *values {
        [x] => Some((missing, x)),
        [y, x] => Some((y, x)),
        _ => None,
    };
    let kernel = pair(&pool.kernel_shape, 1)?;
    let padding = pair(before, 0)?;
    let after = pair(after, 0)?;
    let stride = match &pool.strides {
        Some(strides) => pair(strides, 1)?,
        None => (1, 1),
    };
    let windows = |length: usize, before: usize, after: usize, kernel: usize, stride: usize| {
        Some((length + before + after).checked_sub(kernel)? / stride.max(1) + 1)
    };
    let height = windows(input.height, padding.0, after.0, kernel.0, stride.0)?;
    let width = windows(input.width, padding.1, after.1, kernel.1, stride.1)?;
    (usual && (height, width) == (output.height, output.width)).then_some(Geometry {
        kernel,
        stride,
        padding,
    })
}

/// The value of which this one is the double in height and width, if the convolution that alone reads
/// it can do that, too.
fn enlarged(graph: &Graph, input: OutletId, geometry: Geometry) -> Option<OutletId> {
    let able = geometry
        == Geometry {
            kernel: (3, 3),
            stride: (1, 1),
            padding: (1, 1),
        };
    let node = graph.producer(input);
    let enlargement = node.op_as::<NearestUpsample>()?;
    let doubles = enlargement.scales[..] == [1, 1, 2, 2];
    (able && doubles && graph.only_reader(input).is_some()).then(|| node.inputs.first().copied())?
}

/// The sum of a value with another of the same shape, and that other, if nothing else reads the value.
fn added(graph: &Graph, value: OutletId) -> Option<(OutletId, OutletId)> {
    let reader = graph.only_reader(value)?;
    let [a, b] = graph.sum(reader)?;
    let other = if a == value { b } else { a };
    let alike = graph.shape(other)? == graph.shape(value)?;
    (alike && graph.constant(other).is_none()).then_some((OutletId::new(reader.id, 0), other))
}

/// A bias of one number for each channel; one number for all is repeated.
fn one_each(bias: Arc<Tensor>, channels: usize) -> Option<Arc<Tensor>> {
    match floats(&bias) {
        [value] if channels != 1 => Some(tensor1(&vec![*value; channels]).into_arc_tensor()),
        values => (values.len() == channels).then_some(bias),
    }
}
