//! Which parts of a graph are self-attention of several heads, as `ecg2mri-train export` writes it.

use tract_core::ops::change_axes::AxisOp;
use tract_core::ops::nn::{Softmax, SoftmaxKind};
use tract_core::prelude::*;

use super::graph::{Graph, einstein_sum, floats};
use super::layer::{FoundLayer, FoundTaps, FoundWork};
use crate::convolution::chain::Extent;

/// Sizes of an attention layer.
#[derive(Clone, Copy)]
struct Sizes {
    height: usize,
    width: usize,
    heads: usize,
    /// Features of one head.
    head: usize,
}

impl Sizes {
    fn tokens(self) -> usize {
        self.height * self.width
    }

    fn features(self) -> usize {
        self.heads * self.head
    }

    fn divide_pixels(self) -> AxisOp {
        let (height, width) = (self.height.to_dim(), self.width.to_dim());
        AxisOp::Reshape(2, tvec![self.tokens().to_dim()], tvec![height, width])
    }

    fn divide_heads(self) -> AxisOp {
        let (heads, head) = (self.heads.to_dim(), self.head.to_dim());
        AxisOp::Reshape(2, tvec![self.features().to_dim()], tvec![heads, head])
    }
}

/// The attention layer around this softmax.
pub fn recognise(graph: &Graph, id: usize) -> Option<FoundLayer> {
    let softmax = graph.node(id).op_as::<Softmax>()?;
    let plain = softmax.axes[..] == [3]
        && softmax.quant_output_dt.is_none()
        && softmax.kind == SoftmaxKind::default();
    let scores = graph.node(graph.node(id).inputs.first()?.node);
    if !plain || einstein_sum(scores)? != "abmk,abkn->abmn" {
        return None;
    }
    let [queries, keys] = scores.inputs[..] else {
        return None;
    };
    let mut nodes = vec![id, scores.id];

    // After the softmax: the product with the values, one more matrix, and the sum with the input.
    let shares = OutletId::new(id, 0);
    let mixed = graph.only_reader(shares)?;
    let [left, values] = mixed.inputs[..] else {
        return None;
    };
    if left != shares || einstein_sum(mixed)? != "abmk,abkn->abmn" {
        return None;
    }
    nodes.push(mixed.id);
    let &[1, heads, tokens, head] = &graph.shape(queries)?[..] else {
        return None;
    };
    let (sum, input) = after(graph, OutletId::new(mixed.id, 0), &mut nodes)?;
    let extent = graph.extent(input)?;
    let sizes = Sizes {
        height: extent.height,
        width: extent.width,
        heads,
        head,
    };
    if sizes.tokens() != tokens {
        return None;
    }

    // Before it: three matrices for the same tokens.
    let before = Before {
        graph,
        sizes,
        input,
        extent,
    };
    let scaled = graph.producer(queries);
    let (queries, scale) = graph.scaled(scaled)?;
    nodes.push(scaled.id);
    let query = before.projection(queries, &[], &mut nodes)?;
    let key = before.projection(keys, &[AxisOp::Move(2, 3)], &mut nodes)?;
    let value = before.projection(values, &[], &mut nodes)?;
    let output = before.checked_after(sum, OutletId::new(mixed.id, 0))?;
    let inside = |node: &usize| {
        graph
            .readers(OutletId::new(*node, 0))
            .all(|reader| nodes.contains(&reader))
    };
    let closed = nodes.iter().all(|node| *node == sum.node || inside(node));
    closed.then(|| FoundLayer {
        input: (input, extent),
        output: (sum, extent),
        nodes: nodes.clone(),
        work: FoundWork::Attention {
            heads,
            scale,
            taps: Box::new([query, key, value, output]),
        },
    })
}

/// Follows what comes after the heads' results to the sum with the input; gives both, and the nodes on
/// the way. What these are is checked afterwards, when the sizes are known.
fn after(
    graph: &Graph,
    mut outlet: OutletId,
    nodes: &mut Vec<usize>,
) -> Option<(OutletId, OutletId)> {
    // Three renamings, the product, its bias, three renamings.
    for _ in 0..8 {
        let reader = graph.only_reader(outlet)?;
        nodes.push(reader.id);
        outlet = OutletId::new(reader.id, 0);
    }
    let sum = graph.only_reader(outlet)?;
    nodes.push(sum.id);
    let [a, b] = graph.sum(sum)?;
    Some((OutletId::new(sum.id, 0), if a == outlet { b } else { a }))
}

struct Before<'a> {
    graph: &'a Graph<'a>,
    sizes: Sizes,
    input: OutletId,
    extent: Extent,
}

impl Before<'_> {
    /// The matrix that makes queries, keys or values (heads, tokens, features) of the input, if that is
    /// how this value came about; `last` are renamings after that.
    fn projection(
        &self,
        value: OutletId,
        last: &[AxisOp],
        nodes: &mut Vec<usize>,
    ) -> Option<FoundTaps> {
        let graph = self.graph;
        let value = graph.back_through(value, last, nodes)?;
        let split = [
            AxisOp::Move(1, 2),
            self.sizes.divide_heads(),
            AxisOp::Add(0),
        ];
        let value = graph.back_through(value, &split, nodes)?;
        let (tokens, taps) =
            self.linear(value, self.extent.channels, self.sizes.features(), nodes)?;
        let joined = [
            AxisOp::Rm(0),
            AxisOp::Move(1, 2),
            self.sizes.divide_pixels().recip(),
        ];
        let input = graph.back_through(tokens, &joined, nodes)?;
        (input == self.input).then_some(taps)
    }

    /// The matrix between the heads' results and what is added to the input, if that is how the sum
    /// came about.
    fn checked_after(&self, sum: OutletId, results: OutletId) -> Option<FoundTaps> {
        let graph = self.graph;
        let [a, b] = graph.sum(graph.producer(sum))?;
        let added = if a == self.input { b } else { a };
        let mut passed = Vec::new();
        let back = [
            self.sizes.divide_pixels(),
            AxisOp::Move(1, 2),
            AxisOp::Add(0),
        ];
        let value = graph.back_through(added, &back, &mut passed)?;
        let (features, channels) = (self.sizes.features(), self.extent.channels);
        let (tokens, taps) = self.linear(value, features, channels, &mut passed)?;
        let joined = [
            AxisOp::Rm(0),
            self.sizes.divide_heads().recip(),
            AxisOp::Move(1, 2),
        ];
        (graph.back_through(tokens, &joined, &mut passed)? == results).then_some(taps)
    }

    /// The value that is multiplied with a constant matrix of this size, before a constant is added to
    /// give this value; with the constants.
    fn linear(
        &self,
        value: OutletId,
        inputs: usize,
        outputs: usize,
        nodes: &mut Vec<usize>,
    ) -> Option<(OutletId, FoundTaps)> {
        let graph = self.graph;
        let sum = graph.producer(value);
        let (product, bias) = graph.plus_constant(sum)?;
        let product = graph.producer(product);
        if einstein_sum(product)? != "mk,nk->mn" {
            return None;
        }
        let [tokens, weights] = product.inputs[..] else {
            return None;
        };
        nodes.extend([sum.id, product.id]);
        let taps = FoundTaps {
            weights: graph.weights(weights)?,
            bias: graph.constant(bias)?,
        };
        let fits =
            taps.weights.numbers().len() == inputs * outputs && floats(&taps.bias).len() == outputs;
        fits.then_some((tokens, taps))
    }
}
