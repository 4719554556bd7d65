//! Looking around in tract's graph.

use std::sync::Arc;

use tract_core::internal::IntoTValue;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::change_axes::AxisOp;
use tract_core::ops::einsum::EinSum;
use tract_core::ops::math::{Add, Div, Max, Min, Mul};
use tract_core::prelude::*;

use super::layer::FoundWeights;
use crate::convolution::chain::Extent;
use crate::convolution::finish::Function;
use crate::model::onnx::wiring::stored::{self, StoredWeights};

/// A graph with the order in which its nodes can be evaluated.
pub struct Graph<'a> {
    model: &'a TypedModel,
    order: Vec<usize>,
}

impl<'a> Graph<'a> {
    /// Around a graph.
    pub fn new(model: &'a TypedModel) -> TractResult<Self> {
        let order = model.eval_order()?;
        Ok(Self { model, order })
    }

    /// Nodes, each after those it reads.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// A node.
    pub fn node(&self, id: usize) -> &'a TypedNode {
        self.model.node(id)
    }

    /// The node that makes a value.
    pub fn producer(&self, outlet: OutletId) -> &'a TypedNode {
        self.node(outlet.node)
    }

    /// Whether a value is an output of the graph.
    pub fn is_output(&self, outlet: OutletId) -> bool {
        self.model.outputs.contains(&outlet)
    }

    /// The nodes that read a value.
    pub fn readers(&self, outlet: OutletId) -> impl Iterator<Item = usize> {
        self.model
            .outlet_successors(outlet)
            .iter()
            .map(|inlet| inlet.node)
    }

    /// The node that alone reads a value, and once only, if the value is not an output besides.
    pub fn only_reader(&self, outlet: OutletId) -> Option<&'a TypedNode> {
        match self.model.outlet_successors(outlet) {
            [reader] if !self.is_output(outlet) => Some(self.node(reader.node)),
            _ => None,
        }
    }

    /// The shape of a value of 32-bit floats.
    pub fn shape(&self, outlet: OutletId) -> Option<Vec<usize>> {
        let fact = self.model.outlet_fact(outlet).ok()?;
        let plain = fact.datum_type == f32::datum_type();
        plain.then(|| fact.shape.as_concrete().map(<[_]>::to_vec))?
    }

    /// The extent of a picture (1, channels, rows, columns) or a signal (1, channels, samples).
    pub fn extent(&self, outlet: OutletId) -> Option<Extent> {
        match *self.shape(outlet)? {
            [1, channels, height, width] => Some(Extent {
                height,
                width,
                channels,
            }),
            [1, channels, width] => Some(Extent {
                height: 1,
                width,
                channels,
            }),
            _ => None,
        }
    }

    /// A value that does not depend on the inputs, as 32-bit floats.
    pub fn constant(&self, outlet: OutletId) -> Option<Arc<Tensor>> {
        let tensor = self.any_constant(outlet)?;
        (tensor.datum_type() == f32::datum_type()).then_some(tensor)
    }

    /// As [`constant`](Self::constant), but left where they are if they are stored.
    pub fn weights(&self, outlet: OutletId) -> Option<FoundWeights> {
        match self.producer(outlet).op_as::<StoredWeights>() {
            Some(weights) => Some(FoundWeights::Stored(weights.clone())),
            None => self.constant(outlet).map(FoundWeights::Computed),
        }
    }

    fn any_constant(&self, outlet: OutletId) -> Option<Arc<Tensor>> {
        if let Some(constant) = stored::constant(self.model, outlet) {
            return Some(constant);
        }
        let node = self.producer(outlet);
        if node.inputs.is_empty() {
            return None;
        }
        let inputs = node.inputs.iter().map(|&input| {
            let constant = self.any_constant(input)?;
            Some(constant.into_tvalue())
        });
        let values = node.op.eval_out_of_plan(inputs.collect::<Option<_>>()?);
        Some(values.ok()??.get(outlet.slot)?.clone().into_arc_tensor())
    }

    /// A constant that is the same number everywhere.
    pub fn uniform(&self, outlet: OutletId) -> Option<f32> {
        let tensor = self.constant(outlet)?;
        let (first, rest) = floats(&tensor).split_first()?;
        rest.iter().all(|value| value == first).then_some(*first)
    }

    /// The two values that a node adds.
    pub fn sum(&self, node: &TypedNode) -> Option<[OutletId; 2]> {
        operands(node, |operation| operation.0.is::<Add>())
    }

    /// The value whose negative numbers a node makes zero.
    pub fn relu(&self, node: &TypedNode) -> Option<OutletId> {
        let operands = operands(node, |operation| operation.0.is::<Max>())?;
        self.beside_constant(operands, |constant| self.uniform(constant) == Some(0.0))
            .map(|(value, _)| value)
    }

    /// The value that a node multiplies with a number, and the number.
    pub fn scaled(&self, node: &TypedNode) -> Option<(OutletId, f32)> {
        let operands = operands(node, |operation| operation.0.is::<Mul>())?;
        let (value, constant) =
            self.beside_constant(operands, |constant| self.uniform(constant).is_some())?;
        Some((value, self.uniform(constant)?))
    }

    /// The value to which a node adds a constant, and the constant.
    pub fn plus_constant(&self, node: &TypedNode) -> Option<(OutletId, OutletId)> {
        self.beside_constant(self.sum(node)?, |constant| {
            self.constant(constant).is_some()
        })
    }

    /// What a node does with this value and one number for all.
    pub fn with_number(&self, node: &TypedNode, value: OutletId) -> Option<Function> {
        let operation = &node.op_as::<TypedBinOp>()?.0;
        let (other, constant) = self.beside_constant(operands(node, |_| true)?, |constant| {
            constant != value && self.uniform(constant).is_some()
        })?;
        // The result is not to be larger than the value.
        let alike = self.shape(OutletId::new(node.id, 0))? == self.shape(value)?;
        let number = self.uniform(constant).filter(|_| other == value && alike)?;
        if operation.is::<Add>() {
            Some(Function::Add(number))
        } else if operation.is::<Mul>() {
            Some(Function::Multiply(number))
        } else if operation.is::<Max>() {
            Some(Function::AtLeast(number))
        } else {
            operation.is::<Min>().then_some(Function::AtMost(number))
        }
    }

    /// The number by which a node divides this value.
    pub fn divided(&self, node: &TypedNode, value: OutletId) -> Option<f32> {
        let [dividend, divisor] = operands(node, |operation| operation.0.is::<Div>())?;
        (dividend == value).then(|| self.uniform(divisor))?
    }

    /// Which of two values is a constant that is wanted; the other one first.
    fn beside_constant(
        &self,
        [a, b]: [OutletId; 2],
        wanted: impl Fn(OutletId) -> bool,
    ) -> Option<(OutletId, OutletId)> {
        if wanted(b) {
            Some((a, b))
        } else {
            wanted(a).then_some((b, a))
        }
    }

    /// Goes back from a value through operations that only rename axes, which must be these, the last
    /// one first, and read by nothing else. Gives the value before them.
    pub fn back_through(
        &self,
        mut outlet: OutletId,
        operations: &[AxisOp],
        passed: &mut Vec<usize>,
    ) -> Option<OutletId> {
        for operation in operations {
            let node = self.producer(outlet);
            if node.op_as::<AxisOp>()? != operation {
                return None;
            }
            passed.push(node.id);
            outlet = *node.inputs.first()?;
        }
        Some(outlet)
    }
}

/// The values of a tensor of 32-bit floats; none if it is something else.
pub fn floats(tensor: &Tensor) -> &[f32] {
    let plain = tensor.try_as_plain_ram();
    plain
        .and_then(|values| values.as_slice::<f32>())
        .unwrap_or(&[])
}

/// How a node multiplies its two inputs, in the notation of Einstein sums.
pub fn einstein_sum(node: &TypedNode) -> Option<String> {
    let sum = node.op_as::<EinSum>()?;
    let plain = sum.q_params.is_none() && sum.operating_dt == f32::datum_type();
    plain.then(|| sum.axes.to_string())
}

fn operands(node: &TypedNode, wanted: impl Fn(&TypedBinOp) -> bool) -> Option<[OutletId; 2]> {
    let operation = node.op_as::<TypedBinOp>()?;
    match node.inputs[..] {
        [a, b] if operation.1.is_none() && wanted(operation) => Some([a, b]),
        _ => None,
    }
}
